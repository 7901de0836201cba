"""How many planted contradictions the checks find: `python benchmarks/audit.py HOME`.

HOME is a library. One fact at a time is disturbed, as a clerk would slip, and the department is
looked at again: the slip is found if a finding of its kind, new or changed, rests on that fact.
The controls disturb nothing that matters: amounts in 元, amounts rounded to whole 万元, other
names; an error that they bring is a false one. Prints one line a kind.
"""

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.assessment.status import judge
from assistant.audit.check_runner import CheckContext, run_checks
from assistant.audit.dossier import Dossier, DraftFinding, Sheet
from assistant.config import Settings
from assistant.service import Assistant
from assistant.types import Severity, Status
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Indicator, Quantity, Role

Slip = tuple[Dossier, str]
"""A dossier with one slip, and the quote or name that a finding about it cites."""


def printed(quantity: Quantity, value: Decimal, unit: str | None = None) -> Quantity:
    """The quantity with another value, printed as such."""
    unit = quantity.unit if unit is None else unit
    return replace(quantity, raw=f"{value}{unit}", values=(value,), unit=unit)


def with_figure(dossier: Dossier, old: Figure, new: Figure) -> Dossier:
    sheets = tuple(
        replace(s, figures=tuple(new if f.id == old.id else f for f in s.figures))
        for s in dossier.sheets
    )
    return replace(dossier, sheets=sheets)


def with_row(dossier: Dossier, old: Indicator, new: Indicator) -> Dossier:
    sheets = tuple(
        replace(s, indicators=tuple(new if r.id == old.id else r for r in s.indicators))
        for s in dossier.sheets
    )
    return replace(dossier, sheets=sheets)


def figures(dossier: Dossier, wanted: Callable[[Figure], bool]) -> list[tuple[Sheet, Figure]]:
    return [
        (s, f)
        for s in dossier.sheets
        for f in s.figures
        if len(f.quantity.values) == 1 and f.quantity.comparator in ("", "=") and wanted(f)
    ]


def rows(dossier: Dossier, bench: CheckContext, *kinds: Status) -> list[Indicator]:
    return [
        r
        for s in dossier.sheets
        if s.form is Form.PROJECT_SELF_EVALUATION
        for r in s.indicators
        if r.score and r.score.values and r.weight and r.weight.values
        and (not kinds or judge(r, bench.status).status in kinds)
    ]  # fmt: skip


def rate(dossier: Dossier, bench: CheckContext, chance: random.Random) -> Iterator[Slip]:
    for _, f in figures(dossier, lambda f: f.role is Role.RATE and f.concept == "预算完成率"):
        value = f.quantity.values[0] + Decimal(chance.choice(("-4.37", "3.18", "5.06")))
        yield with_figure(dossier, f, replace(f, quantity=printed(f.quantity, value))), f.id


def ratio(dossier: Dossier, bench: CheckContext, chance: random.Random) -> Iterator[Slip]:
    for _, f in figures(dossier, lambda f: f.concept in ("预算完成率", "预算调整率")):
        value = (f.quantity.values[0] / 100).quantize(Decimal("0.01"))
        if value:
            yield with_figure(dossier, f, replace(f, quantity=printed(f.quantity, value))), f.id


def adjustment(dossier: Dossier, bench: CheckContext, chance: random.Random) -> Iterator[Slip]:
    for _, f in figures(dossier, lambda f: f.concept == "年度调整额" and not f.task):
        value = f.quantity.values[0] + Decimal(chance.choice(("12.5", "-33.08")))
        yield with_figure(dossier, f, replace(f, quantity=printed(f.quantity, value))), f.id


def part(dossier: Dossier, bench: CheckContext, chance: random.Random) -> Iterator[Slip]:
    def is_part(f: Figure) -> bool:
        return f.subject.startswith(("基本支出", "项目支出")) and f.role in (
            Role.BUDGET,
            Role.SPENT,
        )

    for _, f in figures(dossier, is_part):
        value = f.quantity.values[0] + Decimal("21.4")
        yield with_figure(dossier, f, replace(f, quantity=printed(f.quantity, value))), f.id


def total_score(dossier: Dossier, bench: CheckContext, chance: random.Random) -> Iterator[Slip]:
    for sheet, f in figures(dossier, lambda f: f.role is Role.SCORE and f.subject == "总分"):
        if sheet.form is Form.PROJECT_SELF_EVALUATION:
            value = f.quantity.values[0] - 3
            yield with_figure(dossier, f, replace(f, quantity=printed(f.quantity, value))), f.id


def over_weight(dossier: Dossier, bench: CheckContext, chance: random.Random) -> Iterator[Slip]:
    for r in rows(dossier, bench):
        assert r.weight is not None
        assert r.score is not None
        value = r.weight.values[0] + 2
        yield with_row(dossier, r, replace(r, score=printed(r.score, value))), r.name


def unearned(dossier: Dossier, bench: CheckContext, chance: random.Random) -> Iterator[Slip]:
    for r in rows(dossier, bench, Status.MET):
        if r.target and r.target.comparator == ">=" and r.actual and r.target.values[0] > 4:
            value = (r.target.values[0] * Decimal("0.8")).quantize(Decimal("0.1"))
            if len(r.actual.values) == 1:
                yield with_row(dossier, r, replace(r, actual=printed(r.actual, value))), r.name


def no_reason(dossier: Dossier, bench: CheckContext, chance: random.Random) -> Iterator[Slip]:
    explained = [r for r in rows(dossier, bench, Status.UNMET) if len(r.deviation.strip()) > 1]
    for r in explained:
        yield with_row(dossier, r, replace(r, deviation="")), r.name


def unit(dossier: Dossier, bench: CheckContext, chance: random.Random) -> Iterator[Slip]:
    for sheet, f in figures(
        dossier, lambda f: f.concept == "实际支出数" and f.quantity.unit == "万元"
    ):
        if sheet.form is Form.REPORT and " | " not in f.quote:
            quantity = printed(f.quantity, f.quantity.values[0], "元")
            yield with_figure(dossier, f, replace(f, quantity=quantity)), f.id


def other_target(dossier: Dossier, bench: CheckContext, chance: random.Random) -> Iterator[Slip]:
    names = {r.name for s in dossier.sheets if s.reports for r in s.indicators}
    for sheet in dossier.sheets:
        for r in sheet.indicators if sheet.form is Form.TARGET else ():
            if r.name in names and r.target and len(r.target.values) == 1 and r.target.values[0]:
                value = r.target.values[0] * Decimal("0.8")
                yield with_row(dossier, r, replace(r, target=printed(r.target, value))), r.name


SLIPS = {
    "rate": (rate, {"D10"}),
    "ratio": (ratio, {"D10"}),
    "adjustment": (adjustment, {"D11"}),
    "part": (part, {"D11"}),
    "total score": (total_score, {"D09"}),
    "score above weight": (over_weight, {"D09"}),
    "points unearned": (unearned, {"D09", "D07"}),
    "no reason": (no_reason, {"D07"}),
    "unit": (unit, {"D23"}),
    "target of another document": (other_target, {"D27"}),
}


def in_yuan(quantity: Quantity) -> Quantity:
    value = quantity.values[0] * 10_000
    return replace(quantity, raw=f"{value:.0f}元", values=(Decimal(f"{value:.0f}"),), unit="元")


def rounded(quantity: Quantity) -> Quantity:
    value = quantity.values[0].quantize(Decimal(1))
    return replace(quantity, raw=f"{value}万元", values=(value,))


def everywhere(dossier: Dossier, change: Callable[[Quantity], Quantity]) -> Dossier:
    """All amounts in 万元 of the dossier, changed alike."""

    def changed(f: Figure) -> Figure:
        money = f.quantity.unit == "万元" and len(f.quantity.values) == 1
        return replace(f, quantity=change(f.quantity)) if money else f

    sheets = (replace(s, figures=tuple(map(changed, s.figures))) for s in dossier.sheets)
    return replace(dossier, sheets=tuple(sheets))


def cited(remark: DraftFinding) -> set[str]:
    ids = {id for source in remark.sources for id in source.figure_ids}
    return ids | {remark.subject}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--each", type=int, default=2, help="slips of a kind in each dossier")
    given = parser.parse_args()
    chance = random.Random(1)
    with closing(Assistant(Settings(home=given.home))) as assistant:
        studied = list(assistant.dossiers())
    print(f"{'kind':28s} {'planted':>8s} {'found':>7s}")
    for name, (plant, codes) in SLIPS.items():
        planted = found = 0
        for dossier, bench in studied:
            known = {(r.code, r.message) for r in run_checks(dossier, bench)}
            slips = list(plant(dossier, bench, chance))
            for slipped, mark in chance.sample(slips, min(given.each, len(slips))):
                new = [r for r in run_checks(slipped, bench) if (r.code, r.message) not in known]
                planted += 1
                found += any(r.code in codes and mark in cited(r) for r in new)
        print(f"{name:28s} {planted:8d} {found / planted if planted else 0:7.3f}")
    for name, change in (("amounts in 元", in_yuan), ("amounts in whole 万元", rounded)):
        more = 0
        for dossier, bench in studied:
            before = sum(r.severity is Severity.ERROR for r in run_checks(dossier, bench))
            other = everywhere(dossier, change)
            after = sum(r.severity is Severity.ERROR for r in run_checks(other, bench))
            more += max(0, after - before)
        print(f"control: {name:19s} {len(studied):8d} false errors {more}")


if __name__ == "__main__":
    main()
