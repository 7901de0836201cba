"""Which words of a question say what it is about (实词), told from those that only ask (问词).

Words that are common in questions and rare in the texts that answer them only ask: 多少, 麻烦, 花.
Which these are is counted by `tools/train_operations.py` in data/questions, and kept with the
weights of `assistant.questions.operations`.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from assistant.language.name_matching import in_order
from assistant.questions.operations import WEIGHTS

WORDS = "words.json"
"""The file of the words that are not worth 1, beside the weights."""
COMMON = 0.3
"""What words are worth in it that are common, and still name something."""
_CLAUSE = re.compile(r"[^\W_]+")
_WHICH = re.compile(
    "[哪几那这][个些项类种笔条家块边部所处俩两]?|[一两俩二三四五六七八九十][个项类种笔条家块列]"
)
"""Words that ask for one of several, or say how many there are."""


MAX_SWAPPED = 12
"""Maximum number of characters of a name that may be called almost so."""
MIN_SHORT = 3
"""Minimum number of characters of the short name of a body."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a question between punctuation, and how much each of its characters says."""

    text: str
    start: int
    worth: tuple[float, ...]

    @property
    def weights(self) -> dict[int, float]:
        """What its characters are worth, by their places in the question."""
        return {self.start + at: worth for at, worth in enumerate(self.worth)}

    def said_by(self, text: str) -> frozenset[int]:
        """The places whose characters a text says: in pairs as they stand, or in their order.

        >>> clause = Clause("农机补贴花", 3, (1, 1, 1, 1, 0))
        >>> sorted(clause.said_by("农业机械购置补贴"))
        [3, 4, 5, 6]
        """
        pairs = (at for at in range(len(self.text) - 1) if self.text[at : at + 2] in text)
        found = {place for at in pairs for place in (at, at + 1)}
        for run in self._runs(found):
            while len(run) > 1 and not in_order(self.text[run[0] : run[-1] + 1], text):
                run = run[:-1]
            found |= {*run} if len(run) > 1 else set()
        return frozenset(self.start + at for at in found)

    def shortens(self, name: str) -> frozenset[int]:
        """The places of the longest short name of a body: some of its characters in their order,
        up to the one that says what kind of body it is.

        >>> sorted(Clause("问文旅局花了多少", 0, (1,) * 8).shortens("市文化广电和旅游局"))
        [1, 2, 3]
        """
        ends = (at for at, letter in enumerate(self.text) if letter == name[-1])
        best = range(0)
        for end in ends:
            start, left = end, len(name) - 1
            while start and (left := name.rfind(self.text[start - 1], 0, left)) >= 0:
                start -= 1
            if end + 1 - start >= max(MIN_SHORT, len(best) + 1):
                best = range(start, end + 1)
        return frozenset(self.start + at for at in best)

    def swaps(self, name: str, known: frozenset[int]) -> int:
        """How many characters that are not known make a name that is called almost so of another:
        one of its letters differs.

        >>> Clause("北汀县分了多少", 0, (1, 1, 1, 0, 0, 0, 0)).swaps("南汀县", frozenset({1, 2}))
        1
        """
        size = len(name)
        if not MIN_SHORT <= size <= MAX_SWAPPED or name in self.text:
            return 0
        swapped = set()
        for start in range(len(self.text) - size + 1):
            unlike = [at for at in range(size) if self.text[start + at] != name[at]]
            if len(unlike) == 1 and self.worth[start + unlike[0]] == 1:
                swapped.add(self.start + start + unlike[0])
        return len(swapped - known)

    def untold(self, known: frozenset[int], least: float = 1) -> bool:
        """Whether two characters side by side that are each worth so much are not known."""
        places = {at - self.start for at in known}
        return any(len(run) > 1 for run in self._runs(places, least))

    def _runs(self, besides: Collection[int], least: float = 1) -> Iterator[range]:
        """The stretches of letters that are worth so much, without some places."""
        start = 0
        for at in range(len(self.text) + 1):
            ends = at == len(self.text) or at in besides
            if ends or self.worth[at] < least or self.text[at].isdigit():
                if start < at:
                    yield range(start, at)
                start = at + 1


class AskedWords:
    """Tells what each character of a question says: those that only ask say nothing."""

    def __init__(self, worth: Mapping[str, float]) -> None:
        """`worth` (0 to 1) of words that many questions have; any other is worth 1."""
        self._worth = worth
        self._longest = max(map(len, worth), default=0)

    def of(self, question: str) -> tuple[Clause, ...]:
        """The clauses of a squeezed question."""
        return tuple(
            Clause(found[0], found.start(), tuple(self._worths(found[0])))
            for found in _CLAUSE.finditer(question)
        )

    def _worths(self, text: str) -> Iterator[float]:
        at = 0
        while at < len(text):
            if found := _WHICH.match(text, at):
                word, worth = found[0], 0.0
            else:
                sizes = range(min(self._longest, len(text) - at), 0, -1)
                words = (text[at : at + size] for size in sizes)
                word = next((one for one in words if one in self._worth), text[at])
                worth = self._worth.get(word, 1.0)
            yield from (worth,) * len(word)
            at += len(word)


@cache
def shipped_words() -> AskedWords:
    """Those of data/models, read once."""
    return AskedWords(json.loads((WEIGHTS / WORDS).read_text(encoding="utf-8")))
