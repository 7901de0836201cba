"""The 起草 tab in a real browser: draft, edit in place, check, write afresh, keep, export."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document as read_docx
from playwright.sync_api import Browser, Page, expect

from assistant.drafting.types import Draft, Section
from assistant.service import Assistant
from assistant.web.html import drafts
from tests.support.web_site import visiting

HUANGPU = "中国共产主义青年团广州市黄埔区委员会"


@pytest.fixture(scope="module")
def page(browser: Browser, copied_address: str) -> Iterator[Page]:
    with visiting(browser, copied_address, height=900) as opened:
        tab = opened.get_by_role("tab", name="起草")
        tab.wait_for()
        expect(opened.locator(".welcome")).to_be_visible()
        tab.click()
        yield opened


def test_a_draft_is_written_edited_checked_kept_and_exported(
    copied_library: Assistant, page: Page, tmp_path: Path
) -> None:
    page.locator("#draft-department input").click()
    page.get_by_role("option", name=HUANGPU).click()
    expect(page.get_by_label("年度").last).to_have_value("2021年")
    page.locator("#draft-write").click()
    budget = page.locator(".draft-p", has_text="年初预算数为1133.01万元")
    expect(budget).to_be_visible()
    assert page.locator("mark.doubt").count() == 0

    budget.locator("button.cite").first.click()
    panel = page.locator("#source-panel")
    expect(panel.locator("blockquote")).to_contain_text("1133.01")
    page.keyboard.press("Escape")

    page.evaluate(
        """() => {
          const p = [...document.querySelectorAll(".draft-p")]
            .find((one) => one.textContent.includes("1133.01"));
          p.firstChild.data = p.firstChild.data.replace("1133.01", "1233.01");
        }"""
    )
    page.locator("#draft-check").click()
    doubtful = page.locator(".draft-p", has_text="1233.01万元【待核实】")
    expect(doubtful).to_be_visible()

    doubtful.click()
    page.locator("#draft-renew").click()
    expect(page.locator("mark.doubt")).to_have_count(0)
    expect(budget).to_be_visible()

    page.locator("#draft-save").click()
    expect(page.locator("#draft-note")).to_contain_text("已保存为第1版")
    (saved,) = copied_library.drafts.saved()
    fresh = copied_library.draft(Section.REPORT, department=HUANGPU, year=2021)
    assert saved.draft.text == fresh.text

    with page.expect_download() as loading:
        page.locator("#draft-export").click()
    target = tmp_path / "稿.docx"
    loading.value.save_as(target)
    assert loading.value.suggested_filename.endswith("自评报告.docx")
    assert read_docx(str(target)).paragraphs[0].text == fresh.title


def test_text_in_a_draft_is_escaped(copied_library: Assistant) -> None:
    draft: Draft = copied_library.draft(Section.OVERVIEW, department=HUANGPU, year=2021)
    wicked = copied_library.recheck(draft, "<img src=x onerror=alert(1)>“a”[99]")
    html = drafts.sheet(wicked, key="k", excerpt_of=lambda citation: "")
    assert "<img" not in html
    assert "&lt;img" in html
    assert '<span class="unfounded">[99]</span>' in html


def test_what_is_edited_is_kept_without_a_click_and_opened_by_its_address(
    copied_library: Assistant, page: Page
) -> None:
    page.locator("#draft-write").click()
    expect(page.locator("#draft-note")).to_contain_text("自动保存")
    page.wait_for_url("**draft=*")
    paragraph = page.locator(".draft-p:not(.level-1):not(.level-2):not(.caption)").first
    paragraph.click()
    page.keyboard.press("End")
    page.keyboard.insert_text("以上情况已经复核。")
    expect(page.locator("#draft-note")).to_contain_text("已自动保存")
    page.reload()
    expect(page.locator(".draft-p", has_text="以上情况已经复核。")).to_be_visible()
    saved = copied_library.drafts.saved()[0]
    assert saved.automatic
    assert "以上情况已经复核。" in saved.draft.text
    page.locator("#draft-save").click()
    expect(page.locator("#draft-note")).to_contain_text("已保存为第1版")
    assert not copied_library.drafts.saved()[0].automatic


def test_what_is_left_to_fill_in_is_gone_through(page: Page) -> None:
    page.locator("#draft-next").click()
    expect(page.locator("#draft-sheet mark.here")).to_be_in_viewport()


def test_a_draft_of_somebody_else_is_not_opened(page: Page, copied_address: str) -> None:
    page.goto(f"{copied_address}/?tab=draft&draft={'0' * 32}")
    expect(page.locator("#draft-note .failure")).to_contain_text("没有这份初稿")
