"""How people say budget terms and the names in documents (terms.toml)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from ingest.language.lexicon import any_of
from ingest.language.packs import PackTable, open_pack
from ingest.language.vocabulary import default_vocabulary


@dataclass(frozen=True, slots=True)
class TermVocabulary:
    """Words of questions by the terms of concepts.toml, or by the words of names, they stand for.

    `generic` terms are looked up as names; `parts` are terms for part of a total, which `measured`
    words make one longer name (基本支出 + 执行率); `verbs` only say that something was done.
    """

    generic: frozenset[str]
    parts: frozenset[str]
    measured: re.Pattern[str]
    verbs: tuple[str, ...]
    instead: Mapping[str, str]
    """The term that answers for another that the documents do not print."""
    so_far: Mapping[str, str]
    """The term of a monitoring form, which ends within the year, for one of the whole year."""
    colloquial: tuple[tuple[re.Pattern[str], str], ...]
    """Colloquial wordings of questions, each with the budget term for it."""
    sayings: tuple[tuple[re.Pattern[str], str], ...]
    """Wordings of questions, each with the words that names use for it."""
    synonyms: Mapping[str, tuple[str, ...]]

    @classmethod
    def from_pack(cls, pack: PackTable, *, concepts: Collection[str]) -> "TermVocabulary":
        """The pack `terms`; raises PackError where it is wrong or a term is none of `concepts`."""
        colloquial, sayings = pack.table("colloquial"), pack.table("sayings")
        for term in colloquial:
            if term not in concepts:
                colloquial.fail(term, "不是 concepts.toml 里的预算用语")
        vocabulary = cls(
            generic=frozenset(pack.words("generic")),
            parts=frozenset(pack.words("parts")),
            measured=pack.pattern("measured"),
            verbs=pack.words("verbs"),
            instead=_terms(pack.table("instead"), concepts),
            so_far=_terms(pack.table("so_far"), concepts),
            colloquial=_spoken(colloquial),
            sayings=_spoken(sayings),
            synonyms=pack.table("synonyms").lists(),
        )
        pack.reject_unread()
        return vocabulary


def _terms(table: PackTable, concepts: Collection[str]) -> dict[str, str]:
    terms = table.texts()
    for asked, term in terms.items():
        if asked not in concepts or term not in concepts:
            table.fail(asked, "不是 concepts.toml 里的预算用语")
    return terms


def _spoken(table: PackTable) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (any_of(pattern.pattern for pattern in table.patterns(words)), words) for words in table
    )


@cache
def read_terms() -> TermVocabulary:
    """The vocabulary of data/lexicon/terms.toml, compiled on first use."""
    return TermVocabulary.from_pack(open_pack("terms"), concepts=default_vocabulary().terms.names)
