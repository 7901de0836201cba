"""A department's own statements, item by item (一是…二是…), each with its place (部门自述)."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.drafting.vocabulary import ItemPatterns
from assistant.grounding.citations import Source, of_passage
from ingest.types.facts import Passage

MIN_REPEATED_SHARE = 0.8
"""Minimum share of words, from 0 to 1, at which two items of two documents count as the same."""
_SIGNED = re.compile(r"(?<=[。；])[^。；，,\d于]{2,30}\d{4}年\d{1,2}月\d{1,2}日[。]?$")
"""Who signs and when, behind the last item (落款)."""
_COUNTED = re.compile(r"^(\d{1,2})[.、．]")
Sentences = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Item:
    """One item in the department's own words, without the number before it."""

    text: str
    source: Source


class Items:
    """Cuts the text under a heading into its items."""

    def __init__(self, patterns: ItemPatterns, sentences: Sentences) -> None:
        numbering = patterns.numbering.pattern
        self._cut = re.compile(rf"(?={numbering})")
        self._number = re.compile(rf"^(?:{numbering})\s*")
        self._joining = re.compile(rf"^(?:{patterns.joining.pattern})")
        self._empty = re.compile("|".join(empty.pattern for empty in patterns.empty))
        self._sentences = sentences

    def of(self, passages: Iterable[Passage]) -> tuple[Item, ...]:
        """The items of all documents in order, those that repeat another left out."""
        sections: dict[tuple[str, str], list[Passage]] = {}
        for passage in passages:
            sections.setdefault((passage.document_id, passage.section), []).append(passage)
        items: list[Item] = []
        for section in sections.values():
            for item in self._section(section):
                if not any(alike(item.text, known.text) >= MIN_REPEATED_SHARE for known in items):
                    items.append(item)
        return tuple(items)

    def _section(self, passages: Sequence[Passage]) -> list[Item]:
        """The numbered items of a section; its sentences, where nothing is numbered."""
        texts: list[str] = []
        numbered = False
        last = ""
        content = [p for p in passages if not self._heading(p)]
        for sentence in self._sentences(_joined(content)):
            pieces = deque(filter(None, self._cut.split("".join(sentence.split()))))
            while pieces:
                piece, after = self._before_next(pieces.popleft(), last)
                if after:
                    pieces.appendleft(after)
                if number := self._number.match(piece):
                    last = number.group()
                    if not numbered:  # leaves out an introduction to the first item (主要是)
                        texts = [text for text in texts if text.endswith("。")]
                    numbered = True
                    texts.append(self._number.sub("", piece))
                elif numbered:
                    texts[-1] += piece
                else:
                    texts.append(piece)
        return [
            Item(text, of_passage(_holder(text, content), text))
            for text in map(self._trimmed, texts)
            if len(text) > 3 and not self._empty.search(text)
        ]

    @staticmethod
    def _before_next(piece: str, last: str) -> tuple[str, str]:
        """A piece up to the number that follows the last one, though no sentence ends before it
        (…宣传报道2.农村公路养护), and the rest."""
        counted = _COUNTED.match(piece) or _COUNTED.match(last)
        if counted is None:
            return piece, ""
        following = re.search(rf"(?<=[一-鿿]){int(counted[1]) + 1}[.、．](?=[一-鿿])", piece)
        if following is None:
            return piece, ""
        return piece[: following.start()], piece[following.start() :]

    def _heading(self, passage: Passage) -> bool:
        """Whether a passage only repeats the heading it stands under."""
        words = _bare(self._number.sub("", passage.text.strip()))
        return words in {_bare(part) for part in passage.section.split(" / ")}

    def _trimmed(self, text: str) -> str:
        return _SIGNED.sub("", self._joining.sub("", text)).strip("；;，,。 ")


def _joined(passages: Iterable[Passage]) -> str:
    """The text of passages that follow each other; a finished sentence ends its line."""
    texts = [passage.text.strip() for passage in passages]
    return "".join(text + ("\n" if text.endswith(("。", "！", "；")) else "") for text in texts)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _holder(text: str, passages: Sequence[Passage]) -> Passage:
    """The passage in which an item begins."""
    start = text[:10]
    return next((p for p in passages if start in "".join(p.text.split())), passages[0])


def alike(one: str, other: str) -> float:
    """The share of the shorter text's pairs of characters that the other has, from 0 to 1."""
    a, b = pairs(one), pairs(other)
    return len(a & b) / max(1, min(len(a), len(b)))


def pairs(text: str) -> set[str]:
    """Every pair of characters that follow each other, punctuation left out."""
    plain = [c for c in text if c.isalnum()]
    return {x + y for x, y in pairwise(plain)}


def shared(one: str, other: str) -> int:
    """The length of the longest run of characters that both texts have; years are no likeness."""
    a, b = ("".join(c for c in text if c.isalnum() and not c.isdigit()) for text in (one, other))
    best = 0
    for start in range(len(a)):
        while a[start : start + best + 1] in b and start + best < len(a):
            best += 1
    return best
