"""Who carries a project out (实施单位), where the form names another body as over it (主管部门)."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest.language.form_vocabulary import first_value
from ingest.language.normalise import normalise, squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.types.blocks import Block, TextBlock
from ingest.types.tables import ColumnRole

MAX_NAME_LENGTH = 40
"""Maximum number of characters of a name; more is a sentence."""
_LETTERS = re.compile(r"[\u4e00-\u9fff]{3}")
_SEPARATED = re.compile(r"[：:]")


def operator_of(blocks: Sequence[Block], department: str, vocabulary: Vocabulary) -> str:
    """The only body beside a label like 实施单位, "" if there is none, several, or the department.

    Of several in one file nobody can be said to have done all that it reports.
    """
    named = {name for name in _named(blocks, vocabulary) if _is_name(name)}
    return named.pop() if len(named) == 1 and department not in named else ""


def _named(blocks: Sequence[Block], vocabulary: Vocabulary) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, TextBlock):
            yield from _in_line(block.text, vocabulary)
            continue
        cells = [cell for cell in block.cells if cell.text.strip()]
        for cell, after in pairwise(cells):
            beside = cell.row == after.row
            named = beside and vocabulary.read(cell.text).label is ColumnRole.OPERATOR
            if named and not vocabulary.read(after.text).label:
                yield first_value(after.text)
        for cell in cells:
            yield from _in_line(cell.text, vocabulary)


def _in_line(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The body in a line of its own label (实施单位：某中心)."""
    if len(text) > 2 * MAX_NAME_LENGTH:
        return
    parts = _SEPARATED.split(normalise(text).strip(), maxsplit=1)
    if len(parts) == 2 and vocabulary.read(parts[0]).label is ColumnRole.OPERATOR:
        yield first_value(parts[1])


def _is_name(text: str) -> bool:
    return bool(_LETTERS.match(squeeze(text))) and len(text) < MAX_NAME_LENGTH
