"""Part of a library: every way of reading is narrowed, none is forgotten."""

from contextlib import closing
from pathlib import Path

from assistant.config import Settings
from assistant.service import Assistant
from ingest.records.record_reader import Corrections, FormTemplates, RecordReader
from ingest.records.record_store import RecordStore
from ingest.storage.restricted_view import (
    RestrictedCorrections,
    RestrictedRecords,
    RestrictedTemplates,
    RestrictedVectors,
)
from ingest.types.library import Scope
from ingest.vectors.vector_store import NearestPassages
from tests.support.builders import SAMPLES, page, write
from tests.support.library import open_library

WRITING = {
    "stage",
    "publish",
    "reread",
    "link",
    "retire",
    "discard",
    "set_meta",
    "rebuild_words",
    "together",
    "close",
    "own",
}
UPKEEP = {"meta", "interrupted", "unindexed", "orphan_words", "alike", "kin", "rows_of", "listed"}
"""Methods of the record store that no visitor's request reaches."""
THROUGH_OTHERS = {"departments", "years"}
"""Reads by way of the methods that are narrowed."""


VIEWS_OWN = {"narrowed", "searched", "own_numbers"}
"""What the view is asked by its parts."""


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_every_way_of_reading_is_narrowed() -> None:
    reading = public(RecordReader)
    assert public(RecordStore) | THROUGH_OTHERS == reading | WRITING | UPKEEP
    assert public(RestrictedRecords) == reading - THROUGH_OTHERS | VIEWS_OWN
    assert public(RestrictedCorrections) == public(Corrections)
    assert public(RestrictedTemplates) == public(FormTemplates)
    assert public(RestrictedVectors) == public(NearestPassages)


def test_what_is_not_for_reading_is_not_in_the_view() -> None:
    for name in WRITING | UPKEEP:
        assert not hasattr(RestrictedRecords, name)


def test_names_and_documents_are_those_of_what_may_be_seen() -> None:
    with closing(Assistant(Settings.from_environment({}))) as assistant:
        list(assistant.add([SAMPLES]))
        whole = assistant.documents()
        (hidden,) = [record for record in whole if record.year == 2022]
        (own,) = [record for record in whole if record.year == 2021]
        seen = assistant.seen_by([own.department])
        assert seen.documents() == (own,)
        assert (assistant.count(), seen.count()) == (2, 1)
        answer = seen.ask("东莞团市委有哪些绩效指标？")
        assert answer.abstained
        assert answer.citations == ()
        assert seen.ask("黄埔区团委2021年预算完成率是多少？").citations
        assert seen.blocks(hidden.id) == ()


def form(department: str, remark: str) -> bytes:
    """A form with enough figures to tell its copies by."""
    rows = "".join(
        f"<tr><td>产出指标</td><td>数量指标</td><td>第{n}类巡查</td><td>≥{n}0场</td><td>{n}5场</td></tr>"
        for n in range(1, 7)
    )
    head, _, rest = page(department).decode().partition("<tr><td>产出指标")
    _, _, tail = rest.partition("</tr>")
    return f"{head}{rows}{tail}<p>{remark}</p>".encode()


CITY, DISTRICT = "青禾市水务局", "青禾市云溪区水务局"
"""Names so alike that a form of one may be taken for a copy of the other's."""


def test_a_copy_of_what_may_not_be_seen_is_no_copy(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home")
    first = write(tmp_path / "市.html", form(CITY, "甲"))
    again = [write(tmp_path / f"{name}.html", form(DISTRICT, name)) for name in ("区一", "区二")]
    reports = list(library.add([first, *again]))
    copies = {record.file: record.copy_of for record in library.records.documents()}
    assert copies == {"市.html": "", "区一.html": reports[0].id, "区二.html": reports[0].id}
    part = library.part(lambda record: record.department == DISTRICT).records
    seen = {record.file: record for record in part.documents()}
    assert {file: record.copy_of for file, record in seen.items()} == {
        "区一.html": "",
        "区二.html": seen["区一.html"].id,
    }
    assert part.document(seen["区一.html"].id) == seen["区一.html"]
    counted = {figure.document_id for figure in part.figures(Scope(copies=False))}
    assert counted == {seen["区一.html"].id}
    library.close()


def test_what_is_handed_in_is_no_copy_of_what_may_not_be_seen(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home")
    list(library.add([write(tmp_path / "市.html", form(CITY, "甲"))]))
    part = library.part(lambda record: record.department == DISTRICT)
    (report,) = part.add([write(tmp_path / "区.html", form(DISTRICT, "乙"))])
    assert (report.error, report.note) == ("", "")
    assert [record.copy_of for record in library.records.documents()] == ["", ""]
    library.close()
