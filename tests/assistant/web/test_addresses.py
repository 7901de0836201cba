"""Addresses in a real browser: what is shown has one, which opens it for whoever may see it."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.web_site import ask, visiting

OF_2021, RATES = quote('{"year":2021}'), quote('{"code":"D10"}')
SPENT = "黄埔区团委2021年实际支出数是多少？"


@pytest.fixture
def page(browser: Browser, copied_address: str) -> Iterator[Page]:
    errors: list[str] = []
    with visiting(browser, copied_address) as opened:
        opened.on("pageerror", lambda error: errors.append(str(error)))
        expect(opened.locator(".welcome")).to_be_visible()
        yield opened
    assert errors == []


def test_a_conversation_and_an_answer_in_it(page: Page, browser: Browser) -> None:
    ask(page, SPENT)
    page.wait_for_url("**/?c=*")
    ask(page, "年度预算数呢？")
    address = page.url
    turn = page.locator("#past .turn").first.get_attribute("id")
    assert turn
    with visiting(browser, f"{address}&turn={turn.removeprefix('source-')}") as other:
        expect(other.locator("#past .turn.wanted .text")).to_contain_text("1022.93")
        expect(other.locator("#current .text")).to_contain_text("1103.35")
        assert other.url.startswith(address)


def test_one_that_is_not_there_is_said(page: Page, copied_address: str) -> None:
    page.goto(f"{copied_address}/?c={'0' * 32}")
    expect(page.locator("#page-notice")).to_contain_text("没有这个对话")
    expect(page.locator(".welcome")).to_be_visible()
    page.wait_for_url(copied_address + "/")


def test_back_and_forward_lead_through_tabs_filters_and_conversations(
    page: Page, copied_address: str
) -> None:
    ask(page, SPENT)
    page.wait_for_url("**/?c=*")
    page.get_by_role("tab", name="看板").click()
    expect(page.locator("#board h2")).to_have_text("全部资料")
    expect(page.locator("#board")).to_have_attribute("aria-busy", "false")
    page.locator("#board-filters").get_by_role("combobox", name="年度").click()
    page.locator("li[role=option]", has_text="2021年").click()
    expect(page.locator("#board h2")).to_have_text("2021年")
    page.wait_for_url("**show=*")
    page.go_back()
    expect(page.locator("#board h2")).to_have_text("全部资料")
    page.go_back()
    expect(page.locator("#current .text")).to_contain_text("1022.93")
    page.go_forward()
    page.go_forward()
    expect(page.locator("#board h2")).to_have_text("2021年")


def test_a_board_with_filters_and_findings_of_one_code(page: Page, copied_address: str) -> None:
    page.goto(f"{copied_address}/?tab=board&show={OF_2021}")
    expect(page.locator("#board h2")).to_have_text("2021年")
    expect(page.locator("#board-filters").get_by_role("combobox", name="年度")).to_have_value(
        "2021年"
    )
    page.goto(f"{copied_address}/?tab=audit&show={RATES}")
    expect(page.locator("#audit .finding").first).to_contain_text("D10")
    expect(page.locator("#audit .finding code", has_text="D11")).to_have_count(0)


def test_a_document_and_a_place_in_it(page: Page, browser: Browser, copied_address: str) -> None:
    page.get_by_role("tab", name="文档").click()
    page.get_by_role("button", name="查看").first.click()
    name = page.locator("#documents .extracted h2").inner_text()
    page.wait_for_url("**document=*")
    with visiting(browser, page.url) as other:
        expect(other.locator("#documents .extracted h2")).to_have_text(name)
    page.go_back()
    page.goto(copied_address)
    ask(page, SPENT)
    page.locator("#current .text .cite").first.click()
    place = page.locator("#source-panel .place-link").get_attribute("data-place")
    assert place
    with visiting(browser, f"{copied_address}/?place={quote(place)}") as other:
        expect(other.locator("#source-panel .here, #source-panel mark").first).to_be_visible()
    with visiting(browser, f"{copied_address}/?place=/source/{'0' * 64}") as other:
        expect(other.locator("#source-panel .failure")).to_contain_text("不存在")


@pytest.mark.parametrize(
    "address",
    ["tab=board&show=[1", "tab=audit&show=null&finding=<b>", "tab=nowhere", "place=/logout",
     "place=/source/../api/v1/documents", "place=//elsewhere.test/source/1"],
)  # fmt: skip
def test_what_makes_no_sense_in_an_address_does_nothing(
    page: Page, copied_address: str, address: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{copied_address}/?{address}")
    expect(page.locator(".masthead")).to_be_visible()
    shown = ".welcome:visible, #board .card:visible, #audit .finding:visible"
    expect(page.locator(shown).first).to_be_visible()
    expect(page.locator("body.source-open")).to_have_count(0)
    strange = ("logout", "/api/v1/", "elsewhere")
    assert [url for url in asked if any(part in url.partition("?")[0] for part in strange)] == []
