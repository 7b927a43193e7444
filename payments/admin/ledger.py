"""The ledger in the back office: postings with their lines, and what each account holds."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from common.back_office import OnRecordInline, ReadOnlyAdmin
from payments.admin.money import Totals, in_words
from payments.models import LedgerLine, Posting


class LineInline(OnRecordInline):
    model = LedgerLine
    fields = readonly_fields = ["account", "tutor", "amount", "currency"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("tutor")


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "key", "payment", "currency", "created_at"]
    list_select_related = ["payment"]
    list_filter = ["kind", "currency", "created_at"]
    search_fields = ["=key", "=payment__id"]
    search_help_text = "The whole key, such as capture:12, or a payment's number."
    inlines = [LineInline]
    show_full_result_count = False


@admin.register(LedgerLine)
class LedgerLineAdmin(Totals, ReadOnlyAdmin):
    """The balance of each account is above the list: of all lines, or of those that the filters show."""

    list_display = ["id", "posting", "account", "tutor", "sum", "created_at"]
    list_select_related = ["posting", "tutor"]
    list_filter = ["account", "currency", "posting__kind", "posting__created_at"]
    search_fields = ["=posting__key", "=posting__payment__id", "=tutor__id"]
    search_help_text = "The whole key of the posting, or a payment's or a tutor's number."
    summed = {"balance": "amount"}
    told_apart_by = "account"
    show_full_result_count = False

    @display(description="amount", ordering="amount")
    def sum(self, line: LedgerLine) -> str:
        return in_words(line.amount, line.currency)

    @display(description="at", ordering="posting__created_at")
    def created_at(self, line: LedgerLine) -> str:
        return f"{line.posting.created_at:%Y-%m-%d %H:%M:%S} UTC"
