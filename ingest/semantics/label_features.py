"""What the label reader sees of a text (特征): meaning, characters, and what is around it."""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.language.normalise import squeeze

HASHED = 4096
"""Number of places into which runs of characters are hashed, for the text itself."""
LONGEST_RUN = 3
"""Characters of the longest run."""
OWN, AROUND, HELD = 2.0, 1.4, 0.7
"""How much a text's own vector, what is around it and what it stands over count beside its runs of
characters."""
MAX_LENGTH = 60
"""Characters of a text that are looked at: no name of anything is longer."""
REMEMBERED = 20_000
"""How many texts keep their vectors unless it is said otherwise."""
PROMPT = "query: "
"""What the encoder was trained to see before a short text."""

Vectors = NDArray[np.float32]


class TextEncoder(Protocol):
    """The embedded encoder."""

    def mean(self, texts: Sequence[str]) -> Vectors:
        """Texts × dimension, each of length 1."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text in its place; each neighbour is "" where there is none.

    `over` is the head above it (年初预算 over 财政拨款), `section` the name of the block, `row` all
    the texts of its row.
    """

    text: str
    left: str = ""
    right: str = ""
    over: str = ""
    section: str = ""
    row: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    """What stands below a head, or beside a label, as far as it is filled."""

    @property
    def around(self) -> tuple[str, ...]:
        """The texts whose vectors stand beside that of its own, in their order."""
        return self.text, self.left, self.right, self.over, self.section


def labels_of(
    row: Sequence[str],
    *,
    over: Sequence[str] = (),
    section: str = "",
    below: Sequence[Sequence[str]] = (),
) -> list[Label]:
    """The texts of one row as labels, from left to right; `below` is what each stands over."""
    texts, block = tuple(map(shown, row)), shown(section)
    above = tuple(map(shown, over)) or ("",) * len(texts)
    contents = [tuple(filled) for filled in below] or [()] * len(texts)
    return [
        Label(
            text,
            texts[at - 1] if at else "",
            texts[at + 1] if at + 1 < len(texts) else "",
            above[at],
            block,
            texts,
            contents[at],
        )
        for at, text in enumerate(texts)
    ]


def shown(text: str) -> str:
    """The text as it is looked at: without white space, look-alikes folded, its beginning."""
    return squeeze(text)[:MAX_LENGTH]


_NUMBER = r"[-+−]?\d[\d,，]*(?:\.\d+)?"
_KINDS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        _NUMBER,  # a bare number
        r"\d{1,2}|100",  # one that may be points
        r"\d{1,3}",  # one that may count the rows
        rf"[^\d]{{0,5}}{_NUMBER}\s*[%％].{{0,4}}",  # a rate
        rf"(?:[≥≤><=＝≧≦]|不低于|不少于|不超过|大于|小于|等于|控制在).{{0,3}}{_NUMBER}.{{0,8}}",
        rf"{_NUMBER}\s*(?:[万亿千]?元)",  # money with its unit
        rf"[^\d]{{0,3}}{_NUMBER}\s*[^\d\s%％元]{{1,5}}",  # a number with another unit
        rf"{_NUMBER}\.\d{{2,6}}|\d+\.\d{{2,6}}",  # an amount to the cent
        r"[一-龥]{1,6}指标|[一-龥]{2}(?:成本|效益)",  # a family of indicators
        r"[一-龥]{1,3}",  # a unit or a short word
        r"[≥≤><=＝≧≦]|[正反]向|定[性量].{0,4}",  # a comparator
        r".*(?:局|院|校|中心|委员会|办事处|镇|乡|厅|公司|站|所|部|办公室|队)",  # a body
        r"20\d\d.{0,12}|.{0,4}\d{1,2}月.{0,8}",  # a date or year
        r"[—\-－–/\\*无]{0,3}",  # nothing filled in
    )
)
"""Kinds of cells; of a column is looked at what share of its cells is each."""
PROFILE = len(_KINDS) + 4
"""How many numbers tell what a column holds."""


def profile(contents: Sequence[str]) -> list[float]:
    """What a column holds: shares of kinds of cells and of lengths, and whether it is known.

    >>> len(profile(["≥95%", "8场"])) == PROFILE, profile([]) == [0.0] * PROFILE
    (True, True)
    """
    cells = [squeeze(one) for one in contents if one.strip()]
    if not cells:
        return [0.0] * PROFILE
    shares = [sum(bool(kind.fullmatch(one)) for one in cells) / len(cells) for kind in _KINDS]
    lengths = [len(one) for one in cells]
    return [
        1.0,
        *shares,
        sum(8 < length <= 25 for length in lengths) / len(cells),
        sum(length > 25 for length in lengths) / len(cells),
        len(set(cells)) / len(cells),
    ]


def runs(text: str) -> list[int]:
    """The hashed places of all runs of up to `LONGEST_RUN` characters, with its two ends."""
    return hashed(marked_runs(text), HASHED)


def marked_runs(text: str) -> Iterator[str]:
    """All runs of up to `LONGEST_RUN` characters of a text with its two ends."""
    marked = f"^{text}$"
    for length in range(1, LONGEST_RUN + 1):
        for start in range(len(marked) - length + 1):
            yield marked[start : start + length]


def hashed(marks: Iterable[str], places: int) -> list[int]:
    """The places of marks among so many, each once, in order."""
    return sorted({zlib.crc32(mark.encode()) % places for mark in marks})


class TextVectors:
    """The vectors of texts, each encoded once; that of no text is 0."""

    def __init__(self, encoder: TextEncoder, mean: Vectors, *, most: int = REMEMBERED) -> None:
        self.mean = mean
        self._encoder = encoder
        self._most = most
        self._none = np.zeros(len(mean), np.float32)
        self._known: dict[str, Vectors] = {}

    def of(self, texts: Sequence[str]) -> Vectors:
        """Texts × dimension."""
        new = [text for text in dict.fromkeys(texts) if text and text not in self._known]
        if len(self._known) + len(new) > self._most:
            self._known, new = {}, [text for text in dict.fromkeys(texts) if text]
        if new:
            self.keep(new, self._encoder.mean([PROMPT + text for text in new]))
        return np.stack([self._known[text] if text else self._none for text in texts])

    def keep(self, texts: Sequence[str], encoded: Vectors) -> None:
        """Remembers the vectors of texts, centred: the encoder's own lie close to each other."""
        apart = encoded - self.mean
        apart /= np.linalg.norm(apart, axis=1, keepdims=True)
        self._known.update(zip(texts, apart, strict=True))

    def seen(self, labels: Sequence[Label]) -> Vectors:
        """Labels × what stands around each: texts, the mean of the row, and what it stands over."""
        around = [text for label in labels for text in label.around]
        vectors = self.of(around).reshape(len(labels), -1)  # all that is new in one go
        rows = {label.row: self._middle(label.row) for label in labels}
        vectors = np.hstack([vectors, np.stack([rows[label.row] for label in labels])])
        own = len(self.mean)
        held = np.array([profile(label.contents) for label in labels], np.float32)
        return np.hstack([OWN * vectors[:, :own], AROUND * vectors[:, own:], HELD * held])

    def _middle(self, row: tuple[str, ...]) -> Vectors:
        texts = [text for text in row if text]
        mean: Vectors = self.of(texts).mean(axis=0) if texts else self._none
        return mean
