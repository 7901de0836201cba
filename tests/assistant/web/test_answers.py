"""Answers in a real browser: scope, tables, sources, what comes next, what is copied and saved."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.config import Settings
from assistant.service import Assistant
from assistant.types import AnswerBlock, BlockKind
from assistant.web.html.answer_blocks import block
from tests.support.builders import write_sheets
from tests.support.web_site import ask, served, visiting

RATE = "黄埔区团委2021年预算完成率是多少？"
MISSING = "黄埔区团委2019年实际支出数是多少？"
EVERY = "2023年各部门预算执行率分别是多少？"
TWO_DEPARTMENTS: dict[str, list[list[object]]] = {
    "永靖市.xlsx": [
        ["永靖市2023年度市直部门整体支出绩效自评结果汇总表"],
        ["序号", "预算部门", "年初预算", "调整预算", "支出决算", "执行率"],
        [1, "市教育局", 12.36, 12.95, 12.71, "98.15%"],
        [2, "市民政局", 3.21, 3.4, 2.98, "87.65%"],
    ]
}
CLIPBOARD = """async () => {
  const [item] = await navigator.clipboard.read();
  return await (await item.getType("text/html")).text();
}"""


@pytest.fixture
def page(copied_library: Assistant, opened: Page) -> Page:
    """The page of somebody who has not asked anything yet."""
    copied_library.forget("")
    opened.get_by_role("button", name="新对话").click()
    expect(opened.locator(".welcome")).to_be_visible()
    return opened


def test_what_an_answer_covers_stands_above_it_and_can_be_lifted(page: Page) -> None:
    ask(page, RATE)
    chips = page.locator("#current .scope li")
    expect(chips).to_have_text(["中国共产主义青年团广州市黄埔区委员会", "2021年"])
    expect(chips.locator("button")).to_have_count(0)  # the question says both
    ask(page, "年初预算数呢？")
    expect(chips.first).to_contain_text("承接上文")
    page.locator("#current .scope button").first.click()
    expect(page.locator("#past .turn")).to_have_count(2)
    expect(page.locator("#current .footnote")).to_be_visible()
    expect(page.locator("#current .scope")).not_to_contain_text("承接上文")


def test_what_is_there_instead_is_a_button_and_has_an_answer(page: Page) -> None:
    ask(page, MISSING)
    offered = page.locator("#current .next button")
    expect(offered.first).to_contain_text("2021年")
    offered.first.click()
    expect(page.locator("#current .question")).to_contain_text("2021年")
    expect(page.locator("#current .text:not(.no)")).to_contain_text("1022.93")
    expect(page.locator("#past .next")).not_to_be_visible()


def test_a_doubt_leads_to_its_finding(page: Page) -> None:
    ask(page, RATE)
    doubtful = page.locator("#current .cite.doubted").first
    expect(doubtful).to_have_attribute("aria-label", re.compile("存疑"))
    page.locator("#current .to-finding").first.click()
    expect(page.locator("#audit .finding.wanted")).to_contain_text("96.36%")
    page.go_back()
    expect(page.locator("#current .text")).to_be_visible()


def test_a_source_shows_its_cell_before_it_is_opened(page: Page) -> None:
    ask(page, RATE)
    page.locator("#current .text .cite").first.hover()
    preview = page.locator("#source-preview")
    expect(preview).to_contain_text("预算完成率 | 96.36%")
    expect(preview).to_contain_text("第20行")
    expect(preview).to_contain_text("存疑")
    page.keyboard.press("Escape")
    expect(preview).to_have_count(0)


@pytest.fixture
def of_several(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page over a table with two departments."""
    write_sheets(tmp_path, TWO_DEPARTMENTS)
    home = tmp_path / "home"
    with closing(Assistant(Settings(home=home))) as assistant:
        list(assistant.add([tmp_path / name for name in TWO_DEPARTMENTS]))
        allowed = ["clipboard-read", "clipboard-write"]
        with served(assistant, home) as url, visiting(browser, url, permissions=allowed) as page:
            expect(page.locator(".welcome")).to_be_visible()
            yield page


def test_what_each_department_reports_is_a_table_also_on_the_clipboard(of_several: Page) -> None:
    page = of_several
    ask(page, EVERY)
    table = page.locator("#current table.told")
    expect(table.locator("tbody tr")).to_have_count(2)
    expect(table).to_contain_text("87.65%")
    expect(page.locator("#current .told-bars li")).to_have_count(2)
    table.locator("button.cite").first.hover()
    expect(page.locator("#source-preview")).to_contain_text("上方执行率")
    expect(page.locator("#source-preview")).to_contain_text("本行市教育局")
    table.locator("button.cite").first.click()
    expect(page.locator("#source-panel blockquote")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#current [data-copy]").click()
    expect(page.locator("#current [data-copy]")).to_have_text("已复制")
    copied = page.evaluate(CLIPBOARD)
    assert copied.count("<table") == 2  # the answer's, and that of its sources
    assert "87.65%" in copied
    assert "引文" in copied


def test_a_question_is_asked_again_and_put_into_the_box(page: Page) -> None:
    ask(page, RATE)
    page.locator("#current [data-edit-question]").click()
    box = page.get_by_placeholder("输入问题，按回车提问")
    expect(box).to_have_value(RATE)
    box.fill("")
    page.locator("#current [data-ask-again]:not([data-without])").click()
    expect(page.locator("#past .question")).to_have_count(1)
    expect(page.locator("#current .text")).to_contain_text("96.36%")


def test_a_conversation_is_renamed_pinned_and_saved(page: Page, tmp_path: Path) -> None:
    ask(page, RATE)
    page.get_by_role("button", name="新对话").click()
    ask(page, MISSING)
    page.once("dialog", lambda dialog: dialog.accept("执行率"))
    page.get_by_role("button", name=f"改名：{RATE}").click()
    titles = page.locator("#conversations .conversation .title")
    expect(titles).to_have_text([MISSING, "执行率"])
    page.get_by_role("button", name="置顶：执行率", exact=True).click()
    expect(titles).to_have_text(["执行率", MISSING])
    titles.first.click()
    expect(page.locator("#current .text")).to_contain_text("96.36%")
    for kind, button in (("docx", "导出 Word"), ("md", "导出 Markdown")):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        saved = tmp_path / f"saved.{kind}"
        download.value.save_as(saved)
        if kind == "docx":
            with ZipFile(saved) as archive:
                text = archive.read("word/document.xml").decode()
        else:
            text = saved.read_text("utf-8")
        assert RATE in text
        assert "96.36%" in text
        assert "自评" in text  # where it stands


# -- as HTML ---------------------------------------------------------------------------------------


def drawn(*rows: tuple[str, ...]) -> str:
    made = AnswerBlock(BlockKind.TABLE, columns=("部门", "年度", "<率>"), rows=rows, chart="bar")
    return block(made, lambda number: f"<b>{number}</b>")


def test_numbers_of_one_unit_are_drawn_as_bars() -> None:
    html = drawn(("甲", "2021年", "95%[1]"), ("乙", "2022年", "50%[2]"))
    assert 'style="width:50.00%"' in html
    assert "甲 2021年" in html
    assert '<td class="digits">95' in html
    assert "&lt;率&gt;" in html


@pytest.mark.parametrize("cell", ["—", "8万元[2]", "-3%", "九成"])
def test_what_cannot_be_compared_is_not_drawn(cell: str) -> None:
    html = drawn(("甲", "2021年", "95%[1]"), ("乙", "2021年", cell))
    assert "told-bars" not in html
    assert "<table" in html
