"""What a question sets against each other or puts together (所算的各项): 甲乡和乙乡, 执行数比预算.

Which words belong to a thing and which to all of them is not told here: the documents tell that,
where the words next to what joins them are found again. Pure.
"""

import re
from dataclasses import dataclass

from ingest.language.normalise import squeeze

MAX_OPERANDS = 6
"""Maximum number of things that one reckoning joins."""
MAX_WAYS = 5
"""Maximum number of ways in which two things are set against each other: each is looked up."""
MIN_NAMED = 2
"""Minimum number of characters that say which thing is meant."""
_AGAINST = re.compile("比|跟|与|和|同")
_TOGETHER = (re.compile("、|和|与|跟|及"), re.compile("、|和|与|跟|及|加上|加"))


@dataclass(frozen=True, slots=True)
class Operand:
    """One of the things: the words on its side of what joins them.

    The thing stands next to what joins: the last words of the first side, the first of the last.
    """

    words: str
    first: bool
    last: bool

    def named_by(self, text: str) -> int:
        """How many characters next to what joins the things a text has; 0 for too few."""
        words, told = self.words, squeeze(text)
        sizes = range(len(words), MIN_NAMED - 1, -1)
        if not (self.first or self.last):
            return len(words) if len(words) >= MIN_NAMED and words in told else 0
        ends = ((words[-size:] if self.first else words[:size]) for size in sizes)
        return next((len(end) for end in ends if end in told), 0)


def against(question: str) -> tuple[tuple[Operand, ...], ...]:
    """The ways in which two things may be set against each other, the likeliest first.

    >>> [[one.words for one in two] for two in against("支出比预算多多少")]
    [['支出', '预算多多少']]
    """
    text = squeeze(question)
    found = sorted(_AGAINST.finditer(text), key=lambda joint: joint.group() != "比")
    return tuple(_operands((text[: one.start()], text[one.end() :])) for one in found[:MAX_WAYS])


def together(question: str) -> tuple[tuple[Operand, ...], ...]:
    """The ways in which several things may be put together.

    >>> [[one.words for one in all] for all in together("大米、面粉和食油一共多少")]
    [['大米', '面粉', '食油一共多少']]
    """
    ways = dict.fromkeys(tuple(joints.split(squeeze(question))) for joints in _TOGETHER)
    fit = (parts for parts in ways if 1 < len(parts) <= MAX_OPERANDS and all(parts))
    return tuple(map(_operands, fit))


def _operands(parts: tuple[str, ...]) -> tuple[Operand, ...]:
    last = len(parts) - 1
    return tuple(Operand(words, at == 0, at == last) for at, words in enumerate(parts))
