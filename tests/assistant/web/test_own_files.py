"""Files put into a conversation, in a real browser: dropped or chosen, asked, kept, taken out."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.service import Assistant
from tests.assistant.test_conversation_files import FORM, PATROLS, SPENT
from tests.support.builders import FILES, write
from tests.support.web_site import ask

DROP = """([selector, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  const node = document.querySelector(selector);
  const init = { bubbles: true, cancelable: true, dataTransfer: data };
  node.dispatchEvent(new DragEvent("dragover", init));
  const marked = document.body.classList.contains("dropping");
  node.dispatchEvent(new DragEvent("drop", init));
  return marked && !document.body.classList.contains("dropping");
}"""


@pytest.fixture
def page(copied_library: Assistant, opened: Page) -> Page:
    """The page of somebody who has not asked anything yet."""
    copied_library.forget("")
    opened.set_viewport_size({"width": 1366, "height": 820})
    opened.get_by_role("button", name="新对话").click()
    expect(opened.locator("#conversations [data-empty]")).to_be_visible()
    expect(opened.locator(".own-files")).to_have_count(0)
    return opened


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return write(tmp_path / "水务局自评.txt", FORM.encode())


def choose(page: Page, *files: Path) -> None:
    page.locator("#attaching input").set_input_files(files)


def test_a_file_that_is_dropped_is_asked_in_this_conversation_alone(page: Page) -> None:
    assert page.evaluate(DROP, ["#chat", "水务局自评.txt", FORM])
    own = page.locator(".own-files li")
    expect(own).to_contain_text("水务局自评.txt")
    expect(page.locator("#conversations .conversation")).to_contain_text("水务局自评.txt")
    ask(page, PATROLS)
    expect(page.locator("#current .text")).to_contain_text("347")
    expect(page.locator("#current .scope")).to_contain_text("依据本对话的文件")
    page.locator("#current .text button.cite").first.click()
    expect(page.locator("#source-panel .original")).to_contain_text("河道巡查347次")
    page.keyboard.press("Escape")
    ask(page, SPENT)
    expect(page.locator("#current .scope")).to_contain_text("本对话的文件里没有，答自资料库")
    page.reload()
    expect(own).to_contain_text("水务局自评.txt")
    expect(page.locator("#past .text")).to_contain_text("347")
    page.get_by_role("button", name="新对话").click()
    expect(own).to_have_count(0)
    ask(page, PATROLS)
    expect(page.locator("#current .text")).not_to_contain_text("347")
    expect(page.locator("#current .scope")).not_to_contain_text("本对话的文件")


def test_whom_to_ask_is_chosen_where_there_are_files(page: Page, form: Path) -> None:
    order = page.get_by_label("问谁")
    expect(order).not_to_be_visible()
    choose(page, form)
    expect(order).to_be_visible()
    order.click()
    page.get_by_role("option", name="只问资料库").click()
    ask(page, PATROLS)
    expect(page.locator("#current .text")).not_to_contain_text("347")
    order.click()
    page.get_by_role("option", name="先问本对话的文件").click()


def test_several_files_one_of_them_broken_one_locked(
    page: Page, form: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "坏的.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    choose(page, broken, form, FILES / "locked.pdf")
    own = page.locator(".own-files li")
    expect(own).to_have_count(1)
    told = page.locator("#attaching li.failure")
    expect(told).to_have_count(2)
    expect(told.first).to_contain_text("PDF")
    told.last.get_by_label("打开密码").fill("secret")
    told.last.get_by_role("button", name="用密码打开").click()
    expect(own).to_have_count(2)
    told.first.get_by_role("button", name="知道了").click()
    expect(told).to_have_count(0)
    expect(page.locator("#conversations .conversation")).to_have_count(1)


def test_a_file_that_is_kept_is_the_librarys(
    page: Page, form: Path, copied_library: Assistant
) -> None:
    choose(page, form)
    page.get_by_role("button", name="保留到资料库").click()
    expect(page.locator("#attaching")).to_contain_text("已收入资料库")
    expect(page.locator(".own-files li")).to_have_count(0)
    assert form.name in {record.file for record in copied_library.documents()}
    copied_library.remove(form.name)


def test_a_file_is_taken_out_when_that_is_confirmed(page: Page, form: Path) -> None:
    choose(page, form)
    own = page.locator(".own-files li")
    gone = page.get_by_role("button", name=f"从对话移除：{form.name}")
    page.once("dialog", lambda dialog: dialog.dismiss())
    gone.click()
    expect(own).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    gone.click()
    expect(own).to_have_count(0)


def test_the_keyboard_is_enough_on_a_narrow_page(page: Page, form: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="添加文件").press("Enter")
    chooser.value.set_files(form)
    expect(page.locator(".own-files li")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="保留到资料库").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="从对话移除")).to_be_focused()
