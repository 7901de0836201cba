"""The vocabulary of the checks, compiled once (data/lexicon/audit.toml)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.language.name_matching import Synonyms
from assistant.language.term_vocabulary import read_terms
from assistant.questions.vocabulary import read_questions
from ingest.language.packs import PackTable, open_pack


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
    problem_headings: tuple[str, ...]
    measure_headings: tuple[str, ...]

    def names_total(self, name: str) -> bool:
        """Whether what is called so is a total, of amounts or of points."""
        return any(one.search(name) for one in (self.totals, self.score_totals))

    @classmethod
    def from_pack(
        cls, pack: PackTable, *, planted: re.Pattern[str], synonyms: Synonyms
    ) -> "AuditVocabulary":
        """The pack `audit`; raises PackError where it is wrong.

        `planted` matches sentences that give orders to a language model.
        """
        patterns, headings = pack.table("patterns"), pack.table("headings")
        vocabulary = cls(
            totals=_any([*pack.words("totals"), *pack.words("subtotals")]),
            subtotals=_any(pack.words("subtotals")),
            score_totals=_any(pack.words("score_totals")),
            planted=planted,
            synonyms=synonyms,
            blank_reasons=frozenset(pack.words("blank_reasons")),
            shortest_reason=pack.integer("shortest_reason"),
            lower_better=pack.words("lower_better"),
            not_counts=frozenset(pack.words("not_counts")),
            falling=pack.words("falling"),
            costs=pack.words("costs"),
            benefits=pack.words("benefits"),
            families=pack.table("families").lists(),
            problem_headings=headings.words("problems"),
            measure_headings=headings.words("measures"),
            made_of=patterns.pattern("made_of"),
            execution_weight=patterns.pattern("execution_weight"),
            claims_done=patterns.pattern("claims_done"),
            claims_target=patterns.pattern("claims_target"),
            admits=patterns.pattern("admits"),
            generic_reason=patterns.pattern("generic_reason"),
            satisfaction=patterns.pattern("satisfaction"),
            vague=patterns.pattern("vague"),
            boasting=patterns.pattern("boasting"),
            placeholders=patterns.pattern("placeholders"),
            own_year=patterns.pattern("own_year"),
            other_years=patterns.pattern("other_years"),
            own_name=patterns.pattern("own_name"),
            owner=patterns.pattern("owner"),
            deadline=patterns.pattern("deadline"),
            sample=patterns.pattern("sample"),
            items=patterns.pattern("items"),
            may_exceed=patterns.pattern("may_exceed"),
            saving=patterns.pattern("saving"),
            spending=patterns.pattern("spending"),
        )
        pack.reject_unread()
        return vocabulary


def read_words() -> AuditVocabulary:
    """The vocabulary from the packs of data/lexicon."""
    return AuditVocabulary.from_pack(
        open_pack("audit"),
        planted=read_questions().planted,
        synonyms=Synonyms(read_terms().synonyms),
    )


def _any(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words, the longest that fits."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
