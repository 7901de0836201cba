"""Answers to “do the parts add up”: totals against their parts (加总核对)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assistant.checks import CLOSE, belonging, of_term
from assistant.citations import Statement, of_figure
from assistant.compute import Term, UnitMismatch, difference, term, total
from assistant.lookups import Composition
from assistant.numbers import plain
from assistant.types import Calculation, Evidence, QueryPlan
from assistant.wording import Wording, quoted, value
from ingest.types import Figure, Role

COLUMNS = 4
"""So many columns of a table are told; what does not add up comes first."""


class Sums:
    """Adds up what documents print as parts, and compares with what they print as the total."""

    def __init__(
        self, wording: Wording, formulas: Mapping[str, Any], totals: Sequence[str]
    ) -> None:
        self._wording = wording
        self._formulas = formulas
        self._total = re.compile("|".join(sorted(map(re.escape, totals), key=len, reverse=True)))

    def parts(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """A total and what it is made of, and whether the parts add up to it."""
        match = next((m for m in evidence.matches if m.figures), None)
        if match is None:
            return None
        whole = match.figures[0]
        parts = _parts_of(whole, evidence.figures)
        if len(parts) < 2:
            return None
        try:
            made = total([term(part) for part in parts])
            gap = difference(term(whole), Term(made.result, made.unit))
        except UnitMismatch:
            return None
        who = self._wording.who(match.department, match.year)
        label = (
            whole.subject
            if not whole.task or whole.task in whole.subject
            else (f"{quoted(whole.task)}{whole.subject}")
        )
        out = [Statement(f"{who}{label}为{value(whole.quantity)}", (of_figure(whole),))]
        for number, part in enumerate(parts):
            lead = "，其中" if number == 0 else "、"
            out.append(Statement(f"{lead}{_short(part, whole)}{value(part.quantity)}"))
        out[-1] = Statement(out[-1].text, tuple(of_figure(p) for p in parts))
        if gap.result == 0:
            out.append(Statement(f"。各项相加{made.formula}，与总数一致。"))
            return Composition(tuple(out), (made,))
        out.append(
            Statement(
                f"。各项相加{made.formula}，与总数不一致，相差{plain(abs(gap.result))}{gap.unit}"
                f"（{gap.formula}），建议核实。"
            )
        )
        return Composition(tuple(out), (made, gap))

    def subtraction(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """An amount that should be one amount less another (年度调整额)."""
        wanted = next((t for t in plan.terms if "minuend" in self._formulas.get(t, {})), "")
        match = next((m for m in evidence.matches if m.found), None)
        if not wanted or match is None:
            return None
        own = belonging(evidence.figures, match, plan)
        reported = of_term(own, wanted)
        a = of_term(own, self._formulas[wanted]["minuend"])
        b = of_term(own, self._formulas[wanted]["subtrahend"])
        if reported is None or a is None or b is None:
            return None
        made = difference(term(a), term(b))
        agree = abs(reported.quantity.values[0] - made.result) <= CLOSE
        verdict = "两者一致。" if agree else "两者不一致，建议核实。"
        who = self._wording.who(match.department, match.year)
        return Composition(
            (
                Statement(
                    f"{who}填报的{reported.subject}为{value(reported.quantity)}",
                    (of_figure(reported),),
                ),
                Statement(f"；{a.subject}为{value(a.quantity)}", (of_figure(a),)),
                Statement(f"，{b.subject}为{value(b.quantity)}", (of_figure(b),)),
                Statement(f"，相减为{plain(made.result)}{made.unit}（{made.formula}），{verdict}"),
            ),
            (made,),
        )

    # -- rows of a table of funds ------------------------------------------------------------------

    def columns(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """Each column of a table of funds: do its rows make up the row of totals?"""
        checked: list[tuple[Figure, list[Figure], Calculation]] = []
        for whole, parts in self._column_sums(evidence.figures, plan):
            try:
                checked.append((whole, parts, total([term(part) for part in parts])))
            except UnitMismatch:
                continue
        if not checked:
            return None
        wrong = [c for c in checked if _apart(c[0], c[2])]
        out: list[Statement] = []
        calculations: list[Calculation] = []
        for whole, parts, made in (wrong or checked)[:COLUMNS]:
            out += self._column(whole, parts, made)
            calculations.append(made)
            if _apart(whole, made):
                for part in parts:
                    rest = Term(made.result - part.quantity.values[0], made.unit)
                    should = difference(term(whole), rest)
                    name = _item(part, whole)
                    out.append(
                        Statement(
                            f"如合计无误，{name}应为{plain(should.result)}{should.unit}"
                            f"（{should.formula}）。"
                        )
                    )
                    calculations.append(should)
        return Composition(tuple(out), tuple(calculations))

    def _column(self, whole: Figure, parts: Sequence[Figure], made: Calculation) -> list[Statement]:
        who = self._wording.who(whole.department, whole.year)
        lead = f"{who}{quoted(whole.task)}" if whole.task else who
        names = "、".join(f"{_item(part, whole)}{value(part.quantity)}" for part in parts)
        verdict = "与所填数不一致，建议核实" if _apart(whole, made) else "与所填数一致"
        return [
            Statement(f"{lead}{whole.subject}为{value(whole.quantity)}", (of_figure(whole),)),
            Statement(f"，分项为{names}", tuple(of_figure(part) for part in parts)),
            Statement(f"，相加{made.formula}，{verdict}。"),
        ]

    def _column_sums(
        self, figures: Sequence[Figure], plan: QueryPlan
    ) -> Iterable[tuple[Figure, list[Figure]]]:
        """Totals with the parts that stand in the same table and column."""
        named = [name for name in plan.subjects if not self._total.match(name)]
        for whole in figures:
            lead = self._total.match(whole.subject)
            head = whole.subject[lead.end() :] if lead else ""
            if not head or not whole.quantity.unit.endswith("元"):
                continue
            parts = {
                (f.subject, f.task): f
                for f in figures
                if f.document_id == whole.document_id
                and f.id != whole.id
                and f.role is whole.role
                and not self._total.match(f.subject)
                and f.subject.endswith(head)
                and (f.section == whole.section or f.section.startswith(f"{whole.section} / "))
            }
            own = list(parts.values())
            of_tasks = [f for f in own if f.task and f.task != whole.task]
            if len(named) > 1:
                own = [f for f in own if any(f.subject.startswith(name) for name in named)]
            elif plan.area == "task" or (of_tasks and not whole.task):
                own = of_tasks
            if len(own) >= 2:
                yield whole, own

    def scores(self, plan: QueryPlan, evidence: Evidence) -> Composition | None:
        """A project's total score against the scores of its rows."""
        figures = [f for f in evidence.figures if f.role is Role.SCORE and f.task]
        if plan.sections:
            own = {f.task for m in evidence.matches for f in m.figures if f.task}
            figures = [f for f in figures if f.task in own]
        whole = next((f for f in figures if self._total.match(f.subject) and f.concept), None)
        whole = next((f for f in figures if "总分" in f.subject or "合计" in f.subject), whole)
        if whole is None:
            return None
        parts = [
            f
            for f in figures
            if f.document_id == whole.document_id
            and f.id != whole.id
            and f.task == whole.task
            and "总分" not in f.subject
        ]
        if len(parts) < 2:
            return None
        made = total([term(part) for part in parts])
        agree = abs(made.result - whole.quantity.values[0]) <= CLOSE
        who = self._wording.who(whole.department, whole.year)
        verdict = "两者一致。" if agree else "两者不一致，建议核实。"
        return Composition(
            (
                Statement(
                    f"{who}{quoted(whole.task)}自评总分填报为{value(whole.quantity)}",
                    (of_figure(whole),),
                ),
                Statement(
                    f"，各项得分合计{plain(made.result)}分（{made.formula}）",
                    tuple(of_figure(part) for part in parts),
                ),
                Statement(f"，{verdict}"),
            ),
            (made,),
        )


def _apart(whole: Figure, made: Calculation) -> bool:
    return abs(made.result - whole.quantity.values[0]) > CLOSE


def _item(part: Figure, whole: Figure) -> str:
    return part.task if part.task and part.task != whole.task else part.subject


def _parts_of(whole: Figure, figures: Sequence[Figure]) -> list[Figure]:
    """The figures after a total in the same words, up to where they make it up.

    Without a sum that fits, those up to the next total.
    """
    same = [
        f
        for f in figures
        if f.document_id == whole.document_id
        and f.quote == whole.quote
        and f.role is whole.role
        and f.quantity.unit == whole.quantity.unit
    ]
    if whole not in same:
        return []
    after = same[same.index(whole) + 1 :]
    wanted, run = whole.quantity.values[0], Decimal(0)
    for number, part in enumerate(after, 1):
        run += part.quantity.values[0]
        if run == wanted:
            return after[:number]
    return after


def _short(part: Figure, whole: Figure) -> str:
    """A part's name without the time it shares with the total's (2022年起每年)."""
    a, b = part.subject, whole.subject
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(b))
    cut = a[:shared].rfind("年") + 1
    return a[cut:] if len(a) - cut >= 2 else a
