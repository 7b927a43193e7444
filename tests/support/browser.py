"""A real browser that notices what its pages complain of.

with chromium() as browser:
    page = browser.open(f"{server.url}/docs")
    ...
    assert browser.complaints == []
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, expect, sync_playwright

# No word to anybody but us; the machine that runs the tests has neither a display nor a sandbox to offer.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
OURS = ("127.0.0.1", "localhost")
# A machine that runs other tests beside this one draws slowly: Redoc's 200 operations took 40 s beside six busy loops.
expect.set_options(timeout=180_000)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """The system's Chromium, without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=path, args=ARGUMENTS) as browser:
        yield Browser(browser.new_context(viewport={"width": 1280, "height": 900}).new_page())


class Browser:
    """One tab. `complaints` are errors on the console, violations of the policy, and requests to anybody else."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._on_request)

    def open(self, url: str) -> Page:
        self.page.goto(url, wait_until="networkidle")
        return self.page

    def picture(self, name: str) -> Path:
        """Keep what is seen as `<name>.png` in PEERLEARN_SCREENSHOTS, else in a temporary folder."""
        folder = Path(os.environ.get("PEERLEARN_SCREENSHOTS") or tempfile.gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.png"
        self.page.screenshot(path=file)
        return file

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme in ("http", "https", "ws", "wss") and where.hostname not in OURS:
            self.complaints.append(f"asks {request.url}")
