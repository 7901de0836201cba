"""What is wrong, one by one (事项) and under a heading (问题), and how a paragraph goes with it."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.drafting.material import Line
from assistant.drafting.paragraphs import Block
from assistant.drafting.self_report import Item
from assistant.drafting.types import Cause
from assistant.grounding.citations import Statement
from assistant.types import Finding

SHORTEST_REMAINDER = 16
"""Minimum length, in characters, of a sentence that goes on where its heading ends."""
MAX_LABEL_LENGTH = 24
"""Maximum length, in characters, of the first clause by which a problem is named."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that is wrong (事项): what it is named by, and the paragraph that states it.

    `gravity` is in points of a form that makes 100; `reason` is the cause that the form gives, and
    `intended` the measure that the department announces with it; `kinds` are what was filled in
    badly, by the names of the library of measures; `names` are those of the rows where several
    stand in one sentence. It is `unexplained` where no reason is given that can be the reason, and
    `silent` where none is given at all, which its paragraph does not say.
    """

    cause: Cause
    label: str
    block: Block
    gravity: Decimal
    lines: tuple[Line, ...] = ()
    items: tuple[Item, ...] = ()
    finding: Finding | None = None
    reason: str = ""
    intended: Item | None = None
    kinds: tuple[str, ...] = ()
    names: str = ""
    unexplained: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A headed problem: its matters in paragraphs, and lesser ones that a table holds."""

    cause: Cause
    heading: str
    told: tuple[Matter, ...]
    small: tuple[Matter, ...] = ()
    rest: tuple[Block, ...] = ()
    lead: Block | None = None
    """How much weight the missed indicators have together, before they are told."""

    @property
    def matters(self) -> tuple[Matter, ...]:
        """All its matters, the gravest first."""
        return (*self.told, *self.small)

    @property
    def blocks(self) -> list[Block]:
        """Its paragraphs, and the table of its lesser matters."""
        return [*(matter.block for matter in self.told), *self.rest]


def without(block: Block, heading: str) -> Block:
    """The paragraph without a first clause, or a name, that only repeats its heading."""
    first, *rest = block.statements
    named = re.match(r"“[^“”]+”(?=未达到)", heading)
    if named:
        statements = (
            replace(one, text=one.text.replace(named.group(), "该指标", 1))
            for one in block.statements
        )
        return replace(block, statements=tuple(statements))
    text = first.text.removeprefix(heading)
    if text == first.text or text[:1] not in ("，", "。"):
        return block
    if len(text + "".join(statement.text for statement in rest)) < SHORTEST_REMAINDER:
        return block
    return replace(block, statements=(replace(first, text=text[1:]), *rest))


def ending(matter: Matter, words: str) -> Matter:
    """The matter with words before the full stop of its paragraph."""
    *first, last = matter.block.statements
    return replace(matter, block=replace(matter.block, statements=(*first, Statement(words), last)))


def label_of(text: str) -> str:
    """The first clause, by which a problem is named; cut where it is long."""
    first = re.split(r"[，。；：]", text, maxsplit=1)[0]
    return first if len(first) <= MAX_LABEL_LENGTH else first[:MAX_LABEL_LENGTH] + "……"
