"""Lines under a line of column heads → tables (有表头而无线框的文本).

What is copied out of a page or a Word table without its lines keeps only its order: the heads on a
line with blanks between them, or one a line, and below them the cells. The lines under such heads
are read as a dumped form's block is, until something stands there that is no cell.
"""

from collections.abc import Sequence

from ingest.language.form_vocabulary import form_of, section_of
from ingest.language.line_unwrapping import unwrapped
from ingest.language.normalise import squeeze
from ingest.language.quantities import parse_value
from ingest.tables.cell_per_line import rows_in_step
from ingest.tables.headers import HEADER_CELL_LENGTH, Header, read_headed
from ingest.tables.text_dumps import Part, column_table, is_page_number, pieces_of, rebuild_form
from ingest.types.blocks import Block, Cell, Form, Location, Run, TextBlock
from ingest.types.tables import TableKind

FEWEST = 3
"""Heads that make a header where no lines are drawn."""
UPRIGHT = 4
"""Heads that make one where each stands on a line of its own."""
MOST = 12
LONGEST_CELL = 60
"""A longer line is running text."""


def rebuild(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, with dumped forms as tables and hard-wrapped lines as paragraphs."""
    return rebuild_form(blocks) or unwrapped(_with_tables(blocks))


def _with_tables(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, with what stands under lines of column heads as tables."""
    found: list[Block] = []
    at = 0
    while at < len(blocks):
        size = _head_size(blocks, at)
        end = _region_end(blocks, at, size) if size else at
        if end > at + size:
            lines = [b for b in blocks[at:end] if isinstance(b, TextBlock)]
            kept = lines[:size] + [b for b in lines[size:] if not _is_repeated(b, lines[:size])]
            table = column_table(Part("", (), tuple(pieces_of(kept))))
            if table is not None:
                found.append(table)
                at = end
                continue
        found.append(blocks[at])
        at += 1
    return tuple(found)


def _words(block: Block) -> list[str]:
    """The stretches of a line, where it may be a line of heads or of cells."""
    if not isinstance(block, TextBlock) or block.level:
        return []
    words = block.text.split()
    return words if sum(map(len, words)) <= LONGEST_CELL else []


def _head_size(blocks: Sequence[Block], at: int) -> int:
    """How many lines from `at` on are the heads of columns; 0 for none."""
    words = _words(blocks[at])
    if len(words) >= FEWEST:
        return 1 if _is_header(words) else 0
    if len(words) != 1 or not _may_head(words[0]):
        return 0
    if section_of(words[0]):
        return 0
    run: list[str] = []
    for block in blocks[at : at + MOST]:
        one = _words(block)
        if len(one) != 1 or not _may_head(one[0]):
            break
        run.append(one[0])
    sizes = [n for n in range(len(run), UPRIGHT - 1, -1) if _is_header(run[:n])]
    return next((n for n in sizes if _in_step(blocks, at, run[:n])), sizes[0] if sizes else 0)


def _in_step(blocks: Sequence[Block], at: int, heads: Sequence[str]) -> bool:
    """Whether the lines below upright heads are rows of cells, one cell a line."""
    header = read_headed(_cells(heads), "")
    if header is None:
        return False
    below = [_text(b) for b in blocks[at + len(heads) : at + len(heads) + 4 * MOST]]
    roles = header.roles_in_order()
    return rows_in_step([t for t in below if t and not is_page_number(t)], roles) > 0


def _cells(words: Sequence[str]) -> list[Cell]:
    return [Cell(0, c, (Run(word, Location()),)) for c, word in enumerate(words)]


def _may_head(word: str) -> bool:
    return len(squeeze(word)) <= HEADER_CELL_LENGTH and not parse_value(word)


def _is_header(words: Sequence[str]) -> bool:
    """Whether every word is the head of a column of a table of indicators or of money."""
    if not all(map(_may_head, words)):
        return False
    header: Header | None = read_headed(_cells(words), "")
    whole = header is not None and len(header.columns) == len(words)
    return whole and header is not None and header.kind in (TableKind.INDICATORS, TableKind.FUNDS)


def _region_end(blocks: Sequence[Block], at: int, size: int) -> int:
    """Where what stands under the heads ends: at running text, another header or another block."""
    heads = [squeeze(_text(b)) for b in blocks[at : at + size]]
    valued = False
    end = at + size
    while end < len(blocks):
        words = _words(blocks[end])
        text = _text(blocks[end])
        if not words or "。" in text or (words[0].endswith(("：", ":")) or "：" in words[0]):
            break
        again = squeeze(text) == heads[0]
        if not again and _head_size(blocks, end):
            break
        valued = valued or any(parse_value(word) for word in words)
        end += 1
    return end if valued else at


def _is_repeated(block: TextBlock, heads: Sequence[TextBlock]) -> bool:
    """Whether a line only stands there because a page begins: heads, a title, a page number."""
    key = squeeze(block.text)
    return (
        key in {squeeze(head.text) for head in heads if len(key) > 2}
        or is_page_number(block.text)
        or (len(key) > 8 and form_of(key) is not Form.UNKNOWN)
    )


def _text(block: Block) -> str:
    return block.text if isinstance(block, TextBlock) else ""
