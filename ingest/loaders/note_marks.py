"""Marks of notes (注释号) behind numbers and words: they are set raised and belong to no value.

214.50¹ prints 214.50 with a note. An exponent stays, as a raised sign: m², 10⁴.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from ingest.types.blocks import Block, Cell, TextBlock

SIGNS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾"
RAISED = str.maketrans("0123456789+-()−[]", SIGNS + "⁻⁽⁾")
MAX_MARK = 6
"""Maximum length of a note's mark; longer text is raised for its look alone."""
_EXPONENT = re.compile(r"[-+−]?\d{1,2}")
_BASE = re.compile(r"(?:[A-Za-zμΩ米]|[×xX*·]\s?10)$")
"""What an exponent may stand behind: the letter of a unit, a length, a power of ten."""
_MARKS = re.compile(rf"(?<=[^\s{SIGNS}])[{SIGNS}]+")

Piece = TypeVar("Piece", TextBlock, Cell)


def raised(text: str, before: str) -> str:
    """What a raised stretch adds to the text before it on its line.

    >>> raised("1", "214.50"), raised("2", "面积3.5m"), raised("①", "全年预算数"), raised("th", "5")
    ('', '²', '', 'th')
    """
    mark = text.strip()
    if not before.strip() or len(mark) > MAX_MARK or (mark.isascii() and mark.isalpha()):
        return text
    return mark.translate(RAISED) if _EXPONENT.fullmatch(mark) and _is_base(before) else ""


def lowered(text: str, before: str) -> str:
    """What a lowered stretch adds to the text before it: nothing to a number.

    >>> lowered("2.5", "PM"), lowered("1", "36.80")
    ('2.5', '')
    """
    return "" if before[-1:].isdigit() and len(text.strip()) <= MAX_MARK else text


def without_marks(text: str) -> str:
    """The text without raised signs that are no exponent.

    >>> without_marks("全年预算214.50¹万元，占地3.5km²")
    '全年预算214.50万元，占地3.5km²'
    """
    return _MARKS.sub(_exponent, text)


def unmarked(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks without marks of notes, however their format sets them."""
    for block in blocks:
        if isinstance(block, TextBlock):
            yield _unmarked(block)
        else:
            yield replace(block, cells=tuple(map(_unmarked, block.cells)))


def _unmarked(piece: Piece) -> Piece:
    if not any(_MARKS.search(run.text) for run in piece.runs):
        return piece
    runs = tuple(replace(run, text=without_marks(run.text)) for run in piece.runs)
    return replace(piece, runs=runs)


def _exponent(match: re.Match[str]) -> str:
    return match.group() if _is_base(match.string[: match.start()]) else ""


def _is_base(before: str) -> bool:
    return _BASE.search(before[-4:]) is not None
