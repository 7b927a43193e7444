"""People, and one's own account."""

from accounts import views as accounts
from accounts.views import leaving, onboarding
from api.mentor.views.base import MentorMixin
from bookings.views.dashboard import OwnProgressView as OwnProgress


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
