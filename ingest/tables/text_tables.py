"""Lines under a line of column heads → tables (有表头而无线框的文本).

What is copied out of a page or a Word table without its lines keeps only its order: the heads on a
line with blanks between them, or one a line, and below them the cells. The lines under such heads
are read as a dumped form's block is, until something stands there that is no cell.
"""

from collections.abc import Sequence

from ingest.language.line_unwrapping import unwrapped
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.tables.cell_per_line import rows_in_step
from ingest.tables.cells import ReadCell
from ingest.tables.headers import is_head, read_headed
from ingest.tables.text_dumps import Part, column_table, is_page_number, pieces_of, rebuild_form
from ingest.types.blocks import Block, Form, Location, Run, TextBlock
from ingest.types.tables import TableKind

MIN_HEADS = 3
"""Heads that make a header where no lines are drawn."""
MIN_UPRIGHT_HEADS = 4
"""Heads that make one where each stands on a line of its own."""
MAX_HEADS = 12
"""Maximum number of heads that stand on lines of their own."""
ROWS_TRIED = 4
"""Rows of as many cells below such heads that are looked at for their rhythm."""
MAX_CELL_LENGTH = 60
"""A longer line is running text."""


def rebuild(blocks: Sequence[Block], vocabulary: Vocabulary) -> tuple[Block, ...]:
    """The blocks, with dumped forms as tables and hard-wrapped lines as paragraphs."""
    return rebuild_form(blocks, vocabulary) or unwrapped(_with_tables(blocks, vocabulary))


def _with_tables(blocks: Sequence[Block], vocabulary: Vocabulary) -> tuple[Block, ...]:
    """The blocks, with what stands under lines of column heads as tables."""
    rebuilt: list[Block] = []
    at = 0
    while at < len(blocks):
        size = _head_size(blocks, at, vocabulary)
        end = _region_end(blocks, at, size, vocabulary) if size else at
        if end > at + size:
            lines = [b for b in blocks[at:end] if isinstance(b, TextBlock)]
            heads, below = lines[:size], lines[size:]
            rows = [line for line in below if not _is_repeated(line, heads, vocabulary)]
            pieces = tuple(pieces_of([*heads, *rows], vocabulary))
            table = column_table(Part(None, (), pieces), vocabulary)
            if table is not None:
                rebuilt.append(table)
                at = end
                continue
        rebuilt.append(blocks[at])
        at += 1
    return tuple(rebuilt)


def _words(block: Block) -> list[str]:
    """The stretches of a line, where it may be a line of heads or of cells."""
    if not isinstance(block, TextBlock) or block.level:
        return []
    words = block.text.split()
    return words if sum(map(len, words)) <= MAX_CELL_LENGTH else []


def _head_size(blocks: Sequence[Block], at: int, vocabulary: Vocabulary) -> int:
    """How many lines from `at` on are the heads of columns; 0 for none."""
    words = _words(blocks[at])
    if len(words) >= MIN_HEADS:
        return 1 if _is_header(words, vocabulary) else 0
    if len(words) != 1 or not _may_head(words[0], vocabulary):
        return 0
    if vocabulary.read(words[0]).section:
        return 0
    run: list[str] = []
    for block in blocks[at : at + MAX_HEADS]:
        one = _words(block)
        if len(one) != 1 or not _may_head(one[0], vocabulary):
            break
        run.append(one[0])
    sizes = [
        n for n in range(len(run), MIN_UPRIGHT_HEADS - 1, -1) if _is_header(run[:n], vocabulary)
    ]
    in_step = (n for n in sizes if _in_step(blocks, at, run[:n], vocabulary))
    return next(in_step, sizes[0] if sizes else 0)


def _in_step(
    blocks: Sequence[Block], at: int, heads: Sequence[str], vocabulary: Vocabulary
) -> bool:
    """Whether the lines below upright heads are rows of cells, one cell a line."""
    header = read_headed(_cells(heads, vocabulary), None, vocabulary)
    if header is None:
        return False
    below = [_text(b) for b in blocks[at + len(heads) : at + len(heads) + ROWS_TRIED * MAX_HEADS]]
    roles = header.roles_in_order()
    lines = [text for text in below if text and not is_page_number(text)]
    return rows_in_step(lines, roles, vocabulary) > 0


def _cells(words: Sequence[str], vocabulary: Vocabulary) -> list[ReadCell]:
    return [
        ReadCell(0, column, (Run(word, Location()),), vocabulary=vocabulary)
        for column, word in enumerate(words)
    ]


def _may_head(word: str, vocabulary: Vocabulary) -> bool:
    content = vocabulary.read(word)
    return is_head(content) and not content.value


def _is_header(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether every word is the head of a column of a table of indicators or of money."""
    if not all(_may_head(word, vocabulary) for word in words):
        return False
    header = read_headed(_cells(words, vocabulary), None, vocabulary)
    if header is None or len(header.columns) != len(words):
        return False
    return header.kind in (TableKind.INDICATORS, TableKind.FUNDS)


def _region_end(blocks: Sequence[Block], at: int, size: int, vocabulary: Vocabulary) -> int:
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
        if not again and _head_size(blocks, end, vocabulary):
            break
        valued = valued or any(vocabulary.read(word).value for word in words)
        end += 1
    return end if valued else at


def _is_repeated(block: TextBlock, heads: Sequence[TextBlock], vocabulary: Vocabulary) -> bool:
    """Whether a line only stands there because a page begins: heads, a title, a page number."""
    key = squeeze(block.text)
    return (
        key in {squeeze(head.text) for head in heads if len(key) > 2}
        or is_page_number(block.text)
        or (len(key) > 8 and vocabulary.read(key).form is not Form.UNKNOWN)
    )


def _text(block: Block) -> str:
    return block.text if isinstance(block, TextBlock) else ""
