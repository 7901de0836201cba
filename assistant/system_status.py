"""How the program stands (运行状况): its models, what it holds, which rules are in force."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from assistant.assessment.rule_packs import Rules
from assistant.config import Settings
from ingest.types.library import DocumentRecord

RulesOf = Callable[[str, int | None], Rules]
"""The rules for a department in a year."""


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """Models by name, "" where there is none; counts of the library; `disk` in bytes.

    `lacking` documents wait for vectors. `llm_host` is the machine the language model answers on;
    its key is in no field.
    """

    embedding: str
    reranker: str
    llm: str
    llm_host: str
    documents: int
    copies: int
    indicators: int
    figures: int
    passages: int
    lacking: int
    disk: int
    home: str


@dataclass(frozen=True, slots=True)
class RuleUse:
    """A set of rule packs (规则包) as it holds, and for which departments and years."""

    name: str
    source: str
    used: tuple[tuple[str, int | None], ...]


def condition(
    settings: Settings, embedding: str, records: Sequence[DocumentRecord], lacking: int
) -> SystemStatus:
    """The state of a library of these documents."""
    return SystemStatus(
        embedding=embedding,
        reranker=settings.reranker,
        llm=settings.llm_model if settings.llm_base_url else "",
        llm_host=urlsplit(settings.llm_base_url).hostname or "",
        documents=len(records),
        copies=sum(bool(record.copy_of) for record in records),
        indicators=sum(record.indicators for record in records),
        figures=sum(record.figures for record in records),
        passages=sum(record.passages for record in records),
        lacking=lacking,
        disk=size_of(settings.home),
        home=str(settings.home),
    )


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder; what is being deleted meanwhile does not count."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def rule_uses(covered: Mapping[str, Iterable[int | None]], rules: RulesOf) -> tuple[RuleUse, ...]:
    """Which rules hold for which departments and years, those used most first."""
    uses: dict[tuple[str, str], list[tuple[str, int | None]]] = {}
    for department, years in covered.items():
        for year in years:
            pack = rules(department, year)
            uses.setdefault((pack.name, pack.source), []).append((department, year))
    found = [RuleUse(name, source, tuple(used)) for (name, source), used in uses.items()]
    return tuple(sorted(found, key=lambda use: (-len(use.used), use.name)))
