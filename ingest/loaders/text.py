"""Plain text (文本): decoding, and lines with tabs or bars as tables."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

from ingest.errors import LoadError
from ingest.semantics.piece_features import Gap, seam_places
from ingest.semantics.piece_reader import shipped_pieces
from ingest.types.blocks import Block, Cell, Document, Location, Run, TableBlock, TextBlock

# GB18030 covers GBK and GB2312 and accepts nearly any bytes, so it comes last.
_ENCODINGS = ("utf-8-sig", "utf-16", "gb18030")
_BOM16 = (b"\xff\xfe", b"\xfe\xff")
_BAR = re.compile(r"[|│┃｜]")
_BARS = re.compile(r"^\s*[|│┃｜].*[|│┃｜]\s*$")
_ODD = re.compile("[\x00-\x08\x0e-\x1f\ue000-\uf8ff]")
_USUAL = re.compile("[\x00-\x7f\u2000-\u33ff\u4e00-\u9fa5\uff00-\uffef]")
_RULE = re.compile(r"^[\s|│┃｜+\-─━=┌┐└┘├┤┬┴┼:]+$")
MIN_BARRED = 3
"""So many lines with bars below each other are rows, though no bar stands at their ends."""
NEAR = 12
"""Rows before and behind one that tell how many cells a row has."""
MAX_CUT = 4
"""Lines over which the cells of one row are cut."""
LEAST_SEAM, SURE_SEAM = 0.2, 0.6
"""From this probability on two parts are one cell: where the numbers of cells say so, too; and
where one of them stands on a line by itself, between rows."""
USUAL_SINGLE = 0.33
"""The share of lines with one piece for which the seam is judged."""


def decode(file: str, data: bytes) -> str:
    """The text of the bytes; a `LoadError` when they are not text in a known encoding."""
    for encoding in _ENCODINGS:
        if encoding == "utf-16" and not data.startswith(_BOM16):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _readable(text):
            return text
    raise LoadError(f"文件 {file} 不是可识别的文本编码，请另存为 UTF-8 编码后重新上传。")


def _readable(text: str) -> bool:
    """Whether decoded text is writing: few control characters, and mostly usual characters."""
    sample = text[:20_000]
    odd = len(_ODD.findall(sample))
    usual = len(_USUAL.findall(sample))
    return odd <= len(sample) * 0.01 and usual >= len(sample) * 0.85


def load_text(file: str, data: bytes) -> Document:
    """A text file as one `TextBlock` a line, and a `TableBlock` for each run of tabbed lines."""
    text = decode(file, data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ").split("\n")
    if not any(line.strip() for line in lines):
        raise LoadError(f"文件 {file} 是空的，请检查后重新上传。")
    return Document(sha256(data).hexdigest(), file, tuple(line_blocks(lines)))


def line_blocks(lines: list[str]) -> Iterator[Block]:
    """The lines as paragraphs, and as tables where their cells are parted by tabs or bars."""
    rows = list(_rows(lines))
    table = 0
    for tabbed, group in groupby(rows, key=lambda row: len(row.cells) > 1):
        members = list(group)
        if tabbed and (len(members) > 1 or len(members[0].cells) > 2):
            table += 1
            yield _table(members, table)
            continue
        for row in members:
            for number, line in enumerate(lines[row.first - 1 : row.last], row.first):
                if line.strip():
                    yield TextBlock((Run(line, Location(line_start=number, line_end=number)),))


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row, each with the parts of lines that it is made of."""

    first: int
    last: int
    cells: tuple[tuple[tuple[int, str], ...], ...]

    def with_rest(self, rest: "_Row") -> "_Row":
        """The row whose last cell goes on in the first one of another."""
        middle = (*self.cells[-1], *rest.cells[0])
        return _Row(self.first, rest.last, (*self.cells[:-1], middle, *rest.cells[1:]))


def _rows(lines: Sequence[str]) -> Iterator[_Row]:
    """The lines as rows of cells; those whose cells a line break cut are whole again."""
    barred = [bool(_BAR.search(line)) for line in lines]
    rows = [
        _Row(number, number, tuple(((number, part),) for part in _parts(line, barred, number - 1)))
        for number, line in enumerate(lines, 1)
        if not (_BARS.match(line) and _RULE.match(line) and "\t" not in line)
    ]
    at = 0
    while at < len(rows):
        row, end = _whole(rows, at)
        yield row
        at = end


def _parts(line: str, barred: Sequence[bool], at: int) -> list[str]:
    """The cells of a line, itself where it has only one."""
    if _BARS.match(line):
        return _BAR.split(line.strip().strip("|│┃｜"))
    if "\t" in line.strip("\n"):
        return line.split("\t")
    near = barred[max(0, at - MIN_BARRED + 1) : at + MIN_BARRED]
    run = max((len(list(group)) for bar, group in groupby(near) if bar), default=0)
    return _BAR.split(line) if barred[at] and run >= MIN_BARRED else [line]


def _whole(rows: Sequence[_Row], at: int) -> tuple[_Row, int]:
    """A row with the next ones in which its last cell goes on, and the row behind them.

    A cell that holds a line break was cut there: the parts have together as many cells as other
    rows near by, and read as one text.
    """
    joined, whole, behind = rows[at], rows[at], at + 1
    near: Counter[int] = Counter()
    for end in range(at + 1, min(len(rows), at + MAX_CUT + 1)):
        rest = rows[end]
        both = len(joined.cells) + len(rest.cells) - 1
        if both < 2 or rest.first > joined.last + 1:
            break
        goes_on = _goes_on(joined.cells[-1][-1][1], rest.cells[0][0][1])
        if goes_on < LEAST_SEAM:
            break
        near = near or Counter(len(one.cells) for one in rows[max(0, at - NEAR) : at + NEAR])
        alone, sure = 1 in (len(joined.cells), len(rest.cells)), goes_on > SURE_SEAM
        joined = joined.with_rest(rest)
        if near[both] > 1 and (not alone or (sure and _has_rows(rows, at - 1, end + 1))):
            whole, behind = joined, end + 1
    return whole, behind


def _has_rows(rows: Sequence[_Row], *places: int) -> bool:
    """Whether rows of several cells stand at some places."""
    return all(0 <= at < len(rows) and len(rows[at].cells) > 1 for at in places)


def _goes_on(before: str, after: str) -> float:
    """How probable it is that a cell goes on in another line."""
    if not before.strip() or not after.strip():
        return 0.0
    places = seam_places(before, after, Gap.LINE, single=USUAL_SINGLE, full=1.0)
    return shipped_pieces().goes_on(places)


def _table(members: Sequence[_Row], table: int) -> TableBlock:
    cells: list[Cell] = []
    for at, row in enumerate(members):
        for column, parts in enumerate(row.cells):
            runs = tuple(
                Run(
                    part,
                    Location(
                        table=table, row=at + 1, column=column + 1, line_start=line, line_end=line
                    ),
                )
                for line, part in parts
                if part.strip()
            )
            if runs:
                cells.append(Cell(at, column, runs))
    place = Location(table=table, line_start=members[0].first, line_end=members[-1].last)
    width = max(len(row.cells) for row in members)
    return TableBlock(tuple(cells), len(members), width, place)
