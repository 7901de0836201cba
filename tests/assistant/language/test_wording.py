"""What became of a file: nothing is called taken in when its content was not read."""

import pytest

from assistant.language.wording import outcome
from ingest.types.blocks import Location
from ingest.types.facts import Oddity
from ingest.types.library import FileReport, Outcome


@pytest.mark.parametrize(
    ("rows", "figures", "passages", "odd", "words"),
    [
        (12, 9, 14, 2, "已入库"),
        (0, 0, 25, 0, "已入库"),  # a regulation: text alone
        (12, 0, 14, 0, "需要处理"),
        (0, 0, 0, 0, "需要处理"),
        (12, 2, 14, 8, "需要处理"),
    ],
)
def test_outcomes(rows: int, figures: int, passages: int, odd: int, words: str) -> None:
    oddities = (Oddity("35.2", "含有数值，但未能识别其含义", Location(line_start=1)),) * odd
    line = FileReport(
        "表.docx",
        Outcome.ADDED,
        table_rows=rows,
        figures=figures,
        passages=passages,
        oddities=oddities,
    )
    assert outcome(line) == words


def test_a_refused_file_is_refused() -> None:
    assert outcome(FileReport("表.rar", Outcome.FAILED, error="内容是 RAR 压缩包")) == "未入库"
