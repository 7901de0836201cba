"""Corrections by hand: everything says them, new readings keep them, and they can be taken back."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from assistant.cli.main import main
from assistant.config import Settings
from assistant.service import Assistant
from assistant.types import Status
from ingest.corrections.types import Aspect, Correction, Wanted, printed
from ingest.errors import CorrectionError, StoreError
from ingest.pipeline import Library
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Role
from ingest.types.library import DocumentRecord, Outcome, Scope
from tests.support.builders import page, write
from tests.support.library import open_library

WHOLE = Scope()


@pytest.fixture
def library(stores: str, tmp_path: Path) -> Iterator[Library]:
    opened = open_library(tmp_path / "home")
    list(opened.add([write(tmp_path / "自评表.html", page())]))
    yield opened
    opened.close()


def only(library: Library) -> DocumentRecord:
    (record,) = library.records.documents()
    return record


def actual(library: Library) -> Figure:
    """The reported value of the one indicator."""
    (row,) = library.records.indicators()
    found = library.records.figures_by_id(row.figure_ids)
    return next(figure for figure in found if figure.role is not Role.TARGET)


def value(library: Library, new: str, by: str = "李明") -> Correction:
    figure = actual(library)
    return library.correct(Wanted(figure.document_id, Aspect.VALUE, new, by, figure_id=figure.id))


def test_a_corrected_value_is_everywhere_and_its_print_is_told(library: Library) -> None:
    before = library.records.revision()
    made = value(library, "37")
    assert (made.old, made.new, made.by) == ("57场", "37", "李明")
    figure = actual(library)
    assert (figure.quantity.value, figure.quantity.unit) == (37, "场")
    note = f"（人工更正：原文为 57场，由 李明 于 {made.at[:10]} 更正为 37，指实际完成）"
    assert figure.quote.endswith(note)
    assert "57场" in printed(figure.quote)
    (row,) = library.records.indicators()
    assert row.actual == figure.quantity
    assert (row.actual_text, row.amended) == ("37", note)
    assert library.records.revision() != before
    assert any("57场" in passage.text for passage in library.records.passages_of())
    assert list(library.verify()) == []


def test_it_is_taken_back_as_if_it_had_never_been(library: Library) -> None:
    def held() -> tuple[object, ...]:
        records = library.records
        return records.figures(), records.indicators(), records.tasks(), records.documents()

    before = held()
    first = value(library, "37场")
    second = value(library, "38场", by="王芳")
    figure = actual(library)
    library.correct(Wanted(figure.document_id, Aspect.YEAR, "2021", "李明"))
    assert library.records.corrections.all()[0].aspect is Aspect.YEAR
    assert library.withdraw(second.number) == second
    assert actual(library).quantity.value == 37
    for one in library.records.corrections.all():
        library.withdraw(one.number)
    assert held() == before
    assert library.records.corrections.all() == ()
    with pytest.raises(CorrectionError, match="没有编号"):
        library.withdraw(first.number)


def test_a_new_version_keeps_it_where_the_same_is_misread(library: Library, tmp_path: Path) -> None:
    value(library, "37场")
    old = only(library)
    changed = page().replace("群众反映良好".encode(), "群众反映很好，较上年提高".encode())
    list(library.add([write(tmp_path / "自评表.html", changed)], replace=True))
    assert only(library).id != old.id
    assert actual(library).quantity.value == 37
    assert library.records.corrections.printed(only(library).id)
    list(library.add([write(tmp_path / "自评表.html", page(actual=36))], replace=True))
    assert actual(library).quantity.value == 36  # the new version says something else
    assert list(library.verify()) == []


def test_the_same_bytes_taken_in_again_keep_it(library: Library, tmp_path: Path) -> None:
    value(library, "37场")
    library.correct(Wanted(only(library).id, Aspect.YEAR, "2021", "李明"))
    library.remove(only(library).id)
    list(library.add([write(tmp_path / "另一个名字.html", page())]))
    assert actual(library).quantity.value == 37
    assert (only(library).year, actual(library).year) == (2021, 2021)
    assert list(library.verify()) == []


def test_a_namesake_in_another_department_keeps_what_it_says(
    library: Library, tmp_path: Path
) -> None:
    own = only(library).id
    (other,) = library.add([write(tmp_path / "又" / "自评表.html", page("东明市卫健局"))])
    assert other.outcome is Outcome.ADDED
    assert "同名" in other.note

    def said() -> tuple[object, ...]:
        scope = Scope(document_ids=(other.id,))
        records = library.records
        return records.document(other.id), records.figures(scope), records.indicators(scope)

    before = said()
    figure = next(f for f in library.records.figures(Scope(document_ids=(own,))) if f.section)
    value = library.correct(Wanted(own, Aspect.VALUE, "0.01", "李明", figure_id=figure.id))
    year = library.correct(Wanted(own, Aspect.YEAR, "1999", "李明"))
    assert said() == before
    assert library.records.corrections.all(other.id) == ()
    assert library.records.amendments() == {own: (value.number, year.number)}
    library.withdraw(year.number)
    assert said() == before
    assert list(library.verify()) == []


def test_a_document_that_is_gone_leaves_its_corrections_to_no_namesake(
    library: Library, tmp_path: Path
) -> None:
    made = value(library, "37场")
    library.remove(only(library).id)
    changed = page().replace("群众反映良好".encode(), "群众反映很好".encode())
    list(library.add([write(tmp_path / "自评表.html", changed)]))
    assert actual(library).quantity.value == 57
    assert library.records.corrections.all() == (made,)  # kept, for when those bytes come back
    list(library.add([write(tmp_path / "自评表.html", page())], replace=True))
    assert actual(library).quantity.value == 37


def test_the_department_year_and_form_of_a_document(library: Library) -> None:
    id = only(library).id
    for aspect, new in (
        (Aspect.DEPARTMENT, "青禾市水利局"),
        (Aspect.YEAR, "2021"),
        (Aspect.FORM, Form.PROJECT_SELF_EVALUATION.value),
    ):
        library.correct(Wanted(id, aspect, new, "李明", reason="封面写错"))
    record = only(library)
    assert (record.department, record.year) == ("青禾市水利局", 2021)
    assert record.form is Form.PROJECT_SELF_EVALUATION
    scope = Scope(departments=("青禾市水利局",), years=(2021,), forms=(record.form,))
    assert library.records.figures(scope) == library.records.figures() != ()
    assert library.records.coverage() == ((id, "青禾市水利局", 2021),)
    passages = {passage.id for passage in library.records.passages_of()}
    text = library.records.passages_of()[0].text
    vector = library.embedder.encode_passages([text])[0]
    assert {found for found, _ in library.vectors.search(vector, scope, 99)} == passages
    words = library.tokenizer.cut(text)
    assert {found for found, _ in library.records.search(words, scope, 99)}
    elsewhere = Scope(years=(2022,))
    assert library.records.search(words, elsewhere, 99) == []
    assert library.vectors.search(vector, elsewhere, 99) == []
    assert list(library.verify()) == []


def test_role_and_name_of_a_figure(library: Library) -> None:
    figure = actual(library)
    for aspect, new in ((Aspect.ROLE, "period_target"), (Aspect.SUBJECT, "河道巡查场次")):
        library.correct(Wanted(figure.document_id, aspect, new, "李明", figure_id=figure.id))
    (row,) = library.records.indicators()
    assert row.name == "河道巡查场次"
    assert row.actual is None
    assert row.period_target == figure.quantity
    (now,) = library.records.figures_by_id([figure.id])
    assert now.role is Role.PERIOD_TARGET
    assert "角色原识别为 实际完成" in now.quote


@pytest.mark.parametrize(
    ("aspect", "new", "told"),
    [
        (Aspect.VALUE, "许多", "读不成一个数值"),
        (Aspect.VALUE, " ", "请写出"),
        (Aspect.YEAR, "去年", "四位数字"),
        (Aspect.FORM, "别的表", "可选"),
        (Aspect.DEPARTMENT, "局" * 300, "太长"),
    ],
)
def test_what_makes_no_sense_is_refused(
    library: Library, aspect: Aspect, new: str, told: str
) -> None:
    figure = actual(library)
    with pytest.raises(CorrectionError, match=told):
        library.correct(Wanted(figure.document_id, aspect, new, "李明", figure_id=figure.id))
    with pytest.raises(CorrectionError, match="已经不在"):
        library.correct(Wanted("0" * 64, Aspect.YEAR, "2021", "李明"))
    assert library.records.corrections.all() == ()


@pytest.mark.parametrize("stores", ["embedded"], indirect=True)
def test_it_is_made_whole_or_not_at_all(library: Library, tmp_path: Path) -> None:
    before = library.records.figures(), library.records.indicators()
    database = tmp_path / "home" / "library.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON indicators BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
        connection.commit()
        with pytest.raises(StoreError):
            value(library, "37场")
        connection.execute("DROP TRIGGER full")
        connection.commit()
    assert (library.records.figures(), library.records.indicators()) == before
    assert library.records.corrections.all() == ()


def test_who_sees_a_part_corrects_that_part(library: Library, tmp_path: Path) -> None:
    list(library.add([write(tmp_path / "b.html", page("东明市卫健局", year=2020))]))
    mine, hidden = sorted(library.records.documents(), key=lambda record: record.file != "b.html")
    part = library.part(lambda record: record.id == mine.id)
    with pytest.raises(CorrectionError, match="已经不在"):
        part.correct(Wanted(hidden.id, Aspect.YEAR, "2021", "李明"))
    other = library.correct(Wanted(hidden.id, Aspect.YEAR, "2021", "李明"))
    own = part.correct(Wanted(mine.id, Aspect.YEAR, "2019", "李明"))
    assert part.records.corrections.all() == (own,)
    with pytest.raises(CorrectionError, match="没有编号"):
        part.withdraw(other.number)
    assert part.records.corrections.all(hidden.id) == ()
    assert library.records.corrections.all() == (own, other)


def test_a_part_moves_nothing_out_of_itself(library: Library) -> None:
    own = only(library)
    part = library.part(lambda record: record.department == own.department)
    with pytest.raises(CorrectionError, match="不能更正的部门"):
        part.correct(Wanted(own.id, Aspect.DEPARTMENT, "东明市卫健局", "李明"))
    assert (only(library), library.records.corrections.all()) == (own, ())
    moved = library.correct(Wanted(own.id, Aspect.DEPARTMENT, "东明市卫健局", "李明"))
    there = library.part(lambda record: record.department == "东明市卫健局")
    assert there.records.corrections.all() == (moved,)
    assert part.records.corrections.all() == ()
    with pytest.raises(CorrectionError, match="不能更正的部门"):
        there.withdraw(moved.number)
    with pytest.raises(CorrectionError, match="没有编号"):
        part.withdraw(moved.number)
    assert library.records.corrections.all() == (moved,)
    assert list(library.verify()) == []


# -- what the Assistant says ----------------------------------------------------------------------


@pytest.fixture
def home(library_home: Path, tmp_path: Path) -> Path:
    copytree(library_home, tmp_path / "copy")
    return tmp_path / "copy"


def test_an_answer_says_the_corrected_value_and_what_is_printed(home: Path) -> None:
    question = "黄埔区团委2021年实际支出数是多少？"
    with closing(Assistant(Settings(home=home))) as assistant:
        assert "1022.93" in assistant.ask(question).text
        (spent,) = [f for f in assistant.figures(WHOLE) if f.quantity.raw == "1022.93"]
        assistant.correct(
            Wanted(spent.document_id, Aspect.VALUE, "1002.93", "李明", figure_id=spent.id)
        )
        answer = assistant.ask(question)
        assert "1002.93万元" in answer.text
        (cited,) = [c for c in answer.citations if spent.id in c.figure_ids]
        assert "人工更正：原文为 1022.93，由 李明 于" in cited.quote
        assert [figure.verdict.value for figure in answer.figures] == ["supported"]
        checked = assistant.ask("黄埔区团委2021年预算完成率对不对？")
        assert "1002.93 ÷ 1103.35 × 100% = 90.90%" in checked.text
        assert any("1002.93" in str(found) for found in assistant.audit(Scope(years=(2021,))))
        assert assistant.verify_store() == ()


def test_a_corrected_indicator_has_another_status(home: Path) -> None:
    with closing(Assistant(Settings(home=home))) as assistant:
        standing = next(
            one
            for one in assistant.indicators(WHOLE)
            if one.status is Status.MET and one.indicator.actual and one.indicator.actual.values
        )
        row = standing.indicator
        found = assistant.figures_by_id(row.figure_ids)
        figure = next(f for f in found if f.quantity == row.actual)
        assistant.correct(Wanted(row.document_id, Aspect.VALUE, "0", "李明", figure_id=figure.id))
        (now,) = [one for one in assistant.indicators(WHOLE) if one.indicator.id == row.id]
        assert now.status is Status.UNMET


def test_the_command_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def jiwen(*words: str) -> tuple[int, str]:
        status = main([*words, "--home", str(home)])
        shown = capsys.readouterr()
        return status, shown.out + shown.err

    file = next(path.name for path in (home.parent / "copy" / "files").iterdir())
    _, listed = jiwen("figures", "--document", file, "--json")
    figure = json.loads(listed.splitlines()[0])
    status, told = jiwen("correct", file, "--figure", figure["id"], "--value", "12.5", "--json")
    made = json.loads(told)
    assert (status, made["aspect"], made["old"]) == (0, "value", figure["raw"])
    assert "已更正" in jiwen("correct", file, "--year", "2020", "--reason", "封面写错")[1]
    status, told = jiwen("corrections", "--json")
    assert [json.loads(line)["number"] for line in told.splitlines()] == [2, 1]
    assert "2020" in jiwen("corrections")[1]
    assert jiwen("corrections", "remove", "2")[0] == 0
    assert jiwen("corrections", "remove", "2")[0] == 1
    assert jiwen("correct", file)[0] == 2
    assert jiwen("correct", file, "--value", "3")[0] == 2
