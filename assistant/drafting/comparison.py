"""What changed between two versions of a draft, paragraph by paragraph (版本比较). Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.drafting.types import Draft

MIN_LIKENESS = 0.4
"""Minimum likeness, from 0 to 1, at which two paragraphs are one that was changed."""
_WORD = re.compile(r"\[\d+\]|\d[\d,.]*%?|[A-Za-z]+|\s+|.", re.DOTALL)
"""A number, a marker or a word is changed as a whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a paragraph: of both versions, only of the `old` one, or only of the `new` one."""

    text: str
    old: bool = True
    new: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph or row of a table in the one version or the other; numbers count from 1.

    A number is None where that version does not have it.
    """

    old_number: int | None
    new_number: int | None
    pieces: tuple[Piece, ...]

    @property
    def same(self) -> bool:
        """Whether both versions say it alike."""
        return all(piece.old and piece.new for piece in self.pieces)


def compared(old: Draft, new: Draft) -> tuple[Change, ...]:
    """Every paragraph of both versions, in reading order."""
    before, after = lines(old), lines(new)
    matcher = SequenceMatcher(None, [t for _, t in before], [t for _, t in after], autojunk=False)
    changes: list[Change] = []
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            for (number, text), (other, _) in zip(before[i:i_end], after[j:j_end], strict=True):
                changes.append(Change(number, other, (Piece(text),)))
        else:
            changes += _changed(before[i:i_end], after[j:j_end])
    return tuple(changes)


def lines(draft: Draft) -> list[tuple[int, str]]:
    """The paragraphs with their numbers, the rows of a table behind its caption."""
    told: list[tuple[int, str]] = []
    for number, paragraph in enumerate(draft.paragraphs, 1):
        told.append((number, paragraph.text))
        rows = paragraph.table.rows if paragraph.table else ()
        told += [(number, " | ".join(row)) for row in rows]
    return told


def _changed(
    before: Sequence[tuple[int, str]], after: Sequence[tuple[int, str]]
) -> Iterator[Change]:
    """Paragraphs in one place that differ: those alike are one that was changed."""
    left = list(before)
    for new_number, text in after:
        likeness = [_likeness(old, text) for _, old in left]
        best = max(likeness, default=0.0)
        if best < MIN_LIKENESS:
            yield Change(None, new_number, (Piece(text, old=False),))
            continue
        at = likeness.index(best)
        yield from map(_gone, left[:at])
        yield Change(left[at][0], new_number, tuple(_pieces(left[at][1], text)))
        del left[: at + 1]
    yield from map(_gone, left)


def _gone(line: tuple[int, str]) -> Change:
    return Change(line[0], None, (Piece(line[1], new=False),))


def _likeness(old: str, new: str) -> float:
    return SequenceMatcher(None, _WORD.findall(old), _WORD.findall(new), autojunk=False).ratio()


def _pieces(old: str, new: str) -> Iterator[Piece]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("".join(before[i:i_end]))
            continue
        if i < i_end:
            yield Piece("".join(before[i:i_end]), new=False)
        if j < j_end:
            yield Piece("".join(after[j:j_end]), old=False)
