"""The dashboard and the page of findings in a real browser, over the two samples."""

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import gradio as gr
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, Route, expect

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import PRESENT, Role, Visitor
from assistant.config import Settings
from assistant.errors import AccessDenied
from assistant.server.gateway import Gateway
from assistant.service import Assistant
from assistant.web.current_visitor import for_visitor
from assistant.web.tabs.dashboard import FREE, Dashboard, changed, choice_of
from ingest.types.blocks import Form
from tests.support.web_site import for_local, visiting


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    errors: list[str] = []
    with visiting(browser, "") as opened:
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.goto(address)
        yield opened
    assert errors == []


def show(page: Page, tab: str, first: str) -> None:
    page.get_by_role("tab", name=tab).click()
    expect(page.locator(first).first).to_be_visible()


def test_from_a_bar_to_its_sources_and_back_by_keyboard(page: Page) -> None:
    show(page, "看板", "#board .card")
    bar = page.locator("#board .bars:not(.years) .bar-row[data-open]").filter(has_text="92.71%")
    expect(bar).to_contain_text("填报96.36%")
    bar.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#source-panel")
    expect(panel.locator(".formula")).to_contain_text("1022.93")
    expect(panel.locator("blockquote")).to_have_text(["1022.93", "1103.35", "96.36%"])
    expect(panel.locator(".excerpt mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()
    expect(bar).to_be_focused()


class Gate:
    """Holds back what the page asks of the server while it is shut."""

    def __init__(self, page: Page) -> None:
        self._shut = True
        self._held: list[Route] = []
        page.route("**/queue/join*", self._pass)

    def _pass(self, route: Route) -> None:
        if self._shut:
            self._held.append(route)
        else:
            route.continue_()

    def shut(self) -> None:
        self._shut = True

    def open(self) -> None:
        self._shut = False
        while self._held:
            self._held.pop(0).continue_()


def test_a_board_in_the_making_says_so(page: Page) -> None:
    gate = Gate(page)
    page.get_by_role("tab", name="看板").click()
    board, sign = page.locator("#board"), page.locator("#board-busy")
    expect(sign).to_contain_text("正在汇总")
    expect(board).to_have_attribute("aria-busy", "true")
    gate.open()
    expect(page.locator("#board .card").first).to_be_visible()
    expect(board).to_have_attribute("aria-busy", "false")
    expect(sign).to_have_count(0)
    page.locator("#board-filters").get_by_role("combobox", name="年度").click()
    gate.shut()
    page.locator("li[role=option]", has_text="2021年").click()
    expect(sign).to_contain_text("正在重新汇总")
    gate.open()
    expect(page.locator("#board h2")).to_have_text("2021年")
    expect(board).to_have_attribute("aria-busy", "false")


def test_of_clicks_on_a_board_in_the_making_the_last_counts(page: Page) -> None:
    show(page, "看板", "#board .card")
    expect(page.locator("#board")).to_have_attribute("aria-busy", "false")
    gate = Gate(page)
    page.locator("#board button.tile.unmet").click()
    page.locator("#board .ranking tbody button[data-pick]").first.click()
    page.locator("#board button.tile.unverified").click()
    expect(page.locator("#board")).to_have_attribute("aria-busy", "true")
    gate.open()
    expect(page.locator("#board h2")).to_have_text("无法核实")


def test_filters_follow_each_other_and_what_is_clicked(page: Page) -> None:
    show(page, "看板", "#board .card")
    filters = page.locator("#board-filters")
    filters.get_by_role("combobox", name="年度").click()
    page.locator("li[role=option]", has_text="2021年").click()
    expect(page.locator("#board h2")).to_have_text("2021年")
    expect(page.locator("#board .ranking tbody tr")).to_have_count(1)
    filters.get_by_role("combobox", name="部门").click()
    expect(page.locator("li[role=option]")).to_have_count(2)
    page.keyboard.press("Escape")
    page.locator("#board button.tile.unmet, #board button.tile.unverified").first.click()
    chosen = page.locator("#board h2", has_text="2021年 · ")
    expect(chosen).to_be_visible()
    page.locator("#board-details .indicators tbody button").first.click()
    expect(page.locator("#source-panel .excerpt")).to_be_visible()


def test_two_other_years_are_set_against_each_other(page: Page) -> None:
    show(page, "看板", "#board .years")
    expect(page.locator("#board .years li")).to_have_count(2)
    heads = page.locator("#board .compared th")
    expect(heads.nth(1)).to_have_text("达标率 2021")
    page.locator("#board [data-year]").first.select_option("2022")
    expect(page.locator("#board")).to_have_attribute("aria-busy", "false")
    page.locator("#board [data-year]").first.select_option("2021")
    page.wait_for_url("**show=*compared*2021-2022*")
    page.reload()
    expect(heads.nth(1)).to_have_text("达标率 2021")
    page.locator("#board .years button[data-pick]").first.click()
    expect(page.locator("#board h2")).to_have_text("2021年")
    expect(page.locator("#board .years")).to_have_count(0)  # one year has no trend


def test_filters_are_kept_under_a_name_opened_and_deleted(
    browser: Browser, copied_address: str, copied_library: Assistant
) -> None:
    with visiting(browser, copied_address) as page:
        show(page, "看板", "#board .card")
        filters, views = page.locator("#board-filters"), page.locator("#board-views")
        filters.get_by_role("combobox", name="年度").click()
        page.locator("li[role=option]", has_text="2021年").click()
        expect(page.locator("#board h2")).to_have_text("2021年")
        views.get_by_role("button", name="保存视图").click()
        expect(page.get_by_text("请先给视图起个名字")).to_be_visible()
        views.get_by_label("视图名称").fill("去年的<b>")
        views.get_by_role("button", name="保存视图").click()
        expect(page.locator("#board-said")).to_have_text("已保存视图“去年的<b>”。")
        (kept,) = copied_library.views()
        assert (kept.name, kept.choice.year) == ("去年的<b>", 2021)
        page.goto(copied_address)
        show(page, "看板", "#board .card")
        expect(page.locator("#board h2")).to_have_text("全部资料")
        views.get_by_role("combobox", name="已存视图").click()
        page.get_by_role("option", name="去年的<b>").click()
        expect(page.locator("#board h2")).to_have_text("2021年")
        page.wait_for_url("**show=*2021*")
        views.get_by_role("button", name="删除视图").click()
        expect(page.locator("#board-said")).to_have_text("已删除视图“去年的<b>”。")
        assert copied_library.views() == ()


def test_files_to_save_and_to_print(page: Page) -> None:
    show(page, "看板", "#board .card")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出表格").click()
    assert download.value.suggested_filename.startswith("绩效看板 全部资料")
    book = load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    assert book["预算执行率"]["D2"].value == 92.71
    page.get_by_role("button", name="打印").click()
    printed = page.frame_locator("#print-frame").locator("body")
    expect(printed).to_contain_text("预算绩效看板")


def test_findings_with_their_evidence(page: Page) -> None:
    show(page, "校核", "#audit .finding")
    finding = page.locator("#audit .finding").filter(has_text="96.36%").first
    expect(finding).to_be_visible()
    finding.locator(".evidence button").first.click()
    expect(page.locator("#source-panel blockquote").first).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#audit-filters").get_by_role("combobox", name="程度").click()
    page.get_by_role("option", name="疑似").click()
    expect(page.locator("#audit .finding.error")).to_have_count(0)
    expect(page.locator("#audit .finding.warning").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="导出表格").click()
    sheet = load_workbook(BytesIO(Path(download.value.path()).read_bytes()))["校核发现"]
    assert {cell.value for cell in sheet["B"][1:]} == {"疑似"}


@pytest.mark.parametrize("tab", ["看板", "校核"])
def test_a_narrow_screen_needs_no_scrolling_sideways(page: Page, tab: str) -> None:
    page.set_viewport_size({"width": 400, "height": 760})
    show(page, tab, "#board .card, #audit .finding")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_an_empty_library_is_said(tmp_path: Path) -> None:
    with closing(Assistant(Settings(home=tmp_path / "empty"))) as empty:
        *_, shown, below, _ = Dashboard(for_local(empty)).show(*FREE.values())
    assert "资料库还是空的" in str(shown)
    assert below == ""


def test_a_library_that_no_longer_holds_what_was_chosen(assistant: Assistant) -> None:
    given = ["全部地区", "全部部门", "1999年", "全部表种", "全部类别", "全部状态", "最近两年"]
    shown = str(Dashboard(for_local(assistant)).show(*given)[len(FREE)])
    assert "全部资料" in shown
    assert "现在没有符合“1999年”的文件" in shown
    assert "现在没有" not in str(Dashboard(for_local(assistant)).show(*FREE.values())[len(FREE)])


def test_filters_are_read_as_they_are_written() -> None:
    given = changed(list(FREE.values()), {"year": 2021, "form": "汇总表", "city": "广州市"})
    choice = choice_of(given)
    assert (choice.city, choice.year, choice.form) == ("广州市", 2021, Form.SUMMARY)


def test_the_ranking_is_sorted_by_what_is_asked(assistant: Assistant) -> None:
    event = gr.EventData(None, {"order": "执行率"})
    html = Dashboard(for_local(assistant)).order(event, *FREE.values())
    assert 'data-order="执行率" aria-pressed=true' in html


def test_who_may_only_ask_is_told_so(assistant: Assistant, tmp_path: Path) -> None:
    accounts = Accounts.of(Settings(home=tmp_path))
    tab = Dashboard(for_visitor(Gateway(assistant, accounts)))
    present = PRESENT.set(Visitor("小王", Role.STAFF, id="9c1e"))
    with pytest.raises(AccessDenied, match="小王"):  # which PageBlocks shows
        tab.show(*FREE.values())
    PRESENT.reset(present)
    accounts.close()
