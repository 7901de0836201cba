"""Text dumps of forms → tables again (文本转储的表格还原).

A form copied out of a PDF comes as lines: labels broken over lines, cells wrapped, one cell a line
or several, page breaks inside cells. Its blocks are found by their names, joined over line breaks;
inside a block the cheapest reading of the lines as cells of the block's columns is taken.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from ingest.language.normalise import normalise
from ingest.language.vocabulary import ReadText, Vocabulary
from ingest.tables.cell_per_line import rows_in_step
from ingest.tables.cells import ReadCell
from ingest.tables.headers import (
    NAMING_ROLES,
    SECTION_KINDS,
    Header,
    read_headed,
    read_header,
)
from ingest.tables.text_dump_cells import LABEL_PIECE, Piece, read_cells
from ingest.types.blocks import Block, Cell, Run, TableBlock, TextBlock
from ingest.types.tables import ColumnRole, FormSection


@dataclass(frozen=True, slots=True)
class Part:
    """A block of the form: its name's pieces and what stands under it."""

    section: FormSection | None
    label: tuple[Piece, ...]
    body: tuple[Piece, ...]


_DRAWN = frozenset(SECTION_KINDS)
"""Blocks that a form draws as tables: a report has problems and measures too, and none of these."""


def rebuild_form(blocks: Sequence[Block], vocabulary: Vocabulary) -> tuple[Block, ...]:
    """The blocks of a dumped form as tables; () when the blocks are none."""
    lines = [b for b in blocks if isinstance(b, TextBlock)]
    parts = _parts(pieces_of(lines, vocabulary), vocabulary) if len(lines) == len(blocks) else []
    sections = {part.section for part in parts}
    if len(sections) < 3 or not sections & _DRAWN:
        return ()
    rebuilt = [(part.section, _part_blocks(part, vocabulary)) for part in parts]
    drawn = [
        any(isinstance(block, TableBlock) and block.column_count > 2 for block in blocks)
        for section, blocks in rebuilt
        if section in _DRAWN and section is not FormSection.FUNDS
    ]
    money = [piece for part in parts if part.section is FormSection.FUNDS for piece in part.body]
    labelled = all(piece.content.value or piece.content.concept for piece in money)
    if not all(drawn) or not (drawn or labelled):
        return ()  # a report under the same headings, or heads that no pack lists
    return tuple(block for _, blocks in rebuilt for block in blocks)


_PAGE_NUMBER = re.compile(r"^\s*(?:[-—–]+\s*\d{1,4}\s*[-—–]+|第\s*\d+\s*页.*|\d+\s*/\s*\d+)\s*$")


def is_page_number(text: str) -> bool:
    """Whether a line is only the number of a page."""
    return bool(_PAGE_NUMBER.match(text))


def numbered_lines(lines: Sequence[TextBlock]) -> dict[int, TextBlock]:
    """Lines by their number in the file, where the file has lines, else by their order."""
    return {line.location.line_start or at: line for at, line in enumerate(lines)}


def pieces_of(lines: Sequence[TextBlock], vocabulary: Vocabulary) -> list[Piece]:
    """The stretches of the lines without white space; lines of page numbers are left out."""
    pieces = []
    for number, line in numbered_lines(lines).items():
        text = line.text
        if is_page_number(text):
            continue
        end = 0
        for k, match in enumerate(re.finditer(r"\S+", normalise(text))):
            content = vocabulary.read(text[match.start() : match.end()])
            place = line.locate(match.start(), match.end())
            wide = match.start() - end > 1
            pieces.append(Piece(content, place, number, len(text.strip()), k == 0, wide))
            end = match.end()
    return pieces


# Blocks of the form


def _parts(pieces: Sequence[Piece], vocabulary: Vocabulary) -> list[Part]:
    """Cuts the pieces at block names; a name repeated after a page break cuts nothing."""
    parts: list[Part] = []
    section: FormSection | None = None
    label: tuple[Piece, ...] = ()
    body: list[Piece] = []
    at = 0
    while at < len(pieces):
        size, name = _label_at(pieces, at, vocabulary)
        if size and name != section:
            parts.append(Part(section, label, tuple(body)))
            section, label, body = name, tuple(pieces[at : at + size]), []
        elif not size:
            body.append(pieces[at])
        at += size or 1
    parts.append(Part(section, label, tuple(body)))
    return [p for p in parts if p.section or p.body]


_NO_BLOCKS = (FormSection.TOTAL, FormSection.NOTES, FormSection.PEOPLE)
"""Names that cut no block of a form."""
MAX_LABEL_PIECES = 7
"""Maximum number of lines that the name of a block is broken over."""


def _label_at(
    pieces: Sequence[Piece], at: int, vocabulary: Vocabulary
) -> tuple[int, FormSection | None]:
    """How many pieces from `at` on spell a block name standing on lines of its own."""
    text = ""
    best: tuple[int, FormSection | None] = 0, None
    for size, piece in enumerate(pieces[at : at + MAX_LABEL_PIECES], 1):
        alone = piece.first and piece.line_length == len(piece.text)
        if not alone or len(piece.text) > LABEL_PIECE:
            break
        text += piece.text
        name = vocabulary.read(text).section
        if name and name not in _NO_BLOCKS:
            best = size, name
    return best


# Cells of a block


def _part_blocks(part: Part, vocabulary: Vocabulary) -> list[Block]:
    if part.section is FormSection.GOALS:
        table = _goal_table(part, vocabulary)
    else:
        drawn = part.section in _DRAWN
        table = column_table(part, vocabulary) if drawn else None
    if table:
        return [table]
    if part.section in (None, FormSection.FUNDS):
        return _line_blocks(part, vocabulary)
    label = _cell(0, 0, part.label)
    paragraphs = _paragraphs(part.body)
    cells = [label, *(_cell(k, 1, p) for k, p in enumerate(paragraphs))]
    return [TableBlock.of(cells)] if paragraphs else []


def _line_blocks(part: Part, vocabulary: Vocabulary) -> list[Block]:
    """Lines of labels and values: one row a line; a label alone takes the next line's value."""
    rows: list[list[Piece]] = []
    for piece in part.body:
        row = rows[-1] if rows else None
        waiting = row and len(row) == 1 and _waits(row[0].content, piece.content)
        if row is None or (piece.first and not waiting):
            rows.append([piece])
        else:
            row.append(piece)
    if part.section:
        values = [_cell(r, c + 1, (p,)) for r, row in enumerate(rows) for c, p in enumerate(row)]
        return [TableBlock.of([_cell(0, 0, part.label), *values])]
    blocks: list[Block] = []
    for row in rows:
        if len(row) > 1 and row[0].content.label:
            blocks.append(TableBlock.of([_cell(0, 0, row[:1]), _cell(0, 1, row[1:])]))
        else:
            blocks.append(TextBlock(tuple(Run(p.text, p.location) for p in row)))
    return blocks


def _waits(label: ReadText, content: ReadText) -> bool:
    """Whether a label alone on its line takes the next line as its value."""
    if label.label:
        return not content.label and not content.section
    return not label.value and bool(content.value)


_ORDINAL = re.compile(
    r"^(?:[（(]?([一二三四五六七八九十]+)[)）、]|(?:目标|任务)?(\d{1,2})[.、．：:](?!\d)|([一二三四五六七八九十])是)"
)
_CHINESE = "一二三四五六七八九十"


def _ordinal(text: str) -> int | None:
    match = _ORDINAL.match(normalise(text))
    if match is None:
        return None
    word = match.group(1) or match.group(3)
    return int(match.group(2)) if match.group(2) else _CHINESE.find(word[0]) + 1


def _ends_paragraph(one: Piece, other: Piece) -> bool:
    """Whether a sentence ends before an empty line."""
    return one.text.endswith("。") and other.line - one.line > 1


def _goal_table(part: Part, vocabulary: Vocabulary) -> TableBlock | None:
    """Goal beside result: the result begins where the numbering starts again."""
    header, rest = _header(part, vocabulary)
    if header is None or len(header.roles()) < 2:
        return None
    starts = [k for k, piece in enumerate(rest) if piece.first]
    numbered = [(k, n) for k in starts if (n := _ordinal(rest[k].text)) is not None]
    cut = next((k for _, (k, n) in pairwise(numbered) if n == 1), None)
    if cut is None:
        gaps = [k for k in starts if k and _ends_paragraph(rest[k - 1], rest[k])]
        cut = min(gaps, key=lambda k: abs(k - len(rest) // 2)) if gaps else len(rest)
    head = part.body[: len(part.body) - len(rest)]
    cells = [_cell(0, 0, part.label), *(_cell(0, c + 1, (p,)) for c, p in enumerate(head))]
    cells += [_cell(1, c + 1, body) for c, body in enumerate((rest[:cut], rest[cut:])) if body]
    return TableBlock.of(cells)


def _header(part: Part, vocabulary: Vocabulary) -> tuple[Header | None, tuple[Piece, ...]]:
    """The header line among the first lines of the block, and the pieces below it."""
    lines = sorted({piece.line for piece in part.body})[:3]
    for line in lines:
        row = [p for p in part.body if p.line == line]
        header = read_headed(_heads(row, vocabulary), part.section, vocabulary)
        if header:
            below = tuple(p for p in part.body if p.line > line)
            return header, below
    return _upright_header(part, vocabulary)


MAX_NOTES_ABOVE = 2
"""Maximum number of lines between a block's name and its header, such as （万元）."""
MAX_COLUMNS = 16
"""Maximum number of columns of a block with one cell a line."""


def _upright_header(part: Part, vocabulary: Vocabulary) -> tuple[Header | None, tuple[Piece, ...]]:
    """The header of a block with one cell a line: the run of lines that reads as one and has rows
    in step below it, else the longest."""
    body = part.body
    longest: tuple[Header | None, tuple[Piece, ...]] = None, body
    for start in range(min(MAX_NOTES_ABOVE + 1, len(body))):
        for end in range(min(len(body), start + MAX_COLUMNS), start + 1, -1):
            row = _heads(body[start:end], vocabulary)
            header = read_header(row, part.section, vocabulary)
            if header and len(header.columns) == len(row):
                roles = header.roles_in_order()
                if rows_in_step([p.text for p in body[end:]], roles, vocabulary):
                    return header, body[end:]
                longest = (header, body[end:]) if longest[0] is None else longest
    return longest


def column_table(part: Part, vocabulary: Vocabulary) -> TableBlock | None:
    """A block with columns as a table: one row an indicator, what belongs to a task above them."""
    header, below = _header(part, vocabulary)
    if header is None:
        return None
    roles = header.roles_in_order()
    heads = len(roles)
    leading_role = NAMING_ROLES.get(header.kind)
    if leading_role and leading_role not in roles:
        roles.insert(0, leading_role)
    offset = 2 if len(roles) > heads else 1
    column_of = {role: k + 1 for k, role in enumerate(roles)}
    head = part.body[: len(part.body) - len(below)]
    cells = [_cell(0, 0, part.label)]
    cells += [_cell(0, k + offset, (p,)) for k, p in enumerate(head[-heads:])]
    row = 0
    first_of_task = 1
    last = 0
    for role, pieces in _cells(below, roles, vocabulary):
        centred = role is ColumnRole.FUND
        if row == 0 or (not centred and column_of[role] <= last):
            row += 1
            first_of_task = row if role == roles[0] else first_of_task
        last = last if centred else column_of[role]
        place = first_of_task if centred else row
        cells.append(_cell(place, column_of[role], pieces))
    return TableBlock.of(cells)


def _cells(
    pieces: Sequence[Piece], roles: Sequence[ColumnRole], vocabulary: Vocabulary
) -> list[tuple[ColumnRole, tuple[Piece, ...]]]:
    """The pieces as cells: a line with one piece for each column is a row, where most lines are;
    what stands between such lines is read by what it says."""
    lines = [tuple(line) for _, line in groupby(pieces, key=lambda piece: piece.line)]
    if len(lines) == len(pieces) and (
        rows := rows_in_step([p.text for p in pieces], roles, vocabulary)
    ):
        end = rows * len(roles)
        if 2 * end > len(pieces):
            whole_rows = [(roles[k % len(roles)], (p,)) for k, p in enumerate(pieces[:end])]
            return whole_rows + (
                read_cells(pieces[end:], roles, vocabulary) if pieces[end:] else []
            )
    if 2 * sum(len(line) == len(roles) for line in lines) < len(lines):
        return read_cells(pieces, roles, vocabulary)
    cells: list[tuple[ColumnRole, tuple[Piece, ...]]] = []
    for whole, group in groupby(lines, key=lambda line: len(line) == len(roles)):
        if whole:
            cells += [(role, (p,)) for line in group for role, p in zip(roles, line, strict=True)]
        else:
            cells += read_cells([piece for line in group for piece in line], roles, vocabulary)
    return cells


# Small builders


def _cell(row: int, column: int, pieces: Sequence[Piece]) -> Cell:
    return Cell(row, column, tuple(Run(p.text, p.location) for p in pieces))


def _heads(pieces: Sequence[Piece], vocabulary: Vocabulary) -> list[ReadCell]:
    """Pieces as the heads of columns; column 0 holds the name of the block."""
    return [
        ReadCell(0, column, (Run(p.text, p.location),), vocabulary=vocabulary)
        for column, p in enumerate(pieces, 1)
    ]


def _paragraphs(pieces: Sequence[Piece]) -> list[tuple[Piece, ...]]:
    """Hard-wrapped lines joined again: a paragraph ends with a short line that ends a sentence."""
    paragraphs: list[list[Piece]] = [[]]
    width = max((p.line_length for p in pieces), default=0)
    for piece in pieces:
        last = paragraphs[-1][-1] if paragraphs[-1] else None
        ended = last and last.text.endswith("。") and last.line_length < 0.8 * width
        if last and piece.first and ended:
            paragraphs.append([])
        paragraphs[-1].append(piece)
    return [tuple(p) for p in paragraphs if p]
