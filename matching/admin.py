"""Matching in the back office."""

from django.contrib import admin

from common.back_office import ReadOnlyAdmin
from matching.models import PrecomputeJob, RecommendationList, TutorFeedback


@admin.register(PrecomputeJob)
class PrecomputeJobAdmin(ReadOnlyAdmin):
    """Recommendations that are worked out ahead, asked for through `POST /api/matching/precompute` or by the clock."""

    list_display = ["id", "scope", "status", "done", "total", "requested_by", "outcome", "created_at"]
    list_select_related = ["requested_by"]
    list_filter = ["state", "scope", "created_at"]
    search_fields = ["requested_by__email", "outcome"]


@admin.register(RecommendationList)
class RecommendationListAdmin(ReadOnlyAdmin):
    """How old whose recommendations are."""

    list_display = ["student", "size", "computed_at"]
    list_select_related = ["student"]
    list_filter = ["computed_at"]
    search_fields = ["student__email"]
    fields = readonly_fields = ["student", "size", "computed_at"]


@admin.register(TutorFeedback)
class TutorFeedbackAdmin(ReadOnlyAdmin):
    """Whom students saved, and whom they do not want to be recommended for a while."""

    list_display = ["student", "tutor", "action", "until", "updated_at"]
    list_select_related = ["student", "tutor"]
    list_filter = ["action"]
    search_fields = ["student__email"]
