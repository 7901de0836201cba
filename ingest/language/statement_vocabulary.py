"""How running text states figures (叙述用语), from `data/lexicon/statements.toml`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.language.lexicon import longest_first
from ingest.language.packs import PackTable
from ingest.types.facts import Role


@dataclass(frozen=True, slots=True, eq=False)
class StatementVocabulary:
    """The words around a number that tell whose it is, and what."""

    joins: re.Pattern[str]
    """Words before a number that only join it to its subject."""
    leads: re.Pattern[str]
    """Words at the start of a clause that say nothing of the subject."""
    echoes: frozenset[str]
    """Subjects that stand for the one before them."""
    leading_on: re.Pattern[str]
    """Function words that lead on to a number (由、但未): no subject ends in them."""
    totals: frozenset[str]
    """Words that sum up what was listed before them."""
    ledger: tuple[str, ...]
    """Words of accounts that take the head of the subject before them (预算、决算)."""
    target_before: re.Pattern[str]
    """What makes the number behind it a target."""
    target_after: re.Pattern[str]
    """What makes the number before it a target."""
    apart: re.Pattern[str]
    """A comparator that stands apart from its number."""
    other_year: tuple[str, ...]
    """Words of another year: its figures are told for comparison."""
    of_which: str
    """The word after which a whole's parts are told (其中)."""
    parts: tuple[str, ...]
    """Budget terms that are parts of a whole."""
    unit_roles: Mapping[str, Role]
    """What a number of a unit is, where its subject names no budget term."""
    remaining: re.Pattern[str]
    """What leads a number of what is still to be done."""
    project_led: re.Pattern[str]
    """A sentence that opens with a project's name."""

    @classmethod
    def from_pack(cls, pack: PackTable) -> "StatementVocabulary":
        """The words of a pack; raises PackError for what is missing, wrong or unknown."""
        unit_roles = pack.table("unit_roles")
        vocabulary = cls(
            joins=re.compile(rf"(?:{_alternatives(pack.words('joins'))}|\s)+$"),
            leads=re.compile(rf"^(?:{_alternatives(pack.words('leads'))}|\s)+"),
            echoes=frozenset(pack.words("echoes")),
            leading_on=re.compile(rf"(?:{_alternatives(pack.words('leading_on'))})+$"),
            totals=frozenset(pack.words("totals")),
            ledger=tuple(longest_first(pack.words("ledger"))),
            target_before=pack.pattern("target_before"),
            target_after=pack.pattern("target_after"),
            apart=pack.pattern("apart"),
            other_year=pack.words("other_year"),
            of_which=pack.text("of_which"),
            parts=pack.words("parts"),
            unit_roles={unit: unit_roles.member(unit, Role) for unit in unit_roles},
            remaining=pack.pattern("remaining"),
            project_led=pack.pattern("project_led"),
        )
        pack.reject_unread()
        return vocabulary


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in longest_first(words))
