"""What admins see of mentors, sessions and languages, and decide about them."""

from accounts.permissions import IsAdmin
from accounts.views import people
from api.mentor.views.base import MentorMixin
from catalog import views as catalog
from sessions_app import views as sessions


class AdminMentorViewSet(MentorMixin, people.MentorViewSet):
    pass


class SuspensionView(MentorMixin, people.SuspensionView):
    pass


class AdminSessionViewSet(MentorMixin, sessions.AdminSessionViewSet):
    pass


class AdminConflictViewSet(MentorMixin, sessions.AdminConflictViewSet):
    pass


class QualityReviewView(MentorMixin, sessions.QualityReviewView):
    pass


class AdminLanguageViewSet(MentorMixin, catalog.LanguageDecisionViewSet):
    permission_classes = (IsAdmin,)
