from datetime import timedelta

import pytest

from common import errors


def kinds(base=errors.DomainError):
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_refusal_in_the_system_has_a_code_and_a_sentence():
    found = list(kinds())

    assert errors.InvalidTransition in found
    for kind in found:
        assert kind.code == kind.code.upper()
        assert kind.code.replace("_", "").isalnum()
        assert kind.message


def test_two_refusals_of_different_kinds_never_share_a_code():
    """But for STALE_VERSION: a 412 by `If-Match`, and a 409 where a body named the version; and ACCOUNT_LOCKED: a 429,
    and a 401 where next-auth's client knows no other.
    """
    by_code = {}
    for kind in kinds():
        if "code" in vars(kind) and not kind.__module__.startswith("tests."):
            by_code.setdefault(kind.code, set()).add(kind.__name__)

    assert {code: names for code, names in by_code.items() if len(names) > 1} == {
        "STALE_VERSION": {"StaleVersion", "StaleProfile"},
        "ACCOUNT_LOCKED": {"AccountLocked", "SignInLocked"},
    }


def test_a_refusal_may_say_more():
    refusal = errors.Conflict("Taken.", code="TAKEN", seat=4)

    assert (str(refusal), refusal.message, refusal.code, refusal.extra) == ("Taken.", "Taken.", "TAKEN", {"seat": 4})


def test_what_it_does_not_say_is_its_kinds():
    refusal = errors.NotFound()

    assert (str(refusal), refusal.code, refusal.extra) == ("Not found.", "NOT_FOUND", {})


def test_an_illegal_move_says_which_are_legal():
    refusal = errors.InvalidTransition("No.", current="completed", allowed=[])

    assert refusal.code == "INVALID_TRANSITION"
    assert refusal.extra == {"current_state": "completed", "allowed": []}


@pytest.mark.parametrize("errors_given", [None, {"title": ["Too long."]}])
def test_an_invalid_request_names_its_fields(errors_given):
    assert errors.Invalid(errors=errors_given).errors == (errors_given or {})


@pytest.mark.parametrize("kind", [errors.TooManyRequests, errors.Busy])
def test_a_refusal_that_passes_says_when(kind):
    assert kind(retry_after=timedelta(seconds=7)).retry_after == timedelta(seconds=7)
