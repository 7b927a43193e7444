"""What is answered. Amounts are numbers in the digits of their currency."""

from rest_framework import serializers

from payments.models import DisputeKind, DisputeStatus, EarningKind, PaymentStatus, PayoutStatus, RefundStatus

KINDS = [("booking", "A lesson"), ("purchase", "A package")]


class IntentSerializer(serializers.Serializer):
    payment_id = serializers.IntegerField()
    client_secret = serializers.CharField(help_text="With it the payer's browser pays at the provider.")
    amount = serializers.FloatField()
    currency = serializers.CharField(help_text="ISO 4217.")
    status = serializers.ChoiceField(PaymentStatus.choices)
    provider = serializers.CharField(help_text="`sandbox` moves no money.")


class PayerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class EarnerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    name = serializers.CharField()


class PaymentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(KINDS, help_text="What was paid for.")
    booking_id = serializers.IntegerField(allow_null=True)
    purchase_id = serializers.IntegerField(allow_null=True)
    description = serializers.CharField()
    amount = serializers.FloatField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(PaymentStatus.choices)
    provider = serializers.CharField()
    captured_amount = serializers.FloatField(help_text="What was taken.")
    refunded_amount = serializers.FloatField(help_text="What has arrived back at the payer.")
    pending_refund_amount = serializers.FloatField(help_text="What is on its way back.")
    is_disputed = serializers.BooleanField(help_text="A dispute about it is open.")
    failure_code = serializers.CharField(allow_blank=True, help_text="For the payer and admins.")
    failure_message = serializers.CharField(allow_blank=True, help_text="Likewise.")
    has_receipt = serializers.BooleanField()
    payer = PayerSerializer()
    mentor = EarnerSerializer()
    captured_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RefundSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    payment_id = serializers.IntegerField()
    amount = serializers.FloatField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(RefundStatus.choices)
    basis = serializers.CharField(help_text="By which right: policy, admin, dispute, late_payment, provider.")
    reason = serializers.CharField(allow_blank=True)
    failure_reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DisputeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    payment_id = serializers.IntegerField()
    kind = serializers.ChoiceField(DisputeKind.choices)
    status = serializers.ChoiceField(DisputeStatus.choices, help_text="`lost` gives the payer the money.")
    amount = serializers.FloatField(help_text="What is asked back.")
    currency = serializers.CharField()
    reason = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    decision = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class ReceivedSerializer(serializers.Serializer):
    received = serializers.BooleanField()


class PayoutSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    amount = serializers.FloatField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(PayoutStatus.choices)
    lessons = serializers.IntegerField(help_text="How many lessons are in it.")
    period_end = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    failure_reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class AdminPayoutSerializer(PayoutSerializer):
    mentor = EarnerSerializer()
    provider = serializers.CharField()
    hold_reason = serializers.CharField(allow_blank=True)


class PayoutsMadeSerializer(serializers.Serializer):
    items = AdminPayoutSerializer(many=True)


class BalanceSerializer(serializers.Serializer):
    """What a mentor has earned and not been paid yet, in one currency."""

    currency = serializers.CharField()
    pending = serializers.FloatField(help_text="A student may still report a problem.")
    available = serializers.FloatField(help_text="In the next payout.")
    in_payout = serializers.FloatField(help_text="On its way.")
    frozen = serializers.FloatField(help_text="Disputed.")


class PayoutPageSerializer(serializers.Serializer):
    items = PayoutSerializer(many=True)
    total = serializers.IntegerField(help_text="Of all pages.")
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    balance = BalanceSerializer(many=True)


class PayoutLineSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(EarningKind.choices)
    description = serializers.CharField()
    booking_id = serializers.IntegerField(allow_null=True)
    purchase_id = serializers.IntegerField(allow_null=True, help_text="The package that the lesson was paid with.")
    payment_id = serializers.IntegerField(allow_null=True)
    gross = serializers.FloatField(help_text="What the student paid for it.")
    commission = serializers.FloatField(help_text="The platform's share.")
    net = serializers.FloatField()
    earned_at = serializers.DateTimeField()


class PayoutStatementSerializer(PayoutSerializer):
    gross = serializers.FloatField()
    commission = serializers.FloatField()
    net = serializers.FloatField()
    taken_back = serializers.FloatField(help_text="Because students got money back after it was paid.")
    lines = PayoutLineSerializer(many=True)
