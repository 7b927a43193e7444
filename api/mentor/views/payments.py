"""Payments and payouts."""

from api.mentor.views.base import MentorMixin
from payments.views import payments, payouts, webhook


class CreateIntentView(MentorMixin, payments.CreateIntentView):
    pass


class ConfirmView(MentorMixin, payments.ConfirmView):
    pass


class RefundView(MentorMixin, payments.RefundView):
    pass


class DisputeView(MentorMixin, payments.DisputeView):
    pass


class PaymentHistoryViewSet(MentorMixin, payments.PaymentHistoryViewSet):
    pass


class ReceiptView(MentorMixin, payments.ReceiptView):
    pass


class WebhookView(MentorMixin, webhook.WebhookView):
    pass


class MentorPayoutViewSet(MentorMixin, payouts.MentorPayoutViewSet):
    pass


class PayoutRunViewSet(MentorMixin, payouts.PayoutRunViewSet):
    pass
