"""The documents' 223 operations: each is routed, or listed as not built yet and really not there."""

import csv
import re
from pathlib import Path

import pytest

from tests.support.clients import Api
from tests.support.routes import api_routes

HERE = Path(__file__).parent
DOCUMENTED = list(csv.DictReader((HERE / "operations.csv").open()))
PENDING = {line for line in (HERE / "pending.txt").read_text().splitlines() if line and not line.startswith("#")}


def plain(path: str) -> str:
    """Paths compare without the names of their parts and the last slash."""
    return re.sub(r"{[^}]+}|<[^>]+>", "{}", path).rstrip("/") or "/"


ROUTED = {f"{route.method} {plain(route.path)}" for route in api_routes()}
OPERATIONS = {f"{row['method']} {plain(row['path'])}" for row in DOCUMENTED if row["method"] not in ("WS", "ALL")}


def test_the_list_is_the_documents():
    assert len(DOCUMENTED) == 223


def test_every_documented_operation_is_routed_or_pending():
    assert OPERATIONS - ROUTED == PENDING


@pytest.mark.django_db
@pytest.mark.parametrize("operation", sorted(PENDING))
def test_an_operation_that_is_not_built_does_not_pretend_to_be(operation):
    method, path = operation.split()

    answer = Api().generic(method, path.replace("{}", "7"), content_type="application/json")

    assert answer.status_code in (401, 404, 405), answer.content
