"""What the fuzzer is told of us: who calls, where there is something to find, and what the description cannot say.

Loaded into the fuzzer's process with the environment of the site that is fuzzed, FUZZ_ROLE names the caller.
"""

import itertools
import os
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
import jsonschema
import schemathesis
from schemathesis.specs.openapi.checks import (
    AcceptedNegativeData,
    RejectedPositiveData,
    negative_data_rejection,
    positive_data_acceptance,
)

django.setup()

from rest_framework.serializers import BooleanField  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.services.tokens import open_family  # noqa: E402
from api.core.dialect import camel_to_snake  # noqa: E402
from tests.factories import PaymentFactory, UserFactory  # noqa: E402
from tests.fuzz import world  # noqa: E402

ROLE = os.environ["FUZZ_ROLE"]
# Each role's fuzzer is a process of its own that makes people in the same database.
UserFactory.reset_sequence(os.getpid() * 10_000, force=True)
PaymentFactory.reset_sequence(os.getpid() * 10_000, force=True)
SIGN_OUTS = ("logout", "change-password", "me/close")

# --- Who calls ----------------------------------------------------------------------------------------------------


class Caller:
    """The access token of the role's person; each call that signs out gets a new one of somebody else."""

    def get(self, case: Any, context: Any) -> str:
        leaves = any(word in case.operation.path for word in SIGN_OUTS)
        return _new_token(f"{ROLE}.leaving") if leaves else _token(ROLE)

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


def _new_token(name: str) -> str:
    return open_family(User.objects.get(email=f"{name}@fuzz.example.com")).access


_token = cache(_new_token)

if ROLE != "anonymous":
    schemathesis.auth(refresh_interval=None)(Caller)


# --- Something to find --------------------------------------------------------------------------------------------

_calls = itertools.count()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Every other valid id is that of something that was made a moment ago."""
    ids = case.path_parameters or {}
    is_valid = case.meta is None or case.meta.generation.mode.is_positive
    are_possible = all(type(number) is int and number > 0 for number in ids.values())
    # Whoever is guessed may be one of those in whose name the fuzzer calls: they are to keep role and rights.
    is_somebodys = "/api/admin/users/" in case.operation.path
    if ids and are_possible and is_valid and (is_somebodys or next(_calls) % 2):
        ids.update(world.ids_at(case.operation.path, ROLE, ids))
    if case.operation.path == "/api/admin/mentors/suspend" and isinstance(case.body, dict) and is_valid:
        case.body.update(dict.fromkeys({"mentor_id", "mentorId"} & case.body.keys(), world.new_mentor()))
    if case.operation.path.endswith("/soft-delete-user") and isinstance(case.body, dict) and "user_id" in case.body:
        case.body["user_id"] = UserFactory().pk


# --- What the description cannot say --------------------------------------------------------------------------------

# Rules of single values that no JSON schema states.
RULED_FIELDS = {
    "currency": "is one of ISO 4217",
    "timezone": "is one of the IANA zones",
    "tz": "is one of the IANA zones",
    "phone": "is a possible number of a country",
    "languages": "are of ISO 639-1",
    "profile_photo": "is sent as that or as `file`",
    "video_url": "is one of a few sites'",
    "subject_ids": "are the ids of subjects that exist, and an approved tutor keeps at least one",
    "hourly_rate": "is not less than the currency's smallest coin",
    "preferred_language": "is one of ISO 639-1",
    "password": "is not a common one, and on /api/v1 has an upper-case letter and a special character",
    "new_password": "likewise",
    "confirm_password": "equals the password",
    "email": "is left out only where `username` is sent; and `format: email` allows what e-mail servers refuse",
    "date": "is in the future and before 2101",
    **dict.fromkeys(("created_from", "created_to"), "is between the years 1970 and 9000"),
    "date_from": "is between the years 1970 and 9000",
    **dict.fromkeys(("from", "to"), "is between the years 1970 and 9000"),
    "period_end": "is before 2101",
    "last_seq": "is not before first_seq",
    "date_to": "is between the years 1970 and 9000",
    "subject_id": "is the id of a subject that exists",
    "start_date": "is between the years 1970 and 2100",
    "end_date": "likewise, and not before start_date",
    "start_at": "is before 2101",
    "starts_at": "likewise",
    "deadline": "likewise",
    "ends_at": "likewise, and after starts_at",
    "new_start_time": "is there, or `new_start_at` or `options`; and before 2101",
    "new_start_at": "is before 2101",
    "options": "are before 2101",
    "lesson_type": "is one of the words, in any case of letters",
    "level": "likewise",
    "weekly_schedule": "is there, or `availability`",
    "start_time": "is not 24:00; of a session, is in the future and before 2101",
    "end_time": "is not start_time, or is after it, by the minutes that a session may last",
    "duration": "is in steps of 5",
    "subject": "is of the catalogue",
    "subjects": "are of the catalogue",
    "meeting_link": "is an address that exists as such",
    "emoji": "is one emoji",
    "submission_url": "is a link to GitHub, Google Drive or Docs, or Amazon S3",
    "endpoint": "is https at a public host",
    "p256dh": "is a point of P-256",
    "link": "is a path of the front end",
    "types": "are types of notifications that there are, and their channels",
    "categories": "are categories that there are, and their channels",
    "digests": "are of categories that there are",
    "quiet_hours": "do not end when they begin",
    "language": "is one of ISO 639-1",
    "learner_id": "is the learner of the path",
    "url": "is an address at one of a few providers",
    "languages_spoken": "are of ISO 639-1",
    "language_preferences": "likewise",
    "primary_language": "is one of ISO 639-1",
    "profile_image": "is the address of the caller's own picture",
    **dict.fromkeys(
        ("school_name", "class_grade", "university_name", "degree_type", "major", "semester", "cgpa"),
        "is there where the academic level asks for it",
    ),
    "experience_years": "is a number, or a range of numbers, of years that somebody can have worked",
    "available_to": "is after available_from, by two weeks at most",
    "available_from": "is before 2101",
    "overrides": "name no date twice",
    "linkedin_url": "is an address that exists as such",
    "reason": "is there where an admin does not approve",
    "until": "is in the future, and not sent to end a suspension",
    "outcome": "is there where a report is resolved",
    "role": "is one of the words, in any case of letters",
    "code": "is one of ISO 639",
    "preferences": "are up to 4 KB",
    "date_of_birth": "is told once, and within the last 120 years",
    "guardian": "has another address than the caller's, and is changed five times a day at most",
    **dict.fromkeys(("mentor_id", "student_id"), "is there where an admin asks, who is neither"),
    "text_version": "is there where `consent` is true",
}
TRUTHS = BooleanField.TRUE_VALUES | BooleanField.FALSE_VALUES
BLANK = "This field may not be blank."
NUL = "Null characters are not allowed."
NUL_IN_QUERY = "A NUL character is not allowed."
# Of a part of a form that holds JSON.
NO_LIST = "Must be a list as JSON."
NOT_A_RULE = {"VALIDATION_ERROR", "MALFORMED_REQUEST"}


@schemathesis.check
def valid_requests_are_accepted(context: Any, response: Any, case: Any) -> None:
    """As `positive_data_acceptance`, except where a rule refuses that is not about the form of the request."""
    try:
        positive_data_acceptance(context, response, case)
    except RejectedPositiveData:
        if not refused_by_a_rule(response.status_code, response.json()):
            raise


def refused_by_a_rule(status: int, refusal: dict[str, Any]) -> bool:
    if status in (402, 412, 422):  # no credit is left, another version, another request with that key
        return True
    if status != 400:
        return False
    if refusal["code"] not in NOT_A_RULE or refusal["message"] == NUL_IN_QUERY:
        return True
    errors = refusal.get("errors", {"": []})
    return all(
        {camel_to_snake(part) for part in field.split(".")} & RULED_FIELDS.keys()
        or set(sentences) & {BLANK, NUL, NO_LIST}
        for field, sentences in errors.items()
    )


@schemathesis.check
def invalid_requests_are_refused(context: Any, response: Any, case: Any) -> None:
    """As `negative_data_rejection`, except for the leniency that the description's introduction promises."""
    try:
        negative_data_rejection(context, response, case)
    except AcceptedNegativeData:
        if response.status_code == 412:  # another version: nobody has looked at the body
            return
        kindly = is_empty_parameter(case, response.request.url) or valid_when_read_kindly(case)
        if not (kindly or is_a_purchase(case)):
            raise


def is_a_purchase(case: Any) -> bool:
    """Who buys an offer or books a lesson sends none of what an offer or a session needs: both have one body."""
    names = {
        "/api/packages": {"package_id", "pricing_option_id"},
        "/api/sessions": {"mentor_id", "tutor_profile_id"},
    }.get(case.operation.path, set())
    return isinstance(case.body, dict) and bool(names & case.body.keys())


def is_empty_parameter(case: Any, url: str) -> bool:
    """Whether only empty query parameters, or empty lists, are wrong: they are the same as none. The last counts.

    An empty list may be sent as nothing at all, which is right where the parameter can be left out.
    """
    names = {mutation.parameter for mutation in case.meta.phase.data.mutations} or {case.meta.phase.data.parameter}
    sent = parse_qs(urlsplit(url).query, keep_blank_values=True)
    optional = {parameter.name for parameter in case.operation.query if not parameter.is_required}
    return all(_last(sent, name, absent="" if name in optional else "?").strip(",") == "" for name in names)


def _last(sent: dict[str, list[str]], name: str, *, absent: str) -> str:
    return sent[name][-1] if name in sent else absent


def valid_when_read_kindly(case: Any) -> bool:
    """Whether the body is valid once numbers are read as text, text as numbers or truths, without space around it."""
    raw = case.operation.schema.raw_schema
    content = raw["paths"][case.operation.path][case.method.lower()].get("requestBody", {}).get("content", {})
    if "application/json" not in content or not isinstance(case.body, dict):
        return False
    schema = content["application/json"]["schema"] | {"components": raw["components"]}
    body = _kindly(case.body, schema, raw["components"]["schemas"])
    return jsonschema.Draft202012Validator(schema).is_valid(body)


def _kindly(value: Any, schema: dict[str, Any], known: dict[str, Any]) -> Any:
    schema = known[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    choices = (schema, *schema.get("oneOf", ()))
    kinds = {kind for one in choices for kind in _as_list(one.get("type"))}
    if isinstance(value, str):
        text = value.strip()
        if "boolean" in kinds and text.lower() in TRUTHS:
            return True
        return int(text) if "integer" in kinds and text.isdecimal() else text
    if "boolean" in kinds and not isinstance(value, list | dict) and value in TRUTHS:
        return True
    if "string" in kinds and type(value) in (int, float):
        return str(value)
    if "array" in kinds and isinstance(value, list):
        items = next((one["items"] for one in choices if "items" in one), {})
        return [_kindly(item, items, known) for item in value]
    if "object" in kinds and isinstance(value, dict):
        properties = schema.get("properties", {})
        return {name: _kindly(item, properties.get(name, {}), known) for name, item in value.items()}
    return value


def _as_list(kind: str | list[str] | None) -> list[str]:
    return kind if isinstance(kind, list) else [kind] if kind else []
