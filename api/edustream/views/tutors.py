"""Tutor profiles: the search, one's own parts, approval."""

from accounts.views import approval, tutor_edits, tutors
from api.edustream.views.base import EduStreamMixin
from bookings.views import pricing


class TutorSearchViewSet(EduStreamMixin, tutors.TutorSearchViewSet):
    pass


class PublicTutorView(EduStreamMixin, tutors.PublicTutorView):
    pass


class TutorDetailView(EduStreamMixin, tutors.TutorDetailView):
    pass


class CertificationScanView(EduStreamMixin, tutors.CertificationScanView):
    pass


class DegreeScanView(EduStreamMixin, tutors.DegreeScanView):
    pass


class MyTutorProfileView(EduStreamMixin, tutor_edits.MyTutorProfileView):
    pass


class AboutView(EduStreamMixin, tutor_edits.AboutView):
    pass


class SubjectsView(EduStreamMixin, tutor_edits.SubjectsView):
    pass


class PricingView(EduStreamMixin, pricing.PricingView):
    pass


class CertificationsView(EduStreamMixin, tutor_edits.CertificationsView):
    pass


class EducationView(EduStreamMixin, tutor_edits.EducationView):
    pass


class DescriptionView(EduStreamMixin, tutor_edits.DescriptionView):
    pass


class VideoView(EduStreamMixin, tutor_edits.VideoView):
    pass


class PhotoView(EduStreamMixin, tutor_edits.PhotoView):
    pass


class SubmitView(EduStreamMixin, approval.SubmitView):
    pass


class WithdrawView(EduStreamMixin, approval.WithdrawView):
    pass


class PauseView(EduStreamMixin, approval.PauseView):
    pass


class ResumeView(EduStreamMixin, approval.ResumeView):
    pass


class CloseView(EduStreamMixin, approval.CloseView):
    pass


class ApprovalViewSet(EduStreamMixin, approval.ApprovalViewSet):
    pass
