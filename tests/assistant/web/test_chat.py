"""The chat in a real browser over a real library: streamed answers, opened sources, honest noes."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import gradio as gr
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.config import Settings
from assistant.conversation_files import Order
from assistant.errors import SettingsError
from assistant.serve import launch
from assistant.service import Assistant
from assistant.web.tabs.chat import ALL_DEPARTMENTS, ALL_FORMS, ALL_YEARS, Chat
from tests.support.servers import free_port
from tests.support.web_site import ask, for_local, served, visiting

APP = Path(__file__).parents[3] / "app.py"
QUESTION = "临港片区志愿服务队有多少人？"
EVERYTHING = (ALL_DEPARTMENTS, ALL_YEARS, ALL_FORMS)
UNANSWERABLE = "黄埔区团委2019年实际支出数是多少？"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with visiting(browser, address) as opened:
        expect(opened.locator(".welcome")).to_be_visible()
        yield opened


def test_the_page_tells_what_the_library_holds(page: Page) -> None:
    expect(page.locator(".summary")).to_have_text("2份文件 · 2个部门 · 2021–2022年")
    expect(page.locator(".library")).to_contain_text("中国共产主义青年团东莞市委员会")
    expect(page.locator("#suggestions .chip").first).to_be_visible()


def test_an_answer_with_its_source(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#current .text")).to_contain_text("226")
    page.locator("#current .text button.cite").first.click()
    panel = page.locator("#source-panel")
    expect(panel).to_be_visible()
    expect(panel.locator("blockquote")).to_contain_text("226")
    expect(panel.locator("dd.place")).to_contain_text("第")
    expect(panel.locator(".excerpt mark").first).to_be_visible()
    assert "226" in "".join(panel.locator(".excerpt mark").all_text_contents())
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()


def test_an_answer_arrives_in_pieces(assistant: Assistant) -> None:
    reader = gr.Request(session_hash="reader")
    chat = Chat(for_local(assistant))
    made = chat.ask("全部绩效指标有哪些？", "", "", Order.LIBRARY, reader, *EVERYTHING)
    shown = [str(update[2]) for update in made]
    assert "thinking" in shown[0]
    growing = [html for html in shown[1:] if "growing" in html]
    assert len(growing) > 1
    assert [len(html) for html in growing] == sorted(len(html) for html in growing)
    assert "footnote" in shown[-1]


def test_an_empty_question_changes_nothing(assistant: Assistant) -> None:
    (update,) = Chat(for_local(assistant)).ask(
        "  \n", "", "", Order.LIBRARY, gr.Request(session_hash="reader"), *EVERYTHING
    )
    assert update == [gr.skip()] * 5


def test_the_app_starts_answers_and_stops(library_home: Path) -> None:
    port = free_port()
    environment = {**os.environ, "JIWEN_HOME": str(library_home), "JIWEN_PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, str(APP)], env=environment, stdout=subprocess.PIPE, text=True
    ) as app:
        assert app.stdout
        assert f"http://127.0.0.1:{port}" in app.stdout.readline()
        with urlopen(f"http://127.0.0.1:{port}") as reply:
            assert "绩问" in reply.read().decode()
        app.send_signal(signal.SIGINT)
        assert "绩问已停止" in app.stdout.read()
        assert app.wait() == 0


def test_an_honest_no_cites_nothing(page: Page) -> None:
    ask(page, UNANSWERABLE)
    expect(page.locator("#current .text.no")).to_be_visible()
    expect(page.locator("#current .cite")).to_have_count(0)
    expect(page.locator("#current .source")).to_have_count(0)


def test_a_follow_up_and_a_new_conversation(page: Page) -> None:
    ask(page, "黄埔区团委2021年实际支出数是多少？")
    ask(page, "年度预算数呢？")
    expect(page.locator("#current .text")).to_contain_text("1103.35")
    expect(page.locator("#past .turn")).to_have_count(1)
    expect(page.locator("#past .text")).to_contain_text("1022.93")
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_a_reload_brings_the_conversation_back(page: Page) -> None:
    ask(page, "黄埔区团委2021年实际支出数是多少？")
    ask(page, "年度预算数呢？")
    page.reload()
    expect(page.locator("#past .text")).to_contain_text("1022.93")
    expect(page.locator("#current .text")).to_contain_text("1103.35")
    page.locator("#current .text button.cite").first.click()
    expect(page.locator("#source-panel blockquote")).to_contain_text("1103.35")
    ask(page, "年初预算数呢？")
    expect(page.locator("#past .turn")).to_have_count(2)
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".welcome")).to_be_visible()
    page.reload()
    expect(page.locator(".welcome")).to_be_visible()


def test_a_restart_brings_the_conversation_back(library_home: Path) -> None:
    with closing(Assistant(Settings(home=library_home))) as before:
        *_, last = Chat(for_local(before)).ask(
            QUESTION, "", "", Order.LIBRARY, gr.Request(username="甲"), *EVERYTHING
        )
    conversation = str(last[0])
    with closing(Assistant(Settings(home=library_home))) as after:
        chat = Chat(for_local(after))
        own = chat.open(conversation, gr.Request(username="甲"))
        assert last[2] in own
        assert conversation in own
        for stranger in (gr.Request(username="乙"), gr.Request()):
            seen = chat.open(conversation, stranger)
            assert last[2] not in seen
            assert conversation not in seen


def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(tmp_path: Path) -> None:
    with closing(Assistant(Settings(home=tmp_path))) as assistant:
        database = sqlite3.connect(tmp_path / "library.db")
        database.execute("DROP TABLE turns")
        database.close()
        chat, nobody = Chat(for_local(assistant)), gr.Request()
        *_, last = chat.ask("预算是多少？", "", "", Order.LIBRARY, nobody, *EVERYTHING)
    assert "footnote" in str(last[2])
    assert "没有存入历史" in str(last[2])


def test_every_suggestion_has_an_answer(page: Page) -> None:
    for number in range(page.locator("#suggestions .chip:visible").count()):
        page.locator("#suggestions .chip").nth(number).click()
        expect(page.locator("#current .footnote")).to_be_visible()
        expect(page.locator("#current .text.no")).to_have_count(0)
        expect(page.locator("#current .text button.cite").first).to_be_visible()
        page.get_by_role("button", name="新对话").click()
        expect(page.locator("#suggestions .chip").first).to_be_visible()


def test_the_year_chosen_narrows_the_answer(page: Page) -> None:
    page.get_by_label("年度").click()
    page.get_by_role("option", name="2022年").click()
    ask(page, "团委实际支出数是多少？")
    expect(page.locator("#current")).not_to_contain_text("1022.93")


def test_markup_in_a_question_stays_text(page: Page) -> None:
    hostile = "<img src=x onerror=document.title='broken'> ${1+1} {{value}} 预算是多少"
    ask(page, hostile)
    assert page.locator("#current img").count() == 0
    assert page.title() != "broken"


def test_two_readers_do_not_see_each_other(page: Page, browser: Browser, address: str) -> None:
    ask(page, QUESTION)
    with visiting(browser, address) as other:
        expect(other.locator(".welcome")).to_be_visible()
        expect(other.locator(".turn")).to_have_count(0)


def test_a_narrow_screen_keeps_everything_in_reach(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 720})
    ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#current .source").first.click()
    expect(page.locator("#source-panel blockquote")).to_be_in_viewport()
    page.get_by_role("button", name="关闭出处").click()
    expect(page.get_by_placeholder("输入问题，按回车提问")).to_be_in_viewport()


def test_nothing_is_fetched_from_elsewhere(browser: Browser, address: str) -> None:
    hosts: set[str] = set()
    errors: list[str] = []
    with visiting(browser, "") as opened:
        opened.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.goto(address)
        expect(opened.locator(".welcome")).to_be_visible()
        ask(opened, QUESTION)
    assert hosts == {urlsplit(address).netloc}
    assert errors == []


def test_an_empty_library_says_so(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "empty"
    with (
        closing(Assistant(Settings(home=home))) as empty,
        served(empty, home) as url,
        visiting(browser, url) as opened,
    ):
        expect(opened.locator(".welcome")).to_contain_text("资料库还是空的")


def test_a_taken_port_is_said(assistant: Assistant, address: str) -> None:
    port = urlsplit(address).port
    assert port
    with pytest.raises(SettingsError, match=f"端口{port}"):
        launch(assistant, Settings(port=port))
