"""Nobody in who should not be: planted markup, headers, senders, and secrets that stay secret."""

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import Settings
from assistant.service import Assistant
from ingest.types.file_names import known_name
from tests.support.web_site import chromium, served, visiting

PLANTED = (
    "<img src=x onerror=window.owned=1><script>window.owned=2</script>"
    "[点](javascript:window.owned=3)<svg onload=window.owned=4>"
)
NAME = "<img src=x onerror=window.owned=5>表.html"
FORM = """<html><body><h1>青禾市水务局2022年度部门整体支出绩效自评表</h1>
<p>部门名称：青禾市水务局</p><table>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>泵站PLANTED数量</td><td>≥12座</td><td>9座PLANTED</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>渠道长度</td><td>≥35公里</td><td>36公里</td></tr>
</table><p>存在问题：PLANTED泵站建设滞后，完成率75%。</p></body></html>"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile") / "home"


@pytest.fixture(scope="module")
def address(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The web app over a document that is full of markup, under a name that is."""
    file = tmp_path_factory.mktemp("planted") / NAME
    escaped = PLANTED.replace("<", "&lt;").replace(">", "&gt;")
    file.write_text(FORM.replace("PLANTED", escaped), encoding="utf-8")
    with closing(Assistant(Settings(home=home))) as assistant:
        (report,) = assistant.add([file])
        assert report.error == ""
        assert report.indicators == 2
        with served(assistant, home) as url:
            yield url


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    with chromium() as browser, visiting(browser, address) as opened:
        expect(opened.locator(".welcome")).to_be_visible()
        yield opened


def owned(page: Page) -> object:
    return page.evaluate("window.owned || null")


def test_markup_in_an_answer_and_its_source_stays_text(page: Page) -> None:
    box = page.get_by_placeholder("输入问题，按回车提问")
    box.fill("青禾市水务局2022年泵站数量的实际完成值是多少？<img src=x onerror=window.owned=6>")
    box.press("Enter")
    expect(page.locator("#current .footnote")).to_be_visible()
    page.locator("#current .source").first.click()
    shown = page.get_by_role("dialog")
    expect(shown.locator("td.here")).to_contain_text("<img src=x onerror")
    expect(shown).to_contain_text(known_name(NAME))
    assert owned(page) is None
    assert page.locator("a[href^='javascript:']").count() == 0


@pytest.mark.parametrize("tab", ["看板", "校核", "文档"])
def test_markup_in_tables_stays_text(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()
    expect(page.locator("[role=tabpanel]:visible").first).to_contain_text("青禾市水务局")
    assert owned(page) is None
    assert page.locator("img[src='x'], a[href^='javascript:']").count() == 0


def test_every_reply_tells_the_browser_its_limits(address: str) -> None:
    for path in ("/", "/healthz", "/api/v1/documents", "/nowhere", "/api/docs"):
        headers = httpx.get(address + path, timeout=180).headers
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert "object-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    assert "no-store" not in httpx.get(f"{address}/theme.css").headers.get("cache-control", "")


def test_another_sites_page_and_another_name_are_refused(address: str) -> None:
    asked = {"question": "完成率"}
    for headers in (
        {"Origin": "https://elsewhere.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "elsewhere.test"},
        {"Host": "127.0.0.1.elsewhere.test"},
    ):
        reply = httpx.post(f"{address}/api/v1/ask", json=asked, headers=headers, timeout=180)
        assert reply.status_code == 403
    reply = httpx.post(f"{address}/api/v1/ask", content=b"1" * 2_000_000, timeout=180)
    assert reply.status_code == 413


def test_secrets_stay_out_of_logs_errors_and_settings(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key, password = "sk-not-to-be-told", "不可外传的密码口令"
    settings = Settings(
        home=tmp_path / "home",
        llm_base_url="http://127.0.0.1:9/v1",
        llm_model="none",
        llm_api_key=key,
        llm_timeout=1,
    )
    said = [repr(settings), str(settings), settings.hash]
    with (
        caplog.at_level(logging.DEBUG),
        closing(Assistant(settings)) as assistant,
        served(assistant, settings.home) as url,
    ):
        said.append(assistant.ask("青禾市水务局2022年完成率是多少？").text)
        with closing(Accounts.of(settings)) as accounts:
            accounts.add("管理员", password, Role.ADMIN)
            token = accounts.tokens.add("管理员", label="核对")
        form = {"name": "管理员", "password": password + "错"}
        said.append(httpx.post(f"{url}/login", data=form, timeout=180).text)
        wrong = {"Authorization": f"Bearer {token}x"}
        said.append(httpx.get(f"{url}/api/v1/documents", headers=wrong, timeout=180).text)
        right = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{url}/api/v1/documents", headers=right, timeout=180).is_success
    told = "\n".join([*said, caplog.text])
    assert caplog.records
    for secret in (key, password, token):
        assert secret not in told
