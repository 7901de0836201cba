"""Forms that lost their lines when they were pasted → tables again (粘贴文本的表格还原).

No word needs to be in a list: each piece of the lines is tagged by what it is (head, label, value,
name, …) and whether it goes on; heads beside each other make the head of a table, and what stands
below is placed under them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import log

from ingest.language.form_vocabulary import only_announces_unit
from ingest.language.headings import ITEM_LEVEL, heading_level
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import HeadReader
from ingest.semantics.piece_decoder import LEAST, Stretch, Tagged, joins, tagged
from ingest.semantics.piece_features import CellKind, Gap
from ingest.semantics.piece_reader import shipped_pieces
from ingest.tables.piece_columns import Placing, placed
from ingest.tables.text_dump_cells import Piece
from ingest.tables.text_dumps import numbered_lines
from ingest.types.blocks import Block, Cell, Run, TableBlock, TextBlock

MIN_HEADS = 3
"""Heads beside each other that make the head of a table."""
_VALUED = {CellKind.VALUE, CellKind.NUMBER, CellKind.RATE}
LONG_TEXT = 15
"""Characters from which a text below the name of a block is its text, not a cell."""
WORST = 1.4
"""What a piece of a table may cost on average; beyond, the pieces are no rows of these heads."""
GOOD = 0.5
"""What a piece costs at most where rows plainly fit: no other reading of the heads is tried."""
BODY_TRIED = 48
"""Pieces below heads by which one reading of the heads is told from another."""
LEAVES = 3.0
"""What it costs that a sentence behind the last row of a table is none of its cells."""
ROUNDS = 4
"""How often the reading of the heads may change."""

UNNAMED = 1.0
"""What it costs that the first column, which names the rows, has no head."""
NAMING = {"item": 0.5, "name": 0.5}
"""What such a column may be."""

Span = tuple[int, int]
Heads = tuple[Span, ...]
"""The cells of a row of heads, each a range of pieces."""


def tables_of(
    lines: Sequence[TextBlock], pieces: Sequence[Piece], meaning: HeadReader
) -> tuple[Block, ...]:
    """The lines with the tables that stand in them; () where none does."""
    form = _Form.of(pieces, meaning)
    told: list[_Told] = []
    found = False
    at = 0
    while at < len(form.cells):
        start, stop = form.cells[at].start, form.cells[at].end
        table, end = form.table_at(at)
        found = found or table is not None
        if table is None:
            table, end = form.pair_at(at)
        if table is None:
            told.append(form.text(start, stop))
            at += 1
            continue
        while told and told[-1].end > table.start:  # what first seemed to be text heads a column
            before = told.pop()
            told += [form.text(before.start, table.start)] if before.start < table.start else []
        if start < table.start:
            told.append(form.text(start, table.start))
        told.append(table)
        at = end
    return tuple(_with_whole_lines(told, numbered_lines(lines))) if found else ()


@dataclass(frozen=True, slots=True)
class _Told:
    """The pieces [start, end) as a block, and the line that they stand on if that is one."""

    start: int
    end: int
    block: Block
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _Form:
    """The pieces of a pasted form, and the cells that they are."""

    pieces: Sequence[Piece]
    stretches: Sequence[Stretch]
    cells: Sequence[Tagged]
    meaning: HeadReader

    @classmethod
    def of(cls, pieces: Sequence[Piece], meaning: HeadReader) -> "_Form":
        stretches = stretches_of(pieces)
        return cls(pieces, stretches, tagged(stretches, shipped_pieces()), meaning)

    def runs(self, places: Sequence[int]) -> tuple[Run, ...]:
        """The text of some pieces."""
        return tuple(Run(self.pieces[at].text, self.pieces[at].location) for at in places)

    def text(self, start: int, end: int) -> _Told:
        """Some pieces as text."""
        lines = {piece.line for piece in self.pieces[start:end]}
        line = lines.pop() if len(lines) == 1 else None
        return _Told(start, end, TextBlock(self.runs(range(start, end))), line)

    def pair_at(self, at: int) -> tuple[_Told | None, int]:
        """A label with its value as a table of one row, and the first cell behind it."""
        pair = self.cells[at : at + 2]
        if [cell.kind for cell in pair] != [CellKind.LABEL, CellKind.FACT]:
            return None, at
        cells = [Cell(0, k, self.runs(range(cell.start, cell.end))) for k, cell in enumerate(pair)]
        return _Told(pair[0].start, pair[1].end, TableBlock.of(cells)), at + 2

    def table_at(self, at: int) -> tuple[_Told | None, int]:
        """The table whose heads begin with a cell, and the first cell behind it."""
        size = self._head_size(at)
        if not size:
            return None, at
        end = self._body_end(at + size)
        body = self.cells[at + size : end]
        if not any(cell.kind in _VALUED for cell in body):
            return None, at
        heads = tuple((cell.start, cell.end) for cell in self.cells[at : at + size])
        heads = self._settled(heads, body[-1].end)
        end = self._with_what_goes_on(heads, end)
        end, below, placing = self._rows(heads, end)
        if placing.cost > WORST:
            return None, at
        made = [Cell(0, at, self.runs(range(*span))) for at, span in enumerate(heads)]
        made += self._filled(below, placing)
        return _Told(heads[0][0], self.cells[end - 1].end, TableBlock.of(made)), end

    def _filled(self, below: Sequence[int], placing: Placing) -> Iterator[Cell]:
        """The cells below the heads; what only gives a unit is a row of its own above those it is
        for."""
        notes = [at for at in range(below[0], below[-1]) if self._notes_unit(at)]
        row = 0
        for _, cells in groupby(placing.cells, key=lambda one: one.row):
            row += 1
            for number, cell in enumerate(cells):
                while not number and notes and notes[0] < below[cell.start]:
                    yield Cell(row, 0, self.runs([notes.pop(0)]))
                    row += 1
                yield Cell(row, cell.column, self.runs(below[cell.start : cell.end]))

    def _notes_unit(self, at: int) -> bool:
        """Whether a piece alone on its line gives the unit of the amounts below it."""
        alone = self.pieces[at].first and (at + 1 == len(self.pieces) or self.pieces[at + 1].first)
        return alone and only_announces_unit(self.pieces[at].text)

    def _with_what_goes_on(self, heads: Heads, end: int) -> int:
        """The end of a body, behind what reads better as more of its rows than as a table of its
        own; a page may begin with the heads again."""
        while end < len(self.cells):
            named = self.cells[end].kind is CellKind.SECTION
            size = self._head_size(end + named)
            if not size:
                break
            stop = self._body_end(end + named + size)
            start, last = self.cells[end].start, self.cells[stop - 1].end
            if not self._repeats(heads, start):
                own = tuple((c.start, c.end) for c in self.cells[end + named :][:size])
                rest = range(start, min(last, start + BODY_TRIED))
                if own[-1][1] >= rest.stop:
                    break
                apart = self._cost(own, rest.stop, own[0][0])
                apart += self._unlike(CellKind.SECTION, (start, own[0][0])) if named else 0.0
                if apart < self._placed(heads, rest, revised=False).cost * len(rest):
                    break
            end = stop
        return end

    def _rows(self, heads: Heads, end: int) -> tuple[int, Sequence[int], Placing]:
        """The end of a body with its pieces below the heads, and how they are placed: sentences
        behind its last row are left out where they are much worse cells than they are text."""
        below = self._below(heads, self.cells[end - 1].end)
        placing = self._placed(heads, below)
        first = end
        while self.cells[first - 1].kind is CellKind.TEXT:
            first -= 1  # ends at the heads, if nowhere else
        row = {below[at]: one.row for one in placing.cells for at in range(one.start, one.end)}
        starts = ((at, self.cells[at].start) for at in range(first, end))
        cut = next((at for at, start in starts if row.get(start) != row.get(start - 1)), end)
        if cut == end:
            return end, below, placing
        shorter = self._below(heads, self.cells[cut].start)
        rest = self._placed(heads, shorter)
        sentences = [(cell.start, cell.end) for cell in self.cells[cut:end]]
        apart = sum(self._unlike(CellKind.TEXT, span) + LEAVES for span in sentences)
        leaves = rest.cost * len(shorter) + apart < placing.cost * len(below)
        return (cut, shorter, rest) if leaves else (end, below, placing)

    def _repeats(self, heads: Heads, start: int) -> bool:
        """Whether the heads stand again from a piece on, to the letter."""
        texts = [piece.text for piece in self.pieces[heads[0][0] : heads[-1][1]]]
        return [piece.text for piece in self.pieces[start : start + len(texts)]] == texts

    def _below(self, heads: Heads, stop: int) -> list[int]:
        """The pieces below heads that are cells: no heads that stand again, no unit of what
        follows."""
        below: list[int] = []
        at = heads[-1][1]
        while at < stop:
            if self._repeats(heads, at):
                at += heads[-1][1] - heads[0][0]
            else:
                below += [] if self._notes_unit(at) else [at]
                at += 1
        return below

    def _head_size(self, at: int) -> int:
        """How many cells from `at` on are heads of columns; 0 where too few are."""
        size = 0
        for cell in self.cells[at:]:
            if cell.kind is not CellKind.HEAD or self.pieces[cell.start].content.value:
                break
            size += 1
        return size if size >= MIN_HEADS else 0

    def _body_end(self, at: int) -> int:
        """Where what stands below heads ends: at heads, a label, a title or a block's name."""
        cells = self.cells
        end = at
        while end < len(cells):
            kind = cells[end].kind
            after = cells[end + 1] if end + 1 < len(cells) else None
            if self._notes_unit(cells[end].start):
                end += 1
                continue
            if self._head_size(end) or kind in (CellKind.TITLE, CellKind.PAIR):
                break
            if self._begins_chapter(cells[end]):
                break
            if kind is CellKind.LABEL and after and after.kind is CellKind.FACT:
                break
            if kind is CellKind.SECTION and (
                self._head_size(end + 1)
                or (after and after.kind is CellKind.TEXT and self._length(after) >= LONG_TEXT)
            ):
                break
            end += 1
        while end > at and self._notes_unit(cells[end - 1].start):
            end -= 1  # it is for what follows
        return end

    def _begins_chapter(self, cell: Tagged) -> bool:
        """Whether a cell begins with a numbered heading alone on its line, no value behind it."""
        piece = self.pieces[cell.start]
        after = self.pieces[cell.start + 1] if cell.start + 1 < len(self.pieces) else None
        alone = piece.first and (after is None or after.first)
        level, _ = heading_level(piece.text)
        return alone and 0 < level < ITEM_LEVEL and not (after and after.content.value)

    def _length(self, cell: Tagged) -> int:
        return sum(len(piece.text) for piece in self.pieces[cell.start : cell.end])

    # Which pieces are the heads

    def _settled(self, heads: Heads, stop: int) -> Heads:
        """The reading of the heads under which the rows fit best."""
        tried = min(stop, heads[-1][1] + BODY_TRIED)
        lowest = heads[0][0] - 2
        known = {heads: self._cost(heads, tried, lowest)}
        for _ in range(ROUNDS):
            if known[heads] < GOOD * (tried - heads[-1][1]):
                break
            for other in self._others(heads, lowest, tried):
                if other not in known:
                    known[other] = self._cost(other, tried, lowest)
            best = min(known, key=lambda one: known[one])
            if best == heads:
                break
            heads = best
        return heads

    def _placed(self, heads: Heads, below: Sequence[int], *, revised: bool = True) -> Placing:
        texts = [self._joined(span) for span in heads]
        blank = [self.pieces[at].content.is_placeholder for at in below]
        roles = self.meaning.heads(
            texts, over=[""] * len(texts), section="", below=[()] * len(texts)
        )
        told = [one if text else NAMING for one, text in zip(roles, texts, strict=True)]
        stretches = [self.stretches[at] for at in below]
        return placed(stretches, told, shipped_pieces(), blank, revised=revised)

    def _joined(self, span: Span) -> str:
        return "".join(piece.text for piece in self.pieces[span[0] : span[1]])

    def _cost(self, heads: Heads, stop: int, lowest: int) -> float:
        """What a reading of the heads costs, with what stands before them and the rows below."""
        reader = shipped_pieces()
        head = reader.cell_kinds.index(CellKind.HEAD)
        before = self.pieces[max(0, lowest) : heads[0][0]]
        cost = -sum(
            log(max(LEAST, 1 - float(reader.likelihoods(piece.text)[head]))) for piece in before
        )
        for span in heads:
            cost += self._unlike(CellKind.HEAD, span)
            shares = joins(self.stretches[span[0] : span[1]], reader) if span[0] < span[1] else []
            cost -= sum(log(share) for share in shares)
        rows = self._placed(heads, range(heads[-1][1], stop), revised=False)
        return cost + rows.cost * (stop - heads[-1][1])

    def _unlike(self, kind: CellKind, span: Span) -> float:
        """How improbable it is that some pieces are a cell of a kind, as a logarithm."""
        if span[0] == span[1]:
            return UNNAMED
        reader = shipped_pieces()
        share = reader.likelihoods(self._joined(span))[reader.cell_kinds.index(kind)]
        return -log(max(LEAST, float(share)))

    def _others(self, heads: Heads, lowest: int, stop: int) -> Iterator[Heads]:
        """Readings of the heads that differ by one step: one more or less at an end, two joined
        that were cut by the end of a line, one divided."""
        first, last = heads[0][0], heads[-1][1]
        if first > max(0, lowest) and self.pieces[first].first:
            yield ((first - 1, first), *heads)
        if self._joined(heads[0]):
            yield ((first, first), *heads)
        for cut in range(first + 1, heads[0][1]):
            yield ((cut, heads[0][1]), *heads[1:])
        if len(heads) > MIN_HEADS:
            yield heads[1:]
            yield heads[:-1]
        if last + MIN_HEADS < stop:
            yield (*heads, (last, last + 1))
        for at, (one, other) in enumerate(pairwise(heads)):
            if self.pieces[other[0]].first and len(heads) > MIN_HEADS:
                yield (*heads[:at], (one[0], other[1]), *heads[at + 2 :])
        for at, (start, end) in enumerate(heads):
            for cut in range(start + 1, end):
                yield (*heads[:at], (start, cut), (cut, end), *heads[at + 1 :])


def stretches_of(pieces: Sequence[Piece]) -> list[Stretch]:
    """The pieces as the piece reader sees them."""
    seen = []
    for at, piece in enumerate(pieces):
        before = pieces[at - 1] if at else None
        if not piece.first:
            gap = Gap.WIDE if piece.wide else Gap.SPACE
        else:
            gap = Gap.EMPTY_LINE if before and piece.line - before.line > 1 else Gap.LINE
        seen.append(Stretch(piece.text, gap, piece.line_length))
    return seen


def _with_whole_lines(told: Sequence[_Told], lines: Mapping[int, TextBlock]) -> Iterator[Block]:
    """The blocks, with lines that are in no table and of which no cell goes on as they stood."""
    for number, group in groupby(told, key=lambda one: one.line):
        blocks = [one.block for one in group]
        whole = number is not None and squeeze(lines[number].text) == squeeze(
            "".join(block.text for block in blocks if isinstance(block, TextBlock))
        )
        yield from (lines[number],) if number is not None and whole else blocks
