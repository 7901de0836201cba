"""Documents written as lines, a row of a table where a line has |, as files of any kind."""

from html import escape
from io import BytesIO
from itertools import groupby

from docx import Document as WordDocument

from tests.support.builders import sheet


def _groups(text: str) -> list[tuple[bool, list[str]]]:
    lines = text.strip().splitlines()
    return [(table, list(group)) for table, group in groupby(lines, lambda line: "|" in line)]


def _rows(lines: list[str]) -> list[list[str]]:
    rows = [line.split("|") for line in lines]
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def _word(text: str) -> bytes:
    word = WordDocument()
    for table, lines in _groups(text):
        if not table:
            for line in lines:
                word.add_paragraph(line)
            continue
        rows = _rows(lines)
        drawn = word.add_table(rows=len(rows), cols=len(rows[0]))
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                drawn.cell(row, column).text = cell
    stream = BytesIO()
    word.save(stream)
    return stream.getvalue()


def _html(text: str) -> bytes:
    parts = []
    for table, lines in _groups(text):
        if table:
            rows = ("<tr><td>" + "<td>".join(map(escape, row)) for row in _rows(lines))
            parts.append("<table>" + "".join(rows) + "</table>")
        else:
            parts += [f"<p>{escape(line)}</p>" for line in lines]
    return ('<html><meta charset="utf-8"><body>' + "".join(parts) + "</body></html>").encode()


def written(file: str, text: str) -> bytes:
    """The document as the bytes of a file of that name."""
    if file.endswith(".docx"):
        return _word(text)
    if file.endswith(".xlsx"):
        return sheet(*(line.split("|") for line in text.strip().splitlines()))
    if file.endswith(".html"):
        return _html(text)
    return text.strip().replace("|", "\t").encode()
