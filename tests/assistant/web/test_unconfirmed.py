"""What was read with doubt, confirmed beside its document with one click, in a real browser."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.config import Settings
from assistant.service import Assistant
from ingest.types.library import Certainty, Scope
from tests.support.builders import write
from tests.support.web_site import served, visiting

TABLE = "<table><tr><td>石桥村</td><td>36户</td><td>全年预算数</td><td>5万元</td></tr></table>"


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with closing(Assistant(Settings(home=tmp_path / "home"))) as opened:
        file = write(tmp_path / "走访.html", f'<meta charset="utf-8">{TABLE}'.encode())
        assert [len(report.needs_attention) for report in opened.add([file])] == [1]
        yield opened


@pytest.fixture
def page(browser: Browser, assistant: Assistant) -> Iterator[Page]:
    with (
        served(assistant, assistant._settings.home) as url,
        visiting(browser, url) as opened,
    ):
        yield opened


def test_it_stands_apart_and_one_click_confirms_it(page: Page, assistant: Assistant) -> None:
    page.get_by_role("tab", name="文档").click()
    held = page.locator("#documents .rows article").filter(has_text="走访.html")
    held.get_by_role("button", name="查看").click()
    waiting = page.locator("#documents .facts details").filter(has_text="待确认（1）")
    expect(waiting.locator(".fact")).to_contain_text("石桥村（把握20%）")
    waiting.get_by_role("button", name="确认", exact=True).click()
    expect(waiting).to_have_count(0)
    fact = page.locator("#documents .fact").filter(has_text="石桥村")
    expect(fact.locator(".past")).to_contain_text("确认")
    assert assistant.figures(Scope(certainty=Certainty.UNCONFIRMED)) == ()
    assert {f.quantity.raw for f in assistant.figures(Scope())} == {"36户", "5万元"}
