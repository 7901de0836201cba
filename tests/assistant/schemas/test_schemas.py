"""The JSON of every channel: exactly the documented keys, numbers exact."""

import json
from decimal import Decimal

from assistant.schemas import answers as contract
from assistant.schemas import documents as contract_documents
from assistant.types import (
    Answer,
    AnswerBlock,
    AnswerScope,
    BlockKind,
    Calculation,
    CheckedFigure,
    Citation,
    Doubt,
    IndicatorStatus,
    Mode,
    State,
    Status,
    Verdict,
)
from ingest.types.blocks import Form, Location
from ingest.types.facts import Figure, Indicator, Oddity, Quantity, Role
from ingest.types.library import DocumentRecord, FileReport, Outcome, StoreFault

PLACE = Location(page=2, table=1, row=4, column=3, bbox=(1.0, 2.0, 3.0, 4.5))
BUDGET = Quantity("1,103.35", (Decimal("1103.35"),), "", "万元")

LOCATION = "page sheet table row column line_start line_end bbox"
FACTS = "tables_rows indicators figures passages not_understood needs_attention"


def keys(names: str) -> list[str]:
    return names.split()


def test_a_location_has_all_its_keys() -> None:
    shown = contract.location(PLACE)
    assert list(shown) == keys(LOCATION)
    assert shown["bbox"] == [1.0, 2.0, 3.0, 4.5]
    assert shown["sheet"] is None


def test_reports_and_documents() -> None:
    odd = (Oddity("××", "没有数值", PLACE),)
    line = FileReport("a.txt", Outcome.ADDED, id="1", form=Form.TARGET, oddities=odd, table_rows=3)
    shown = contract_documents.reports([line])
    assert list(shown) == ["documents"]
    assert list(shown["documents"][0]) == keys(
        f"id file title form department year status unread error {FACTS} elapsed_ms"
    )
    assert shown["documents"][0]["status"] == "added"
    assert shown["documents"][0]["form"] == "绩效目标表"
    assert list(shown["documents"][0]["not_understood"][0]) == keys("text reason location")
    assert shown["documents"][0]["unread"]
    doubt = Oddity("36", "只按内容推断", PLACE, "“石桥村”的实际完成：36")
    line = FileReport("a.txt", Outcome.ADDED, needs_attention=(doubt,))
    (waiting,) = contract_documents.report(line)["needs_attention"]
    assert list(waiting) == keys("reason text location proposal")
    assert waiting["proposal"] == "“石桥村”的实际完成：36"
    record = DocumentRecord("1", "a.txt", "", Form.REPORT, "某局", 2021, 3, 2, 1, 4, odd)
    described = contract_documents.document(record, ["重点"])
    assert list(described) == keys(f"id file title form department year {FACTS} copy_of tags")
    assert described["tags"] == ["重点"]


def test_faults() -> None:
    shown = contract_documents.faults([StoreFault("1", "a.txt", "少了一段")])
    assert shown == {"faults": [{"document_id": "1", "file": "a.txt", "message": "少了一段"}]}


def test_an_answer() -> None:
    given = Answer(
        question="多少？",
        text="80.42万元。[1]",
        state=State.ANSWERED,
        mode=Mode.GROUNDED,
        citations=(Citation(1, "1", "a.txt", "表", "某局", 2021, PLACE, "引文", ("f1",)),),
        figures=(CheckedFigure("80.42万元", Decimal("80.42"), "万元", Verdict.COMPUTED, None),),
        calculations=(Calculation("1103.35 − 1022.93 = 80.42", ("f1",), Decimal("80.42"), "万元"),),
        settings_hash="x",
        elapsed_ms=7,
        confidence=Decimal("0.87"),
        scope=AnswerScope(("某局",), (2021,), (Form.REPORT,), ("1",)),
        doubts=(Doubt("D10", "按两数计算不是这个比率", ("f1",)),),
        blocks=(
            AnswerBlock(BlockKind.QUOTE, "结余为80.42万元。", marker=1, span=(3, 8)),
            AnswerBlock(
                BlockKind.TABLE, columns=("部门", "结余"), rows=(("某局", "80.42[1]"),), chart="bar"
            ),
        ),
    )
    shown = contract.answer(given, id="q1")
    assert list(shown) == keys(
        "id question text abstained mode citations figures calculations elapsed_ms"
        " state confidence scope doubts blocks suggestions"
    )
    assert list(shown["scope"]) == keys("departments years forms documents carried years_carried")
    assert list(shown["doubts"][0]) == keys("code message figure_ids")
    text, quote, table = shown["blocks"]
    assert list(text) == keys("kind text columns rows chart marker span")
    assert (text["kind"], text["text"], text["span"]) == ("text", given.text, None)
    assert shown["text"] == f"{given.text}\n\n> 结余为80.42万元。[1]"
    assert (quote["kind"], quote["marker"], quote["span"]) == ("quote", 1, [3, 8])
    assert (table["chart"], table["rows"]) == ("bar", [["某局", "80.42[1]"]])
    assert list(shown["citations"][0]) == keys(
        "marker document_id file title department year location quote figure_ids"
    )
    assert list(shown["figures"][0]) == keys("raw value unit verdict marker")
    assert list(shown["calculations"][0]) == keys("formula result")
    assert shown["mode"] == "grounded"
    assert shown["figures"][0]["verdict"] == "computed"
    assert json.loads(json.dumps(shown)) == shown


def test_a_figure() -> None:
    fact = Figure("f1", "1", "某局", 2021, "资金", "预算", "", Role.BUDGET, BUDGET, PLACE, "引文")
    shown = contract.figure(fact, file="a.txt")
    assert list(shown) == keys(
        "id document_id file department year section subject role raw value values comparator"
        " unit approximate location quote confidence how"
    )
    assert (shown["raw"], shown["value"], shown["values"]) == ("1,103.35", 1103.35, [1103.35])


def test_an_indicator_with_and_without_values() -> None:
    target = Quantity("良好", qualitative="良好")
    fact = Indicator(
        "i1", "1", "某局", 2021, "任务", "产出指标", "质量指标", "合格率",
        target, None, None, "", None, None, "", PLACE,
    )  # fmt: skip
    shown = contract.indicator(IndicatorStatus(fact, Status.UNREPORTED, "没有填报"), file="a.txt")
    assert list(shown) == keys(
        "id document_id file department year task level1 level2 name target period_target actual"
        " weight score deviation status reason location confidence how"
    )
    assert shown["target"] == {
        "raw": "良好", "value": None, "values": [], "comparator": "", "unit": "",
    }  # fmt: skip
    assert shown["actual"] is None
    assert shown["status"] == "未报告"


def test_numbers_keep_every_digit() -> None:
    for printed in ("0.1", "985.7", "12345678901.2345", "-83.61", "0.07", "999999999999.99"):
        assert Decimal(json.dumps(contract.number(Decimal(printed)))) == Decimal(printed)
    assert json.dumps(contract.number(Decimal("3E+4"))) == "30000"
