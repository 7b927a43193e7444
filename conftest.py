"""What a test may need of the machine: PostgreSQL, Redis, a browser, Node.js.

A test says so with a marker (`@pytest.mark.postgres`) and is skipped where it is missing. PEERLEARN_REQUIRE names what
must not be missing (`postgres,redis,browser,node`): then a skipped test is an error, and so is a need that no test had.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

NEXT_AUTH = Path(__file__).parent / "tests" / "e2e" / "next_auth"
NEEDS: dict[str, tuple[str, Callable[[], bool]]] = {
    "postgres": (
        "PostgreSQL: set DATABASE_URL",
        lambda: urlsplit(os.environ.get("DATABASE_URL", "")).scheme in ("postgres", "postgresql"),
    ),
    "redis": ("Redis: set REDIS_URL", lambda: bool(os.environ.get("REDIS_URL"))),
    "node": (
        "Node.js: run `make install-node`",
        lambda: bool(shutil.which("node")) and (NEXT_AUTH / "node_modules").is_dir(),
    ),
    "browser": ("Chromium", lambda: bool(shutil.which("chromium") or shutil.which("chromium-browser"))),
}

required = [need for need in os.environ.get("PEERLEARN_REQUIRE", "").split(",") if need in NEEDS]
ran: Counter[str] = Counter()
skipped: list[str] = []


def pytest_runtest_setup(item: pytest.Item) -> None:
    for need, (what, there) in NEEDS.items():
        if item.get_closest_marker(need) and not there():
            pytest.skip(f"needs {what}")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for need in required:
        if need not in report.keywords:
            continue
        if report.skipped and not hasattr(report, "wasxfail"):
            skipped.append(f"{report.nodeid} needs {need} and was skipped")
        elif report.when == "call":
            ran[need] += 1


def unmet() -> list[str]:
    return skipped + [f"no test needed {need}" for need in required if not ran[need]]


def pytest_sessionfinish(session: pytest.Session) -> None:
    is_worker = hasattr(session.config, "workerinput")  # of pytest-xdist; what counts is what reaches its controller
    if not is_worker and not session.config.option.collectonly and unmet():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not required or terminalreporter.config.option.collectonly:
        return
    terminalreporter.section("what PEERLEARN_REQUIRE asks for")
    for need in required:
        terminalreporter.line(f"{need}: {ran[need]} tests ran")
    for line in unmet():
        terminalreporter.line(f"ERROR: {line}", red=True)
