"""The layout of a table's head as one short text (表样特征): equal for copies of one form.

What differs from copy to copy does not count: years, numbers, names of bodies, notes in brackets,
how wide the columns are. What counts are the words of each column's heads from above downwards, the
order of the columns, and the block of the form that the head stands in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256

from ingest.language.name_grammar import Grammar
from ingest.language.normalise import REMEMBERED, squeeze
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Cell
from ingest.types.tables import FormSection

LENGTH = 16
"""Characters of a signature."""
_NOTE = re.compile(r"[（(\[【][^（）()\[\]【】]*[)）\]】]")
_VARYING = re.compile(r"(?:19|20)\d{2}(?:年度?)?|\d+(?:\.\d+)?|[:：*＊#、.．%‰()（）]")


@dataclass(frozen=True, slots=True)
class HeadColumn:
    """A column under a head: its heads from above downwards, and the grid's columns it covers.

    Columns that the same heads stand over are one.
    """

    texts: tuple[str, ...]
    columns: tuple[int, ...]


def head_columns(rows: Sequence[Sequence[Cell]], first: int = 0) -> tuple[HeadColumn, ...]:
    """The columns that the rows of a head make, from the grid's column `first` on.

    A merged cell stands in `rows` at every position that it covers. Empty columns at the right end
    are none.
    """
    columns: list[HeadColumn] = []
    last: tuple[int, ...] | None = None
    for place in range(first, len(rows[0]) if rows else 0):
        stack = _stack([row[place] for row in rows])
        identity = tuple(map(id, stack))
        if identity == last:
            before = columns.pop()
            columns.append(HeadColumn(before.texts, (*before.columns, place)))
        else:
            columns.append(HeadColumn(tuple(cell.text.strip() for cell in stack), (place,)))
        last = identity
    while columns and not columns[-1].texts:
        columns.pop()
    return tuple(columns)


def _stack(cells: Sequence[Cell]) -> list[Cell]:
    """The cells above each other that hold text, each once."""
    stack: list[Cell] = []
    for cell in cells:
        if cell.text.strip() and not any(cell is other for other in stack):
            stack.append(cell)
    return stack


def signature(columns: Sequence[HeadColumn], section: FormSection | None) -> str:
    """The signature of a head, in the block `section` of a form: see `layout_key`."""
    return f"{layout_key(columns)}-{section.value if section else ''}".rstrip("-")


def layout_key(columns: Sequence[HeadColumn]) -> str:
    """The part of a signature that the head alone decides."""
    words = "\n".join("\t".join(map(folded, column.texts)) for column in columns)
    return sha256(words.encode()).hexdigest()[:LENGTH]


@lru_cache(maxsize=REMEMBERED)
def folded(text: str) -> str:
    """A head without what differs from copy to copy.

    >>> folded("2023年预算数（万元）"), folded("临江区财政局 2022 年度预算数")
    ('预算数', '预算数')
    """
    key = squeeze(text).lower()
    bare = _VARYING.sub("", _without_body(_NOTE.sub("", key)))
    return bare or _VARYING.sub("", key) or "#"


def _without_body(text: str) -> str:
    """The text without the name of a body that it begins with, if words are left."""
    grammar, organ = _names()
    places, rest = grammar.places(text)
    return (organ.sub("", rest) or rest or text) if places else text


@cache
def _names() -> tuple[Grammar, re.Pattern[str]]:
    names = default_vocabulary().departments
    ends = "|".join(map(re.escape, sorted(names.tails, key=len, reverse=True)))
    return Grammar(names), re.compile(rf"^[一-龥]{{0,12}}?(?:{ends})")
