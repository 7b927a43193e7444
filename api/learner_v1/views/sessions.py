"""Sessions, their students and their materials."""

from api.learner_v1.views.base import LearnerV1Mixin
from sessions_app.views import google_meet, materials, meetings, tutor_side


class MeetingView(LearnerV1Mixin, meetings.MeetingView):
    pass


class LearnerMeetingViewSet(LearnerV1Mixin, meetings.LearnerMeetingViewSet):
    pass


class BrowseViewSet(LearnerV1Mixin, meetings.BrowseViewSet):
    pass


class TutorMeetingViewSet(LearnerV1Mixin, tutor_side.TutorMeetingViewSet):
    pass


class TutorStudentViewSet(LearnerV1Mixin, tutor_side.TutorStudentViewSet):
    pass


class MaterialViewSet(LearnerV1Mixin, materials.MaterialViewSet):
    pass


class MaterialFileView(LearnerV1Mixin, materials.MaterialFileView):
    pass


class GoogleMeetView(LearnerV1Mixin, google_meet.GoogleMeetView):
    pass
