"""Budget terms and their synonyms (预算指标用语), from `data/lexicon/concepts.toml`."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ingest.errors import PackError
from ingest.language.normalise import squeeze
from ingest.language.packs import PackTable
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Role


@dataclass(frozen=True, slots=True)
class Concept:
    """A standard term with the role of figures under it."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A term as the pack lists it: its synonyms, and the cues by which other labels mean it.

    A label means the term when it holds all words of one of the `cues` and none `excluded`.
    """

    concept: Concept
    synonyms: tuple[str, ...]
    cues: tuple[tuple[str, ...], ...]
    excluded: tuple[str, ...]

    def fits(self, key: str) -> bool:
        """Whether a label without spaces means the term by its cues."""
        return any(all(word in key for word in cue) for cue in self.cues) and not any(
            word in key for word in self.excluded
        )


@dataclass(frozen=True, slots=True, eq=False)
class BudgetTerms:
    """All budget terms, in the order in which their cues are tried."""

    entries: tuple[TermEntry, ...]
    listed: Mapping[str, Concept]
    """Each name and synonym, without spaces, with its term."""
    longest: int
    """Characters of the longest name or synonym."""

    @classmethod
    def from_pack(cls, pack: PackTable) -> "BudgetTerms":
        """The terms of a pack; raises PackError for what is missing, wrong or unknown."""
        require_terms(list(pack))
        entries = tuple(_entry(pack.table(name), name) for name in pack)
        pack.reject_unread()
        return cls.of(entries)

    @classmethod
    def of(cls, entries: Iterable[TermEntry]) -> "BudgetTerms":
        """The terms; of two that share a synonym the first has it."""
        entries = tuple(entries)
        listed: dict[str, Concept] = {}
        for entry in entries:
            for word in (entry.concept.name, *entry.synonyms):
                listed.setdefault(squeeze(word), entry.concept)
        return cls(entries, listed, max(map(len, listed), default=0))

    @property
    def names(self) -> frozenset[str]:
        """The names of all terms, without their synonyms."""
        return frozenset(entry.concept.name for entry in self.entries)

    def is_listed(self, label: str) -> bool:
        """Whether a label is a listed term or synonym, to the letter."""
        return squeeze(label) in self.listed

    def find(self, label: str) -> Concept | None:
        """The term that a label means: an exact synonym, else the first entry whose cues fit.

        >>> from ingest.language.packs import open_pack
        >>> terms = BudgetTerms.from_pack(open_pack("concepts"))
        >>> terms.find("整体支出年初预算数").name, terms.find("年初部门预算安排数").name
        ('年初预算数', '年初预算数')
        """
        key = squeeze(label)
        listed = self.listed.get(key)
        if listed:
            return listed
        return next((entry.concept for entry in self.entries if entry.fits(key)), None)

    def at_end(self, text: str) -> Concept | None:
        """The term that a running text ends with: …全年预算调整率 → 预算调整率."""
        key = squeeze(text)
        sizes = range(min(self.longest, len(key)), 1, -1)
        concepts = (self.listed.get(key[-size:]) for size in sizes)
        return next((concept for concept in concepts if concept), None)


def require_terms(names: Collection[str]) -> None:
    """Raise PackError where concepts.toml lacks a term that the program reckons with."""
    if missing := [term for term in BudgetTerm if term not in names]:
        raise PackError(f"词库 data/lexicon/concepts.toml 缺少 {'、'.join(missing)}，请补上。")


def _entry(table: PackTable, name: str) -> TermEntry:
    return TermEntry(
        Concept(name, table.member("role", Role)),
        table.words("synonyms"),
        table.word_lists("cues", default=()),
        table.words("not", default=()),
    )
