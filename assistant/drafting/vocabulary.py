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
"""What a person is asked to fill in where the documents do not say it."""
TOPICS = ("duties", "staff", "work", "grading", "results")
"""Parts of a report that are taken from a department's own words."""


@dataclass(frozen=True, slots=True)
class Tone:
    """How a department is called (我单位), and whether only the conclusions are told (口吻)."""

    whose: str
    brief: bool


@dataclass(frozen=True, slots=True)
class ItemPatterns:
    """Where an item of running text begins, what only leads to it, and what says nothing."""

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
    """What the department says in its reason that it will do, from the start of a clause."""
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
    return Tone(whose=table.text("whose"), brief=table.flag("brief"))
