"""A web app on a port of its own, served in this process, and a browser that looks at it."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from assistant.accounts.permissions import LOCAL
from assistant.config import Settings
from assistant.serve import launch
from assistant.server.permitted import PermittedAssistant, Visit
from assistant.service import Assistant
from tests.support.servers import free_port

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
"""Debian's browser, and how it runs without a screen and without calling home."""
PATIENT = 120_000
"""Milliseconds that a browser waits for what must come: no measure of speed, machines are busy."""
expect.set_options(timeout=PATIENT)


def for_local(assistant: Assistant) -> PermittedAssistant:
    """What a tab is given where there are no users."""
    return PermittedAssistant(Visit(lambda: LOCAL, lambda _: assistant, lambda *_: None))


@contextmanager
def served(assistant: Assistant, home: Path) -> Iterator[str]:
    """The address of the whole web app over this Assistant."""
    port = free_port()
    site = launch(assistant, Settings(home=home, port=port), pause=0)
    try:
        site.ready()
        yield f"http://127.0.0.1:{port}"
    finally:
        site.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, for as long as a module needs it: its loop would be in the way of others."""
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)) as launched,
    ):
        yield launched


@contextmanager
def visiting(
    browser: Browser, address: str, *, height: int = 820, permissions: Sequence[str] = ()
) -> Iterator[Page]:
    """A visitor's page with nothing kept from others; without an address it is still empty."""
    context = browser.new_context(
        viewport={"width": 1366, "height": height}, locale="zh-CN", permissions=permissions
    )
    with closing(context):
        context.set_default_timeout(PATIENT)
        page = context.new_page()
        if address:
            page.goto(address)
        yield page


def ask(page: Page, question: str) -> None:
    """Asks with the keyboard and waits for the whole answer."""
    box = page.get_by_placeholder("输入问题，按回车提问")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#current .question")).to_contain_text(question)
    expect(page.locator("#current .footnote")).to_be_visible()
