"""The 起草 tab in a real browser: draft, edit in place, check, write afresh, keep, export."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document as read_docx
from playwright.sync_api import Browser, Locator, Page, expect

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
    expect(page.locator("#draft-autosaved")).to_contain_text("已自动保存")
    page.reload()
    expect(page.locator(".draft-p", has_text="以上情况已经复核。")).to_be_visible()
    saved = copied_library.drafts.saved()[0]
    assert saved.automatic
    assert "以上情况已经复核。" in saved.draft.text
    page.locator("#draft-save").click()
    expect(page.locator("#draft-note")).to_contain_text("已保存为第1版")
    assert not copied_library.drafts.saved()[0].automatic


def test_what_is_left_to_fill_in_is_gone_through_with_its_number(page: Page) -> None:
    count = page.locator("#draft-sheet :is(.draft-p, .draft-table) mark.blank").count()
    assert count > 1
    places = page.locator("#draft-editing .places[data-kind=blank]")
    onward, back = places.locator("[data-step='1']"), places.locator("[data-step='-1']")
    expect(onward).to_have_text(f"待填 {count}")
    onward.click()
    expect(onward).to_have_text(f"待填 1/{count}")
    back.click()
    expect(onward).to_have_text(f"待填 {count}/{count}")
    expect(page.locator("#draft-sheet mark.here")).to_be_in_viewport()
    expect(onward).to_be_in_viewport()  # the tools came along
    expect(page.locator("#draft-editing .places[data-kind=doubt] button").first).to_be_disabled()


def plain(page: Page) -> Locator:
    """The paragraphs that are text, no headings and no captions."""
    return page.locator(".draft-p:not(.level-1):not(.level-2):not(.caption)")


def text_of(page: Page) -> str:
    return str(page.evaluate("window.jiwenDraft.lines().join('\\n')"))


def type_at_end(page: Page, number: int, words: str) -> None:
    plain(page).nth(number).focus()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(words)


def test_edits_of_several_paragraphs_and_replacements_are_undone_and_redone(page: Page) -> None:
    before = text_of(page)
    type_at_end(page, 0, "甲处添写。")
    type_at_end(page, 1, "乙处添写。")
    edited = text_of(page)
    page.get_by_role("button", name="查找替换").click()
    bar = page.locator("#draft-find")
    bar.get_by_label("查找", exact=True).fill("处添写")
    expect(bar.locator("output")).to_have_text("共2处")
    bar.get_by_label("查找", exact=True).press("Enter")
    expect(bar.locator("output")).to_have_text("第1处，共2处")
    bar.get_by_label("替换为").fill("科补充")
    bar.get_by_role("button", name="全部替换").click()
    expect(bar.locator("output")).to_have_text("已替换2处")
    replaced = edited.replace("处添写", "科补充")
    assert text_of(page) == replaced
    undo = page.get_by_role("button", name="撤销", exact=True)
    undo.click()
    assert text_of(page) == edited
    undo.click()
    assert text_of(page) == edited.replace("乙处添写。", "")
    plain(page).first.focus()
    page.keyboard.press("Control+z")
    assert text_of(page) == before
    for _ in range(3):
        page.keyboard.press("Control+y")
    assert text_of(page) == replaced
    for _ in range(3):
        undo.click()
    assert text_of(page) == before
    plain(page).locator("button.cite").first.click()  # its source still opens
    expect(page.locator("body")).to_have_class(re.compile("source-open"))
    page.keyboard.press("Escape")
    bar.get_by_role("button", name="关闭查找").click()
    expect(bar).to_be_hidden()
    expect(page.locator("#draft-autosaved")).to_contain_text("已自动保存")


def test_a_paragraph_that_was_emptied_comes_back(page: Page) -> None:
    before = text_of(page)
    count = page.locator(".draft-p").count()
    plain(page).nth(1).focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.locator("#draft-check").click()
    expect(page.locator(".draft-p")).to_have_count(count - 1)
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.locator(".draft-p")).to_have_count(count)
    assert text_of(page) == before  # with what it was counted from


def test_two_saved_versions_are_compared(page: Page) -> None:
    page.locator("#draft-save").click()
    expect(page.locator("#draft-note")).to_contain_text("已保存为第")
    type_at_end(page, 0, "此处为新增的一句。")
    page.locator("#draft-save").click()
    compare = page.locator("#draft-compare")
    expect(compare).to_be_visible()
    compare.click()
    changes = page.locator(".draft-changes")
    expect(changes.locator("ins")).to_have_text("此处为新增的一句。")
    expect(changes.locator("del")).to_have_count(0)
    expect(changes.get_by_role("status")).to_have_text("改动1处")
    expect(changes.locator(".same").first).to_contain_text("没有改动")
    chosen = page.locator("#draft-comparison input")
    expect(chosen).to_have_count(2)
    assert chosen.first.input_value() != chosen.last.input_value()
    changes.get_by_role("button", name="关闭比较").click()
    expect(changes).to_be_hidden()


def test_two_windows_on_one_draft_are_told_and_both_texts_are_kept(
    copied_library: Assistant, page: Page, browser: Browser
) -> None:
    saved = copied_library.drafts.saved()[0]
    with visiting(browser, page.url, height=900) as other:
        expect(plain(other).first).to_be_visible()
        type_at_end(page, 0, "第一个窗口写的。")
        expect(page.locator("#draft-autosaved")).to_contain_text("已自动保存")
        type_at_end(other, 0, "第二个窗口写的。")
        conflict = other.locator("#draft-autosaved [data-conflict]")
        expect(conflict).to_contain_text("没有覆盖它")
        newest = copied_library.drafts.versions(saved.id)[0].draft.text
        assert "第一个窗口写的。" in newest
        assert "第二个窗口写的。" in text_of(other)

        conflict.get_by_role("button", name="打开对方的版本").click()
        expect(plain(other).first).to_contain_text("第一个窗口写的。")
        expect(conflict).to_have_count(0)
        other.get_by_role("button", name="撤销", exact=True).click()
        expect(plain(other).first).to_contain_text("第二个窗口写的。")
        expect(other.locator("#draft-autosaved")).to_contain_text("已自动保存")

        type_at_end(page, 0, "再写一句。")
        expect(page.locator("#draft-autosaved [data-conflict]")).to_be_visible()
        page.locator("#draft-save").click()  # a click on 保存 does not go over it either
        mine = page.locator("#draft-note [data-conflict]")
        expect(mine).to_be_visible()
        mine.get_by_role("button", name="把我的另存为新版本").click()
        expect(page.locator("#draft-note")).to_contain_text("已保存为第")
        last, before = copied_library.drafts.versions(saved.id)[:2]
        assert "再写一句。" in last.draft.text
        assert "第二个窗口写的。" in before.draft.text
        assert "再写一句。" not in before.draft.text


def test_a_comment_is_left_answered_settled_and_exported(
    copied_library: Assistant, page: Page, tmp_path: Path
) -> None:
    comments = page.locator(".draft-comments")
    passage = page.evaluate(
        """() => {
          const p = [...document.querySelectorAll(".draft-p")]
            .find((one) => one.textContent.includes("年初预算数为"));
          p.scrollIntoView({ block: "center" });
          const at = p.firstChild.data.indexOf("年初预算数为"), range = document.createRange();
          range.setStart(p.firstChild, at), range.setEnd(p.firstChild, at + 6);
          getSelection().removeAllRanges(), getSelection().addRange(range);
          return range.toString();
        }"""
    )
    expect(comments.locator("q")).to_have_text(passage)
    comments.get_by_placeholder("再写批注").fill("口径是否一致？")
    comments.get_by_role("button", name="写批注").click()
    thread = comments.locator("li[data-number]")
    expect(thread).to_contain_text("口径是否一致？")
    assert page.evaluate("CSS.highlights.get('jiwen-commented').size") == 1
    thread.get_by_label("答复").fill("已核对。")
    thread.get_by_label("答复").press("Enter")
    expect(thread).to_contain_text("已核对。")
    with page.expect_download() as loading:
        page.locator("#draft-export").click()
    loading.value.save_as(tmp_path / "稿.docx")
    word = read_docx(str(tmp_path / "稿.docx"))
    assert [comment.text for comment in word.comments] == ["口径是否一致？", "已核对。"]
    thread.get_by_role("button", name="解决").click()
    expect(comments.locator("output")).to_have_text("0条待处理")
    page.reload()
    expect(comments.get_by_text("已解决（1条）")).to_be_visible()


def test_a_draft_of_somebody_else_is_not_opened(page: Page, copied_address: str) -> None:
    page.goto(f"{copied_address}/?tab=draft&draft={'0' * 32}")
    expect(page.locator("#draft-note .failure")).to_contain_text("没有这份初稿")
