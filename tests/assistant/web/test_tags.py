"""Tags on documents: put on several at once, filtered, in the address, through versions."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.document_tags import MAX_TAGS
from assistant.errors import TagError, UnknownDocument
from assistant.service import Assistant
from tests.support.builders import write
from tests.support.web_site import visiting


@pytest.fixture
def untagged(copied_library: Assistant) -> Assistant:
    for id, tags in copied_library.tags().items():
        copied_library.tag([id], remove=tags, by="试")
    return copied_library


def ids(assistant: Assistant) -> list[str]:
    return [record.id for record in assistant.documents()]


def test_tags_are_on_every_document_or_on_none(untagged: Assistant) -> None:
    first, second = ids(untagged)
    untagged.tag([first, second], add=["重点", " 已 报 "], by="小王")
    assert untagged.tags() == {first: ("已 报", "重点"), second: ("已 报", "重点")}
    many = [str(number) for number in range(MAX_TAGS)]
    with pytest.raises(TagError, match="最多"):
        untagged.tag([second], remove=["重点"], add=many, by="小王")
    with pytest.raises(UnknownDocument):
        untagged.tag([first, "0" * 64], add=["不该有"], by="小王")
    untagged.tag([first], remove=["重点", "没有的"], by="小王")
    assert untagged.tags() == {first: ("已 报",), second: ("已 报", "重点")}


def test_who_does_not_see_a_document_neither_sees_nor_sets_its_tags(untagged: Assistant) -> None:
    (theirs,) = [one for one in untagged.documents() if one.year == 2021]
    (other,) = [one for one in untagged.documents() if one.year == 2022]
    untagged.tag([theirs.id, other.id], add=["保密"], by="小王")
    limited = untagged.seen_by([theirs.department])
    assert limited.tags() == {theirs.id: ("保密",)}
    with pytest.raises(UnknownDocument):
        limited.tag([other.id], add=["别人的"], by="小李")


def test_tags_go_on_to_the_next_version(untagged: Assistant, tmp_path: Path) -> None:
    (report,) = untagged.add([write(tmp_path / "一.txt", "预算100万元。".encode())])
    untagged.tag([report.id], add=["重点"], by="小王")
    newer = write(tmp_path / "一.txt", "预算200万元。".encode())
    (replaced,) = untagged.add([newer], replace=True)
    assert untagged.tags() == {replaced.id: ("重点",)}
    untagged.remove("一.txt")
    assert untagged.tags() == {}


def listed(page: Page) -> None:
    page.get_by_role("tab", name="文档").click()
    expect(page.locator("#documents .rows article")).to_have_count(2)


def test_several_are_tagged_filtered_and_untagged(
    browser: Browser, copied_address: str, untagged: Assistant
) -> None:
    with visiting(browser, copied_address) as page:
        listed(page)
        rows, bulk = page.locator("#documents .rows article"), page.locator("#documents .bulk")
        bulk.get_by_label("全选（2）").check()
        page.once("dialog", lambda dialog: dialog.accept("重点，<b>汇总</b>"))
        bulk.get_by_role("button", name="加标签").click()
        expect(rows.first.locator(".tag")).to_have_text(["<b>汇总</b>", "重点"])
        expect(rows.last.locator(".tag")).to_have_text(["<b>汇总</b>", "重点"])
        bulk.get_by_role("button", name="取消选择").click()
        rows.first.get_by_role("checkbox").check()
        page.once("dialog", lambda dialog: dialog.accept("重点"))
        bulk.get_by_role("button", name="去标签").click()
        expect(page.locator("#documents .tag")).to_have_count(3)
        page.get_by_label("标签").select_option("重点")
        expect(rows).to_have_count(1)
        page.wait_for_url("**show=*")
        query = parse_qs(urlsplit(page.url).query)
        assert json.loads(query["show"][0]) == {"tag": "重点"}
        page.goto("about:blank")
        page.goto(f"{copied_address}/?tab=documents&show={query['show'][0]}")
        expect(rows).to_have_count(1)
        expect(page.get_by_label("标签")).to_have_value("重点")
        rows.locator(".tag", has_text="重点").click()  # a second click lifts it
        page.get_by_role("searchbox", name="搜索文件").fill("重点")
        expect(rows).to_have_count(1)
        page.set_viewport_size({"width": 390, "height": 780})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_tags_are_set_over_rest(copied_address: str, untagged: Assistant) -> None:
    said = {"document_ids": ids(untagged), "add": ["重点"]}
    reply = httpx.post(f"{copied_address}/api/v1/documents/tags", json=said, timeout=120)
    assert [one["tags"] for one in reply.json()["documents"]] == [["重点"], ["重点"]]
    nobody = httpx.post(
        f"{copied_address}/api/v1/documents/tags", json={**said, "document_ids": ["0"]}, timeout=120
    )
    assert nobody.status_code == 404
    assert "请刷新后重试" in nobody.json()["error"]
