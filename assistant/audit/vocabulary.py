"""The vocabulary of the checks, compiled once (data/lexicon/audit.toml)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.language.name_matching import Synonyms
from assistant.questions.vocabulary import read_questions
from ingest.language.lexicon import read_pack


@dataclass(frozen=True, slots=True)
class AuditVocabulary:
    """Words and patterns; what is checked with them stands in the checks."""

    totals: re.Pattern[str]
    subtotals: re.Pattern[str]
    score_totals: re.Pattern[str]
    made_of: re.Pattern[str]
    execution_weight: re.Pattern[str]
    planted: re.Pattern[str]
    synonyms: Synonyms
    claims_done: re.Pattern[str]
    claims_target: re.Pattern[str]
    admits: re.Pattern[str]
    blank_reasons: frozenset[str]
    shortest_reason: int
    generic_reason: re.Pattern[str]
    satisfaction: re.Pattern[str]
    vague: re.Pattern[str]
    lower_better: tuple[str, ...]
    boasting: re.Pattern[str]
    placeholders: re.Pattern[str]
    own_year: re.Pattern[str]
    other_years: re.Pattern[str]
    own_name: re.Pattern[str]
    owner: re.Pattern[str]
    deadline: re.Pattern[str]
    sample: re.Pattern[str]
    items: re.Pattern[str]
    not_counts: frozenset[str]
    falling: tuple[str, ...]
    may_exceed: re.Pattern[str]
    saving: re.Pattern[str]
    spending: re.Pattern[str]
    costs: tuple[str, ...]
    benefits: tuple[str, ...]
    families: Mapping[str, tuple[str, ...]]
    sections: Mapping[str, str]

    @classmethod
    def from_packs(
        cls, pack: Mapping[str, Any], *, planted: re.Pattern[str], synonyms: Synonyms
    ) -> "AuditVocabulary":
        patterns = {name: re.compile(text) for name, text in pack["patterns"].items()}
        return cls(
            totals=_any([*pack["totals"], *pack["subtotals"]]),
            subtotals=_any(pack["subtotals"]),
            score_totals=_any(pack["score_totals"]),
            planted=planted,
            synonyms=synonyms,
            blank_reasons=frozenset(pack["blank_reasons"]),
            shortest_reason=int(pack["shortest_reason"]),
            lower_better=tuple(pack["lower_better"]),
            not_counts=frozenset(pack["not_counts"]),
            falling=tuple(pack["falling"]),
            costs=tuple(pack["costs"]),
            benefits=tuple(pack["benefits"]),
            families={name: tuple(words) for name, words in pack["families"].items()},
            sections=dict(pack["sections"]),
            **patterns,
        )


def read_words() -> AuditVocabulary:
    """The vocabulary from the packs of data/lexicon."""
    return AuditVocabulary.from_packs(
        read_pack("audit"),
        planted=read_questions().planted,
        synonyms=Synonyms(read_pack("terms")["synonyms"]),
    )


def _any(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words, the longest that fits."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
