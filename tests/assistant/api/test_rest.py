"""REST over a running server: the command line's objects, errors in one sentence, the guard."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.cli.main import main
from assistant.config import Settings
from assistant.service import Assistant
from tests.support.builders import SAMPLES
from tests.support.web_site import served

QUESTION = "临港片区志愿服务队有多少人？"


@pytest.fixture(scope="module")
def address(assistant: Assistant, library_home: Path) -> Iterator[str]:
    with served(assistant, library_home) as url:
        yield url


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A library that a test may change."""
    home = tmp_path_factory.mktemp("own")
    with (
        closing(Assistant(Settings(home=home))) as assistant,
        served(assistant, home) as url,
        httpx.Client(base_url=url, timeout=60) as opened,
    ):
        yield opened


def said(home: Path, capsys: pytest.CaptureFixture[str], *command: str) -> list[dict[str, object]]:
    """What the command line prints."""
    assert main([*command, "--json", "--home", str(home)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_figures_that_wait_to_be_confirmed_are_listed_alone(own: httpx.Client) -> None:
    page = "<table><tr><td>石桥村</td><td>36户</td><td>全年预算数</td><td>5万元</td></tr></table>"
    files = {"files": ("表.html", f'<meta charset="utf-8">{page}'.encode())}
    (report,) = own.post("/api/v1/documents", files=files).json()["documents"]
    assert [doubt["text"] for doubt in report["needs_attention"]] == ["36户"]
    (listed,) = [
        d for d in own.get("/api/v1/documents").json()["documents"] if d["id"] == report["id"]
    ]
    assert listed["needs_attention"] == report["needs_attention"]
    given = own.get("/api/v1/figures", params={"document": report["id"], "unconfirmed": True})
    (figure,) = given.json()["figures"]
    assert (figure["raw"], figure["confidence"], figure["how"]) == ("36户", 0.2, "contents")
    own.delete(f"/api/v1/documents/{report['id']}")


def test_an_answer_is_the_command_lines(
    client: httpx.Client, library_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    (printed,) = said(library_home, capsys, "ask", QUESTION)
    assert "226" in given["text"]
    assert given["citations"]
    assert {**given, "elapsed_ms": 0} == {**printed, "elapsed_ms": 0}


def test_a_form_limits_a_question(client: httpx.Client) -> None:
    asked = {"question": "黄埔区团委2021年实际支出数是多少？", "form": "绩效目标表"}
    answer = client.post("/api/v1/ask", json=asked).json()
    assert answer["citations"] == []
    assert "只查了绩效目标表" in answer["text"]
    wrong = client.post("/api/v1/ask", json={**asked, "form": "别的表"})
    assert (wrong.status_code, "form" in wrong.json()["error"]) == (422, True)


def test_earlier_turns_complete_a_question(client: httpx.Client) -> None:
    asked = {"question": "年度预算数呢？", "turns": ["黄埔区团委2021年实际支出数是多少？"]}
    assert "1103.35" in client.post("/api/v1/ask", json=asked).json()["text"]


@pytest.mark.parametrize("kind", ["figures", "indicators"])
def test_lists_are_the_command_lines(
    client: httpx.Client, library_home: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    given = client.get(f"/api/v1/{kind}", params={"year": 2021}).json()
    printed = said(library_home, capsys, kind, "--year", "2021")
    assert given["total"] == len(printed) > 5
    assert given[kind] == printed
    second = client.get(f"/api/v1/{kind}", params={"year": 2021, "offset": 1, "limit": 1}).json()
    assert second[kind] == printed[1:2]


def test_audit_and_draft_are_the_command_lines(
    client: httpx.Client, library_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = client.get("/api/v1/audit", params={"year": 2021}).json()["findings"]
    assert found == said(library_home, capsys, "audit", "--year", "2021")
    assert found
    stands = client.get("/api/v1/status", params={"year": 2021}).json()["status"]
    assert stands == said(library_home, capsys, "status", "--year", "2021")
    assert stands
    wanted = {"section": "overview", "department": "黄埔区团委"}
    (printed,) = said(library_home, capsys, "draft", "overview", "--department", "黄埔区团委")
    given = client.post("/api/v1/draft", json=wanted).json()
    assert {**given, "elapsed_ms": 0} == {**printed, "elapsed_ms": 0}
    word = client.post("/api/v1/draft.docx", json=wanted)
    assert word.content.startswith(b"PK")
    nobody = client.post("/api/v1/draft", json={"department": "没有的局"})
    assert nobody.status_code == 400
    assert nobody.json()["error"].endswith("。")


def test_a_finding_is_marked_and_unmarked(own: httpx.Client) -> None:
    (sample, *_) = sorted(SAMPLES.iterdir())
    own.post("/api/v1/documents", files={"files": (sample.name, sample.read_bytes())})
    first, *others = own.get("/api/v1/audit").json()["findings"]
    assert {one["mark"] for one in (first, *others)} == {None}
    named = {"document_id": first["document_id"], "finding": first["key"]}
    given = own.post("/api/v1/audit/marks", json={**named, "handling": "已整改"}).json()
    assert (given["mark"]["handling"], given["mark"]["by"]) == ("已整改", "本机")
    assert own.get("/api/v1/audit").json()["findings"] == [given, *others]
    done = own.get("/api/v1/audit", params={"handling": "已整改"}).json()
    assert (done["total"], done["findings"]) == (1, [given])
    rest = own.get("/api/v1/audit", params={"handling": "未处理"}).json()
    assert rest["findings"] == others
    assert own.post("/api/v1/audit/marks", json=named).json() == first
    assert own.get("/api/v1/audit").json()["findings"] == [first, *others]
    wrong = own.post("/api/v1/audit/marks", json={**named, "handling": "不管"})
    assert wrong.status_code == 422
    gone = own.post("/api/v1/audit/marks", json={**named, "finding": "0" * 12, "handling": "已看"})
    assert gone.status_code == 404
    assert gone.json()["error"].startswith("没有这条校核发现")
    own.delete(f"/api/v1/documents/{first['document_id']}").raise_for_status()


def test_upload_report_and_delete(own: httpx.Client) -> None:
    (sample, *_) = sorted(SAMPLES.iterdir())
    sent = {"files": (f"../{sample.name}", sample.read_bytes())}
    (report,) = own.post("/api/v1/documents", files=sent).json()["documents"]
    assert (report["status"], report["error"], report["file"]) == ("added", "", sample.name)
    assert report["figures"] > 5
    (again,) = own.post("/api/v1/documents", files=sent).json()["documents"]
    assert again["status"] == "unchanged"
    (listed,) = own.get("/api/v1/documents").json()["documents"]
    assert listed["id"] == report["id"]
    assert own.delete(f"/api/v1/documents/{report['id']}").json()["file"] == sample.name
    assert own.get("/api/v1/documents").json() == {"documents": []}
    assert own.get("/api/v1/figures").json()["total"] == 0


def test_a_new_version_wants_to_be_confirmed(own: httpx.Client) -> None:
    def send(words: str, replace: str = "") -> dict[str, str]:
        sent = {"files": ("说明.txt", words.encode())}
        data = {"replace": replace} if replace else {}
        reply = own.post("/api/v1/documents", files=sent, data=data).json()
        report: dict[str, str] = reply["documents"][0]
        return report

    assert send("2021年部门预算100万元。")["status"] == "added"
    refused = send("2021年部门预算200万元。")
    assert refused["status"] == "failed"
    assert "同名" in refused["error"]
    replaced = send("2021年部门预算200万元。", replace="true")
    assert replaced["status"] == "replaced"
    own.delete(f"/api/v1/documents/{replaced['id']}")


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "/api/v1/ask", {"json": {"question": ""}}, 422),
        ("POST", "/api/v1/ask", {"json": {"question": "多" * 3000}}, 422),
        ("POST", "/api/v1/ask", {"content": b"{not json"}, 400),
        ("POST", "/api/v1/ask", {"content": b"x" * 2_000_000}, 413),
        ("GET", "/api/v1/figures?year=abc", {}, 422),
        ("GET", "/api/v1/figures?document=没有的文件", {}, 404),
        ("DELETE", "/api/v1/documents/0123456789ab", {}, 404),
        ("GET", "/api/v1/nothing", {}, 404),
        ("PUT", "/api/v1/ask", {}, 404),
    ],
)
def test_an_error_is_one_chinese_sentence(
    client: httpx.Client, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    reply = client.request(method, path, **sent)
    assert reply.status_code == status
    words = reply.json()["error"]
    assert words.endswith("。")
    assert "\n" not in words


def test_what_comes_in_pieces_must_say_its_length(client: httpx.Client) -> None:
    reply = client.post("/api/v1/ask", content=(b"x" * 1_000 for _ in range(2)))
    assert reply.status_code == 411


def test_another_sites_page_gets_nothing(client: httpx.Client) -> None:
    asked = {"question": QUESTION}
    reply = client.post("/api/v1/ask", json=asked, headers={"Origin": "http://elsewhere.test"})
    assert reply.status_code == 403
    own = {"Origin": str(client.base_url).rstrip("/")}
    assert client.post("/api/v1/ask", json=asked, headers=own).status_code == 200
    rebound = client.get("/api/v1/documents", headers={"Host": "elsewhere.test"})
    assert rebound.status_code == 403


def test_the_description_is_complete_and_fetches_nothing(client: httpx.Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert "CitationJson" in described["components"]["schemas"]
    page = client.get("/api/docs").text
    for path in described["paths"]:
        assert path in page
    assert "<script" not in page
    assert "http" not in page
