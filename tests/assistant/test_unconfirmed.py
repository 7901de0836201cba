"""What was read with doubt: listed and quoted, told as no fact, counted once it is confirmed."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.answering.findings import UNCONFIRMED
from assistant.cli.main import main
from assistant.config import Settings
from assistant.dashboard.board import Choice
from assistant.service import Assistant
from assistant.types import Status
from ingest.corrections.types import Aspect, Wanted
from ingest.language.vocabulary import default_vocabulary
from ingest.types.facts import Figure
from ingest.types.library import Certainty, FileReport, Scope
from ingest.types.tables import How
from tests.support.builders import write

OFFICE = "青禾市水务局"
FORM = f"""<html><meta charset="utf-8"><h1>{OFFICE}部门整体支出绩效自评表</h1><p>（2022年度）</p>
<table><tr><td>部门名称</td><td colspan="4">{OFFICE}</td></tr>
<tr><td>一级指标</td><td>三级指标</td><td>甲乙丙</td><td>实际完成值</td><td>得分</td></tr>
<tr><td>产出指标</td><td>河道清淤长度</td><td>≥12公里</td><td>9公里</td><td>18</td></tr>
<tr><td>效益指标</td><td>受益村庄数</td><td>≥8个</td><td>9个</td><td>20</td></tr></table>
<table><tr><td>石桥村</td><td>36户</td><td>柳林村</td><td>41户</td></tr></table></html>"""
"""A column of targets that only its contents tell, and values beside no head at all."""
LEDGER = f"""<html><meta charset="utf-8"><h1>{OFFICE}农村饮水工程完成情况</h1>
<table><tr><td>村</td><td>管网实际长度（公里）</td><td>受益人口（万人）</td><td>入户数</td></tr>
<tr><td>石桥村</td><td>46.5</td><td>0.79</td><td>812</td></tr>
<tr><td>柳林村</td><td>21.2</td><td>0.41</td><td>455</td></tr></table></html>"""
"""A table that no form has: what its columns are is told by their heads alone."""
PENDING, EVERY = Scope(certainty=Certainty.UNCONFIRMED), Scope(certainty=Certainty.EVERY)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "自评表.html", FORM.encode())


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with closing(Assistant(Settings(home=tmp_path / "home"))) as opened:
        yield opened


def take_in(assistant: Assistant, file: Path) -> FileReport:
    (report,) = assistant.add([file])
    return report


def confirm(assistant: Assistant, figure: Figure) -> None:
    """As a person does who says that it was read right."""
    raw, whose = figure.quantity.raw, figure.document_id
    assistant.correct(Wanted(whose, Aspect.VALUE, raw, "李明", figure_id=figure.id))


def test_it_is_reported_with_its_place_and_what_it_would_be(
    assistant: Assistant, file: Path
) -> None:
    report = take_in(assistant, file)
    waiting = {doubt.proposal: doubt for doubt in report.needs_attention}
    assert set(waiting) == {
        "“河道清淤长度”的年度目标：≥12公里",
        "“受益村庄数”的年度目标：≥8个",
        "“石桥村”的实际完成：36户",
        "“柳林村”的实际完成：41户",
    }
    doubt = waiting["“石桥村”的实际完成：36户"]
    assert (doubt.text, doubt.location.table, doubt.location.row) == ("36户", 2, 1)
    assert "只按内容推断，把握20%" in doubt.reason
    (record,) = assistant.documents()
    assert record.needs_attention == report.needs_attention


def test_it_is_listed_and_nothing_is_reckoned_with_it(assistant: Assistant, file: Path) -> None:
    take_in(assistant, file)
    doubtful = {f.quantity.raw for f in assistant.figures(PENDING)}
    assert doubtful == {"≥12公里", "≥8个", "36户", "41户"}
    assert {f.quantity.raw for f in assistant.figures(EVERY)} == doubtful | {
        *("9公里", "18", "9个", "20")
    }
    assert not doubtful & {f.quantity.raw for f in assistant.figures(Scope())}
    assert assistant.indicators(Scope()) == ()
    assert {s.status for s in assistant.indicators(PENDING)} == {Status.UNVERIFIABLE}
    assert all("尚未确认" in s.reason for s in assistant.indicators(EVERY))
    assert [sum(dict(t.counts).values()) for t in assistant.totals(Scope())] == [0]
    assert assistant.board(Choice()).tally.total == 0
    told = assistant.ask(f"{OFFICE}2022年哪些指标没有达标？")
    assert "河道清淤长度" not in told.text or told.abstained
    quoted = assistant.ask(f"{OFFICE}2022年石桥村是多少户？")
    assert all(citation.figure_ids == () for citation in quoted.citations)


def test_a_cell_is_told_with_its_row_and_head_and_marked(
    assistant: Assistant, tmp_path: Path
) -> None:
    page = write(tmp_path / "台账.html", LEDGER.encode())
    assert take_in(assistant, page).needs_attention
    answer = assistant.ask("石桥村管网实际铺了多少公里")
    assert "46.5" in answer.text
    assert answer.text.rstrip().endswith(UNCONFIRMED)
    (doubt,) = answer.doubts
    raws = {f.quantity.raw for f in assistant.figures(EVERY) if f.id in doubt.figure_ids}
    assert "46.5" in raws
    assert answer.confidence < default_vocabulary().confidence.confirmed_from


def test_what_a_person_confirms_counts(assistant: Assistant, file: Path) -> None:
    take_in(assistant, file)
    for figure in assistant.figures(PENDING):
        confirm(assistant, figure)
    assert assistant.figures(PENDING) == assistant.indicators(PENDING) == ()
    told = {f.quantity.raw: f for f in assistant.figures(Scope())}
    assert (told["36户"].confidence, told["36户"].how) == (1, How.PERSON)
    assert told["36户"].quote.endswith("确认）")
    assert {s.indicator.name: s.status for s in assistant.indicators(Scope())} == {
        "河道清淤长度": Status.UNMET,
        "受益村庄数": Status.MET,
    }
    (record,) = assistant.documents()
    assert record.needs_attention == ()
    answer = assistant.ask(f"{OFFICE}2022年河道清淤长度的目标值是多少？")
    assert "12公里" in answer.text
    assistant.withdraw(assistant.corrections()[0].number)
    assert len(assistant.figures(PENDING)) == 1
    assert assistant.verify_store() == ()


def test_the_command_line_lists_it(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert main(["add", "--home", str(home), str(file)]) == 0
    assert "待确认" in capsys.readouterr().out
    assert main(["figures", "--home", str(home), "--unconfirmed", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(row["raw"], row["confidence"], row["how"]) for row in rows} == {
        ("≥12公里", 0.85, "contents"),
        ("≥8个", 0.85, "contents"),
        ("36户", 0.2, "contents"),
        ("41户", 0.2, "contents"),
    }
    assert main(["figures", "--home", str(home), "--unconfirmed"]) == 0
    assert "20% 未确认" in capsys.readouterr().out


def test_a_department_that_only_the_file_tells_waits_to_be_confirmed(
    assistant: Assistant, tmp_path: Path
) -> None:
    text = "项目支出绩效自评表\n（2022年度）\n全年清淤12公里。\n"
    report = take_in(assistant, write(tmp_path / "青禾市水务局自评.txt", text.encode()))
    assert report.department == ""
    assert [doubt.proposal for doubt in report.needs_attention] == [f"部门：{OFFICE}"]
    (record,) = assistant.documents()
    assistant.correct(Wanted(record.id, Aspect.YEAR, "2021", "李明"))
    (record,) = assistant.documents()
    assert [doubt.proposal for doubt in record.needs_attention] == [f"部门：{OFFICE}"]
    assistant.correct(Wanted(record.id, Aspect.DEPARTMENT, OFFICE, "李明"))
    (record,) = assistant.documents()
    assert (record.department, record.needs_attention) == (OFFICE, ())
