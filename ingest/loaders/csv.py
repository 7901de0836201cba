"""Comma-separated files (.csv): one table, each row with its line in the file."""

import csv
from hashlib import sha256
from io import StringIO

from ingest.loaders.refusals import refusal
from ingest.loaders.text import decode
from ingest.types.blocks import Cell, Document, Location, Run, TableBlock

SEPARATORS = ",\t;|，"
LINES_SNIFFED = 20
"""Number of lines at the top whose separators are counted."""


def load_csv(file: str, data: bytes) -> Document:
    """The rows of a .csv file as one table, whatever Chinese encoding it was saved in."""
    text = decode(file, data)
    head = text.splitlines()[:LINES_SNIFFED]
    separator = max(SEPARATORS, key=lambda mark: sum(mark in line for line in head))
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    cells: list[Cell] = []
    rows = columns = 0
    line = 1
    try:
        for texts in reader:
            for column, value in enumerate(texts):
                place = Location(
                    table=1,
                    row=rows + 1,
                    column=column + 1,
                    line_start=line,
                    line_end=reader.line_num,
                )
                cells.append(Cell(rows, column, (Run(value, place),) if value.strip() else ()))
            columns = max(columns, len(texts))
            rows, line = rows + 1, reader.line_num + 1
    except csv.Error as error:
        raise refusal(
            file, "不是有效的 CSV 表格", "请用 Excel 打开后另存为 .xlsx 再上传"
        ) from error
    table = TableBlock(tuple(cells), rows, columns, Location(table=1))
    return Document(id=sha256(data).hexdigest(), file=file, blocks=(table,))
