from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from audit import services
from audit.models import AuditEntry
from common.back_office import SturdyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(SturdyAdmin):
    """To be read only, and whoever reads it is written down as well (R-AUD-5)."""

    list_display = ["created_at", "action", "actor_id", "actor_role", "object_type", "object_id", "seq"]
    list_select_related = ["link"]
    list_filter = ["action", "created_at"]
    search_fields = ["action", "=object_id", "=actor_id"]
    fields = [
        *("created_at", "action", "actor_id", "actor_role", "object_type", "object_id", "before", "after", "reason"),
        *("address", "browser", "request_id", "seq"),
    ]
    readonly_fields = ["address", "browser", "seq"]
    search_help_text = "Part of an action, or the whole number of an object or an actor."
    # Counting a table of millions twice for one page is not worth it.
    show_full_result_count = False

    @admin.display(description="sealed as")
    def seq(self, entry: AuditEntry) -> int | None:
        return entry.link.seq if hasattr(entry, "link") else None

    @admin.display
    def address(self, entry: AuditEntry) -> str:
        return services.came_from(entry).ip

    @admin.display
    def browser(self, entry: AuditEntry) -> str:
        return services.came_from(entry).user_agent

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        _write_down("audit.listed", request)
        return response

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, object_id, *args, **kwargs)
        if entry := self.get_object(request, object_id):
            _write_down("audit.read", request, entry)
        return response

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False


def _write_down(action: str, request: HttpRequest, entry: AuditEntry | None = None) -> None:
    """As of the staff, whatever role the reader has elsewhere."""
    reader: Any = request.user
    with reader.deputised():
        services.record(action, actor=reader, obj=entry)
