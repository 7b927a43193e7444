"""What the tests in a browser share: the server of the module's `site`, and a browser that must not complain."""

from collections.abc import Iterator

import pytest

from tests.support.browser import Browser, chromium
from tests.support.server import Server


@pytest.fixture
def server(site) -> Server:
    return site.servers[0]


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Whatever a test looks at, nothing may go wrong on the page."""
    with chromium() as one:
        yield one
        assert one.complaints == []
