"""Titles, tones, blanks and the patterns that cut a department's own words (drafting.toml)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.drafting.types import Section
from ingest.language.packs import PackTable

BLANKS = (
    *("duties", "staff", "tasks", "goals", "budget", "completion", "cause", "owner", "deadline"),
    *("goal", "proof", "target", "problem", "score", "next"),
)
"""Keys of the blanks that a person is asked to fill in where the documents are silent."""
TOPICS = ("duties", "staff", "work", "grading", "results")
"""Topics of a report that quote the department's own words."""


@dataclass(frozen=True, slots=True)
class Tone:
    """The phrase for the department (我单位), and whether only conclusions are written (口吻)."""

    department_phrase: str
    brief: bool


@dataclass(frozen=True, slots=True)
class ItemPatterns:
    """Patterns of an item's number, of words that only introduce it, and of empty items."""

    numbering: re.Pattern[str]
    joining: re.Pattern[str]
    empty: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class DraftingVocabulary:
    """Words of drafts; the order of the sections stands in assistant/drafting/outline.py."""

    sections: Mapping[Section, str]
    tones: Mapping[str, Tone]
    blanks: Mapping[str, str]
    items: ItemPatterns
    cause_in_completion: re.Pattern[str]
    own_measure: re.Pattern[str]
    """A measure that the department announces in its reason, from the start of a clause."""
    owner_stated: re.Pattern[str]
    deadline_stated: re.Pattern[str]
    topics: Mapping[str, re.Pattern[str]]

    @classmethod
    def from_pack(cls, pack: PackTable) -> "DraftingVocabulary":
        """The pack `drafting`; raises PackError where it is wrong."""
        sections, blanks, topics = map(pack.table, ("sections", "blanks", "topics"))
        items, causes, stated = map(pack.table, ("items", "causes", "stated"))
        tones = pack.table("tones")
        own_measure = causes.pattern("own_measure").pattern
        vocabulary = cls(
            sections={section: sections.text(section.value) for section in Section},
            tones={name: _tone(tones.table(name)) for name in tones},
            blanks={name: blanks.text(name) for name in BLANKS},
            items=ItemPatterns(
                numbering=items.pattern("numbering"),
                joining=items.pattern("joining"),
                empty=items.patterns("empty"),
            ),
            cause_in_completion=causes.pattern("told"),
            own_measure=re.compile(rf"(?:^|[，。；、])({own_measure})"),
            owner_stated=stated.pattern("owner"),
            deadline_stated=stated.pattern("deadline"),
            topics={name: topics.pattern(name) for name in TOPICS},
        )
        if not vocabulary.tones:
            pack.fail("tones", "至少要有一种口吻")
        pack.reject_unread()
        return vocabulary


def _tone(table: PackTable) -> Tone:
    return Tone(department_phrase=table.text("whose"), brief=table.flag("brief"))
