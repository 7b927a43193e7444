"""Races and outages against real servers; no two tests run at once.

Races share a site on each engine, which takes most of their time to start: every test makes people of its own, and
counts what is theirs. Whoever stops a server, or counts everything, takes `own_site`.
"""

import pytest

from tests.chaos.own_servers import own_redis
from tests.support.server import running_site


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/chaos/" in item.path.as_posix():
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.chaos)
            item.add_marker(pytest.mark.xdist_group("chaos"))


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request):
    """A test that takes this runs on both."""
    return request.param


@pytest.fixture(scope="session")
def site(engine, tmp_path_factory):
    """A site on either engine, without Redis, that the tests share."""
    with running_site(tmp_path_factory.mktemp("shared"), engine=engine) as one:
        yield one


@pytest.fixture(scope="session")
def servers(site):
    """As production serves it: granian's processes beside a daphne, all on one database."""
    return [site.serve_wsgi(workers=2), site.serve()]


@pytest.fixture
def server(servers):
    """One of the shared site's: HTTP and sockets."""
    return servers[1]


@pytest.fixture
def redis(tmp_path):
    """A Redis of the test's own: it may be stopped, and nobody else publishes on it."""
    with own_redis(tmp_path) as one:
        yield one


@pytest.fixture
def own_site(engine, tmp_path):
    """A site of the test's own on either engine, without Redis."""
    with running_site(tmp_path, engine=engine) as one:
        yield one
