"""Every tab as axe-core judges it, light and dark: nothing serious, nothing critical."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.builders import FILES
from tests.support.web_site import PATIENT, ask, visiting

AXE = FILES / "axe" / "axe.min.js"
"""axe-core 4.14.1 as `npm pack axe-core` brings it, under the MPL-2.0 that stands beside it."""
HARMFUL = ("serious", "critical")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": RULES}}


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser, copied_address: str) -> Iterator[Page]:
    with visiting(browser, "") as opened:
        opened.emulate_media(color_scheme=request.param, reduced_motion="reduce")
        opened.goto(copied_address)
        expect(opened.locator(".welcome")).to_be_visible()
        assert opened.locator("body.dark, html.dark").count() == (request.param == "dark")
        yield opened


def harmful(page: Page) -> list[str]:
    """What axe-core finds that keeps people from using what is shown."""
    page.wait_for_function(  # what fades in is faint until it is there
        "document.getAnimations().every((one) => one.playState !== 'running'"
        " || one.effect.getTiming().iterations === Infinity)"
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "async (options) => (await axe.run(document, options)).violations", OPTIONS
    )
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in found
        if one["impact"] in HARMFUL
        for node in one["nodes"]
    ]


def open_tab(page: Page, name: str, *awaited: str) -> None:
    page.get_by_role("tab", name=name).click()
    for part in awaited:
        expect(page.locator(f"{part}:visible").first).to_be_visible()


def test_the_welcome(page: Page) -> None:
    assert harmful(page) == []


def test_an_answer_with_its_source_open(page: Page) -> None:
    ask(page, "黄埔区团委2021年预算完成率是多少？")
    assert harmful(page) == []
    page.locator("#current [data-source]").first.click()
    expect(page.locator("#source-panel mark").first).to_be_visible()
    assert harmful(page) == []
    page.keyboard.press("Escape")


def test_the_board(page: Page) -> None:
    open_tab(page, "看板", "#board .card", "#board-details .card")
    expect(page.locator("#board")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#board .tile", has_text="校核发现")).not_to_contain_text("…")
    page.locator(".subscriptions > summary").click()
    expect(page.get_by_role("button", name="订阅现在的筛选")).to_be_visible()
    assert harmful(page) == []


def test_the_findings(page: Page) -> None:
    open_tab(page, "校核", "#audit .finding")
    expect(page.locator("#audit")).to_have_attribute("aria-busy", "false")
    page.locator("#audit .finding [data-mark]").first.click()
    expect(page.locator("#audit .finding [aria-pressed=true]").first).to_be_visible()
    expect(page.locator("#audit")).to_have_attribute("aria-busy", "false")
    assert harmful(page) == []
    page.locator("#audit .finding [aria-pressed=true]").first.click()
    expect(page.locator("#audit .finding [aria-pressed=true]")).to_have_count(0)


def test_a_draft(page: Page) -> None:
    open_tab(page, "起草", "#draft-write")
    assert harmful(page) == []
    page.locator("#draft-write").click()
    expect(page.locator(".draft-p").first).to_be_visible(timeout=PATIENT)
    page.locator(".draft-p").nth(2).click()
    page.locator(".draft-comments textarea").fill("请核对。")
    page.get_by_role("button", name="写批注").click()
    expect(page.locator(".draft-comments li")).not_to_have_count(0)
    assert harmful(page) == []


def test_the_documents(page: Page) -> None:
    open_tab(page, "文档", "#documents .card, #documents li, #documents article")
    assert harmful(page) == []


def test_the_settings(page: Page) -> None:
    open_tab(page, "设置", "#settings h2, #settings h3")
    assert harmful(page) == []
