"""The run: every case captured, both servers up, then rounds in which the order goes round."""

import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.load import constant
from tests.load.cases import CASES, Case
from tests.load.measure import CONNECTIONS, Figures, run_pgbench, run_wrk, write_requests
from tests.load.seed import Sizes
from tests.load.statements import SHOTS_USED, Captured, capture, script
from tests.support.server import Server

WARM_UP_SECONDS = 2
CONSTANT_REQUESTS = 1000
# What is measured of each case: the application, and its two limits.
OURS, SQL, CONSTANT = WAYS = ("ours", "sql", "constant")


@dataclass
class Result:
    """One case: what a request does, and under each of `WAYS` the figures of each round."""

    case: Case
    captured: Captured
    figures: dict[str, list[Figures]] = field(default_factory=lambda: {way: [] for way in WAYS})


class Subject:
    """One case, ready to be measured."""

    def __init__(self, case: Case, folder: Path, answers: Path) -> None:
        self.case = case
        self.captured = capture(case)
        self._next = SHOTS_USED
        self._requests = write_requests(folder / "requests", case.shots)
        path = constant.keep(answers, case.status, self.captured.content_type, self.captured.body)
        self._constant_requests = write_requests(folder / "constant", case.shots[:CONSTANT_REQUESTS], path=path)
        self._script = folder / "transactions.sql"
        self._script.write_text(script(case, self.captured))

    def measure(self, way: str, urls: dict[str, str], seconds: int) -> Figures:
        """Raises AssertionError for a wrong answer."""
        if way == OURS:
            return self._measure_ours(urls[OURS], seconds)
        if way == CONSTANT:
            return self._right(run_wrk(urls[CONSTANT], self._constant_requests, seconds=seconds))
        return run_pgbench(os.environ["DATABASE_URL"], self._script, seconds=seconds)

    def _measure_ours(self, url: str, seconds: int) -> Figures:
        case, before = self.case, self.case.effects()
        figures = self._right(run_wrk(url, self._requests, seconds=seconds, first=self._next if case.once else 0))
        if case.writes:
            # wrk leaves in the middle of up to as many requests as it has connections.
            surplus = case.effects() - before - figures.requests
            assert 0 <= surplus <= CONNECTIONS, f"{case.name}: {figures.requests} answers, {surplus} more effects"
        if case.once:
            self._next += figures.requests + CONNECTIONS + 1
            assert self._next < len(case.shots), f"{case.name}: the seed has too few pairs for so long a run"
        return figures

    def _right(self, figures: Figures) -> Figures:
        assert figures.right, f"{self.case.name}: {figures}"
        return figures


def run(sizes: Sizes, folder: Path, *, rounds: int, seconds: int, only: Collection[str] = ()) -> list[Result]:
    """Measure all cases, or those named. Raises AssertionError for a wrong answer."""
    answers = _made(folder / "answers")
    subjects = [
        Subject(case(sizes), _made(folder / case.__name__), answers) for case in CASES if not only or case.name in only
    ]
    results = [Result(subject.case, subject.captured) for subject in subjects]
    with _servers(folder, answers) as urls:
        for subject in subjects:
            for way in WAYS:
                subject.measure(way, urls, WARM_UP_SECONDS)
        for number in range(rounds):
            _say(f"Round {number + 1} of {rounds} ...")
            for subject, result in _turned(list(zip(subjects, results, strict=True)), number):
                for way in _turned(WAYS, number):
                    result.figures[way].append(subject.measure(way, urls, seconds))
    return results


@contextmanager
def _servers(folder: Path, answers: Path) -> Iterator[dict[str, str]]:
    """The addresses of the application's server and of the constant one, each as production runs it."""
    ours = _server("peerlearn.wsgi:application", folder / "ours.log")
    limit = _server("tests.load.constant:application", folder / "constant.log", PEERLEARN_BENCH_ANSWERS=str(answers))
    try:
        ours.start()
        limit.start()
        yield {OURS: ours.url, CONSTANT: limit.url}
    except AssertionError:
        _say(f"The end of the server's log:\n{ours.log.read_text(errors='replace')[-3000:]}")
        raise
    finally:
        ours.kill()
        limit.kill()


def _server(application: str, log: Path, **variables: str) -> Server:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4"]
    command += ["--host", "127.0.0.1", "--port", "{port}", "--no-ws", application]
    return Server(command, dict(os.environ) | variables, log, answers=True)


def _turned(things: list | tuple, by: int) -> list:
    """The same things, beginning with another one: what runs first or after a heavy one is not always the same."""
    by %= len(things)
    return [*things[by:], *things[:by]]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
