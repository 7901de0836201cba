"""Tables whose columns only blanks keep apart (空白分列的文本), as a PDF shows them: the cells of a
column stand one below the other.

What stands in a line goes to the columns whose heads it stands below, and which announce such
cells; then lines are joined into rows by what goes on in the line below.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, log
from statistics import median
from unicodedata import east_asian_width

import numpy as np

from ingest.language.vocabulary import HeadReader, ReadText, Vocabulary
from ingest.semantics.label_reader import CONTENT
from ingest.semantics.piece_decoder import LEAST, Costs, Stretch, joins
from ingest.semantics.piece_features import CellKind, Gap
from ingest.semantics.piece_reader import shipped_pieces
from ingest.tables.headers import MAX_HEAD_LENGTH, is_head
from ingest.tables.piece_columns import OPTIONAL, expected
from ingest.types.blocks import Block, Cell, Location, Run, TableBlock, TextBlock

MIN_COLUMNS, MIN_ROWS = 3, 2
"""Heads in a line, and lines below with as many texts, that make a table."""
MAX_HEAD_LINES, MAX_ROW_LINES = 4, 6
"""Lines that a head, and a row, may be cut over."""
WIDE = 3
"""Mostly, so many blanks or more stand between the columns."""
MIN_HEADING = 0.6
"""How probable it must be that a line's texts head columns, on average."""
APART = 0.2
"""What each character costs that a text stands away from its head."""
TOGETHER = 2.5
"""What it costs that two texts of a line are one cell."""
MISSING, MISSING_TEXT = 1.5, 0.3
"""What it costs that a cell of a row is missing, and one that often is."""
UNNAMED = {"item": 0.5, "name": 0.5}
"""What a column may hold that has no head: it names the rows."""
_STRETCH = re.compile(r"\S+(?: \S+)*")
_LABELLED = re.compile(r"[：:](?:\s|$)")
_VALUED = {CellKind.VALUE, CellKind.NUMBER, CellKind.RATE}
_NAMING = {CellKind.NAME, CellKind.BODY}


@dataclass(frozen=True, slots=True)
class Spaced:
    """A text between wide blanks: what it says, its place, and the width [left, right) it takes."""

    content: ReadText
    location: Location
    left: int
    right: int

    @property
    def text(self) -> str:
        """The text as printed."""
        return self.content.text

    @property
    def run(self) -> Run:
        """The text with its place."""
        return Run(self.text, self.location)


Line = Sequence[Spaced]


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column: its texts, and the width it takes; no text where it has none."""

    texts: tuple[Spaced, ...]
    left: int = 0
    right: int = 0

    @property
    def words(self) -> str:
        """Its texts as one."""
        return "".join(one.text for one in self.texts)

    def away(self, text: Spaced) -> float:
        """How far a text stands from it, by its left side, its right one or its middle."""
        if not self.texts:
            return 0.0
        left, right = abs(text.left - self.left), abs(text.right - self.right)
        return min(left, right, abs(text.left + text.right - self.left - self.right) / 2)

    def overlaps(self, text: Spaced) -> bool:
        """Whether a text stands above or below it."""
        return bool(self.texts) and text.left < self.right and self.left < text.right


def with_spaced(blocks: Sequence[Block], vocabulary: Vocabulary) -> tuple[Block, ...]:
    """The blocks, with lines as tables whose columns only blanks keep apart."""
    if vocabulary.meaning is None:
        return tuple(blocks)
    lines = [_spaced(block, vocabulary) for block in blocks]
    rebuilt: list[Block] = []
    at = 0
    while at < len(blocks):
        found = _table_at(lines, at, vocabulary.meaning)
        rebuilt.append(found.table() if found else blocks[at])
        at += found.lines if found else 1
    return tuple(rebuilt)


def _spaced(block: Block, vocabulary: Vocabulary) -> Line:
    """The texts of a line that wide blanks keep apart; none of what is no line or holds a label."""
    if not isinstance(block, TextBlock) or block.level or _LABELLED.search(block.text):
        return ()
    return [
        Spaced(
            vocabulary.read(found.group()),
            block.locate(*found.span()),
            _width(block.text[: found.start()]),
            _width(block.text[: found.end()]),
        )
        for found in _STRETCH.finditer(block.text)
    ]


def _width(text: str) -> int:
    """How wide a text is, in characters of half width."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def _is_wide(lines: Sequence[Line]) -> bool:
    """Whether the blanks between the texts are mostly wider than what keeps two words apart."""
    blanks = [right.left - left.right for line in lines for left, right in pairwise(line)]
    return bool(blanks) and median(blanks) >= WIDE


def _table_at(lines: Sequence[Line], at: int, meaning: Callable[[], HeadReader]) -> "_Body | None":
    """The table whose heads begin with a line: of those whose heads take one line or several the
    likeliest."""
    found: list[_Body] = []
    if len(lines[at]) < MIN_COLUMNS:
        return None
    for depth in range(1, MAX_HEAD_LINES + 1):
        above = lines[at : at + depth]
        heads = _headings(above) if len(above) == depth and _may_head(above[-1]) else []
        if len(heads) < len(lines[at]) or any(len(head.words) > MAX_HEAD_LENGTH for head in heads):
            break
        words = [head.words for head in heads]
        readings = meaning().heads(
            words, over=[""] * len(words), section="", below=[()] * len(words)
        )
        if sum(1 - one[CONTENT] for one in readings) < MIN_HEADING * len(words):
            continue
        columns = Columns.of(heads, readings)
        body = lines[at + depth :]
        body = body[: columns.body_size(body)]
        if columns.fit(body) and _is_wide([*above, *body]):
            found.append(_Body.of(columns, depth, body))
    return min(found, key=lambda one: one.cost, default=None)


def _may_head(line: Line) -> bool:
    return bool(line) and all(is_head(one.content) and not one.content.value for one in line)


def _headings(lines: Sequence[Line]) -> list[Heading]:
    """The texts of the lines that stand below each other, from left to right."""
    heads: list[Heading] = []
    for text in sorted((text for line in lines for text in line), key=lambda one: one.left):
        if heads and heads[-1].overlaps(text):
            last = heads.pop()
            heads.append(Heading((*last.texts, text), last.left, max(last.right, text.right)))
        else:
            heads.append(Heading((text,), text.left, text.right))
    order = {id(text): at for at, line in enumerate(lines) for text in line}
    return [
        replace(head, texts=tuple(sorted(head.texts, key=lambda one: order[id(one)])))
        for head in heads
    ]


@dataclass(frozen=True, slots=True)
class Columns:
    """The heads of a table's columns, and what kinds of cells they announce (columns × kinds)."""

    heads: Sequence[Heading]
    shares: Costs

    @classmethod
    def of(cls, heads: Sequence[Heading], readings: Sequence[Mapping[str, float]]) -> "Columns":
        """The columns under some heads; where none of these names the rows, one that does."""
        kinds = shipped_pieces().cell_kinds
        shares = expected(readings, kinds)
        likeliest = [kinds[int(one.argmax())] for one in shares]
        valued = [at for at, kind in enumerate(likeliest) if kind in _VALUED]
        if not valued or _NAMING & set(likeliest):
            return cls(heads, shares)
        first = valued[0]
        unnamed = expected([UNNAMED], kinds)
        return cls(
            [*heads[:first], Heading(()), *heads[first:]],
            np.concatenate([shares[:first], unnamed, shares[first:]]),
        )

    @property
    def kinds(self) -> list[CellKind]:
        """The likeliest kind of cell of each column."""
        return [shipped_pieces().cell_kinds[int(one.argmax())] for one in self.shares]

    @property
    def spread(self) -> list[bool]:
        """Which columns may hold cells over several rows: those left of what names the rows."""
        naming = [at for at, kind in enumerate(self.kinds) if kind in _NAMING]
        return [at < max(naming, default=0) for at in range(len(self.heads))]

    @property
    def unlike_heads(self) -> float:
        """How improbable it is that the heads are some, as a logarithm."""
        reader = shipped_pieces()
        head = reader.cell_kinds.index(CellKind.HEAD)
        shares = [reader.likelihoods(one.words)[head] for one in self.heads if one.texts]
        return -sum(log(max(LEAST, float(share))) for share in shares)

    def cost(self, column: int, text: str) -> float:
        """How improbable a text is as a cell of a column, as a logarithm."""
        share = float(self.shares[column] @ shipped_pieces().likelihoods(text))
        return -log(max(LEAST, share))

    def body_size(self, lines: Sequence[Line]) -> int:
        """How many lines stand below the heads: up to another head, a label or a text across."""
        for number, line in enumerate(lines):
            across = len(line) == 1 and sum(head.overlaps(line[0]) for head in self.heads) > 1
            if not line or across or self._is_next_head(line):
                return number
        return len(lines)

    def _is_next_head(self, line: Line) -> bool:
        reader = shipped_pieces()
        head = reader.cell_kinds.index(CellKind.HEAD)
        shares = [float(reader.likelihoods(one.text)[head]) for one in line]
        return len(line) > 1 and _may_head(line) and sum(shares) >= MIN_HEADING * len(line)

    def fit(self, body: Sequence[Line]) -> bool:
        """Whether enough lines below the heads hold values in several columns."""
        full = [
            line
            for line in body
            if len(line) >= MIN_COLUMNS and any(one.content.value for one in line)
        ]
        return len(full) >= MIN_ROWS

    def _together(self, line: Line, at: int) -> float:
        """What it costs that a text is one cell with the one before it; no two values are."""
        pair = [one.content for one in line[max(0, at - 2) : at]]
        return inf if all(one.value or one.is_placeholder for one in pair) else TOGETHER

    def placed(self, line: Line) -> list[int]:
        """The column of each text of a line, from left to right."""
        count = len(self.heads)
        costs = np.full((len(line) + 1, count + 1), np.inf)
        costs[0, 0] = 0.0
        came = np.zeros((len(line) + 1, count + 1), np.intp)
        for at, text in enumerate(line, 1):
            for column, head in enumerate(self.heads, 1):
                before = [*costs[at - 1, :column], costs[at - 1, column] + self._together(line, at)]
                came[at, column] = int(np.argmin(before))
                own = APART * head.away(text) + self.cost(column - 1, text.text)
                costs[at, column] = before[came[at, column]] + own
        column = int(costs[len(line)].argmin())
        way: list[int] = []
        for at in range(len(line), 0, -1):
            way.append(column - 1)
            column = int(came[at, column])
        return way[::-1]


@dataclass(frozen=True, slots=True)
class _Body:
    """A table's heads and the lines below them, joined into rows."""

    columns: Columns
    lines: int
    """How many lines the table takes, its heads among them."""
    texts: Sequence[Sequence[tuple[int, Spaced]]]
    """What stands in each column, with the number of its line."""
    row_of: Sequence[int]
    """The row that each line belongs to, from 1."""
    cost: float

    @classmethod
    def of(cls, columns: Columns, depth: int, body: Sequence[Line]) -> "_Body":
        """The likeliest rows of the lines below some heads."""
        texts: list[list[tuple[int, Spaced]]] = [[] for _ in columns.heads]
        for number, line in enumerate(body):
            for text, column in zip(line, columns.placed(line), strict=True):
                texts[column].append((number, text))
        rows = _Rows(columns, texts, [_seams(column) for column in texts])
        starts, cost = rows.cut(len(body))
        row_of = [sum(start <= number for start in starts) for number in range(len(body))]
        return cls(columns, depth + len(body), texts, row_of, columns.unlike_heads + cost)

    def table(self) -> TableBlock:
        """The heads and the rows as a table."""
        cells: dict[tuple[int, int], list[Run]] = {
            (0, at): [text.run for text in head.texts] for at, head in enumerate(self.columns.heads)
        }
        for at, column in enumerate(self.texts):
            row, above = 0, -1
            for (line, text), goes_on in zip(column, [0.0, *_seams(column)], strict=False):
                is_rest = self.columns.spread[at] and line == above + 1 and goes_on > 0.5
                row, above = row if is_rest else self.row_of[line], line
                cells.setdefault((row, at), []).append(text.run)
        return TableBlock.of(
            [Cell(row, at, tuple(runs)) for (row, at), runs in sorted(cells.items()) if runs]
        )


def _seams(column: Sequence[tuple[int, Spaced]]) -> list[float]:
    """How probable it is that each text of a column but the first goes on with the one above."""
    stretches = [Stretch(text.text, Gap.LINE, len(text.text)) for _, text in column]
    return joins(stretches, shipped_pieces()) if stretches else []


@dataclass(frozen=True, slots=True)
class _Rows:
    """The lines of a table's columns, to be joined into rows."""

    columns: Columns
    texts: Sequence[Sequence[tuple[int, Spaced]]]
    seams: Sequence[Sequence[float]]

    def cut(self, count: int) -> tuple[list[int], float]:
        """The first line of each row, by the cheapest way to join the lines, and what it costs."""
        costs, came = [0.0], [0]
        for end in range(1, count + 1):
            ways = [
                (costs[start] + self._cost(start, end), start)
                for start in range(max(0, end - MAX_ROW_LINES), end)
            ]
            cost, start = min(ways)
            costs.append(cost)
            came.append(start)
        starts: list[int] = []
        end = count
        while end:
            end = came[end]
            starts.append(end)
        return starts[::-1], costs[-1]

    def _cost(self, start: int, end: int) -> float:
        """What the lines [start, end) cost as one row."""
        cost = 0.0
        for at, column in enumerate(self.texts):
            if self.columns.spread[at]:
                continue
            inside = [k for k, (line, _) in enumerate(column) if start <= line < end]
            if not inside:
                cost += MISSING_TEXT if self.columns.kinds[at] in OPTIONAL else MISSING
                continue
            cost += self.columns.cost(at, "".join(column[k][1].text for k in inside))
            cost -= sum(log(self.seams[at][k - 1]) for k in inside[1:])
            if inside[0]:
                cost -= log(1 - self.seams[at][inside[0] - 1])
        return cost
