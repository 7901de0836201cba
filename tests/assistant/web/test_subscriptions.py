"""Subscriptions on the page in a real browser: made under the filters, told, read, ended."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, expect

from assistant.config import Settings
from assistant.serve import launch
from assistant.service import Assistant
from assistant.types import Handling
from ingest.types.library import Scope
from tests.support.receivers import Robot, running
from tests.support.servers import free_port
from tests.support.web_site import visiting

HUANGPU = "中国共产主义青年团广州市黄埔区委员会"


def wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_department_is_subscribed_to_and_what_changes_is_told(
    browser: Browser, copied_home: Path
) -> None:
    robot, port = Robot(), free_port()
    chosen = Settings(
        home=copied_home, port=port, webhook_hosts=(robot.address,), notice_seconds=0.2
    )
    with running(robot), closing(Assistant(chosen)) as assistant:
        site = launch(assistant, chosen, pause=0)
        try:
            site.ready()
            filtered = f'/?tab=board&show={{"department":"{HUANGPU}"}}'
            with visiting(browser, f"http://127.0.0.1:{port}{filtered}") as page:
                expect(page.locator("#board h2").first).to_have_text(HUANGPU)
                panel = page.locator(".subscriptions")
                panel.locator("> summary").click()
                panel.get_by_label("方式").select_option("机器人")
                panel.get_by_label("地址").fill("http://127.0.0.1:1/")
                subscribe = panel.get_by_role("button", name="订阅现在的筛选")
                subscribe.click()
                expect(panel.get_by_role("alert")).to_contain_text("名单")
                panel.get_by_label("方式").select_option("机器人")
                panel.get_by_label("地址").fill(f"{robot.address}/send")
                subscribe.click()
                expect(panel.locator(".subscribed")).to_contain_text(HUANGPU)
                number = assistant.subscriptions.all()[0].number
                store = assistant._resources.subscriptions
                wait(lambda: store.seen(number)[1] is not None)  # the first look

                found = assistant.audit(Scope(departments=(HUANGPU,)))[0]
                assistant.mark(found.document_id, found.key, Handling.SEEN, by="甲")
                wait(lambda: bool(robot.taken))
                assert "校核发现标为已看" in robot.taken[0][1]["text"]["content"]
                page.reload()
                expect(page.locator(".masthead .unread")).to_have_text("1条新消息")
                expect(panel.locator("> summary")).to_contain_text("1条新")
                panel.locator("> summary").click()
                panel.locator(".notices summary").click()
                expect(panel.locator(".notices")).to_contain_text("校核发现标为已看")
                expect(page.locator(".masthead .unread")).to_have_count(0)
                panel.get_by_role("button", name=f"取消订阅{HUANGPU}").click()
                expect(panel.locator(".subscribed li")).to_have_count(0)
                assert assistant.subscriptions.all() == ()
        finally:
            site.close()
