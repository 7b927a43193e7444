"""What every test may use."""

import gc
import shutil
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache, caches
from django.db import connection, transaction
from hypothesis import HealthCheck

from catalog import languages
from common import counters, fuse
from tests.support import databases, inventory, leaks, quick_migrating, run_folder
from tests.support.clients import Api
from tests.support.emptying import quick_emptying
from tests.support.figures import at_the_goals


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly() -> Iterator[None]:
    with quick_emptying():
        yield


@pytest.fixture(scope="session", autouse=True)
def _watched() -> Iterator[None]:
    with leaks.watched():
        yield


@pytest.fixture(autouse=True)
def _no_leak() -> Iterator[None]:
    """A test in which a secret turned up where none may be has failed."""
    leaks.found.clear()
    yield
    assert leaks.found == []


@pytest.fixture(autouse=True)
def _fresh_memory(settings: Any) -> None:
    """No limit, count or cached total of one test reaches the next."""
    settings.THROTTLING = False
    for kept in caches.all(initialized_only=True):
        kept.clear()
    cache.set(languages.KEY, {}, None)  # nobody has decided anything about a language, so that no list asks for it
    counters._memory.clear()
    fuse.mend_all()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The tests' database is a copy of the one that sites are copied from."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.postgres_template()
    else:
        create = connection.creation._create_test_db
        connection.creation._create_test_db = lambda *args, **options: shutil.copy(
            databases.sqlite_template(), create(*args, **options)
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The documents' examples have small ids, which tests give to what they make. PostgreSQL does not notice that, and
    would give the same again: what gets an id of its own begins far above them. At the end a thread of some pool may
    still be connected, and PostgreSQL would not drop the database.
    """
    with django_db_blocker.unblock():
        # Django asks SQLite that once a process, and the question would count as one of some test's.
        bool(connection.features.supports_json_field)
    if connection.vendor != "postgresql":
        yield
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT setval(format('%I.%I', schemaname, sequencename), 100000) FROM pg_sequences")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    # And to drop it may take longer than any request: it waits until everything is on the disk.
    connection.settings_dict["OPTIONS"] |= {"options": ""}


@pytest.fixture(scope="module")
def kept_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A transaction around all tests of a module: rows that a fixture of the module makes in it are there for each.

    What a test changes about them is rolled back with the test, as usual; objects are to be copied (`pickle` does so in
    a tenth of the time that `deepcopy` takes).
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def api() -> Api:
    """Somebody who is not signed in; `api.as_(user)` is."""
    return Api()


def pytest_configure(config: pytest.Config) -> None:
    run_folder.run_folder()
    quick_migrating.change()
    # A busy machine fails no property; each day tries the same examples, the goals' own figures try new ones.
    fixed, busy = not at_the_goals(), [HealthCheck.too_slow]
    hypothesis.settings.register_profile("peerlearn", deadline=None, derandomize=fixed, suppress_health_check=busy)
    hypothesis.settings.load_profile("peerlearn")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is begun first: at the end no process waits for one that has just begun a minute's work."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Twelve thousand collected tests stay to the end: looking for garbage among them takes a tenth of the time."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A whole run must have seen every operation succeed at least once; what its processes shared is taken away."""
    if hasattr(session.config, "workerinput"):
        return
    if is_whole(session.config) and session.exitstatus == pytest.ExitCode.OK:
        for route in inventory.never_succeeded():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            print(f"\nERROR: no test has seen {route} succeed")
    databases.drop_templates()
    run_folder.remove()


def is_whole(config: pytest.Config) -> bool:
    """Whether nothing narrows the run down."""
    option = config.option
    return not (option.collectonly or option.keyword or getattr(option, "lf", False)) and config.args == ["tests"]
