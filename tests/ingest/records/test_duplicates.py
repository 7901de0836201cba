"""The same document in another file: recognised by its contents, counted once, lost never."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from assistant.cli.output import PIPE_COLUMNS, documents
from assistant.config import Settings
from assistant.schemas.documents import document as document_json
from assistant.service import Assistant
from ingest.pipeline import Library
from ingest.records.duplicates import content_profile, same_contents, same_department
from ingest.types.facts import Role
from ingest.types.library import DocumentRecord, FileReport, Outcome, Scope
from tests.support.library import open_library

ROWS = (
    ("数量指标", "河道巡查", "≥40场", "57场"),
    ("数量指标", "水库检修", "≥12座", "13座"),
    ("质量指标", "检修合格率", "≥95%", "98.5%"),
    ("时效指标", "汛前完成率", "100%", "96%"),
    ("满意度指标", "群众满意度", "≥90%", "93.2%"),
)
HEAD = ("二级指标", "三级指标", "年度指标值", "实际完成值")


def as_html(
    department: str = "青禾市水务局", rows: tuple[tuple[str, ...], ...] = ROWS, year: int = 2022
) -> bytes:
    cells = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (HEAD, *rows)
    )
    return (
        f'<html><meta charset="utf-8"><h1>{year}年度部门整体支出绩效自评表</h1>'
        f"<table><tr><td>部门名称</td><td colspan=3>{department}</td></tr>{cells}</table></html>"
    ).encode()


def as_text(department: str = "青禾市水务局", year: int = 2022) -> bytes:
    lines = ["\t".join(row) for row in (("部门名称", department, "", ""), HEAD, *ROWS)]
    return "\n".join((f"{year}年度部门整体支出绩效自评表", *lines)).encode()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = open_library(tmp_path / "home")
    yield opened
    opened.close()


def add(
    library: Library, folder: Path, *, replace: bool = False, **files: bytes
) -> list[FileReport]:
    paths = []
    for name, data in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(data)
        paths.append(path)
    reports = list(library.add(paths, replace=replace))
    assert [report.error for report in reports] == [""] * len(paths)
    return reports


def copies(library: Library) -> dict[str, str]:
    """File → the file that it repeats."""
    records = library.records.documents()
    files = {record.id: record.file for record in records}
    return {record.file: files.get(record.copy_of, "") for record in records}


def test_the_same_form_in_another_format_is_a_copy(library: Library, tmp_path: Path) -> None:
    first, second = add(library, tmp_path, 表_html=as_html(), 表_txt=as_text())
    assert copies(library) == {"表.html": "", "表.txt": "表.html"}
    assert first.note == ""
    assert second.note == "内容与“表.html”相同，统计时只计一次。"
    everything = library.records.figures()
    once = library.records.figures(Scope(copies=False))
    assert {figure.document_id for figure in everything} == {first.id, second.id}
    assert {figure.document_id for figure in once} == {first.id}
    assert len(library.records.indicators(Scope(copies=False))) == len(ROWS)
    assert library.verify() == ()


@pytest.mark.parametrize(
    "other",
    [
        as_html(year=2023),
        as_html(department="青禾市财政局"),
        as_html(rows=(*ROWS[:2], *((a, b, c, "70%") for a, b, c, _ in ROWS[2:]))),
        as_html(rows=tuple((a, f"另一事项{n}", c, d) for n, (a, _, c, d) in enumerate(ROWS))),
    ],
    ids=["year", "department", "values", "names"],
)
def test_another_document_is_no_copy(library: Library, tmp_path: Path, other: bytes) -> None:
    add(library, tmp_path, 甲_html=as_html(), 乙_html=other)
    assert copies(library) == {"甲.html": "", "乙.html": ""}


def test_an_alias_of_the_department_is_the_same_department(
    library: Library, tmp_path: Path
) -> None:
    full, short = "中国共产主义青年团云浦市委员会", "云浦市团委"
    add(library, tmp_path, 甲_html=as_html(department=full), 乙_txt=as_text(department=short))
    assert copies(library) == {"甲.html": "", "乙.txt": "甲.html"}
    assert not same_department("云浦市财政局", "云浦市水务局")


def test_when_the_first_is_removed_its_copy_stands_for_it(library: Library, tmp_path: Path) -> None:
    third = as_html().replace(b"<h1>", b"<h1> ")
    first, second, _ = add(library, tmp_path, 甲_html=as_html(), 乙_txt=as_text(), 丙_html=third)
    assert copies(library) == {"甲.html": "", "乙.txt": "甲.html", "丙.html": "甲.html"}
    library.remove(first.id)
    assert copies(library) == {"乙.txt": "", "丙.html": "乙.txt"}
    once = library.records.figures(Scope(copies=False))
    assert {figure.document_id for figure in once} == {second.id}
    assert library.verify() == ()


def test_a_new_version_of_the_first_frees_its_copy(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path, 甲_html=as_html(), 乙_txt=as_text())
    changed = tuple((a, b, c, "1场") for a, b, c, _ in ROWS)
    (report,) = add(library, tmp_path, replace=True, 甲_html=as_html(rows=changed))
    assert report.outcome is Outcome.REPLACED
    assert copies(library) == {"甲.html": "", "乙.txt": ""}


def test_a_new_version_that_says_the_same_joins_the_copy(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path, 甲_html=as_html(), 乙_txt=as_text())
    add(library, tmp_path, replace=True, 甲_html=as_html().replace(b"<h1>", b"<h1> "))
    assert copies(library) == {"甲.html": "乙.txt", "乙.txt": ""}


def test_a_scan_that_misreads_one_figure_in_twenty_is_a_copy(
    library: Library, tmp_path: Path
) -> None:
    add(library, tmp_path, 甲_html=as_html())
    figures = list(library.records.figures()) * 4
    assert len(figures) >= 20
    misread = [replace(figures[0], role=Role.FUND), *figures[1:]]
    own = content_profile("青禾市水务局", figures)
    assert same_contents(own, content_profile("青禾市水务局", misread))
    assert not same_contents(own, content_profile("青禾市水务局", figures[: len(figures) // 2]))
    assert not same_contents(content_profile("", figures[:3]), content_profile("", figures[:3]))


def test_listings_show_copies_and_json_names_them(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path, 表_html=as_html(), 表_txt=as_text())
    records = library.records.documents()
    screen = Console(width=PIPE_COLUMNS)
    with screen.capture() as shown:
        screen.print(documents(records))
    lines = shown.get().splitlines()
    (line,) = [line for line in lines if "表.txt" in line]
    assert line.rstrip().endswith("表.html")
    assert document_json(copy_in(records))["copy_of"] in {record.id for record in records}


def copy_in(records: tuple[DocumentRecord, ...]) -> DocumentRecord:
    return next(record for record in records if record.copy_of)


def test_counts_and_sums_do_not_double(tmp_path: Path) -> None:
    assistant = Assistant(Settings(home=tmp_path / "home"))
    questions = (
        "青禾市水务局2022年有多少项绩效指标？",
        "青禾市水务局2022年有哪些指标未达标？",
        "青禾市水务局2022年河道巡查实际完成多少场？",
    )
    (tmp_path / "表.html").write_bytes(as_html())
    (tmp_path / "表.txt").write_bytes(as_text())
    list(assistant.add([tmp_path / "表.html"]))
    alone = [assistant.ask(question).text for question in questions]
    assert "共5个" in alone[0]
    (report,) = assistant.add([tmp_path / "表.txt"])
    assert report.outcome is Outcome.ADDED
    assert [counted(assistant.ask(question).text) for question in questions] == [
        counted(text) for text in alone
    ]
    assistant.close()


def counted(text: str) -> list[str]:
    """The answer without its citation markers, line by line."""
    return [re.sub(r"\[[\d,，]+\]", "", line) for line in text.splitlines()]
