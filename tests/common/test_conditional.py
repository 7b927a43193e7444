import pytest
from django.test import RequestFactory

from common.conditional import expected_version
from common.errors import Invalid


def version(header: str | None) -> int | None:
    headers = {"If-Match": header} if header is not None else {}
    return expected_version(RequestFactory().get("/", headers=headers))


@pytest.mark.parametrize("header", [None, "", "  ", "*", " * "])
def test_without_a_condition_any_version_will_do(header):
    assert version(header) is None


@pytest.mark.parametrize("header", ["3", '"3"', 'W/"3"', ' "3" ', "003"])
def test_every_way_to_write_a_version_is_understood(header):
    assert version(header) == 3


@pytest.mark.parametrize("header", ["three", '"a1b2"', "-1", "1.5", '"1", "2"', "9" * 10, "\N{SUPERSCRIPT TWO}"])
def test_anything_else_is_refused(header):
    with pytest.raises(Invalid) as refusal:
        version(header)

    assert refusal.value.code == "BAD_IF_MATCH"
