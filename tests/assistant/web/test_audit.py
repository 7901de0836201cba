"""The page of findings in a real browser: counted, explained, and marked as handled."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from assistant.service import Assistant
from assistant.types import Finding
from ingest.types.library import Scope
from tests.support.web_site import visiting

WRONG_RATE = "96.36%"


@pytest.fixture
def page(browser: Browser, copied_address: str) -> Iterator[Page]:
    errors: list[str] = []
    with visiting(browser, "") as opened:
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.goto(f"{copied_address}/?tab=audit")
        expect(opened.locator("#audit .finding").first).to_be_visible()
        yield opened
    assert errors == []


def settled(page: Page) -> None:
    expect(page.locator("#audit")).to_have_attribute("aria-busy", "false")


def choose(page: Page, label: str, option: str) -> None:
    page.locator("#audit-filters").get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def wrong_rate(library: Assistant) -> Finding:
    found = library.audit(Scope())
    return next(one for one in found if one.code == "D10" and WRONG_RATE in one.message)


def test_findings_are_counted_by_check_and_department(
    page: Page, copied_library: Assistant
) -> None:
    found = copied_library.audit(Scope())
    head = page.locator("#audit h2")
    expect(head).to_contain_text(f"共{len(found)}条")
    check = page.locator("#audit .facets button", has_text="D10 ")
    expect(check.locator("b")).to_have_text(str(sum(one.code == "D10" for one in found)))
    check.click()
    expect(page.locator("#audit .check")).to_have_count(1)
    card = page.locator("#audit .check")
    expect(card.locator("h3")).to_contain_text("D10 比率与金额对不上")
    expect(card.locator(":scope > .note")).to_contain_text("重新计算")
    expect(card.locator(":scope > .formula")).to_contain_text("预算完成率 = 实际支出数 ÷")
    expect(card.locator("h4").first).to_contain_text("条")
    expect(check).to_have_attribute("aria-pressed", "true")
    page.wait_for_url("**show=*D10*")
    check.click()
    expect(head).to_contain_text(f"共{len(found)}条")
    page.locator("#audit .card", has_text="按部门").locator("button").first.click()
    expect(page.locator("#audit .card", has_text="按部门").locator("button")).to_have_count(1)


def test_a_finding_is_marked_filtered_exported_and_unmarked(
    page: Page, browser: Browser, copied_address: str, copied_library: Assistant
) -> None:
    key = wrong_rate(copied_library).key
    finding = page.locator(f"#finding-{key}")
    button = finding.get_by_role("button", name="误报")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    expect(finding.locator(".handling")).to_contain_text("本机 20")
    (mark,) = [one.mark for one in copied_library.audit(Scope()) if one.mark]
    assert (mark.handling, mark.by) == ("误报", "本机")
    settled(page)
    choose(page, "处理", "误报")
    expect(page.locator("#audit .finding")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出表格").click()
    sheet = load_workbook(BytesIO(Path(download.value.path()).read_bytes()))["校核发现"]
    (row,) = [dict(zip((c.value for c in sheet[1]), row, strict=True)) for row in sheet.values][1:]
    assert (row["编号"], row["处理"], row["处理人"]) == ("D10", "误报", "本机")
    with visiting(browser, page.url) as other:  # as filtered, for a colleague
        expect(other.locator("#audit .finding")).to_have_count(1)
        expect(other.locator(f"#finding-{key} .handling")).to_contain_text("本机 20")
    choose(page, "处理", "未处理")
    expect(finding).to_have_count(0)
    choose(page, "处理", "误报")
    button.click()
    expect(page.locator("#audit .none", has_text="筛选以后没有发现")).to_be_visible()
    assert not [one for one in copied_library.audit(Scope()) if one.mark]


def test_marks_on_a_narrow_screen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 760})
    expect(page.locator("#audit .handling button").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
