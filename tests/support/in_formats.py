"""One table, its title lines and notes, written in many formats: what is read must be the same."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

from docx import Document as WordDocument

from ingest.types.facts import Understanding
from tests.support.builders import read, read_rows
from tests.support.pdf_writer import Placed, Stroke, pdf, ruled

Rows = Sequence[Sequence[str]]
LEFT, RIGHT = 40.0, 560.0
ROW_HEIGHT, LINE_HEIGHT, TITLE_SIZE = 22.0, 24.0, 16.0
FORMATS = ("xlsx", "docx", "html", "csv", "txt", "pdf", "unruled pdf")
OFFICE = FORMATS[:5]


def written(form: str, lines: Sequence[str], rows: Rows) -> Understanding:
    """What is understood of lines over a table, in a format."""
    match form:
        case "xlsx":
            return read_rows([*([line] for line in lines), *rows])
        case "docx":
            return read("表.docx", word(lines, rows))
        case "html":
            return read("表.html", page(lines, rows))
        case "csv":
            return read("表.csv", separated(lines, rows))
        case "txt":
            return read("表.txt", "\n".join([*lines, *map("\t".join, rows)]))
        case "pdf":
            return read("表.pdf", pdf(placed(lines, rows)))
        case _:
            texts, _ = placed(lines, rows)
            return read("表.pdf", pdf((texts, [])))


def word(lines: Sequence[str], rows: Rows) -> bytes:
    document = WordDocument()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(len(rows), len(rows[0]))
    for cells, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def page(lines: Sequence[str], rows: Rows) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    head = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><meta charset=utf-8>{head}<table>{body}</table></html>"


def separated(lines: Sequence[str], rows: Rows) -> str:
    stream = StringIO()
    blank = [""] * (len(rows[0]) - 1)
    csv.writer(stream).writerows([*([line, *blank] for line in lines), *rows])
    return stream.getvalue()


def placed(lines: Sequence[str], rows: Rows) -> tuple[list[Placed], list[Stroke]]:
    """The lines and the ruled table on a page, the first line as its title."""
    texts = [
        Placed(60, 50 + LINE_HEIGHT * n, line, TITLE_SIZE if n == 0 else 10.5)
        for n, line in enumerate(lines)
    ]
    count, top = len(rows[0]), 50 + LINE_HEIGHT * len(lines)
    edges = [LEFT + (RIGHT - LEFT) * n / count for n in range(count + 1)]
    heights = [top + ROW_HEIGHT * n for n in range(len(rows) + 1)]
    longest = max(len(cell) for row in rows for cell in row)
    size = max(6.0, min(10.5, (RIGHT - LEFT) / count / longest))
    cells, strokes = ruled(edges, heights, rows, size)
    return [*texts, *cells], strokes


def told(understood: Understanding) -> list[tuple[str, str]]:
    """Of each figure what it is about (families, section, project, subject, role) and its value."""
    families = {
        figure: f"{indicator.level1} {indicator.level2}"
        for indicator in understood.indicators
        for figure in indicator.figure_ids
    }
    return [
        (
            f"{families.get(f.id, '')} {f.section} {f.task} {f.subject} {f.role.value}",
            "~".join(f"{value:f}" for value in f.quantity.values) + f.quantity.unit
            if f.quantity.values
            else f.quantity.qualitative,
        )
        for f in understood.figures
    ]


def compare(understood: Understanding, right: Sequence[tuple[str, str]]) -> None:
    """Holds the figures against the right ones, each once: words they are about, and the value."""
    left = told(understood)
    for words, value in right:
        fits = [one for one in left if one[1] == value and all(w in one[0] for w in words.split())]
        assert fits, (words, value, left)
        left.remove(fits[0])
    assert not left
