"""One form of unknown words from twenty units: its head is confirmed once, in a browser."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.config import Settings
from assistant.dashboard.board import Choice
from assistant.service import Assistant
from assistant.types import Status
from ingest.types.facts import Role
from ingest.types.library import FileReport, Scope
from ingest.types.tables import How
from tests.support.builders import sheet
from tests.support.unknown_form import HEAD, ROLES, unknown_form
from tests.support.web_site import ask, served, visiting

UNITS = [
    f"{name}{kind}"
    for kind, names in (
        ("街道办事处", "东桥 西桥 南桥 北桥 上塘 下塘 柳堤 荷塘 石埠 沙溪"),
        ("镇人民政府", "青浦 白沙 云岭 龙潭 马坪 高坡 梅林 松岗 竹山 茶园"),
    )
    for name in names.split()
]
QUESTION = f"临江区{UNITS[4]}投诉办结比例的年度目标是多少？"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    home = tmp_path_factory.mktemp("templates") / "home"
    with closing(Assistant(Settings(home=home))) as opened:
        yield opened


@pytest.fixture(scope="module")
def reports(
    assistant: Assistant, tmp_path_factory: pytest.TempPathFactory
) -> tuple[FileReport, ...]:
    """What was said of the twenty files when they were taken in."""
    folder = tmp_path_factory.mktemp("forms")
    for place, unit in enumerate(UNITS):
        (folder / f"{unit}.xlsx").write_bytes(sheet(*unknown_form(unit, river=100 + place)))
    return tuple(assistant.add([folder]))


@pytest.fixture(scope="module")
def page(browser: Browser, assistant: Assistant, reports: tuple[FileReport, ...]) -> Iterator[Page]:
    with (
        served(assistant, assistant._settings.home) as url,
        visiting(browser, url) as opened,
    ):
        expect(opened.locator(".welcome")).to_be_visible()
        yield opened


def targets(assistant: Assistant) -> dict[str, str]:
    """What each unit's form gives, for certain, as the target of an indicator."""
    figures = assistant.figures(Scope(), name="投诉办结比例")
    return {f.department: f.quantity.raw for f in figures if f.role is Role.TARGET}


def test_before_it_is_confirmed_nothing_of_it_counts(
    assistant: Assistant, reports: tuple[FileReport, ...]
) -> None:
    assert len(reports) == 20
    assert all(report.needs_attention for report in reports)
    assert not assistant.figures(Scope())
    assert not assistant.indicators(Scope())
    assert "95%" not in assistant.ask(QUESTION).text.partition("原文")[0]


def test_one_head_confirmed_in_the_browser_mends_all(page: Page, assistant: Assistant) -> None:
    page.get_by_role("tab", name="文档").click()
    waiting = page.locator("#documents .layouts article")
    expect(waiting).to_contain_text("20个文件，其中20个读得没有把握")
    waiting.get_by_role("button", name="确认表头").click()
    screen = page.locator("#documents .teaching")
    expect(screen).to_contain_text("巡查河道长度")
    screen.get_by_label("这张表是").select_option(label="绩效指标")
    for head, role in zip(HEAD, ROLES, strict=True):
        screen.get_by_label(f"{head}是什么").select_option(role.value)
    screen.get_by_role("button", name="确认", exact=True).click()
    expect(screen.locator(".said")).to_contain_text("用到它的文件都已重读")
    expect(screen.locator(".past")).to_contain_text("第1版，本机")
    assert len(targets(assistant)) == 20
    assert set(targets(assistant).values()) == {"95%"}


def test_status_board_and_questions_use_what_was_read(page: Page, assistant: Assistant) -> None:
    figures = assistant.figures(Scope())
    assert {figure.how for figure in figures} == {How.TEMPLATE}
    rows = assistant.indicators(Scope())
    assert len(rows) == 60
    assert all(row.status in (Status.MET, Status.EXCEEDED) for row in rows)
    assert len(assistant.totals(Scope())) == 20
    assert len(assistant.board(Choice()).rows) == 60
    assert "95%" in assistant.ask(QUESTION).text
    page.get_by_role("tab", name="问答").click()
    ask(page, QUESTION)
    expect(page.locator("#current .text")).to_contain_text("95%")


def test_it_is_taken_back_there(page: Page, assistant: Assistant) -> None:
    page.get_by_role("tab", name="文档").click()
    screen = page.locator("#documents .teaching")
    page.once("dialog", lambda dialog: dialog.accept())
    screen.get_by_role("button", name="撤销").click()
    expect(screen.locator(".said")).to_contain_text("已撤销")
    expect(screen.locator(".past")).to_have_count(0)
    assert targets(assistant) == {}
    screen.get_by_role("button", name="返回文件列表").click()
    expect(page.locator("#documents .rows article")).to_have_count(20)
    expect(page.locator("#documents .layouts article")).to_contain_text("20个读得没有把握")
