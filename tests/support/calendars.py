"""Reading iCalendar files strictly, and a calendar program that keeps what it is sent. No code of the writer's."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

import vobject

_LINE = re.compile(r'(?P<name>[A-Z-]+)(?P<parameters>(?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(?P<value>.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Z-]+)=(?:"([^"]*)"|([^";:,]*))')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY")
TEXTS = ("SUMMARY", "DESCRIPTION")


@dataclass
class Event:
    values: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)
    attendees: list[str] = field(default_factory=list)

    @property
    def uid(self) -> str:
        return self.values["UID"]

    @property
    def sequence(self) -> int:
        return int(self.values["SEQUENCE"])

    @property
    def status(self) -> str:
        return self.values["STATUS"]


@dataclass
class File:
    method: str
    events: list[Event]


def read(content: bytes) -> File:
    """Refuse (AssertionError) whatever RFC 5545 does not allow, or a program of somebody else's does not understand."""
    _read_elsewhere(content.decode())
    assert content.endswith(b"\r\n")
    physical = content.split(b"\r\n")[:-1]
    assert not any(b"\n" in line or b"\r" in line for line in physical), "line ends are CRLF"
    assert all(len(line) <= 75 for line in physical), "lines are folded at 75 octets"
    for line in physical:
        line.decode()  # no character is torn apart
    lines: list[str] = []
    for line in physical:
        if line[:1] in (b" ", b"\t"):
            lines[-1] += line[1:].decode()
        else:
            lines.append(line.decode())
    return _file(lines)


def _read_elsewhere(content: str) -> None:
    (calendar,) = vobject.readComponents(content, validate=True)
    for event in calendar.contents.get("vevent", []):
        assert event.dtstart.value < event.dtend.value
        assert event.dtstart.value.utcoffset() == timedelta(0)


def _file(lines: list[str]) -> File:
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    head: dict[str, str] = {}
    events: list[Event] = []
    inside = False
    for line in lines[1:-1]:
        match = _LINE.fullmatch(line)
        assert match, f"not a content line: {line!r}"
        name, value = match["name"], match["value"]
        if (name, value) == ("BEGIN", "VEVENT"):
            assert not inside
            inside = True
            events.append(Event())
        elif (name, value) == ("END", "VEVENT"):
            inside = False
            _check(events[-1])
        elif inside:
            _add(events[-1], match, name, value)
        else:
            head[name] = value
    assert not inside
    assert head["VERSION"] == "2.0"
    assert head["PRODID"]
    return File(head["METHOD"], events)


def _add(event: Event, match: re.Match, name: str, value: str) -> None:
    if name == "ATTENDEE":
        event.attendees.append(value)
        return
    assert name not in event.values, f"{name} stands there twice"
    if name in TEXTS:
        assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), f"not escaped: {value!r}"
        assert all(code in "\\;,nN" for code in _ESCAPED.findall(value)), f"wrongly escaped: {value!r}"
        value = _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    event.values[name] = value
    event.parameters[name] = {p[0]: p[1] or p[2] for p in _PARAMETER.findall(match["parameters"])}


def _check(event: Event) -> None:
    assert set(ONCE) <= set(event.values), f"{set(ONCE) - set(event.values)} is missing"
    for name in ("DTSTAMP", "DTSTART", "DTEND"):
        assert re.fullmatch(r"\d{8}T\d{6}Z", event.values[name]), f"{name} is not in UTC"
    assert event.values["DTSTART"] < event.values["DTEND"]
    assert event.status in ("CONFIRMED", "TENTATIVE", "CANCELLED")


class CalendarProgram:
    """What it shows: the newest of each entry, and nothing that was cancelled (RFC 5546)."""

    def __init__(self) -> None:
        self.shown: dict[str, Event] = {}
        self._sequences: dict[str, int] = {}

    def take(self, content: bytes) -> None:
        file = read(content)
        for event in file.events:
            if event.sequence < self._sequences.get(event.uid, -1):
                continue
            self._sequences[event.uid] = event.sequence
            if file.method == "CANCEL":
                self.shown.pop(event.uid, None)
            else:
                self.shown[event.uid] = event
