"""What was taught of a form: it holds for every document of the layout, and can be taken back."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.corrections.types import Aspect, Wanted
from ingest.errors import CorrectionError
from ingest.pipeline import Library
from ingest.records.record_reader import Visible
from ingest.storage.home import Home
from ingest.storage.restore import restore_backup
from ingest.templates.types import FormTemplate, WantedTemplate
from ingest.types.facts import Role
from ingest.types.library import Certainty, DocumentRecord, Scope
from ingest.types.tables import ColumnRole, TableKind
from tests.support.builders import sheet
from tests.support.library import open_library
from tests.support.unknown_form import ROLES, unknown_form

pytestmark = pytest.mark.usefixtures("stores")
UNITS = ("水务局", "城管局", "民政局")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(open_library(tmp_path / "home")) as opened:
        take_in(opened, tmp_path, *UNITS)
        yield opened


def take_in(library: Library, folder: Path, *units: str) -> None:
    paths = [folder / f"{unit}.xlsx" for unit in units]
    for unit, path in zip(units, paths, strict=True):
        path.write_bytes(sheet(*unknown_form(unit)))
    assert not [report.error for report in library.add(paths) if report.error]


def signature(library: Library) -> str:
    (met,) = library.records.templates.layouts()
    return met.layout.signature


def confirm(library: Library, *, swapped: bool = False) -> FormTemplate:
    roles = list(ROLES)
    if swapped:
        roles[2], roles[3] = roles[3], roles[2]
    template = library.confirm(
        WantedTemplate(signature(library), TableKind.INDICATORS, tuple(roles), "李明")
    )
    assert library.read_waiting() == 0
    return template


def targets(library: Library, name: str = "投诉办结比例") -> dict[str, str]:
    """What each unit's form gives as the target of an indicator."""
    every = library.records.figures(Scope(certainty=Certainty.EVERY))
    found = {f.department: f for f in every if f.subject == name and f.role is Role.TARGET}
    return {department: figure.quantity.raw for department, figure in found.items()}


def of(unit: str) -> str:
    return f"临江区{unit}"


def sees(*units: str) -> Visible:
    def visible(record: DocumentRecord) -> bool:
        return record.department in map(of, units)

    return visible


def test_one_head_confirmed_mends_every_document_of_the_layout(
    library: Library, tmp_path: Path
) -> None:
    (met,) = library.records.templates.layouts()
    assert (len(met.documents), met.unconfirmed) == (3, 3)
    revision = library.records.revision()
    template = confirm(library)
    assert (template.version, template.departments) == (1, ())
    assert targets(library) == dict.fromkeys(map(of, UNITS), "95%")
    assert library.records.revision() != revision
    (met,) = library.records.templates.layouts()
    assert (len(met.documents), met.unconfirmed) == (3, 0)
    take_in(library, tmp_path, "教育局")
    assert targets(library)[of("教育局")] == "95%"
    assert library.verify() == ()


def test_a_later_version_holds_and_taken_back_the_earlier_one_does(library: Library) -> None:
    before = targets(library)
    first, second = confirm(library), confirm(library, swapped=True)
    assert (first.version, second.version) == (1, 2)
    assert set(targets(library).values()) == {"97%"}
    library.forget(second.number)
    assert library.waiting() == 3
    library.read_waiting()
    assert set(targets(library).values()) == {"95%"}
    library.forget(first.number)
    library.read_waiting()
    assert targets(library) == before
    assert library.records.templates.all() == ()
    with pytest.raises(CorrectionError, match="没有编号"):
        library.forget(first.number)


def test_corrections_by_hand_outlive_a_template(library: Library) -> None:
    record = next(r for r in library.records.documents() if r.department == of("水务局"))
    library.correct(Wanted(record.id, Aspect.YEAR, "2022", "李明"))
    confirm(library)
    again = library.records.document(record.id)
    assert again is not None
    assert again.year == 2022
    assert library.verify() == ()


def test_what_was_broken_off_goes_on_when_files_come(library: Library, tmp_path: Path) -> None:
    wanted = WantedTemplate(signature(library), TableKind.INDICATORS, ROLES, "李明")
    library.confirm(wanted)
    assert library.read_waiting(seconds=0) > 0
    take_in(library, tmp_path, "教育局")
    assert library.waiting() == 0
    assert len(targets(library)) == 4


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        (ROLES[:-1], "有5列"),
        ((None, ColumnRole.NAME, ColumnRole.NAME, None, None), "几列都选成了"),
        ((None, ColumnRole.NAME, None, None, None), "要有一列是"),
    ],
)
def test_what_no_table_can_be_read_by_is_refused(
    library: Library, roles: tuple[ColumnRole | None, ...], words: str
) -> None:
    with pytest.raises(CorrectionError, match=words):
        library.confirm(WantedTemplate(signature(library), TableKind.INDICATORS, roles, "李明"))
    with pytest.raises(CorrectionError, match="没有这样的表头"):
        library.confirm(WantedTemplate("0" * 16, TableKind.INDICATORS, ROLES, "李明"))


def test_who_sees_one_department_teaches_for_its_documents_alone(library: Library) -> None:
    before = targets(library)
    part = library.part(sees("水务局"))
    template = confirm(part)
    assert template.departments == (of("水务局"),)
    assert targets(library) == before | {of("水务局"): "95%"}
    other = library.part(sees("城管局"))
    assert other.records.templates.all() == ()
    with pytest.raises(CorrectionError, match="没有编号"):
        other.forget(template.number)
    assert part.records.templates.all() == library.records.templates.all() == (template,)


def test_who_sees_one_department_sees_what_holds_for_all_and_does_not_change_it(
    library: Library,
) -> None:
    whole = confirm(library)
    part = library.part(sees("水务局"))
    (met,) = part.records.templates.layouts()
    assert len(met.documents) == 1
    assert part.records.templates.all() == (whole,)
    with pytest.raises(CorrectionError, match="全部部门"):
        part.forget(whole.number)
    own = confirm(part, swapped=True)
    assert targets(library) == dict.fromkeys(map(of, UNITS), "95%") | {of("水务局"): "97%"}
    part.forget(own.number)
    part.read_waiting()
    assert set(targets(library).values()) == {"95%"}
    assert library.part(sees("财政局")).records.templates.all() == ()


def test_a_template_travels_in_backups(library: Library, tmp_path: Path) -> None:
    if library.settings.database_url:
        pytest.skip("a server's database is not ours to copy")
    template = confirm(library)
    library.backup(tmp_path / "备份.zip")
    home = Home(tmp_path / "neu")
    restore_backup(home, tmp_path / "备份.zip", with_database=True, review=lambda staging: None)
    with closing(open_library(tmp_path / "neu")) as restored:
        assert restored.records.templates.all() == (template,)
        take_in(restored, tmp_path, "教育局")
        assert targets(restored)[of("教育局")] == "95%"


def test_what_another_version_read_is_read_anew_when_asked(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.rebuild(reread=True)
    assert library.records.templates.readings() == {}
    monkeypatch.setattr("ingest.pipeline.reading_version", lambda: "another")
    library.rebuild()
    assert library.records.templates.readings() == {}
    library.rebuild(reread=True)
    assert [*library.records.templates.readings().values()] == [1, 1, 1]
