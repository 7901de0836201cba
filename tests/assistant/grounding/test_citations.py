"""Markers are given out in reading order, once a place; quotes hold what they are cited for."""

from decimal import Decimal

from assistant.grounding.citations import (
    MAX_QUOTE_LENGTH,
    Source,
    Statement,
    cite,
    of_figure,
    shorten,
)
from ingest.types.blocks import Form, Location
from ingest.types.facts import Figure, Quantity, Role
from ingest.types.library import DocumentRecord

RECORD = DocumentRecord(
    "d1", "自评表.txt", "自评表", Form.SELF_EVALUATION, "团委", 2021, 1, 1, 1, 1
)
ONE = Source("d1", Location(line_start=1), "年初预算数 1133.01", ("a",))
TWO = Source("d1", Location(line_start=2), "实际支出数 1022.93", ("b",))


def test_markers_follow_reading_order_and_stand_before_punctuation() -> None:
    text, citations = cite(
        [Statement("年初1133.01万元", (ONE,)), Statement("，支出1022.93万元。", (TWO, ONE))],
        {"d1": RECORD},
    )
    assert text == "年初1133.01万元[1]，支出1022.93万元[2][1]。"
    assert [c.marker for c in citations] == [1, 2]
    assert [(c.file, c.department, c.year) for c in citations] == [("自评表.txt", "团委", 2021)] * 2


def test_one_place_is_cited_once_with_all_its_figures() -> None:
    again = Source("d1", ONE.location, ONE.quote, ("c",))
    text, (citation,) = cite([Statement("甲", (ONE,)), Statement("乙", (again,))], {"d1": RECORD})
    assert text == "甲[1]乙[1]"
    assert citation.figure_ids == ("a", "c")


def test_a_removed_document_is_not_cited() -> None:
    assert cite([Statement("甲。", (ONE,))], {}) == ("甲。", ())


def test_a_quote_holds_its_figure_however_long_the_cell_is() -> None:
    quote = "背景。" * 300 + "预计全年经费70.3万元（含增值税）。" + "结尾。" * 300
    cut = shorten(quote, "70.3万元")
    assert "70.3万元" in cut
    assert len(cut) <= MAX_QUOTE_LENGTH
    assert cut in quote


def test_a_figure_is_cited_with_the_words_it_stands_in() -> None:
    figure = Figure(
        "f", "d1", "团委", 2021, "", "志愿服务队人数", "", Role.ACTUAL,
        Quantity("226人", (Decimal(226),), "", "人"), Location(line_start=5), "临港片区226人",
    )  # fmt: skip
    source = of_figure(figure)
    assert (source.quote, source.figure_ids) == ("临港片区226人", ("f",))
