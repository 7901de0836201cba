"""Budget terms and their synonyms (预算指标用语), from `data/lexicon/concepts.toml`."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache

from ingest.errors import PackError
from ingest.language.lexicon import read_pack
from ingest.language.normalise import REMEMBERED, squeeze
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Role


@dataclass(frozen=True, slots=True)
class Concept:
    """A standard term with the role of figures under it."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class _Entry:
    concept: Concept
    synonyms: frozenset[str]
    cues: tuple[tuple[str, ...], ...]
    excluded: tuple[str, ...]


def require_terms(names: Collection[str]) -> None:
    """Raise PackError where concepts.toml lacks a term that the program reckons with."""
    if missing := [term for term in BudgetTerm if term not in names]:
        raise PackError(f"词库 data/lexicon/concepts.toml 缺少 {'、'.join(missing)}，请补上。")


@cache
def _entries() -> tuple[_Entry, ...]:
    require_terms(read_pack("concepts").keys())
    return tuple(
        _Entry(
            Concept(name, Role(spec["role"])),
            frozenset(squeeze(word) for word in (name, *spec["synonyms"])),
            tuple(tuple(cue) for cue in spec.get("cues", [])),
            tuple(spec.get("not", [])),
        )
        for name, spec in read_pack("concepts").items()
    )


@lru_cache(maxsize=REMEMBERED)
def is_term(label: str) -> bool:
    """Whether a label is a listed term or synonym, to the letter."""
    return squeeze(label) in _endings()[0]


@lru_cache(maxsize=REMEMBERED)
def find_concept(label: str) -> Concept | None:
    """The term that a label means: an exact synonym, else the first entry whose cues fit.

    >>> find_concept("整体支出年初预算数").name, find_concept("年初部门预算安排数").name
    ('年初预算数', '年初预算数')
    """
    key = squeeze(label)
    named = _endings()[0].get(key)
    if named:
        return named
    for entry in _entries():
        if any(all(word in key for word in cue) for cue in entry.cues) and not any(
            word in key for word in entry.excluded
        ):
            return entry.concept
    return None


@cache
def _endings() -> tuple[dict[str, Concept], int]:
    """What a text may end with, and the length of the longest."""
    endings: dict[str, Concept] = {}
    for entry in _entries():
        for word in entry.synonyms:
            endings.setdefault(word, entry.concept)
    return endings, max(map(len, endings))


@lru_cache(maxsize=REMEMBERED)
def concept_at_end(text: str) -> Concept | None:
    """The term that a running text ends with: …全年预算调整率 → 预算调整率."""
    key = squeeze(text)
    endings, longest = _endings()
    found = (endings.get(key[-size:]) for size in range(min(longest, len(key)), 1, -1))
    return next((concept for concept in found if concept), None)
