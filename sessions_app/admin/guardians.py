"""What guardians were mailed, in the back office: the log of it."""

from django.contrib import admin

from common.back_office import ReadOnlyAdmin
from sessions_app.models import GuardianMail


@admin.register(GuardianMail)
class GuardianMailAdmin(ReadOnlyAdmin):
    """Mails that ask whether a minor may be recorded. The address is on the minor's own page."""

    list_display = ["id", "session", "user", "text_version", "state", "outcome", "attempts", "created_at"]
    list_select_related = ["session", "user"]
    list_filter = ["state", "created_at"]
    search_fields = ["user__email", "=session__id"]
