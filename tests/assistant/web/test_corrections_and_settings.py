"""What was extracted beside its page and corrected there, and the settings, in a real browser."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.config import Settings
from assistant.service import Assistant
from ingest.types.library import Scope
from tests.support.builders import FILES
from tests.support.web_site import ask, served, visiting

FORM = FILES / "form.pdf"
PASSWORD = "一个足够长的密码口令"
OWN = "青岭水库春天很安静"
QUESTION = "走访长者第1批的实际完成值是多少？"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    home = tmp_path_factory.mktemp("office") / "home"
    with closing(Assistant(Settings(home=home))) as opened:
        assert [report.error for report in opened.add([FORM])] == [""]
        yield opened


@pytest.fixture(scope="module")
def url(assistant: Assistant) -> Iterator[str]:
    with served(assistant, assistant._settings.home) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser, url: str) -> Iterator[Page]:
    """The page of whoever sits at the machine; the tests build on each other."""
    with visiting(browser, url) as opened:
        expect(opened.locator(".welcome")).to_be_visible()
        yield opened


def look_at(page: Page) -> None:
    page.get_by_role("tab", name="文档").click()
    held = page.locator("#documents .rows article").filter(has_text="form.pdf")
    held.get_by_role("button", name="查看").click()
    expect(page.locator("#documents .page-view img")).to_be_visible()


def test_what_was_extracted_stands_beside_its_page(page: Page) -> None:
    look_at(page)
    fact = page.locator("#documents .fact").filter(has_text="走访长者第1批").nth(1)
    expect(fact).to_contain_text("实际完成")
    fact.locator(".at").click()
    expect(fact).to_have_attribute("aria-current", "true")
    expect(page.locator("#documents .page-view .here")).to_be_in_viewport()


def test_the_department_and_year_are_corrected_there_too(page: Page) -> None:
    about = page.locator("#documents .about")
    about.get_by_role("button", name="更正").click()
    about.get_by_label("年度").fill("2021")
    about.get_by_role("button", name="保存更正").click()
    expect(about).to_contain_text("2021年")
    expect(about.locator(".past")).to_contain_text("年度原为 未注明")
    page.get_by_role("button", name="返回文件列表").click()
    expect(page.locator("#documents .rows article")).to_contain_text("2021年")
    look_at(page)


def test_a_wrong_figure_is_corrected_and_the_answer_says_so(page: Page) -> None:
    fact = page.locator("#documents .fact").filter(has_text="走访长者第1批").nth(1)
    fact.get_by_role("button", name="更正").click()
    fact.get_by_label("数值").fill("很多")
    fact.get_by_role("button", name="保存更正").click()
    expect(fact.locator(".failure")).to_contain_text("读不成一个数值")
    fact.get_by_label("数值").fill("1188人次")
    fact.get_by_label("理由").fill("看错一行")
    fact.get_by_role("button", name="保存更正").click()
    expect(fact).to_contain_text("1188人次")
    expect(fact.locator(".past")).to_contain_text("原文为 1200人次，由 本机 于")
    page.get_by_role("tab", name="问答").click()
    ask(page, QUESTION)
    expect(page.locator("#current .text")).to_contain_text("1188人次")
    expect(page.locator("#current .source").first).to_contain_text("人工更正")


def test_it_is_kept_when_the_file_comes_again_and_can_be_taken_back(
    page: Page, assistant: Assistant
) -> None:
    (record,) = assistant.documents()
    assistant.remove(record.id)
    assert [report.year for report in assistant.add([FORM])] == [2021]
    assert "1188人次" in assistant.ask(QUESTION).text
    page.reload()
    look_at(page)
    fact = page.locator("#documents .fact").filter(has_text="走访长者第1批").nth(1)
    page.once("dialog", lambda dialog: dialog.accept())
    fact.locator(".past").get_by_role("button", name="撤销").click()
    expect(fact.locator(".past")).to_have_count(0)
    expect(fact).to_contain_text("1200人次")
    assert not [f for f in assistant.figures(Scope()) if "更正" in f.quote]


def test_the_first_user_is_an_administrator(page: Page) -> None:
    page.get_by_role("tab", name="设置").click()
    users = page.locator("#settings .users")
    expect(users).to_contain_text("本机使用不用登录")
    expect(page.locator("#settings .state")).to_contain_text("没有接入")
    expect(page.locator("#settings .rules")).to_contain_text("民政局")
    expect(page.locator("#settings .log")).to_contain_text("更正")
    users.get_by_label("用户名").fill("周管理")
    users.get_by_label("初始密码").fill(PASSWORD)
    users.get_by_label("角色").select_option("staff")
    users.get_by_role("button", name="新建用户").click()
    expect(users).to_contain_text("第一个用户要设为管理员")
    users.get_by_label("角色").select_option("admin")
    users.get_by_role("button", name="新建用户").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def change_password(page: Page, old: str, new: str) -> None:
    page.get_by_label("现在的密码").fill(old)
    page.get_by_label("新密码", exact=True).fill(new)
    page.get_by_label("再输入一次新密码").fill(new)
    page.get_by_role("button", name="修改密码").click()


def test_an_administrator_adds_users_and_tokens(page: Page) -> None:
    sign_in(page, "周管理")
    page.get_by_role("tab", name="设置").click()
    users = page.locator("#settings .users")
    expect(users.locator("tr")).to_have_count(2)
    users.get_by_label("用户名").fill("李明")
    users.get_by_label("初始密码").fill(PASSWORD)
    users.get_by_label("只看这些部门").fill("青岭县民政局")
    users.get_by_role("button", name="新建用户").click()
    expect(users.locator("tr")).to_have_count(3)
    expect(users.get_by_label("李明的部门")).to_have_value("青岭县民政局")
    tokens = page.locator("#settings .tokens")
    tokens.get_by_label("给哪个程序用").fill("报表脚本")
    tokens.get_by_role("button", name="新建令牌").click()
    expect(tokens.locator(".secret code")).to_contain_text("jw-")
    expect(tokens.locator("table")).to_contain_text("报表脚本")
    log = page.locator("#settings .log")
    log.get_by_label("用户", exact=True).fill("周管理")
    log.get_by_label("用户", exact=True).press("Enter")
    expect(log.locator("tr").nth(1)).to_contain_text("周管理")


def test_the_new_user_changes_the_password_and_is_denied_the_settings(
    browser: Browser, url: str
) -> None:
    with visiting(browser, url) as opened:
        sign_in(opened, "李明")
        expect(opened.get_by_role("alert")).to_contain_text("请先改成只有您自己知道的密码")
        change_password(opened, PASSWORD, "12345678")
        expect(opened.locator("#password .failure")).to_contain_text("至少要10个字符")
        change_password(opened, PASSWORD, OWN)
        expect(opened.locator(".visitor")).to_contain_text("李明（工作人员）")
        for hidden in ("设置", "文档", "校核", "起草"):
            expect(opened.get_by_role("tab", name=hidden)).not_to_be_visible()
        refused = opened.request.get(f"{url}/api/v1/settings/users")
        assert refused.status == 403
        assert "没有“管理用户和设置”的权限" in refused.json()["error"]


def test_a_user_looks_after_sessions_and_tokens(browser: Browser, url: str) -> None:
    with visiting(browser, url) as opened, visiting(browser, url) as elsewhere:
        for page in (elsewhere, opened):
            sign_in(page, "李明", OWN)
            expect(page.locator(".visitor")).to_contain_text("李明（工作人员）")
        opened.get_by_role("link", name="我的账号").click()
        tokens, sessions = opened.locator("#tokens"), opened.locator("#sessions")
        tokens.get_by_label("给哪个程序用").fill("我的脚本")
        tokens.get_by_role("button", name="新建令牌").click()
        expect(tokens.locator(".secret code")).to_contain_text("jw-")
        expect(tokens.locator("tr").nth(1)).to_contain_text("只提问和查看")
        opened.once("dialog", lambda dialog: dialog.accept())
        tokens.get_by_role("button", name="作废").click()
        expect(tokens.locator("table")).to_have_count(0)
        others = sessions.get_by_role("button", name="结束")
        while others.count():
            count = others.count()
            others.first.click()
            expect(others).to_have_count(count - 1)
        expect(sessions).to_contain_text("当前登录")
        elsewhere.reload()
        expect(elsewhere.get_by_label("用户名")).to_be_visible()
        change_password(opened, OWN, OWN + "二")
        expect(opened.locator("#password .done")).to_contain_text("密码已修改")


def test_who_is_disabled_is_out(page: Page, browser: Browser, url: str) -> None:
    row = page.locator("#settings .users tr").filter(has_text="李明")
    row.get_by_role("button", name="停用").click()
    expect(row).to_contain_text("已停用")
    with visiting(browser, url) as opened:
        sign_in(opened, "李明")
        expect(opened.get_by_role("alert")).to_contain_text("用户名或密码不对")
