"""A form says what JSON says: what is left out of either is left out."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import timezone
from rest_framework import serializers

from bookings.services import creating
from tests.factories import (
    AdminFactory,
    CourseFactory,
    NotificationFactory,
    OpenTutorFactory,
    PackagePurchaseFactory,
    RecordingConsentFactory,
    StudentFactory,
)
from tests.support.routes import api_routes, view_of

FORM = "application/x-www-form-urlencoded"


def inputs() -> list[type[serializers.Serializer]]:
    """Every shape of a body or a query that some route takes, those inside of others too."""
    found: set[type[serializers.Serializer]] = set()
    for view in {view_of(route) for route in api_routes()}:
        declared = [*getattr(view, "inputs", {}).values(), *getattr(view, "queries", {}).values()]
        declared += [getattr(view, name, None) for name in ("input_serializer", "multipart_serializer")]
        for serializer in filter(None, declared):
            collect(serializer, found)
    return sorted(found, key=name_of)


def collect(kind: Any, found: set[Any]) -> None:
    serializer = kind() if isinstance(kind, type) else kind
    serializer = getattr(serializer, "child", serializer)
    if not isinstance(serializer, serializers.Serializer):
        return
    found.add(type(serializer))
    for field in serializer.fields.values():
        collect(field, found)


def boxes(serializer: type[serializers.Serializer]) -> dict[str, serializers.Field]:
    return {name: field for name, field in serializer().fields.items() if isinstance(field, serializers.BooleanField)}


def name_of(serializer: type) -> str:
    return f"{serializer.__module__}.{serializer.__name__}"


WITH_BOXES = [serializer for serializer in inputs() if boxes(serializer)]


def test_there_are_forms_with_boxes():
    names = {"WhichSerializer", "BookingCancelSerializer", "ConsentInputSerializer", "SettingsSerializer"}

    assert names <= {serializer.__name__ for serializer in WITH_BOXES}


def read(field: serializers.Field, sent: Any) -> Any:
    """What the field makes of what is sent: its value, or why it refuses it, or that there is nothing."""
    try:
        return field.run_validation(field.get_value(sent))
    except serializers.ValidationError as refusal:
        return refusal.detail
    except serializers.SkipField:
        return serializers.empty


@pytest.mark.parametrize("serializer", WITH_BOXES, ids=name_of)
def test_a_box_that_is_left_out_of_a_form_is_left_out_as_it_is_of_json(serializer):
    fields = boxes(serializer)

    assert {name: read(field, QueryDict()) for name, field in fields.items()} == {
        name: read(field, {}) for name, field in fields.items()
    }


@pytest.mark.parametrize("serializer", WITH_BOXES, ids=name_of)
@pytest.mark.parametrize(("word", "value"), [("true", True), ("on", True), ("false", False)])
def test_a_box_that_is_in_a_form_says_what_it_says_in_json(serializer, word, value):
    for name, field in boxes(serializer).items():
        assert read(field, QueryDict(f"{name}={word}")) == read(field, {name: value})


@pytest.mark.django_db
class TestABoxThatAFormLeavesOut:
    def send(self, api, user, method, path, **fields):
        return api.as_(user).generic(method, path, urlencode(fields), content_type=FORM)

    def test_of_notifications_to_mark_is_no_second_choice(self, api):
        row = NotificationFactory()

        answer = self.send(api, row.recipient, "PUT", "/api/notifications/mark-read", id=row.pk)

        assert (answer.status_code, answer.json()) == (200, {"updated": 1})

    def test_of_an_admins_cancellation_costs_the_student_no_credit(self, api):
        purchase = PackagePurchaseFactory(package__tutor=OpenTutorFactory())
        whole = purchase.available
        booking = creating.create_booking(
            student=purchase.student,
            tutor_profile_id=purchase.tutor_id,
            starts_at=(timezone.now() + timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0),
            duration_minutes=60,
            use_package_id=purchase.pk,
        )

        answer = self.send(api, AdminFactory(), "POST", f"/api/bookings/{booking.pk}/cancel", reason="Ticket 7")

        purchase.refresh_from_db()
        assert (answer.status_code, purchase.available) == (200, whole)

    def test_of_a_consent_withdraws_none(self, api):
        consent = RecordingConsentFactory()
        path = f"/api/sessions/{consent.session_id}/recording/consent"

        answer = self.send(api, consent.user, "PUT", path, textVersion=consent.text_version)

        consent.refresh_from_db()
        assert (answer.status_code, list(answer.json()["errors"]), consent.withdrawn_at) == (400, ["consent"], None)

    def test_of_a_language_that_is_named_does_not_hide_it(self, api):
        answer = self.send(api, AdminFactory(), "POST", "/api/admin/languages", code="de", name="Deutsch")

        assert (answer.status_code, answer.json()["isActive"]) == (201, True)

    def test_of_a_module_leaves_it_required(self, api):
        course = CourseFactory()

        answer = self.send(api, course.tutor.user, "POST", f"/api/v1/tutor/courses/{course.pk}/modules", title="Sums")

        assert (answer.status_code, answer.json()["data"]["isRequired"]) == (201, True)

    def test_of_the_settings_of_messages_is_missed(self, api):
        user = StudentFactory()

        answer = self.send(api, user, "PUT", "/api/messages/settings")

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["read_receipts"])
        assert api.as_(user).get("/api/messages/settings").json() == {"read_receipts": True}
