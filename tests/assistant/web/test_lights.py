"""Monitoring lights and the trend of scores on the dashboard, in a real browser."""

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.assessment.department_totals import Colour
from assistant.config import Settings
from assistant.service import Assistant
from ingest.types.library import Scope
from tests.support.builders import FILES, write
from tests.support.web_site import served, visiting

HOME = "栖霞屿市第二福利院"
MONITORED = (FILES / "dumps" / "11_monitor_tabs.txt").read_text(encoding="utf-8")
SCORED = """青禾市教育局{year}年度部门整体支出绩效自评表
单位名称：青禾市教育局
年初预算数（万元）：800
全年执行数（万元）：700
自评得分：{score}分
"""
SLOW = MONITORED.replace("\t38张\t", "\t12张\t").replace("41.44", "14.80")


@pytest.fixture(scope="module")
def assistant(library_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The samples with a form of monitoring beside them."""
    folder = tmp_path_factory.mktemp("lights")
    home = shutil.copytree(library_home, folder / "home")
    with closing(Assistant(Settings(home=home))) as opened:
        forms = {"监控.txt": SLOW} | {
            f"教育{year}.txt": SCORED.format(year=year, score=score)
            for year, score in ((2021, "92.5"), (2022, "88"))
        }
        list(opened.add([write(folder / name, text.encode()) for name, text in forms.items()]))
        yield opened


@pytest.fixture(scope="module")
def page(browser: Browser, assistant: Assistant) -> Iterator[Page]:
    with served(assistant, Path("/nowhere")) as url, visiting(browser, url) as opened:
        opened.get_by_role("tab", name="看板").click()
        expect(opened.locator("#board .lights")).to_be_visible()
        yield opened


def test_each_light_says_why_and_rests_on_figures(assistant: Assistant) -> None:
    (total,) = assistant.totals(Scope(departments=(HOME,)))
    by_subject = {light.subject: light for light in total.lights}
    task = by_subject["失能老人照护设备购置"]
    assert (task.colour, task.reason) == (
        Colour.RED,
        "购置护理床：12 ÷（60 × 7 ÷ 12）= 34.29%",
    )
    assert all(light.figures for light in total.lights)
    for light in total.lights:
        assert len(assistant.figures_by_id(light.figures)) == len(light.figures)


def test_what_no_form_says_of_the_month_is_said_to_be_assumed(
    library_home: Path, tmp_path: Path
) -> None:
    home = shutil.copytree(library_home, tmp_path / "home")
    silent = re.sub(r"1—7月(?=支出|进度|完成)", "累计", SLOW).replace("（截至7月31日）", "")
    with closing(Assistant(Settings(home=home))) as opened:
        list(opened.add([write(tmp_path / "监控.txt", silent.encode())]))
        lights = [light for total in opened.totals(Scope()) for light in total.lights]
    monitored = [light for light in lights if "护理床" in light.reason]
    assert [light.reason.endswith("按1—7月") for light in monitored] == [True] * len(monitored)


def test_the_lights_lead_to_their_formula_and_sources(page: Page) -> None:
    rows = page.locator("#board .light-row")
    red = rows.filter(has_text="购置护理床")
    expect(red.locator(".lamp")).to_have_text("红")
    expect(rows.first.locator(".lamp")).to_have_text("红")
    expect(page.locator("#board .legend", has=page.locator(".red"))).to_contain_text("红灯")
    red.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source-panel .formula")).to_contain_text("12 ÷（60 × 7 ÷ 12）= 34.29%")
    expect(page.locator("#source-panel")).to_contain_text("监控.txt")
    page.keyboard.press("Escape")
    expect(red).to_be_focused()


def test_the_lights_obey_the_filters(page: Page) -> None:
    rows = page.locator("#board .light-row")
    years = page.locator("#board-filters").get_by_role("combobox", name="年度")
    years.click()
    page.locator("li[role=option]", has_text="2021年").click()
    expect(page.locator("#board h2")).to_have_text("2021年")
    expect(rows.filter(has_text="护理床")).to_have_count(0)
    expect(rows.first).to_contain_text("2021年")
    years.click()
    page.locator("li[role=option]", has_text="2022年").click()
    expect(page.locator("#board h2")).to_have_text("2022年")
    expect(rows.filter(has_text="东莞")).to_have_count(0)  # targets alone make no light
    years.click()
    page.locator("li[role=option]", has_text="全部年度").click()
    expect(rows.filter(has_text="护理床")).to_have_count(1)


def test_scores_run_over_the_years(page: Page) -> None:
    scored = page.locator("#board .years .bar-row").filter(has_text="自评得分")
    expect(scored.locator(".value")).to_have_text(["92.5分", "88分"])
    scored.first.click()
    expect(page.locator("#source-panel .formula")).to_contain_text("92.5")
    expect(page.locator("#source-panel blockquote")).to_contain_text("92.5")
    page.keyboard.press("Escape")
    page.locator("#board [data-year]").first.select_option("2021")
    expect(page.locator("#board .compared th").nth(1)).to_have_text("达标率 2021")
    page.locator("#board [data-year]").last.select_option("2022")
    school = page.locator("#board .compared tr", has_text="青禾市教育局")
    expect(school.locator("td").last).to_have_text("-4.50")


def test_a_narrow_board_keeps_its_width(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    expect(page.locator("#board .light-row").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
