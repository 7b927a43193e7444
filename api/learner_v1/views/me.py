"""Learners and tutors themselves, and how tutors sign in."""

from accounts.views import client as accounts
from api.learner_v1.views.base import LearnerV1Mixin
from api.learner_v1.views.people import SignedInMixin
from bookings.views import tutor_desk as desk
from sessions_app.views import meetings, tutors


class LearnerMeView(LearnerV1Mixin, accounts.LearnerMeView):
    pass


class RecommendationView(LearnerV1Mixin, meetings.RecommendationView):
    pass


class BriefTutorViewSet(LearnerV1Mixin, tutors.BriefTutorViewSet):
    pass


class TutorRegisterView(SignedInMixin, accounts.TutorRegisterView):
    pass


class TutorLoginView(SignedInMixin, accounts.TutorLoginView):
    pass


class TutorChangePasswordView(SignedInMixin, accounts.TutorChangePasswordView):
    pass


class TutorMeView(LearnerV1Mixin, desk.TutorMeView):
    pass


class OverviewView(LearnerV1Mixin, desk.OverviewView):
    pass


class EarningsViewSet(LearnerV1Mixin, desk.EarningsViewSet):
    pass


class OwnReviewViewSet(LearnerV1Mixin, desk.OwnReviewViewSet):
    pass
