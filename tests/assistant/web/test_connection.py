"""A line that breaks, a server that restarts, a log-in that expires: nothing is lost by it."""

import gzip
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import Settings
from assistant.serve import launch
from assistant.service import Assistant
from tests.support.servers import free_port
from tests.support.web_site import ask, served, visiting

PASSWORD = "一个足够长的密码口令"
SPENT = "黄埔区团委2021年实际支出数是多少？"
TYPED = "还没有问出去的问题"
MAX_PAGE = 150_000
"""Bytes of the packed page; everything that it loads is cached and counted elsewhere."""


def test_the_page_is_chinese_packed_and_nothing_of_gradio_is_in_it(address: str) -> None:
    packed = Request(address, headers={"Accept-Encoding": "gzip"})
    with urlopen(packed) as reply:
        assert reply.headers["Content-Encoding"] == "gzip"
        body = reply.read()
    assert len(body) < MAX_PAGE
    html = gzip.decompress(body).decode()
    assert 'lang="zh-CN"' in html
    assert "正在打开绩问" in html
    for gradios in ("og:title", "twitter:", "Click to try", "raw.githubusercontent", 'lang="en"'):
        assert gradios not in html
    with urlopen(address) as plain:
        assert plain.headers["Content-Encoding"] is None
        assert plain.read().decode() == html


def test_a_restart_brings_the_page_back_to_where_it_was(
    browser: Browser, copied_library: Assistant, copied_home: Path
) -> None:
    settings = Settings(home=copied_home, port=free_port())
    site = launch(copied_library, settings, pause=0)
    site.ready()
    with visiting(browser, f"http://127.0.0.1:{settings.port}") as page:
        ask(page, SPENT)
        page.wait_for_url("**/?c=*")
        address = page.url
        page.get_by_placeholder("输入问题，按回车提问").fill(TYPED)
        site.close()
        expect(page.locator("#connection")).to_have_text("连接中断，正在重连……")
        again = launch(copied_library, settings, pause=0)
        again.ready()
        expect(page.locator("#current .text")).to_contain_text("1022.93")
        expect(page.get_by_placeholder("输入问题，按回车提问")).to_have_value(TYPED)
        expect(page.locator("#connection")).to_have_count(0)
        assert page.url == address
        assert page.get_by_text("Connection").count() == 0
        again.close()


@pytest.fixture
def signed_in(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page of somebody who has signed in, over an empty library."""
    settings = Settings(home=tmp_path / "home")
    with closing(Assistant(settings)) as assistant:
        with closing(Accounts.of(settings)) as accounts:
            accounts.add("staff", PASSWORD, Role.ADMIN)
        with (
            served(assistant, settings.home) as url,
            visiting(browser, f"{url}/?tab=board") as page,
        ):
            sign_in(page)
            yield page


def sign_in(page: Page) -> None:
    page.get_by_label("用户名").fill("staff")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_an_expired_log_in_leads_there_and_back_with_the_question(signed_in: Page) -> None:
    page = signed_in
    expect(page.locator("#board .welcome")).to_be_visible()  # the address that was asked for
    page.get_by_role("tab", name="问答").click()
    question = page.get_by_placeholder("输入问题，按回车提问")
    question.fill(TYPED)
    page.context.clear_cookies()
    page.keyboard.press("Enter")  # if nothing else of the page has asked before
    expect(page.get_by_label("用户名")).to_be_visible()
    sign_in(page)
    expect(question).to_have_value(TYPED)
