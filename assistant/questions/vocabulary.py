"""Wordings of questions (问句的说法): data/lexicon/questions.toml, compiled and checked once."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Generic, TypeVar

from assistant.types import (
    Catalogue,
    CheckKind,
    Dimension,
    Intent,
    RateKind,
    StatusFamily,
    Topic,
    Trend,
)
from ingest.language.lexicon import any_of
from ingest.language.packs import PackTable, open_pack
from ingest.types.blocks import Form
from ingest.types.facts import Role

Meaning = TypeVar("Meaning")
Member = TypeVar("Member", bound=Enum)

_NEVER = re.compile("(?!)")
_SIGNS = ("<", ">", "≥", "≤")
_ASKED_FOR_IN_WORDS = frozenset(Dimension) - {Dimension.WHOLE, Dimension.CHANGE}
"""The other two follow from a question that names nothing, see open_questions.py."""


@dataclass(frozen=True, slots=True)
class Cues(Generic[Meaning]):
    """Patterns with their meanings, in the order of the pack: the first that fits is taken."""

    entries: tuple[tuple[Meaning, re.Pattern[str]], ...]

    @property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The patterns alone."""
        return tuple(pattern for _, pattern in self.entries)

    def match(self, text: str) -> tuple[Meaning, re.Match[str]] | None:
        """The first meaning that the text has, and the match of its pattern."""
        for meaning, pattern in self.entries:
            if match := pattern.search(text):
                return meaning, match
        return None

    def first(self, text: str) -> Meaning | None:
        """The first meaning that the text has, None where it has none."""
        match = self.match(text)
        return match[0] if match else None

    def all(self, text: str) -> tuple[Meaning, ...]:
        """Every meaning that the text has."""
        return tuple(meaning for meaning, pattern in self.entries if pattern.search(text))

    def pattern(self, meaning: Meaning) -> re.Pattern[str]:
        """The pattern of one meaning; one that never matches where the pack has none."""
        return next(
            (pattern for entry_meaning, pattern in self.entries if entry_meaning == meaning), _NEVER
        )


@dataclass(frozen=True, slots=True)
class IntentCue:
    """The pattern of an intent, and the pattern that rules it out (`unless`)."""

    intent: Intent
    pattern: re.Pattern[str]
    unless: re.Pattern[str]

    def fits(self, text: str) -> bool:
        """Whether the text has this intent."""
        return bool(self.pattern.search(text)) and not self.unless.search(text)


@dataclass(frozen=True, slots=True)
class NameVocabulary:
    """Words beside the names in a question, which separate names from question words.

    `fillers` go before anything is read; `stop` and, at the ends, the characters of `edges` are
    left out of what is asked about. After `about_tasks` a task's name limits the question.
    `relative_years` gives 去年 as −1.
    """

    fillers: re.Pattern[str]
    stop: re.Pattern[str]
    edges: str
    about_tasks: re.Pattern[str]
    task_money: re.Pattern[str]
    relative_years: Mapping[str, int]
    forms: Cues[Form]


@dataclass(frozen=True, slots=True)
class OpenVocabulary:
    """The wordings of questions that name no single thing, see open_questions.py.

    `twins` sets an amount planned beside the amount spent on the same.
    """

    trends: Cues[Trend]
    all_met: re.Pattern[str]
    spent_on: re.Pattern[str]
    several: re.Pattern[str]
    over_budget: re.Pattern[str]
    both: re.Pattern[str]
    planned: re.Pattern[str]
    who: re.Pattern[str]
    changed: re.Pattern[str]
    twins: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class QuestionVocabulary:
    """The whole pack; the comments in questions.toml explain what each table recognises.

    `measures` and `counters` give the units that an answer may have; `counted` finds a counter.
    `swaps` have the thing put in another's place as group `what`, `topic_pairs` what joins two
    topics as group `link`. `topic_sections` matches the sections of a document on a topic, and
    `planted` sentences in documents that are written for a machine to obey.
    """

    intents: tuple[IntentCue, ...]
    roles: Cues[Role]
    status_families: Cues[StatusFamily]
    dimensions: Cues[Dimension]
    conditions: Cues[str]
    measures: Cues[tuple[str, ...]]
    counters: Mapping[str, tuple[str, ...]]
    counted: re.Pattern[str]
    levels: re.Pattern[str]
    rates: Cues[RateKind]
    checks: Cues[CheckKind]
    topics: Cues[Topic]
    catalogues: Cues[Catalogue]
    superlatives: re.Pattern[str]
    altogether: re.Pattern[str]
    findings: re.Pattern[str]
    spending: re.Pattern[str]
    each: re.Pattern[str]
    forecast: re.Pattern[str]
    most: re.Pattern[str]
    grades: tuple[str, ...]
    topic_pairs: re.Pattern[str]
    topic_pair_question: str
    swaps: tuple[re.Pattern[str], ...]
    next_year: re.Pattern[str]
    against_last_year: re.Pattern[str]
    topic_sections: Mapping[Topic, re.Pattern[str]]
    planted: re.Pattern[str]
    names: NameVocabulary
    open: OpenVocabulary

    @classmethod
    def from_pack(cls, pack: PackTable) -> "QuestionVocabulary":
        """The pack checked; raises PackError, which names file and key, for what is wrong in it."""
        words, follow, pairs = (
            pack.table("words"),
            pack.table("followup"),
            pack.table("topic_pairs"),
        )
        counters = _counters(pack.table("counters"))
        counter = "|".join(sorted(counters, key=len, reverse=True))
        sections = _cues(pack.table("topic_sections"), Topic, _pattern)
        vocabulary = cls(
            intents=_intents(pack),
            roles=_cues(pack.table("roles"), Role),
            status_families=_cues(
                pack.table("status_families"), StatusFamily, members=StatusFamily
            ),
            dimensions=_cues(pack.table("dimensions"), Dimension, members=_ASKED_FOR_IN_WORDS),
            conditions=_conditions(pack.table("conditions")),
            measures=Cues(
                tuple((m.words("units"), _any(m, "any")) for m in pack.tables("measure"))
            ),
            counters=counters,
            counted=re.compile(rf"(?:(?<![这那哪])几|多少)({counter})(?!百分点)"),
            levels=pack.table("levels").pattern("names"),
            rates=_cues(pack.table("rates"), RateKind, members=RateKind),
            checks=_cues(pack.table("checks"), CheckKind, members=CheckKind),
            topics=_cues(pack.table("topics"), Topic, members=Topic),
            catalogues=_cues(pack.table("catalogues"), Catalogue),
            superlatives=_any(pack.table("superlatives"), "any"),
            altogether=_any(pack.table("altogether"), "any"),
            findings=_any(pack.table("findings"), "any"),
            spending=words.pattern("spending"),
            each=words.pattern("each"),
            forecast=words.pattern("forecast"),
            most=words.pattern("most"),
            grades=words.words("grades"),
            topic_pairs=_with_group(pairs, "any", "link"),
            topic_pair_question=pairs.text("ask"),
            swaps=tuple(
                _group_in(follow, "swap", pattern, "what") for pattern in follow.patterns("swap")
            ),
            next_year=_any(follow, "next_year"),
            against_last_year=_any(pack.table("against_last_year"), "any"),
            topic_sections=dict(sections.entries),
            planted=re.compile(_any(pack.table("planted"), "any").pattern, re.IGNORECASE),
            names=_names(words, pack.table("years"), pack.table("forms")),
            open=_open(pack.table("open"), pack.table("trends"), pack.table("planned_and_spent")),
        )
        pack.reject_unread()
        return vocabulary


@cache
def read_questions() -> QuestionVocabulary:
    """The vocabulary of data/lexicon/questions.toml, compiled on first use."""
    return QuestionVocabulary.from_pack(open_pack("questions"))


def _intents(pack: PackTable) -> tuple[IntentCue, ...]:
    cues = []
    for entry in pack.tables("intent"):
        unless = _any(entry, "not") if "not" in entry else _NEVER
        cues.append(IntentCue(_named(entry, "name", Intent), _any(entry, "any"), unless))
    if not cues or not cues[-1].fits(""):
        pack.fail("intent", "的最后一项应适合任何问句")
    return tuple(cues)


def _conditions(table: PackTable) -> Cues[str]:
    """The signs of comparison, that with the longest pattern first: 不低于 before 低于."""
    for sign in table:
        if sign not in _SIGNS:
            table.fail(sign, f"应为{'、'.join(_SIGNS)}之一")
    cues = [
        (sign, any_of([f"(?<!不)(?<!未)(?:{p.pattern})" for p in table.patterns(sign)]))
        for sign in table
    ]
    return Cues(tuple(sorted(cues, key=lambda cue: -len(cue[1].pattern))))


def _measures(tables: Iterable[PackTable]) -> Cues[tuple[str, ...]]:
    return Cues(tuple((table.words("units"), _any(table, "any")) for table in tables))


def _counters(table: PackTable) -> Mapping[str, tuple[str, ...]]:
    """The counters that mean the same as each counter: 人 also 名, 位."""
    groups = [tuple(line.split()) for line in table.words("same")]
    return {word: group for group in groups for word in group}


def _names(words: PackTable, years: PackTable, forms: PackTable) -> NameVocabulary:
    return NameVocabulary(
        fillers=_any(words, "fillers"),
        stop=_any(words, "stop"),
        edges=words.text("edges"),
        about_tasks=words.pattern("about_tasks"),
        task_money=words.pattern("task_money"),
        relative_years={word: years.integer(word) for word in years},
        forms=_cues(forms, Form),
    )


def _open(broad: PackTable, moves: PackTable, twins: PackTable) -> OpenVocabulary:
    return OpenVocabulary(
        trends=_cues(moves, Trend, members=Trend),
        all_met=_any(broad, "all_met"),
        spent_on=_any(broad, "spent_on"),
        several=_any(broad, "several"),
        over_budget=_any(broad, "over_budget"),
        both=_any(broad, "both"),
        planned=_any(broad, "planned"),
        who=_any(broad, "who"),
        changed=_any(broad, "changed"),
        twins=twins.texts(),
    )


def _any(table: PackTable, key: str) -> re.Pattern[str]:
    """Any of a list of patterns."""
    return any_of(pattern.pattern for pattern in table.patterns(key))


def _pattern(table: PackTable, key: str) -> re.Pattern[str]:
    return table.pattern(key)


def _cues(
    table: PackTable,
    enumeration: type[Member],
    read: Callable[[PackTable, str], re.Pattern[str]] = _any,
    *,
    members: Iterable[Member] = (),
) -> Cues[Member]:
    """The table's patterns by members of an enumeration; `members` must all be there."""
    for member in members:
        read(table, member.value)
    return Cues(tuple((_member(table, key, key, enumeration), read(table, key)) for key in table))


def _named(table: PackTable, key: str, enumeration: type[Member]) -> Member:
    return _member(table, key, table.text(key), enumeration)


def _member(table: PackTable, key: str, name: str, enumeration: type[Member]) -> Member:
    try:
        return enumeration(name)
    except ValueError:
        known = "、".join(str(member.value) for member in enumeration)
        table.fail(key, f"不是可以用的名称（可用：{known}）")


def _with_group(table: PackTable, key: str, group: str) -> re.Pattern[str]:
    return _group_in(table, key, _any(table, key), group)


def _group_in(table: PackTable, key: str, pattern: re.Pattern[str], group: str) -> re.Pattern[str]:
    """The pattern, if it has the named group that is read out of it."""
    return pattern if group in pattern.groupindex else table.fail(key, f"缺少命名组 {group}")
