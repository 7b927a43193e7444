"""Packages over HTTP: what tutors offer and what students own share their paths; `kind` tells them apart."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import EmailNotVerified, StudentsOnly
from accounts.permissions import IsStudent, IsTutor
from accounts.requests import SignedInRequest
from bookings.errors import CreditNotOpen, ExtensionRefused, InsufficientCredits, OwnPackage
from bookings.filters import PackageFilter
from bookings.models import CreditEntry, Package, PackagePurchase
from bookings.presenters import packages as presenter
from bookings.serializers.packages import (
    CreditEntrySerializer,
    CreditUseSerializer,
    ExtensionInputSerializer,
    OfferChangesSerializer,
    OfferInputSerializer,
    PackageInputSerializer,
    PackageQuerySerializer,
    PackageSerializer,
    PurchaseInputSerializer,
)
from bookings.services import extensions, offers, purchases
from common.errors import Forbidden, NotFound


class MayBuyOrOffer(IsTutor):
    """Students buy, tutors offer; the body says which of the two it is."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not buys(request):
            return super().has_permission(request, view)
        self.message, self.code = IsStudent.message, IsStudent.code
        return IsStudent().has_permission(request, view)


def buys(request: Request) -> bool:
    return "package_id" in request.data or "pricing_option_id" in request.data


class PackageViewSet(viewsets.GenericViewSet):
    """Offers and purchases. What the caller may not see does not exist for them."""

    request: SignedInRequest
    queryset = Package.objects.none()
    filterset_class = PackageFilter
    lookup_value_converter = "id"
    idempotent_actions = frozenset({"create"})
    inputs: dict[str, type[serializers.Serializer]] = {
        "create": PackageInputSerializer,
        "partial_update": OfferChangesSerializer,
        "use_credit": CreditUseSerializer,
        "extension": ExtensionInputSerializer,
    }
    queries = {"retrieve": PackageQuerySerializer}
    answers = {
        "list": PackageSerializer(many=True),
        **dict.fromkeys(("retrieve", "create", "partial_update", "use_credit"), PackageSerializer),
        "extension": {201: PackageSerializer},
        **dict.fromkeys(("accept_extension", "decline_extension"), PackageSerializer),
        "destroy": None,
    }
    refusals = {
        "create": (EmailNotVerified, NotFound, OwnPackage, StudentsOnly),
        "use_credit": (InsufficientCredits, CreditNotOpen),
        **dict.fromkeys(("extension", "accept_extension", "decline_extension"), (ExtensionRefused, Forbidden)),
    }

    def get_permissions(self) -> list[BasePermission]:
        if self.action == "create":
            return [MayBuyOrOffer()]
        return [IsTutor()] if self.action in ("partial_update", "destroy") else [IsAuthenticated()]

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def get_queryset(self) -> QuerySet:
        """Offers or purchases, as the query asks, or else as the caller's role suggests."""
        user, query = self.request.user, self.request.query_params
        kind = query.get("kind") or (presenter.OFFER if query.get("tutor_id") else presenter.meant_by(user))
        if kind == presenter.PURCHASE:
            return PackagePurchase.objects.visible_to(user)
        if query.get("tutor_id") or not (user.is_tutor or user.is_admin):
            return Package.objects.on_offer()
        return Package.objects.all() if user.is_admin else Package.objects.filter(tutor__user=user)

    def list(self, request: SignedInRequest) -> Response:
        """Packages: a tutor's active offers with `tutor_id`, else a student's purchases or a tutor's own offers."""
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()).order_by("-id"))
        present = presenter.purchases if page.model is PackagePurchase else presenter.offers
        return self.get_paginated_response(present(page))

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """One package: an offer, or a purchase that one is a party of."""
        query = PackageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        return Response(presenter.one(pk, request.user, query.validated_data.get("kind", "")))

    def create(self, request: SignedInRequest) -> Response:
        """Offer a package as a tutor, or buy one as a student with `package_id` (or `pricing_option_id`)."""
        answer = self._buy(request) if buys(request) else self._offer(request)
        return Response(answer, status=status.HTTP_201_CREATED)

    def partial_update(self, request: SignedInRequest, pk: int) -> Response:
        """Change one's own offer. What was bought before keeps its price and terms."""
        changes = self._read(OfferChangesSerializer)
        return Response(presenter.offer(offers.update_offer(pk, changes, actor=request.user)))

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Sell one's own offer no more. What was bought before stays good."""
        offers.withdraw_offer(pk, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["patch"], url_path="use-credit")
    def use_credit(self, request: SignedInRequest, pk: int) -> Response:
        """Use one credit of a purchase: its owner, its tutor or an admin. Idempotent with a `booking_id`."""
        sent = self._read(CreditUseSerializer)
        bought = purchases.use_credit(pk, actor=request.user, booking_id=sent.get("booking_id"))
        return Response(presenter.purchase(bought))

    @action(detail=True, methods=["post"])
    def extension(self, request: SignedInRequest, pk: int) -> Response:
        """Ask the other side for more time, in the last 30 days; each side gets up to 30 days once."""
        bought = extensions.ask(pk, self._read(ExtensionInputSerializer)["days"], actor=request.user)
        return Response(presenter.purchase(bought), status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"], url_path="extension/accept")
    def accept_extension(self, request: SignedInRequest, pk: int) -> Response:
        """Grant the time that the other side asks for. After a week it is granted by itself."""
        return Response(presenter.purchase(extensions.answer(pk, accept=True, actor=request.user)))

    @action(detail=True, methods=["post"], url_path="extension/decline")
    def decline_extension(self, request: SignedInRequest, pk: int) -> Response:
        """Refuse the time that the other side asks for."""
        return Response(presenter.purchase(extensions.answer(pk, accept=False, actor=request.user)))

    def _offer(self, request: SignedInRequest) -> dict[str, Any]:
        return presenter.offer(offers.create_offer(actor=request.user, **self._read(OfferInputSerializer)))

    def _buy(self, request: SignedInRequest) -> dict[str, Any]:
        return presenter.purchase(purchases.buy(student=request.user, **self._read(PurchaseInputSerializer)))

    def _read(self, shape: type[serializers.Serializer]) -> dict[str, Any]:
        serializer = shape(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return cast(dict[str, Any], serializer.validated_data)


class CreditViewSet(viewsets.GenericViewSet):
    """The ledger of a purchase."""

    request: SignedInRequest
    queryset = CreditEntry.objects.none()
    lookup_value_converter = "id"
    answers = {"list": CreditEntrySerializer(many=True)}

    def list(self, request: SignedInRequest, pk: int) -> Response:
        """What happened to the credits of a purchase, oldest first: for its owner, its tutor and admins."""
        lines: Any = self.paginate_queryset(presenter.ledger(purchases.find(pk, request.user)))
        return self.get_paginated_response(list(lines))
