"""Lines of a text → the tables that they were (有表头而无线框的文本).

Forms in the blocks that most forms have are told by the names of these; whatever else was pasted is
read by what its pieces are.
"""

from collections.abc import Sequence
from itertools import groupby

from ingest.language.line_unwrapping import unwrapped
from ingest.language.vocabulary import Vocabulary
from ingest.tables.pasted_tables import tables_of
from ingest.tables.spaced_lines import with_spaced
from ingest.tables.text_dumps import pieces_of, rebuild_form
from ingest.types.blocks import Block, TextBlock

MIN_LINES = 4
"""Lines of the shortest pasted form."""
MAX_CELL_LENGTH = 60
"""A longer line is running text."""


def rebuild(blocks: Sequence[Block], vocabulary: Vocabulary) -> tuple[Block, ...]:
    """The blocks, with dumped forms as tables and hard-wrapped lines as paragraphs."""
    blocks = with_spaced(blocks, vocabulary)
    if form := rebuild_form(blocks, vocabulary):
        return form
    return unwrapped(_with_pasted(blocks, vocabulary))


def _with_pasted(blocks: Sequence[Block], vocabulary: Vocabulary) -> tuple[Block, ...]:
    """The blocks, with what runs of short lines hold as tables."""
    if vocabulary.meaning is None:
        return tuple(blocks)
    rebuilt: list[Block] = []
    for is_line, group in groupby(blocks, key=_is_line):
        members = list(group)
        lines = [block for block in members if isinstance(block, TextBlock)]
        short = sum(len(line.text.strip()) <= MAX_CELL_LENGTH for line in lines)
        tables: tuple[Block, ...] = ()
        if is_line and len(lines) >= MIN_LINES and 2 * short > len(lines):
            tables = tables_of(lines, pieces_of(lines, vocabulary), vocabulary.meaning())
        rebuilt += tables or members
    return tuple(rebuilt)


def _is_line(block: Block) -> bool:
    return isinstance(block, TextBlock) and not block.level
