"""Rule packs of `data/rules`, each read once, on first use (规则).

A pack for a place and its years overrides the default one value by value; packs in a library's own
folder `rules` override those that ship with the program.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assistant.assessment.scoring import Scoring
from assistant.errors import RulesError
from ingest.config import DATA
from ingest.errors import place

PACKS = DATA / "rules" / "packs"
DEFAULT_PACK = "default.toml"
TABLES_GIVEN_WHOLE = frozenset({"rating", "satisfaction"})
"""Tables that a pack gives whole or not at all: bands and weights belong together."""


@cache
def read_rules(name: str) -> Mapping[str, Any]:
    """The pack `data/rules/<name>.toml` as a read-only mapping."""
    with (DATA / "rules" / f"{name}.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a check begins to speak, in percent (see data/rules/packs/default.toml)."""

    adjustment: Decimal
    over_completion: Decimal
    execution_low: Decimal
    execution_high: Decimal
    balance: Decimal
    alarm: Decimal


@dataclass(frozen=True, slots=True)
class Lights:
    """Where a monitoring light changes, in percent of what the time of the year asks for."""

    red_below: Decimal
    yellow_below: Decimal
    blue_from: Decimal


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for one place and year, and where they come from."""

    name: str
    source: str
    off: frozenset[str]
    amount_tolerance: Decimal
    score_tolerance: Decimal
    thresholds: Thresholds
    scoring: Scoring
    lights: Lights
    formulas: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Origin:
    """The pack that a value is from; `local` if it holds for some places or years only."""

    name: str
    source: str
    local: bool


class RuleBook:
    """All packs: those of the program, then those of the library (`folder`, may not exist)."""

    def __init__(self, folder: Path | None = None) -> None:
        self._packs = [_read(path) for path in _files((PACKS, folder))]
        self._rules_by_packs: dict[tuple[tuple[int, ...]], Rules] = {}

    def rules(self, places: Sequence[str], year: int | None) -> Rules:
        """The rules for a department of these places (省, 市, 区) in a year.

        Packs override in this order: for all places, for the province, the city, the district.
        """
        fitting = self._fitting(places, year)
        key = (tuple(fitting),)
        if key not in self._rules_by_packs:
            merged: dict[str, Any] = {"formulas": read_rules("formulas")}
            for number in fitting:
                merged = _over(merged, self._packs[number])
            self._rules_by_packs[key] = _rules(merged)
        return self._rules_by_packs[key]

    def origin(self, places: Sequence[str], year: int | None, path: Sequence[str]) -> Origin:
        """Where the value at a path of keys is from, which `rules` gives these places and year."""
        fitting = [self._packs[number] for number in self._fitting(places, year)]
        pack = next(pack for pack in reversed(fitting) if _has(pack, path))
        return Origin(pack["name"], pack["source"], bool(pack.get("places") or pack.get("years")))

    def _fitting(self, places: Sequence[str], year: int | None) -> list[int]:
        """The packs that hold, by their number, each overriding those before it."""
        fitting = [n for n, pack in enumerate(self._packs) if _fits(pack, places, year)]
        return sorted(fitting, key=lambda n: _rank(self._packs[n], places))


def _has(pack: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Whether a pack itself gives the value at a path of keys."""
    value: Any = pack
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return False
        value = value[key]
    return True


def _files(folders: Iterable[Path | None]) -> list[Path]:
    """The default pack first, then the others by name, folder by folder."""
    paths: list[Path] = []
    for folder in folders:
        if folder is not None and folder.is_dir():
            paths += sorted(folder.glob("*.toml"), key=lambda p: (p.name != DEFAULT_PACK, p.name))
    return paths


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RulesError(
            f"规则包 {path.name} 无法读取{place(f'（{error}）')}，请按 docs/checks.md 修改。"
        ) from error


def _fits(pack: Mapping[str, Any], places: Sequence[str], year: int | None) -> bool:
    wanted = pack.get("places", [])
    if wanted and not any(place in wanted for place in places):
        return False
    years = pack.get("years", [])
    return not years or (year is not None and years[0] <= year <= years[-1])


def _rank(pack: Mapping[str, Any], places: Sequence[str]) -> int:
    """How near a pack is: 0 for everywhere, then by the last of the places that it names."""
    wanted = pack.get("places", [])
    return max((n for n, place in enumerate(places, start=1) if place in wanted), default=0)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`below` with the values of `above`, tables merged key by key."""
    merged = dict(below)
    for name, value in above.items():
        known = merged.get(name)
        nested = (
            isinstance(known, Mapping)
            and isinstance(value, Mapping)
            and name not in TABLES_GIVEN_WHOLE
        )
        merged[name] = _over(known, value) if nested and known is not None else value
    return merged


def _rules(pack: Mapping[str, Any]) -> Rules:
    try:
        limits = pack["thresholds"]
        return Rules(
            name=pack["name"],
            source=pack["source"],
            off=frozenset(pack["checks"]["off"]),
            amount_tolerance=Decimal(pack["tolerance"]["amount"]),
            score_tolerance=Decimal(pack["tolerance"]["score"]),
            thresholds=Thresholds(
                **{name: Decimal(limits[name]) for name in Thresholds.__dataclass_fields__}
            ),
            scoring=Scoring.from_pack(pack),
            lights=Lights(**{name: Decimal(value) for name, value in pack["lights"].items()}),
            formulas=pack["formulas"],
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as fault:
        raise RulesError(
            f"规则包“{pack.get('name', '')}”缺少或写错了 {fault}，请按 docs/checks.md 修改。"
        ) from fault
