"""The queue of reported and held messages, with what was written around them (R-MSG-6)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from accounts.requests import BackOfficeRequest
from common.back_office import DECIDED_WITHIN, ReadOnlyAdmin, WithReason, moderate, offered_if
from messaging.models import Report
from messaging.services import moderation

COLOURS = {"open": "info", "overdue": "danger", "dismissed": "success", "upheld": "warning"}


def _is_open(report: Report) -> bool:
    return report.state == Report.State.OPEN


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Oldest first, to be decided within 72 hours."""

    list_display = ["created_at", "kind", "reported", "reason", "reporter", "shown_state"]
    list_select_related = ["reported", "reporter"]
    list_filter = ["state", "kind", "created_at"]
    search_fields = ["reason", "reported__email", "reporter__email", "=message__id"]
    search_help_text = "Words of the report, part of an address, or the message's number."
    fields = readonly_fields = [
        *("created_at", "kind", "reported", "reporter", "reason", "what_was_written", "former_texts", "files"),
        *("state", "decided_by", "decided_at"),
    ]
    parties = ("reporter_id", "reported_id")
    actions = ["uphold_report", "dismiss_report"]

    @display(description="state", ordering="state", label=COLOURS)
    def shown_state(self, report: Report) -> tuple[str, str]:
        if report.state == Report.State.OPEN and timezone.now() > report.created_at + DECIDED_WITHIN:
            return "overdue", "Open, overdue"
        return report.state, report.get_state_display()

    @display(description="what was written")
    def what_was_written(self, report: Report) -> SafeString:
        """As it was when it was reported, the reported message among it."""
        lines = (
            ("➤ " if row["id"] == report.message_id else "", row["sender_id"], row["created_at"], row["text"])
            for row in report.snapshot
        )
        return format_html_join("", "<p>{}<b>User {}</b> ({}): {}</p>", lines)

    @display(description="what the message said before it was changed")
    def former_texts(self, report: Report) -> SafeString:
        edits = report.message.edits.all() if report.message else ()
        return format_html_join("", "<p>until {}: {}</p>", ((edit.replaced_at, edit.text) for edit in edits))

    @display(description="files of the message")
    def files(self, report: Report) -> SafeString:
        """Handed out as to everybody: as downloads."""
        files = report.message.attachments.all() if report.message else ()
        link = '<p><a href="/api/messages/attachments/{}/download">{}</a> ({}, {} bytes, {})</p>'
        rows = ((file.pk, file.name, file.media_type, file.size, file.scan_state) for file in files)
        return format_html_join("", link, rows)

    @offered_if(_is_open)
    @admin.action(description="Uphold the report and delete the message", permissions=["moderate"])
    def uphold_report(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(report: Report, *, reason: str) -> None:
            moderation.uphold(report.pk, reason=reason, actor=request.user)

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(_is_open)
    @admin.action(description="Dismiss the report; what was held is delivered", permissions=["moderate"])
    def dismiss_report(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(report: Report) -> None:
            moderation.dismiss(report.pk, actor=request.user)

        return moderate(self, request, queryset, deed)
