"""What the tests in a browser share: the server of the module's `site`, and a browser that must not complain."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.peerlearn.processes import manage
from tests.support.browser import Browser, chromium
from tests.support.server import Server, Site, running_site


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory) -> Iterator[Site]:
    """One with the demo data, for all tests of the back office; each looks for what it made itself."""
    with running_site(tmp_path_factory.mktemp("admin")) as one:
        assert manage("load_demo", **one.variables).returncode == 0
        one.serve()
        yield one


@pytest.fixture
def server(site) -> Server:
    return site.servers[0]


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Whatever a test looks at, nothing may go wrong on the page."""
    with chromium() as one:
        yield one
        assert one.complaints == []


def log_in(page: Page, email: str, password: str) -> None:
    """At the door of the back office."""
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Log in").click()
