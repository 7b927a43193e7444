"""Mentors: found, applying, and their own pages."""

from accounts.views import tutors, verification
from api.mentor.views.base import MentorMixin
from bookings.views import mentors


class MentorSearchViewSet(MentorMixin, tutors.TutorSearchViewSet):
    pass


class MentorView(MentorMixin, tutors.OpenTutorDetailView):
    pass


class MentorFinderViewSet(MentorMixin, mentors.MentorFinderViewSet):
    pass


class ApplyView(MentorMixin, verification.ApplyView):
    pass


class TimetableView(MentorMixin, mentors.TimetableView):
    pass


class LanguagesViewSet(MentorMixin, tutors.LanguagesViewSet):
    pass


class VerificationView(MentorMixin, verification.VerificationView):
    pass


class VerificationDocumentView(MentorMixin, verification.VerificationDocumentView):
    pass


class VerificationDocumentsView(MentorMixin, verification.VerificationDocumentsView):
    pass


class PerformanceView(MentorMixin, mentors.PerformanceView):
    pass
