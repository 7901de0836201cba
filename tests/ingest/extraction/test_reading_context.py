"""What is known where a text is read: units, projects and sections as a document goes on."""

from dataclasses import replace

from ingest.extraction.reading_context import ReadingContext
from ingest.language.headings import ITEM_LEVEL, Headings
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Form, Location, TableBlock
from ingest.types.tables import FormSection

VOCABULARY = default_vocabulary()
TOP = ReadingContext(
    VOCABULARY, "青禾市水务局", 2022, Form.TARGET, document_unit="万元", money_unit="万元"
)


def under(*headings: tuple[int, str]) -> Headings:
    path = Headings()
    for level, words in headings:
        path = path.below(level, VOCABULARY.read(words))
    return path


def table(sheet: str | None = None, *, continues: bool = False) -> TableBlock:
    return TableBlock((), 0, 0, Location(sheet=sheet), continues)


def test_a_unit_holds_until_another_sheet_begins() -> None:
    first = TOP.at_table(table("资金")).announced("单位：元")
    assert first.money_unit == "元"
    assert first.at_table(table("资金")).money_unit == "元"
    assert first.at_table(table("指标")).money_unit == "万元"


def test_a_table_is_about_the_project_of_the_table_right_above_it() -> None:
    headings = under((1, "项目"), (ITEM_LEVEL, "河道清淤"))
    above = replace(TOP, headings=headings).below_text().at_table(table())
    assert above.project == "河道清淤"
    renamed = replace(above, project="堤防加固")
    assert renamed.at_table(table()).project == "堤防加固"
    assert renamed.below_text().at_table(table()).project == "河道清淤"
    assert renamed.below_text().at_table(table(continues=True)).project == "堤防加固"


def test_a_heading_ends_those_of_its_level_and_under_it() -> None:
    three = ((1, "主要绩效"), (2, "产出"), (ITEM_LEVEL, "河道清淤"))
    assert (under(*three).path(), under(*three).task) == ("主要绩效 / 产出 / 河道清淤", "河道清淤")
    assert under(*three, (2, "效益")).path() == "主要绩效 / 效益"
    assert under(*three, (1, "存在问题")).section is FormSection.PROBLEMS


def test_a_figure_stands_under_the_headings_or_the_block_of_its_form() -> None:
    assert TOP.section(FormSection.PROBLEMS, "清淤", "清淤").endswith("问题 / 清淤")
    reading = replace(TOP, headings=under((1, "主要绩效")))
    assert reading.section(FormSection.PROBLEMS, "", "清淤") == "主要绩效 / 清淤"
    figure = reading.figure("主要绩效", subject="清淤长度")
    assert (figure.department, figure.year, figure.money_unit) == ("青禾市水务局", 2022, "万元")


def test_a_document_without_results_only_plans() -> None:
    assert TOP.planned
    assert not replace(TOP, form=Form.SELF_EVALUATION).planned
