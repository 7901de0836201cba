"""How well a phrase of a question fits a name of the documents (名称匹配). Pure.

Characters and pairs of characters count by how rare they are among the names compared, so that
满意度 says less than 社区矫正; what the phrase asks and the name does not say counts against it.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ingest.language.normalise import normalise

MIN_COVER = 0.62
"""A phrase is answered by a name that explains at least this share of it."""
HEADING_WEIGHT, CONTEXT_WEIGHT = 0.8, 0.6
"""What a character is worth that stands only in the heading, or only in the words around."""
VERB_WEIGHT = 0.25
"""What a character of a verb is worth that only says that something was done."""
_DROP = re.compile(r"[\s“”\"'‘’《》〈〉「」『』（）()\[\]【】、，,：:；;。.·|/\-—的]+")


@dataclass(frozen=True, slots=True)
class Fit:
    """How much of the phrase the name explains, and how much of the name the phrase says."""

    cover: float
    share: float

    @property
    def score(self) -> float:
        """One number to rank names by, from 0 to 1."""
        return 0.65 * self.cover + 0.35 * self.share


_MAX_CACHED_NAMES = 100_000
_MAX_CACHED_PHRASES = 64
NO_FIT = Fit(0.0, 0.0)


class Synonyms:
    """Words that are read as another: both sides of a comparison are rewritten alike."""

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        pairs = {word: plain for plain, words in groups.items() for word in words}
        ordered = sorted(pairs, key=len, reverse=True)
        self._pairs = pairs
        self._pattern = re.compile("|".join(map(re.escape, ordered)) or "(?!)")
        self.plain = lru_cache(maxsize=_MAX_CACHED_NAMES)(self._plain)

    def _plain(self, text: str) -> str:
        """The text as it is compared: without punctuation, in standard words."""
        folded = _DROP.sub("", normalise(text)).lower()
        return self._pattern.sub(lambda m: self._pairs[m.group()], folded)


class Matcher:
    """Compares phrases with names; the names tell which characters are common."""

    def __init__(
        self,
        names: Iterable[str],
        synonyms: Synonyms,
        cut: Callable[[str], list[str]],
        verbs: Iterable[str] = (),
    ) -> None:
        self._synonyms = synonyms
        self._cut = cut
        self._verbs = re.compile("|".join(map(re.escape, verbs)) or "(?!)")
        plain = {synonyms.plain(name) for name in names}
        self._count = max(len(plain), 8)
        self._common = Counter(gram for name in plain for gram in set(_grams(name)))
        self._weights = lru_cache(_MAX_CACHED_PHRASES)(self._weights_of)

    def fit(self, phrase: str, name: str, near: str = "", far: str = "") -> Fit:
        """How a name fits, with the headings above it and the words around it to help."""
        return self._fit(
            self._synonyms.plain(phrase),
            self._synonyms.plain(name),
            self._synonyms.plain(near),
            self._synonyms.plain(far),
        )

    def same(self, phrase: str, name: str) -> bool:
        """Whether a name given word by word is this one: equal, part of it, or mistyped."""
        asked, known = self._synonyms.plain(phrase), self._synonyms.plain(name)
        if asked == known:
            return True
        if len(asked) >= 4 and asked in known and len(asked) * 2 >= len(known):
            return True
        if len(known) >= 4 and known in asked and len(known) * 4 >= len(asked) * 3:
            return True
        return len(asked) >= 4 and self._mistyped(asked, known)

    def part(self, phrase: str, name: str) -> bool:
        """Whether a name holds the phrase, four characters or more of it."""
        asked = self._synonyms.plain(phrase)
        return len(asked) >= 4 and (asked in self._synonyms.plain(name) or phrase in name)

    def equal(self, phrase: str, name: str) -> bool:
        """Whether both are the same in standard words."""
        return self._synonyms.plain(phrase) == self._synonyms.plain(name)

    def _fit(self, phrase: str, name: str, near: str, far: str) -> Fit:
        if not phrase or not name:
            return NO_FIT
        weights = self._weights(phrase)
        wanted = sum(weights.values())
        got = sum(
            weight
            * (
                1.0
                if g in name
                else HEADING_WEIGHT
                if g in near
                else CONTEXT_WEIGHT
                if g in far
                else 0.0
            )
            for g, weight in weights.items()
        )
        if _abbreviates(phrase, name):
            got = max(got, 0.9 * wanted)
        name_grams = _grams(name)
        whole = sum(self._weight(g) for g in name_grams)
        shared = sum(self._weight(g) for g in name_grams if g in phrase)
        return Fit(got / wanted, shared / whole)

    def _weights_of(self, phrase: str) -> Mapping[str, float]:
        """How much each part of a phrase counts; a phrase is compared with many names."""
        verbs = "".join(self._verbs.findall(phrase))
        return {
            g: self._weight(g) * (VERB_WEIGHT if verbs and g in verbs else 1.0)
            for g in _grams(phrase)
        }

    def _weight(self, gram: str) -> float:
        weight = math.log(1 + self._count / (0.5 + self._common[gram]))
        return weight * (0.7 if len(gram) == 2 else 1.0)

    def _mistyped(self, asked: str, known: str) -> bool:
        """Whether the two differ by one character that makes no word where it stands.

        满意渡 is a slip; 辖区 for 灌区 is another word, and so another thing.
        """
        if abs(len(asked) - len(known)) > 1:
            return False
        if len(asked) == len(known):
            wrong = [i for i, (a, b) in enumerate(zip(asked, known, strict=True)) if a != b]
            swapped = len(wrong) == 2 and asked[wrong[0]] == known[wrong[1]]
            if len(wrong) > 1 and not (swapped and wrong[1] == wrong[0] + 1):
                return False
        else:
            return _one_missing(asked, known)
        return all(len(self._word_at(asked, i)) == 1 for i in wrong) or len(wrong) == 2

    def _word_at(self, text: str, index: int) -> str:
        at = 0
        for word in self._cut(text):
            at = text.find(word, at) if text.find(word, at) >= 0 else at
            if at <= index < at + len(word):
                return word
        return text[index]


@lru_cache(maxsize=20_000)
def _grams(text: str) -> tuple[str, ...]:
    """The characters and pairs of characters of a text, each once."""
    return tuple(dict.fromkeys([*text, *(text[i : i + 2] for i in range(len(text) - 1))]))


def _abbreviates(phrase: str, name: str) -> bool:
    """Whether the phrase is a short form: its characters in order, ending alike (机扫率)."""
    if not 3 <= len(phrase) < len(name) or phrase[-1] != name[-1]:
        return False
    rest = iter(name)
    return all(char in rest for char in phrase)


def _one_missing(one: str, other: str) -> bool:
    long, short = (one, other) if len(one) > len(other) else (other, one)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def replaced(whole: str, part: str) -> str:
    """`whole` with `part` in the place of what ends alike.

    >>> replaced("科学城片区志愿服务队", "临港片区")
    '临港片区志愿服务队'
    """
    for size in range(min(len(part) - 1, 4), 0, -1):
        at = whole.find(part[-size:])
        if at > 0:
            return part + whole[at + size :]
    return part


def in_order(part: str, text: str) -> bool:
    """Whether a text has all the characters of a part in their order, close to each other."""
    start = text.find(part[0])
    while start >= 0:
        at = start
        for character in part[1:]:
            at = text.find(character, at + 1)
            if at < 0:
                return False
        if at - start < 2 * len(part):
            return True
        start = text.find(part[0], start + 1)
    return False
