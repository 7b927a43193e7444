"""Matching."""

from api.mentor.views.base import MentorMixin
from matching import views as matching


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
