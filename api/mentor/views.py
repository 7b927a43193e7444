"""The mentor contract's views."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request

from accounts import views as accounts
from accounts.models import User
from accounts.views import leaving, next_auth, onboarding, tutors, verification
from api.core import health
from api.core.dialect import Dialect
from api.core.views import DialectMixin
from api.mentor.dialect import Mentor
from api.mentor.serializers import AccountCreatedSerializer, MentorRegistrationSerializer
from bookings.views import mentors
from bookings.views.dashboard import OwnProgressView as OwnProgress
from bookings.views.sessions import RescheduleView as MoveView
from matching import views as matching
from notifications import views as notifications
from sessions_app import views as sessions
from support.views import tickets, voices


class MentorMixin(DialectMixin):
    dialect = Mentor()


def created(user: dict[str, Any]) -> dict[str, Any]:
    return user | {"message": "Account created. Check your e-mail.", "userId": user["id"]}


class RegisterView(DialectMixin, accounts.RegisterView):
    """Shared with the edustream client, which reads the bare user object; hence both spellings (design section 5)."""

    dialect = Dialect()
    answers = {"post": {201: AccountCreatedSerializer}}

    def answer(self, request: Request, user: User) -> dict[str, Any]:
        return created(super().answer(request, user))


class MentorRegisterView(MentorMixin, accounts.RegisterView):
    """Make an account as a mentor, with a profile that is a draft. A mail asks to prove the address."""

    input_serializer = MentorRegistrationSerializer
    answers = {"post": {201: AccountCreatedSerializer}}

    def answer(self, request: Request, user: User) -> dict[str, Any]:
        return created(super().answer(request, user))


class VerifyEmailView(MentorMixin, accounts.VerifyEmailView):
    pass


class VerifyCodeView(MentorMixin, accounts.VerifyCodeView):
    pass


class ResendVerificationView(MentorMixin, accounts.ResendVerificationView):
    pass


class ForgotPasswordView(MentorMixin, accounts.ForgotPasswordView):
    pass


class ResetPasswordView(MentorMixin, accounts.ResetPasswordView):
    pass


class PersonView(MentorMixin, accounts.PersonView):
    pass


class OwnProfileView(MentorMixin, onboarding.OwnProfileView):
    pass


class AcademicDetailsView(MentorMixin, onboarding.AcademicDetailsView):
    pass


class LanguagePreferencesView(MentorMixin, onboarding.LanguagePreferencesView):
    pass


class GoalsView(MentorMixin, onboarding.GoalsView):
    pass


class LearnerKindView(MentorMixin, onboarding.LearnerKindView):
    pass


class CompleteOnboardingView(MentorMixin, onboarding.CompleteOnboardingView):
    pass


class CloseAccountView(MentorMixin, leaving.CloseAccountView):
    pass


class OwnProgressView(MentorMixin, OwnProgress):
    pass


class ProfileImageView(MentorMixin, accounts.ProfileImageView):
    pass


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


class HealthView(MentorMixin, health.HealthView):
    pass


class ServicesHealthView(MentorMixin, health.ServicesHealthView):
    pass


class MarkReadView(MentorMixin, notifications.MarkReadView):
    pass


class NotificationPreferencesView(MentorMixin, notifications.ReachView):
    pass


class AnnouncementView(MentorMixin, notifications.AnnouncementView):
    pass


class PushKeyView(MentorMixin, notifications.PushKeyView):
    pass


class BrowserViewSet(MentorMixin, notifications.BrowserViewSet):
    pass


class NextAuthMixin(MentorMixin):
    roles: ClassVar[Mapping[str, str]] = Mentor.roles


class ProvidersView(NextAuthMixin, next_auth.ProvidersView):
    pass


class CsrfView(NextAuthMixin, next_auth.CsrfView):
    pass


class SessionView(NextAuthMixin, next_auth.SessionView):
    pass


class SigninView(NextAuthMixin, next_auth.SigninView):
    pass


class ProviderSigninView(NextAuthMixin, next_auth.ProviderSigninView):
    pass


class CredentialsView(NextAuthMixin, next_auth.CredentialsView):
    pass


class SignoutView(NextAuthMixin, next_auth.SignoutView):
    pass


class ErrorView(NextAuthMixin, next_auth.ErrorView):
    pass


class VerifyRequestView(NextAuthMixin, next_auth.VerifyRequestView):
    pass


class ClientLogView(NextAuthMixin, next_auth.ClientLogView):
    pass


class TicketViewSet(MentorMixin, tickets.TicketViewSet):
    pass


class TicketEscalationView(MentorMixin, tickets.TicketEscalationView):
    pass


class TicketClosingView(MentorMixin, tickets.TicketClosingView):
    pass


class TicketChatView(MentorMixin, tickets.TicketChatView):
    pass


class EmergencyView(MentorMixin, voices.EmergencyView):
    pass


class SupportFeedbackView(MentorMixin, voices.SupportFeedbackView):
    pass


class RecommendationViewSet(MentorMixin, matching.RecommendationViewSet):
    pass


class CompatibilityView(MentorMixin, matching.CompatibilityView):
    pass


class LanguageMatchViewSet(MentorMixin, matching.LanguageMatchViewSet):
    pass


class PeerMatchViewSet(MentorMixin, matching.PeerMatchViewSet):
    pass


class MatchingOptionsView(MentorMixin, matching.OptionsView):
    pass


class PrecomputeView(MentorMixin, matching.PrecomputeView):
    pass


class PrecomputeJobView(MentorMixin, matching.JobView):
    pass


class TutorFeedbackViewSet(MentorMixin, matching.FeedbackViewSet):
    pass


class AgendaViewSet(MentorMixin, sessions.AgendaViewSet):
    pass


class NoteViewSet(MentorMixin, sessions.NoteViewSet):
    pass


class RescheduleView(MentorMixin, MoveView):
    pass


class ConflictViewSet(MentorMixin, sessions.ConflictViewSet):
    pass


class RecordingView(MentorMixin, sessions.RecordingView):
    pass


class RecordingConsentView(MentorMixin, sessions.RecordingConsentView):
    pass


class RecordingListViewSet(MentorMixin, sessions.RecordingListViewSet):
    pass


class RecordingFileView(MentorMixin, sessions.RecordingFileView):
    pass
