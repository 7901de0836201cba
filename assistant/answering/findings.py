"""Answers on inconsistencies: the findings of a department, a year or the library (勾稽).

The sentences are those of the findings, each with its citations and formulas.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.grounding.citations import Source, Statement
from assistant.grounding.composition import Composition
from assistant.types import Calculation, Finding, QueryPlan, Severity
from ingest.types.blocks import Form
from ingest.types.library import Scope

ARITHMETIC_CODES = frozenset({"D06", "D07", "D09", "D10", "D11", "D14", "D23", "D27"})
"""Checks of numbers against each other; those of completeness and style are left out."""
MAX_FINDINGS_LISTED = 12
"""Maximum number of findings in one answer."""
_PIECE = re.compile(r"[^；。]+[；。]?")


def scope_of(plan: QueryPlan, form: Form | None) -> Scope:
    """The part of the library to check; all forms where `form` is None."""
    return Scope(
        departments=plan.departments, years=plan.years, forms=(form,) if form is not None else ()
    )


def reviewed(findings: Sequence[Finding], *, known: bool) -> Composition | None:
    """The findings as an answer, errors before warnings; None without findings or documents.

    `known` is whether the library has documents within the scope of the question.
    """
    order = [Severity.ERROR, Severity.WARNING]
    discrepancies = [f for f in findings if f.code in ARITHMETIC_CODES and f.severity in order]
    discrepancies.sort(key=lambda f: order.index(f.severity))
    if not discrepancies:
        sentence = "按现有材料校核，没有发现金额、比率、得分和跨文件的疑点；这不等于材料没有问题。"
        return Composition((Statement(sentence),)) if known else None
    count = Calculation(f"计数：疑点 = {len(discrepancies)}", (), Decimal(len(discrepancies)), "处")
    more = f"，以下是前{MAX_FINDINGS_LISTED}处" if len(discrepancies) > MAX_FINDINGS_LISTED else ""
    statements = [Statement(f"疑似对不上的有{len(discrepancies)}处{more}，均建议核实：\n")]
    calculations = [
        count,
        Calculation(f"前{MAX_FINDINGS_LISTED}处", (), Decimal(MAX_FINDINGS_LISTED), "处"),
    ]
    for number, finding in enumerate(discrepancies[:MAX_FINDINGS_LISTED], start=1):
        sources = tuple(
            Source(c.document_id, c.location, c.quote, c.figure_ids, c.department, c.year)
            for c in finding.evidence
        )
        first = finding.evidence[0]
        who = f"{first.department}{f'{first.year}年' if first.year else ''}："
        for place, piece in enumerate(_PIECE.findall(finding.message)):
            lead = f"{number}. {who}" if place == 0 else ""
            statements.append(Statement(lead + piece, sources))
        statements.append(Statement("\n"))
        shown = [finding.formula, *finding.candidates]
        calculations += [Calculation(f, (), Decimal(0), "") for f in shown if f]
    return Composition(tuple(statements), tuple(calculations))
