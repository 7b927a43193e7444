"""What leaves as JSON, and what can be read from it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import RequestFactory
from django.utils.translation import gettext_lazy
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from api.core import root
from api.core.renderers import JSONRenderer, to_json


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime(2026, 3, 1, 12, tzinfo=UTC), '"2026-03-01T12:00:00Z"'),
        (Decimal("45.00"), "45"),
        (Decimal("45.50"), "45.5"),
        (Decimal("0.1"), "0.1"),
        (Decimal("12345678901.25"), "12345678901.25"),
        (gettext_lazy("No."), '"No."'),
        (ReturnDict({"a": 1}, serializer=None), '{"a":1}'),
        (ReturnList([1], serializer=None), "[1]"),
        ((1, 2), "[1,2]"),
        (range(3), "[0,1,2]"),
        ({7: "a"}, '{"7":"a"}'),
        ("<é\u2028>", '"<é\u2028>"'),
    ],
)
def test_a_value_has_one_form(value, written):
    assert to_json(value).decode() == written


def test_what_has_no_form_is_a_bug():
    with pytest.raises(TypeError):
        to_json({"a": object()})


def test_no_content_is_nothing():
    assert JSONRenderer().render(None) == b""


@pytest.mark.parametrize(
    ("handler", "status"),
    [(root.bad_request, 400), (root.forbidden, 403), (root.not_found, 404)],
)
def test_what_reaches_no_view_has_the_one_body(handler, status):
    response = handler(RequestFactory().get("/"), Exception("secret detail"))

    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    assert b"secret" not in response.content


@pytest.mark.django_db
def test_the_front_door_shows_the_way(client):
    pages = client.get("/").json()

    assert pages["documentation"] == "http://testserver/docs"
    assert {client.get(pages[name]).status_code for name in ("documentation", "reference", "schema", "health")} == {200}
