"""Titles, tones, blanks and the patterns that cut a department's own words (drafting.toml)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.drafting.types import Cause, Section
from ingest.language.budget_terms import BudgetTerms
from ingest.language.packs import PackTable
from ingest.language.vocabulary import default_vocabulary

BLANKS = ("department", "project", "budget", "completion", "owner")
"""Keys of the blanks that a person is asked to fill in where the documents are silent."""
GAPS = ("duties", "staff", "work")
"""Topics that the list for the drafter asks for, where the documents are silent."""
TOPICS = ("duties", "staff", "work", "grading", "goal", "reached", "results")
"""Topics of a report that quote the department's own words."""


@dataclass(frozen=True, slots=True)
class Tone:
    """The phrase for the department (我单位, 口吻).

    `reviewing`: another body writes, which says whose words it quotes and lists all doubts.
    """

    department_phrase: str
    reviewing: bool


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
    project_report: str
    tones: Mapping[str, Tone]
    headings: Mapping[Cause, str]
    missed: str
    """The heading of missed outputs and effects together, and that of the measures against it."""
    missed_answer: str
    overspent_answer: str
    """The heading of what is done where more was spent than the budget."""
    answers: Mapping[Cause, str]
    """Headings of measures."""
    deadlines: Mapping[Cause, str]
    """Proposals by the year of budgeting, where nobody states a time."""
    blanks: Mapping[str, str]
    gaps: Mapping[str, str]
    terms: BudgetTerms
    processes: re.Pattern[str]
    effects: re.Pattern[str]
    """Levels and names of indicators of processes, and of effects."""
    items: ItemPatterns
    cause_in_completion: re.Pattern[str]
    causal: re.Pattern[str]
    """How a reason begins that needs no word before it (由于)."""
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
        gaps = pack.table("gaps")
        by_cause = {
            name: {cause: table.text(cause.value) for cause in Cause}
            for name, table in ((n, pack.table(n)) for n in ("headings", "answers", "deadlines"))
        }
        vocabulary = cls(
            sections={section: sections.text(section.value) for section in Section},
            project_report=sections.text("project_report"),
            tones={name: _tone(tones.table(name)) for name in tones},
            headings=by_cause["headings"],
            missed=sections.text("missed"),
            missed_answer=sections.text("missed_answer"),
            overspent_answer=sections.text("overspent_answer"),
            answers=by_cause["answers"],
            deadlines=by_cause["deadlines"],
            blanks={name: blanks.text(name) for name in BLANKS},
            gaps={name: gaps.text(name) for name in GAPS},
            terms=default_vocabulary().terms,
            processes=causes.pattern("processes"),
            effects=causes.pattern("effects"),
            items=ItemPatterns(
                numbering=items.pattern("numbering"),
                joining=items.pattern("joining"),
                empty=items.patterns("empty"),
            ),
            cause_in_completion=causes.pattern("told"),
            causal=causes.pattern("causal"),
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
    return Tone(
        department_phrase=table.text("whose"),
        reviewing=table.flag("reviewing", default=False),
    )
