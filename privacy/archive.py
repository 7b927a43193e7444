"""The archive that somebody is given of their own data: each section as JSON and as CSV, files, and a manifest."""

import hashlib
import hmac
import json
import re
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BufferedRandom
from pathlib import PurePosixPath
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from accounts.models import User
from common import files, personal_data
from common.commands import Progress
from common.errors import NotFound
from common.personal_data import Section
from common.spreadsheets import csv_lines

CHUNK = 1024 * 1024


def write_archive(
    target: BufferedRandom, user: User, *, now: datetime, progress: Progress = lambda done, what: None
) -> str:
    """Write all that is kept about the user as a zip file; returns its SHA-256 in hexadecimal.

    `manifest.json` has every file's SHA-256, and of what is kept but not given, why. `progress` counts sections.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _Writer(archive, user).write(now, progress)
    target.seek(0)
    sha256 = hashlib.file_digest(target, "sha256").hexdigest()
    target.seek(0, 2)
    return sha256


def count_rows(user: User) -> dict[str, int]:
    """How many rows each section of the user's archive would have at this moment."""
    return {section.name: section.rows(user).count() for section in personal_data.sections() if section.shows}


class _Writer:
    def __init__(self, archive: zipfile.ZipFile, user: User) -> None:
        self.archive = archive
        self.user = user
        self.people = Pseudonyms(user)
        self.manifest: list[dict[str, Any]] = []

    def write(self, now: datetime, progress: Progress) -> None:
        counts: dict[str, int] = {}
        left_out: dict[str, str] = {}
        for section in personal_data.sections():
            if section.shows:
                progress(len(counts), section.name)
                counts[section.name] = self._section(section)
            else:
                left_out[section.name] = section.hides
        manifest = {
            "user_id": self.user.pk,
            "made_at": now,
            "rows": counts,
            "not_included": left_out,
            "files": self.manifest,
        }
        self.archive.writestr("manifest.json", _json(manifest))

    def _section(self, section: Section) -> int:
        rows = [self.people.without_others(section, row) for row in section.rows(self.user).values(*section.shows)]
        self._add(f"data/{section.name}.json", [_json(rows).encode()])
        table = [section.shows, *([_cell(row[name]) for name in section.shows] for row in rows)]
        self._add(f"data/{section.name}.csv", [csv_lines(table).encode()])
        for column in set(section.file_columns) & set(section.shows):
            for number, row in enumerate(rows, 1):
                if row[column]:
                    self._file(section, number, row[column])
        return len(rows)

    def _file(self, section: Section, number: int, name: str) -> None:
        try:
            source = files.opened(name)
        except NotFound:
            return  # deleted meanwhile
        with source:
            ending = PurePosixPath(name).suffix
            self._add(f"files/{section.name}/{number}{ending}", iter(lambda: source.read(CHUNK), b""))

    def _add(self, path: str, chunks: Any) -> None:
        digest, size = hashlib.sha256(), 0
        with self.archive.open(path, "w", force_zip64=True) as entry:
            for chunk in chunks:
                entry.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.manifest.append({"path": path, "sha256": digest.hexdigest(), "bytes": size})


class Pseudonyms:
    """Other people, each by one made-up name in the whole archive and by another one in the next.

    Full names of all whom the user had to do with are found in every text; the first and the last name alone only
    beside their number, as they are words of the language as well.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        self._key = secrets.token_bytes(32)
        self._names: dict[int, re.Pattern[str] | None] = {}
        people = User.objects.filter(pk__in=_met_by(user)).only("first_name", "last_name")
        self._met = {each.full_name.casefold(): each.pk for each in people if " " in each.full_name}
        longest_first = sorted(self._met, key=len, reverse=True)
        found = "|".join(re.escape(name) for name in longest_first)
        self._anybody = re.compile(rf"\b(?:{found})\b", re.IGNORECASE) if found else None

    def of(self, user_id: int) -> str:
        return "person-" + hmac.new(self._key, str(user_id).encode(), "sha256").hexdigest()[:10]

    def without_others(self, section: Section, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row with a pseudonym for each number of somebody else, and for the names of people in its texts."""
        others = {row[name] for name in _people_columns(section) if row[name] not in (None, self.user.pk)}
        return {name: self._value(section, name, value, others) for name, value in row.items()}

    def _value(self, section: Section, name: str, value: Any, others: set[int]) -> Any:
        if name in _people_columns(section):
            return "you" if value == self.user.pk else self.of(value) if value is not None else None
        return self._in_words(value, others)

    def _in_words(self, value: Any, others: set[int]) -> Any:
        if isinstance(value, dict):
            return {key: self._in_words(each, others) for key, each in value.items()}
        if isinstance(value, list):
            return [self._in_words(each, others) for each in value]
        if not isinstance(value, str):
            return value
        for other in others:
            if pattern := self._pattern(other):
                value = pattern.sub(self.of(other), value)
        return self._anybody.sub(self._of_name, value) if self._anybody else value

    def _of_name(self, found: re.Match[str]) -> str:
        return self.of(self._met.get(found[0].casefold(), 0))

    def _pattern(self, user_id: int) -> re.Pattern[str] | None:
        """What finds the person's names, the longest first."""
        if user_id not in self._names:
            person = User.objects.filter(pk=user_id).first()
            words = [person.full_name, person.last_name, person.first_name] if person else []
            found = "|".join(re.escape(word) for word in words if word)
            self._names[user_id] = re.compile(rf"\b(?:{found})\b", re.IGNORECASE) if found else None
        return self._names[user_id]


def _met_by(user: User) -> set[int]:
    """Whom the rows about the user name, themselves or by what they belong to: a lesson, a session, a course."""
    met: set[int | None] = set()
    for section in personal_data.sections():
        if paths := list(_paths_to_people(section.model_class)):
            for people in section.rows(user).order_by().values_list(*paths).distinct().iterator():
                met.update(people)
    return {pk for pk in met if pk not in (user.pk, None)}


def _paths_to_people(model: type[Model], steps: int = 4) -> Iterator[str]:
    """Four: from a certificate over its enrolment, the course and the tutor to the tutor's account."""
    for column in _foreign_keys(model):
        if column.related_model is User:
            yield column.name
        elif steps > 1:
            yield from (f"{column.name}__{path}" for path in _paths_to_people(column.related_model, steps - 1))


def _foreign_keys(model: type[Model]) -> list[Any]:
    return [column for column in model._meta.concrete_fields if column.is_relation]


def _people_columns(section: Section) -> list[str]:
    return list(_users_named(section)) if section.model_class is not User else []


def _users_named(section: Section) -> Iterator[str]:
    for column in section.model_class._meta.concrete_fields:
        if column.remote_field and column.remote_field.model is User and column.attname in section.shows:
            yield column.attname


def _cell(value: Any) -> Any:
    return _json(value) if isinstance(value, list | dict) else value


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
