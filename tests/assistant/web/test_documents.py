"""Files through the page, the source of an answer on its page, and the login, in a real browser."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import Settings
from assistant.service import Assistant
from tests.support.builders import FILES, SAMPLES
from tests.support.web_site import ask, served, visiting

(SAMPLE,) = SAMPLES.glob("*2021*")
FORM = FILES / "form.pdf"
PASSWORD = "一个足够长的密码口令"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("web") / "home"


@pytest.fixture(scope="module")
def page(browser: Browser, home: Path) -> Iterator[Page]:
    """The page over a library that is empty at first; the tests build on each other."""
    with (
        closing(Assistant(Settings(home=home))) as assistant,
        served(assistant, home) as url,
        visiting(browser, url) as opened,
    ):
        expect(opened.locator(".welcome")).to_be_visible()
        yield opened


def test_an_empty_library_is_said_once_where_drafts_are_written(page: Page) -> None:
    page.get_by_role("tab", name="起草").click()
    expect(page.locator("#draft-empty .welcome")).to_contain_text("还是空的")
    expect(page.locator("#draft-note")).to_be_empty()
    expect(page.get_by_text("再点“起草”")).to_be_hidden()


def test_a_file_on_its_way_shows_how_far_it_is(page: Page, tmp_path: Path) -> None:
    note = tmp_path / "路上.txt"
    note.write_text("全年开展河道巡查5场。" * 20_000, encoding="utf-8")
    page.get_by_role("tab", name="文档").click()
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": 100_000})
    page.set_input_files("#documents input[type=file]", note)
    sent = page.locator("#documents .queue li").filter(has_text=note.name)
    expect(sent.locator(".state")).to_have_text(re.compile(r"上传[1-9]\d?%"))
    assert 0 < sent.locator("progress").evaluate("bar => bar.value") < 1
    sent.get_by_role("button", name="取消").click()
    expect(sent.locator(".state")).to_have_text("已取消")
    expect(sent.locator("progress")).to_have_count(0)
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})


def test_a_new_reader_puts_a_file_in(page: Page, tmp_path: Path) -> None:
    broken = tmp_path / "坏的.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    expect(page.locator("#documents .empty")).to_contain_text("还没有文件")
    page.set_input_files("#documents input[type=file]", [FORM, SAMPLE, broken])
    sent = page.locator("#documents .queue li")
    expect(sent.filter(has_text="form.pdf")).to_contain_text("已入库")
    expect(sent.filter(has_text="坏的.pdf")).to_contain_text("未入库")
    expect(sent.filter(has_text="坏的.pdf").locator(".failure")).to_contain_text("PDF")
    held = page.locator("#documents .rows article")
    expect(held).to_have_count(2)
    expect(held.filter(has_text="form.pdf")).to_contain_text("部门整体支出绩效自评表")
    expect(page.locator(".summary")).to_contain_text("2份文件")


def test_a_locked_file_is_opened_with_the_password_that_is_asked_for(page: Page) -> None:
    page.set_input_files("#documents input[type=file]", FILES / "locked.pdf")
    sent = page.locator("#documents .queue li").filter(has_text="locked.pdf")
    expect(sent.locator(".failure")).to_contain_text("请填写打开密码")
    unlock = sent.get_by_role("button", name="用密码打开")
    sent.get_by_label("打开密码").fill("wrong")
    unlock.click()
    expect(sent.locator(".failure")).to_contain_text("打开密码不对")
    sent.get_by_label("打开密码").fill("secret")
    unlock.click()
    held = page.locator("#documents .rows article").filter(has_text="locked.pdf")
    expect(held).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    held.get_by_role("button", name="删除").click()
    expect(held).to_have_count(0)


def test_an_answer_opens_its_page_at_the_place(page: Page) -> None:
    page.get_by_role("tab", name="问答").click()
    expect(page.locator(".library")).to_contain_text("部门整体支出绩效自评表")
    expect(page.locator(".welcome").first).not_to_contain_text("空的")
    ask(page, "走访长者第1批的目标是多少？")
    page.locator("#current .source").first.click()
    frame = page.locator("#source-panel .page-view .here")
    expect(frame).to_be_in_viewport()
    image = page.locator("#source-panel .page-view img")
    assert image.evaluate("image => image.naturalWidth") > 600
    page.keyboard.press("Escape")


def test_a_new_version_is_confirmed(page: Page, tmp_path: Path) -> None:
    note = tmp_path / "说明.txt"
    page.get_by_role("tab", name="文档").click()
    rows = page.locator("#documents .rows article")
    for words, state in (("预算100万元。", "已入库"), ("预算200万元。", "未入库")):
        note.write_text(words, encoding="utf-8")
        page.set_input_files("#documents input[type=file]", note)
        newest = page.locator("#documents .queue li").first
        expect(newest.locator(".state")).to_have_text(state)
    old = rows.filter(has_text=note.name).element_handle()
    newest.get_by_role("button", name="用这个文件替换旧版本").click()
    newest = page.locator("#documents .queue li").first
    expect(newest.locator(".state")).to_have_text("已更新")
    old.wait_for_element_state("hidden")  # the list has been drawn anew
    expect(rows).to_have_count(3)


def test_a_file_is_deleted_when_that_is_confirmed(page: Page) -> None:
    rows = page.locator("#documents .rows article")
    note = rows.filter(has_text="说明.txt").get_by_role("button", name="删除")
    page.once("dialog", lambda dialog: dialog.dismiss())
    note.click()
    expect(rows).to_have_count(3)
    page.once("dialog", lambda dialog: dialog.accept())
    note.click()
    expect(rows).to_have_count(2)


def test_staff_sign_in_and_see_what_they_may_use(page: Page, home: Path) -> None:
    with closing(Accounts.of(Settings(home=home))) as accounts:
        accounts.add("admin", PASSWORD, Role.ADMIN)
        accounts.add("staff", PASSWORD, Role.STAFF)
    page.reload()
    expect(page.get_by_label("用户名")).to_be_visible()
    page.get_by_label("用户名").fill("staff")
    page.get_by_label("密码").fill("不对的密码口令")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".visitor")).to_contain_text("staff（工作人员）")
    expect(page.get_by_role("tab", name="看板")).to_be_visible()
    for hidden in ("校核", "起草", "文档", "设置"):
        expect(page.get_by_role("tab", name=hidden)).not_to_be_visible()
    ask(page, "走访长者第2批的目标是多少？")
    expect(page.locator("#current .text")).to_contain_text("1201")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("用户名")).to_be_visible()
