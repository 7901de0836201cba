"""A location in words, as a reader looks for it in the file (出处位置)."""

from pathlib import PurePath

from ingest.types.blocks import Location

PARAGRAPHS = frozenset({".docx", ".doc", ".wps", ".html", ".htm"})
"""Files whose `line_start` counts paragraphs; in all others it counts lines."""


def letters(column: int) -> str:
    """A spreadsheet column's name.

    >>> letters(1), letters(26), letters(28)
    ('A', 'Z', 'AB')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def place(location: Location, *, file: str) -> str:
    """Where in `file` a location is, e.g. 第3页 表1 第5行第2列.

    >>> place(Location(page=3, table=1, row=5, column=2), file="a.pdf")
    '第3页 表1 第5行第2列'
    >>> place(Location(sheet="自评表", row=12, column=3), file="a.xlsx")
    '工作表“自评表” C12单元格'
    >>> place(Location(line_start=7, line_end=9), file="a.txt")
    '第7–9行'
    """
    words: list[str] = []
    if location.page is not None:
        words.append(f"第{location.page}页")
    if location.sheet is not None:
        words.append(f"工作表“{location.sheet}”")
        if location.row is not None:
            column = letters(location.column) if location.column else ""
            words.append(f"{column}{location.row}单元格" if column else f"第{location.row}行")
        return " ".join(words)
    if location.table is not None:
        words.append(f"表{location.table}")
    cell = f"第{location.row}行" if location.row is not None else ""
    if location.column is not None:
        cell += f"第{location.column}列"
    if cell and location.line_start is None:
        words.append(cell)
    if location.line_start is not None:
        last = location.line_end or location.line_start
        span = f"{location.line_start}–{last}" if last > location.line_start else f"{last}"
        words.append(f"第{span}{'段' if is_paragraphs(file) else '行'}")
    return " ".join(words) or "全文"


def is_paragraphs(file: str) -> bool:
    """Whether the text of a file is counted in paragraphs (段), not in lines (行)."""
    return PurePath(file).suffix.lower() in PARAGRAPHS
