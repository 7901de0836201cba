"""Earlier conversations, feedback, copying and scope in a real browser, and what they draw."""

import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import Page, expect

from assistant.config import Settings
from assistant.history.types import Feedback, FeedbackKind
from assistant.service import Assistant
from assistant.types import Answer, Mode, State
from assistant.web.html import conversations, feedback
from assistant.web.tabs.chat import NO_CONVERSATION, Chat
from ingest.types.blocks import Form
from tests.support.chat_server import chat_server
from tests.support.web_site import ask, for_local, served, visiting

SPENT = "黄埔区团委2021年实际支出数是多少？"
PEOPLE = "临港片区志愿服务队有多少人？"


@pytest.fixture
def page(copied_library: Assistant, opened: Page) -> Page:
    """The page of somebody who has not asked anything yet."""
    copied_library.forget("")
    opened.set_viewport_size({"width": 1366, "height": 820})
    begin_anew(opened)
    expect(opened.locator("#conversations [data-empty]")).to_be_visible()
    return opened


def begin_anew(page: Page) -> None:
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".welcome")).to_be_visible()


def test_an_earlier_conversation_is_opened_again_with_its_sources(page: Page) -> None:
    expect(page.locator("#conversations")).to_contain_text("问过的问题会留在这里")
    ask(page, SPENT)
    ask(page, "年度预算数呢？")
    begin_anew(page)
    ask(page, PEOPLE)
    items = page.locator("#conversations .conversation")
    expect(items.locator(".title")).to_have_text([PEOPLE, SPENT])
    expect(items.first).to_have_attribute("aria-current", "true")
    items.last.click()
    expect(page.locator("#past .question")).to_contain_text(SPENT)
    expect(page.locator("#current .text")).to_contain_text("1103.35")
    expect(items.last).to_have_attribute("aria-current", "true")
    page.locator("#past .text button.cite").first.click()
    expect(page.locator("#source-panel blockquote")).to_contain_text("1022.93")
    page.keyboard.press("Escape")
    ask(page, "年初预算数呢？")
    expect(page.locator("#current .text")).to_contain_text("1133.01")
    expect(items.first).to_contain_text("3问")


def test_what_is_asked_right_after_a_new_beginning_stands_alone(page: Page) -> None:
    ask(page, SPENT)
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {**slow, "latency": 700})
    page.get_by_role("button", name="新对话").click()
    ask(page, PEOPLE)
    network.send("Network.emulateNetworkConditions", {**slow, "latency": 0})
    expect(page.locator("#past .question")).to_have_count(0)
    expect(page.locator(".welcome")).not_to_be_visible()
    expect(page.locator("#conversations .conversation .title")).to_have_text([PEOPLE, SPENT])


def test_an_answer_under_way_does_not_follow_into_a_new_conversation(
    page: Page, library_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(library_home, tmp_path / "home")
    assert page.context.browser
    with (
        chat_server() as server,
        closing(
            Assistant(Settings(home=tmp_path / "home", llm_base_url=server.url, llm_model="m"))
        ) as slow,
        served(slow, tmp_path) as address,
        visiting(page.context.browser, address) as opened,
    ):
        slow.forget("")
        server.stalled = True
        box = opened.get_by_placeholder("输入问题，按回车提问")
        expect(opened.locator(".welcome")).to_be_visible()
        box.fill(SPENT)
        box.press("Enter")
        expect(opened.locator("#current .question")).to_contain_text(SPENT)
        box.fill("想好的下一问")
        with opened.expect_response(lambda reply: reply.url.endswith("/cancel")):
            begin_anew(opened)
            server.released.set()
        expect(box).to_have_value("想好的下一问")
        ask(opened, PEOPLE)
        expect(opened.locator("#conversations .conversation .title")).to_have_text([PEOPLE])
        expect(opened.locator(".question")).to_have_count(1)


def test_history_is_searched_and_deleted(page: Page) -> None:
    ask(page, PEOPLE)
    begin_anew(page)
    ask(page, SPENT)
    items = page.locator("#conversations .conversation")
    search = page.get_by_placeholder("搜索问过的内容")
    search.press_sequentially("226")
    expect(items).to_have_count(1)
    expect(items.locator("q mark")).to_have_text("226")
    items.click()
    expect(page.locator("#current .question")).to_contain_text(PEOPLE)
    search.fill("没有问过的")
    expect(page.locator("#conversations")).to_contain_text("没有问过与“没有问过的”有关")
    search.fill("")
    expect(items).to_have_count(2)
    gone = page.get_by_role("button", name=f"删除对话：{PEOPLE}")
    page.once("dialog", lambda dialog: dialog.dismiss())
    gone.click()
    expect(items).to_have_count(2)
    page.once("dialog", lambda dialog: dialog.accept())
    gone.click()
    expect(items).to_have_count(1)
    expect(page.locator(".welcome")).to_be_visible()


def test_feedback_is_kept_shown_and_changed(page: Page, copied_library: Assistant) -> None:
    ask(page, PEOPLE)
    rating = page.locator("#current .rating")
    rating.get_by_role("button", name="数字错").click()
    expect(rating.get_by_role("status")).to_have_text("已记下")
    rating.get_by_label("补充一句").fill("应为 <b>225</b>")
    rating.get_by_label("补充一句").press("Enter")
    expect(rating.get_by_role("button", name="存下")).to_be_focused()
    (turn,) = copied_library.feedback_given()
    assert turn.feedback == Feedback(FeedbackKind.WRONG_NUMBER, "应为 <b>225</b>")
    page.reload()
    pressed = page.locator("#current .rating [aria-pressed=true]")
    expect(pressed).to_have_text("数字错")
    expect(rating.get_by_label("补充一句")).to_have_value("应为 <b>225</b>")
    rating.get_by_role("button", name="正确").click()
    expect(pressed).to_have_text("正确")
    assert [t.feedback.kind for t in copied_library.feedback_given() if t.feedback] == [
        FeedbackKind.RIGHT
    ]


def test_an_answer_is_copied_with_its_sources(page: Page) -> None:
    ask(page, PEOPLE)
    page.get_by_role("button", name="复制（含出处）").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert "226人[1]" in text
    assert "\n\n出处\n[1] 黄埔区广州开发区" in text


def test_a_form_limits_what_is_asked(page: Page) -> None:
    page.get_by_label("表种").first.click()
    page.get_by_role("option", name="绩效目标表").click()
    ask(page, SPENT)
    expect(page.locator("#current .text.no")).to_contain_text("只查了绩效目标表")
    expect(page.locator("#current .cite")).to_have_count(0)
    page.get_by_label("表种").first.click()
    page.get_by_role("option", name="全部表种").click()


def test_the_keyboard_is_enough(page: Page) -> None:
    box = page.get_by_placeholder("输入问题，按回车提问")
    box.fill("临港片区")
    box.press("Shift+Enter")
    expect(box).to_have_value("临港片区\n")
    page.keyboard.type("志愿服务队有多少人？")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="提问")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("部门").first).to_be_focused()
    box.press("Enter")
    expect(page.locator("#current .text")).to_contain_text("226")
    page.locator("#current .text button.cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#source-panel")).not_to_be_visible()
    expect(page.locator("#current .text button.cite").first).to_be_focused()


def test_a_narrow_window_has_the_history_in_a_drawer(page: Page) -> None:
    ask(page, PEOPLE)
    page.set_viewport_size({"width": 400, "height": 760})
    item = page.locator("#conversations .conversation")
    expect(item).not_to_be_visible()
    page.get_by_role("button", name="历史").click()
    expect(item).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(item).not_to_be_visible()
    page.get_by_role("button", name="历史").click()
    item.click()
    expect(item).not_to_be_visible()
    expect(page.locator("#current .question")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_nobody_opens_deletes_or_judges_what_another_asked(copied_library: Assistant) -> None:
    chat = Chat(for_local(copied_library))
    turn = copied_library.record(copied_library.ask(PEOPLE), user="甲")
    event = gr.EventData(None, {"conversation": turn.conversation, "turn": turn.id})
    stranger = gr.Request(username="乙")
    assert chat.reopen(event, "", stranger)[0] == NO_CONVERSATION
    right = FeedbackKind.RIGHT
    assert chat.rate({"turn": turn.id, "kind": right, "note": ""}, stranger) == ""
    chat.forget(event, "", NO_CONVERSATION, stranger)
    chat.forget(
        gr.EventData(None, {"conversation": ""}), "", NO_CONVERSATION, gr.Request(username="甲")
    )
    assert chat.reopen(event, "", gr.Request(username="甲"))[0] == turn.conversation


def test_a_form_keeps_all_ways_of_answering_to_itself(copied_library: Assistant) -> None:
    forms = {record.id: record.form for record in copied_library.documents()}
    for question in (
        SPENT,
        "哪些指标未达标？",
        "有哪些绩效指标？",
        "有什么对不上的？",
        "存在什么问题？",
    ):
        for form in (Form.TARGET, Form.SELF_EVALUATION, Form.SUMMARY):
            answer = copied_library.ask(question, form=form)
            assert {forms[c.document_id] for c in answer.citations} <= {form}
            assert answer.citations or f"只查了{form}" in answer.text


def test_when_something_was_asked_is_said_shortly() -> None:
    china = timezone(timedelta(hours=8))
    now = datetime(2026, 3, 1, 9, 0, tzinfo=china)
    assert conversations.when(datetime(2026, 2, 28, 16, 5, tzinfo=UTC), now) == "今天00:05"
    assert conversations.when(now - timedelta(days=1), now) == "昨天09:00"
    assert conversations.when(now - timedelta(days=30), now) == "1月30日"
    assert conversations.when(now - timedelta(days=400), now) == "2025年1月25日"


def test_what_was_searched_is_marked_and_escaped() -> None:
    assert (
        conversations.highlighted("<b>预算</b>", "预算 b")
        == "&lt;<mark>b</mark>&gt;<mark>预算</mark>&lt;/<mark>b</mark>&gt;"
    )
    assert (
        conversations.snippet("一" * 40 + "预算" + "二" * 40, "预算").strip("…")
        == "一" * 14 + "预算" + "二" * 14
    )


def test_an_answer_that_was_not_kept_takes_no_feedback() -> None:
    tools = feedback.answer_tools(Answer("问", "没有<b>。", State.REFUSED, Mode.GROUNDED))
    assert "data-copy" in tools
    assert "data-rate" not in tools
    assert "<template>没有&lt;b&gt;。</template>" in tools
