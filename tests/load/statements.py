"""A case's own statements: captured from one request in this process, and turned into a script for pgbench."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.load.cases import Case, Shot

# The first request fills the process's caches, the second is the captured one.
SHOTS_USED = 2

_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
_LITERAL = re.compile(r"\bE'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'", re.DOTALL)


@dataclass(frozen=True)
class Captured:
    """What one request of a case does and answers."""

    shot: Shot
    statements: list[str]
    content_type: str
    body: bytes

    @property
    def queries(self) -> int:
        return len(self.statements) - self.controls

    @property
    def controls(self) -> int:
        """Statements that only open, close or mark a transaction."""
        return sum(statement.startswith(_CONTROL) for statement in self.statements)


def capture(case: Case) -> Captured:
    """Raises AssertionError for an unexpected answer."""
    warm_up, shot = case.shots[:SHOTS_USED]
    send(case, warm_up)
    case.before_capture(shot)
    with CaptureQueriesContext(connection) as queries:
        response = send(case, shot)
    statements = [query["sql"] for query in queries.captured_queries]
    return Captured(shot, statements, response["Content-Type"], response.content)


def send(case: Case, shot: Shot) -> HttpResponse:
    headers = {"Authorization": f"Bearer {shot.token}"} if shot.token else {}
    response = Client().generic(
        shot.method, shot.path, shot.payload, "application/json", headers=headers | {"Host": "127.0.0.1"}
    )
    assert response.status_code == case.status, f"{case.name}: {response.status_code} {response.content[:500]!r}"
    return response


def script(case: Case, captured: Captured) -> str:
    """The transactions of one request as a pgbench script."""
    drawn = [f"\\set {name} {expression}" for name, expression in case.variables().items()]
    marks = case.marks(captured.shot)
    return "\n".join([*drawn, *(f"{with_marks(statement, marks)};" for statement in captured.statements)]) + "\n"


def with_marks(statement: str, marks: Mapping[str, str]) -> str:
    """The statement on one line with SQL in place of the marks, also inside its text literals."""
    parts = []
    end = 0
    for literal in _LITERAL.finditer(statement):
        parts += [_outside(statement[end : literal.start()], marks), _inside(literal[0], marks)]
        end = literal.end()
    return "".join([*parts, _outside(statement[end:], marks)])


def _outside(code: str, marks: Mapping[str, str]) -> str:
    code = " ".join(code.split("\n"))
    for mark, sql in marks.items():
        code = re.sub(rf"\b{re.escape(mark)}\b", sql, code)
    return code


def _inside(literal: str, marks: Mapping[str, str]) -> str:
    if literal.startswith("E"):
        text = re.sub(r"\\(.)", r"\1", literal[2:-1].replace("''", "'"), flags=re.DOTALL)
    else:
        text = literal[1:-1].replace("''", "'")
    marked = "|".join(re.escape(mark) for mark in marks) or r"(?!)"
    pieces = [piece for piece in re.split(f"({marked})", text) if piece]
    sql = [marks[piece] if piece in marks else _quoted(piece) for piece in pieces]
    return f"({' || '.join(sql or [_quoted(text)])})"


def _quoted(text: str) -> str:
    """A literal without a colon or a line break: pgbench takes `:name` for a variable even between quotes."""
    for character, escaped in (("\\", "\\\\"), ("'", "''"), (":", "\\x3a"), ("\n", "\\n")):
        text = text.replace(character, escaped)
    return f"E'{text}'"
