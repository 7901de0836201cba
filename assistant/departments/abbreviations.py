"""Short names that only leave characters out (缩写): 珲春边合区, 延庆三幼, 驻京办.

People shorten a name by keeping some of its characters in order, from somewhere on up to what kind
of body it is: every such stretch of a text that fits one department of a library names it.
"""

import re
from collections.abc import Iterable, Iterator

MIN_CHARACTERS = 3
MAX_CHARACTERS = 20
_SKIPPED = (1, 2)
"""The second character of a short name stands so far behind the first in the full one."""


class Abbreviations:
    """Finds the names of a library in a text by some of their characters."""

    def __init__(self, names: Iterable[str], tails: Iterable[str]) -> None:
        self._tails = sorted(tails, key=len, reverse=True)
        self._cores: dict[str, int] = {}
        self._starts: dict[str, dict[str, int]] = {}
        for name in names:
            self._cores[name] = self._core(name)
            for step in _SKIPPED:
                for at in range(len(name) - step):
                    gram = name[at] + name[at + step]
                    self._starts.setdefault(gram, {}).setdefault(name, at)

    def find(self, text: str, start: int) -> tuple[int, tuple[str, ...]]:
        """The end of the longest short name that begins at `start`, and all that it may name."""
        best = start
        names: tuple[str, ...] = ()
        for name, at in self._starts.get(text[start : start + 2], {}).items():
            end = self._reach(text, start, name, at)
            if end > best:
                best, names = end, (name,)
            elif end == best and names:
                names = (*names, name)
        return best, names

    def _core(self, name: str) -> int:
        """The index from which a name only says what kind of body it is (…开发区|管理委员会)."""
        end = len(name)
        while tail := next((t for t in self._tails if name[:end].endswith(t)), ""):
            if end - len(tail) < MIN_CHARACTERS:
                break
            end -= len(tail)
        return end

    def _reach(self, text: str, start: int, name: str, at: int) -> int:
        """The end of the longest stretch that keeps the name's order and reaches its kind."""
        reached = start
        place = at - 1
        for end in range(start, min(len(text), start + MAX_CHARACTERS)):
            place = name.find(text[end], place + 1)
            if place < 0:
                break
            last = name.rfind(text[end])
            if end + 1 - start >= MIN_CHARACTERS and last >= self._cores[name] - 1:
                reached = end + 1
        return reached


_BEGINS = re.compile(
    r"(?:^|(?<=[^\u4e00-\u9fff])|(?<=[和与及跟、比的])|(?<=\d年)|(?<=\d年度))(?=[\u4e00-\u9fff])(?!年|度)"
)


def beginnings(text: str, taken: Iterable[int]) -> Iterator[int]:
    """Where a name may begin: where Chinese words do, behind a link, and behind what is taken."""
    yield from sorted({m.start() for m in _BEGINS.finditer(text)} | set(taken))
