"""All checks over one department: which there are, in which order they speak (校核)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.audit.dossier import Dossier, Remark, Sheet
from assistant.audit.points import check_rows, check_total, check_weights
from assistant.audit.rates import check_rates
from assistant.audit.totals import (
    check_adjustment,
    check_columns,
    check_overspent,
    check_sentences,
)
from assistant.rules import Rules
from assistant.status import StatusRules


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The vocabulary of the checks, compiled (data/lexicon/audit.toml)."""

    totals: re.Pattern[str]
    score_totals: re.Pattern[str]
    made_of: re.Pattern[str]
    planted: re.Pattern[str]

    @classmethod
    def from_packs(cls, pack: Mapping[str, Any], planted: Sequence[str]) -> "Lexicon":
        return cls(
            totals=_any(pack["totals"]),
            score_totals=_any(pack["score_totals"]),
            made_of=re.compile(pack["made_of"]),
            planted=re.compile("|".join(planted), re.IGNORECASE),
        )


def _any(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words, the longest that fits."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


@dataclass(frozen=True, slots=True)
class Bench:
    """What a check needs beside the documents: the rules of the place and year, and the words."""

    rules: Rules
    status: StatusRules
    words: Lexicon


def remarks(dossier: Dossier, bench: Bench) -> Iterator[Remark]:
    """Everything the checks have to say on one department and year."""
    for sheet in dossier.sheets:
        for check in SHEET_CHECKS:
            yield from _on(check(sheet, bench), bench)


def _on(found: Iterator[Remark], bench: Bench) -> Iterator[Remark]:
    """The remarks of the checks that are switched on."""
    return (remark for remark in found if remark.code not in bench.rules.off)


def _rates(sheet: Sheet, bench: Bench) -> Iterator[Remark]:
    return check_rates(sheet, bench.rules.formulas)


def _totals(sheet: Sheet, bench: Bench) -> Iterator[Remark]:
    yield from check_adjustment(sheet)
    yield from check_columns(sheet, bench.words.totals)
    yield from check_sentences(sheet, bench.words.made_of)
    yield from check_overspent(sheet)


def _points(sheet: Sheet, bench: Bench) -> Iterator[Remark]:
    tolerance = bench.rules.score_tolerance
    yield from check_total(sheet, bench.words.score_totals, tolerance)
    yield from check_weights(sheet, bench.words.score_totals)
    yield from check_rows(sheet, bench.status, tolerance)


SHEET_CHECKS: tuple[Callable[[Sheet, Bench], Iterator[Remark]], ...] = (
    _rates,
    _totals,
    _points,
)
