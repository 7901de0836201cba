"""The place a citation points to, as HTML: the quote marked, with the text around it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from ingest.corrections.types import printed
from ingest.types.blocks import Block, Location, Run, TableBlock, cover

LINES_AROUND = 3
"""Lines or table rows shown before and after the cited ones."""
BETWEEN_CELLS = " | "
"""How a quote sets the cells of a row apart."""
MIN_DISTINCT = 4
"""Minimum number of characters that tell a piece of a quote by itself, not only by its place."""
MAX_SHOWN = 600
"""Characters shown of one line or cell."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text or a table row: its parts (one, or one a cell) and their places.

    `columns` are the grid columns of a row's cells; a line of text has none.
    """

    parts: tuple[tuple[str, Location], ...]
    columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of one part of one line."""

    line: int
    part: int
    start: int
    end: int


def excerpt(
    blocks: Iterable[Block], location: Location, quote: str, *, around: int = LINES_AROUND
) -> str:
    """The lines around `location` with `quote` marked; empty where the place is not found."""
    lines = [line for block in blocks for line in lines_of(block)]
    cited = [i for i, line in enumerate(lines) if any(meets(p, location) for _, p in line.parts)]
    if not cited:
        return ""
    first, last = max(cited[0] - around, 0), min(cited[-1] + around + 1, len(lines))
    while sheet_of(lines[first]) != sheet_of(lines[cited[0]]):
        first += 1
    while sheet_of(lines[last - 1]) != sheet_of(lines[cited[-1]]):
        last -= 1
    window = lines[first:last]
    here = [i - first for i in cited]
    spans = find(window, printed(quote), cited=range(here[0], here[-1] + 1))
    if not any(span.line in here for span in spans):
        spans = [
            Span(i, j, 0, len(text))
            for i in here
            for j, (text, place) in enumerate(window[i].parts)
            if meets(place, location)
        ]
    return render(window, spans)


def lines_of(block: Block) -> Iterator[Line]:
    """The lines of a paragraph or the rows of a table, without empty ones."""
    if isinstance(block, TableBlock):
        for _, row in groupby(block.cells, key=lambda cell: cell.row):
            cells = [cell for cell in row if cell.runs]
            if cells:
                parts = tuple((cell.text, cell.location) for cell in cells)
                yield Line(parts, tuple(cell.column for cell in cells))
        return

    def line_number(run: Run) -> tuple[int | None, int | None]:
        return run.location.page, run.location.line_start

    for _, group in groupby(block.runs, key=line_number):
        runs = list(group)
        text = "".join(run.text for run in runs).strip("\r\n")
        if text.strip():
            yield Line(((text, cover(run.location for run in runs)),))


def sheet_of(line: Line) -> tuple[int | None, str | None, int | None]:
    """The page, sheet and table a line stands in: what is around it ends there."""
    place = line.parts[0][1]
    return place.page, place.sheet, place.table


def meets(place: Location, wanted: Location) -> bool:
    """Whether two places share something a reader would look at."""
    if (place.page, place.sheet, place.table) != (wanted.page, wanted.sheet, wanted.table):
        return False
    for mine, theirs in ((place.row, wanted.row), (place.column, wanted.column)):
        if mine is not None and theirs is not None and mine != theirs:
            return False
    if wanted.line_start is not None and place.line_start is not None:
        ends = (place.line_end or place.line_start, wanted.line_end or wanted.line_start)
        return place.line_start <= ends[1] and wanted.line_start <= ends[0]
    if wanted.bbox is not None and place.bbox is not None:
        return place.bbox[1] < wanted.bbox[3] and wanted.bbox[1] < place.bbox[3]
    return True


def find(lines: Sequence[Line], quote: str, *, cited: range) -> list[Span]:
    """Where the pieces of `quote` stand, blanks aside: in lines `cited`, a long one nearby too."""
    characters = [
        (character, (i, j, k))
        for i, line in enumerate(lines)
        for j, (text, _) in enumerate(line.parts)
        for k, character in enumerate(text)
        if not character.isspace()
    ]
    text = "".join(character for character, _ in characters)
    start = next((n for n, (_, place) in enumerate(characters) if place[0] in cited), 0)
    end = max((n for n, (_, place) in enumerate(characters) if place[0] in cited), default=0) + 1
    spans: list[Span] = []
    for piece in quote.split(BETWEEN_CELLS):
        wanted = "".join(piece.split())
        at = text.find(wanted, start, end + len(wanted))
        if at < 0 and len(wanted) >= MIN_DISTINCT:
            at = text.find(wanted)
        if at >= 0 and wanted:
            hits = (place for _, place in characters[at : at + len(wanted)])
            for (line, part), group in groupby(hits, key=lambda place: place[:2]):
                columns = [place[2] for place in group]
                spans.append(Span(line, part, columns[0], columns[-1] + 1))
    return spans


def render(lines: Sequence[Line], spans: Sequence[Span]) -> str:
    """The lines as HTML with the spans marked: rows as tables, text as paragraphs."""
    pieces: list[str] = []
    for is_table, group in groupby(enumerate(lines), key=lambda one: bool(one[1].columns)):
        numbered = list(group)
        used = sorted({column for _, line in numbered for column in line.columns})
        rows: list[str] = []
        for i, line in numbered:
            parts = [
                mark(text, [s for s in spans if (s.line, s.part) == (i, j)])
                for j, (text, _) in enumerate(line.parts)
            ]
            number = line.parts[0][1].line_start or line.parts[0][1].row or ""
            label = f'<span class="number">{number}</span>'
            if is_table:
                cells = dict(zip(line.columns, parts, strict=True))
                row = "".join(f"<td>{cells.get(column, '')}</td>" for column in used)
                rows.append(f"<tr><th>{label}</th>{row}</tr>")
            else:
                rows.append(f'<p>{label}<span class="words">{parts[0]}</span></p>')
        body = "".join(rows)
        pieces.append(f"<table>{body}</table>" if is_table else body)
    return f'<div class="excerpt">{"".join(pieces)}</div>'


def mark(text: str, spans: Sequence[Span]) -> str:
    """Escaped text with the spans marked; a long text is cut around them."""
    start = max(0, min((span.start for span in spans), default=0) - MAX_SHOWN // 2)
    end = min(len(text), max((span.end for span in spans), default=0) + MAX_SHOWN // 2)
    pieces = ["…" if start else ""]
    for span in sorted(spans, key=lambda span: span.start):
        if span.start >= start:
            words = escape(text[span.start : span.end])
            pieces += [escape(text[start : span.start]), f"<mark>{words}</mark>"]
            start = span.end
    return "".join([*pieces, escape(text[start:end]), "…" if end < len(text) else ""])
