"""Answers on inconsistencies: the findings of a department, a year or the library (勾稽), and what
findings say against the figures of other answers (存疑).

The sentences are those of the findings, each with its citations and formulas.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.grounding.citations import Source, Statement
from assistant.grounding.composition import Composition
from assistant.language.numbers import find_numbers
from assistant.types import Calculation, Doubt, Finding, QueryPlan, Severity
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Form
from ingest.types.facts import Figure
from ingest.types.library import Scope

ARITHMETIC_CODES = frozenset({"D06", "D07", "D09", "D10", "D11", "D14", "D23", "D27"})
"""Checks of numbers against each other; those of completeness and style are left out."""
DOUBTING_CODES = ARITHMETIC_CODES - {"D07"}
"""Checks that speak against a figure itself; a missing reason does not."""
MAX_DOUBTS_TOLD = 2
"""Maximum number of doubts that are told in words; the others are only listed."""
MAX_SIDES = 3
"""Up to so many figures contradict each other; of more the first is a total, and it is doubted."""
MAX_FINDINGS_LISTED = 12
"""Maximum number of findings in one answer."""
_BRACKETS = re.compile(r"（[^）]*）")
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
        first = finding.evidence[0]
        who = f"{first.department}{f'{first.year}年' if first.year else ''}："
        statements += _told(finding, f"{number}. {who}")
        calculations += _shown(finding)
    return Composition(tuple(statements), tuple(calculations))


UNCONFIRMED_CODE = "U1"
UNCONFIRMED = "未确认：以上有的数所在的列没有把握读对，请对照原文核实。"


def doubted(
    answer: Composition, findings: Sequence[Finding], told: Iterable[Figure], *, in_words: bool
) -> Composition:
    """The answer with what the findings say against the figures `told` in it.

    A finding speaks against those of its figures whose value its sentence names, not against those
    of the formula behind it; it is told in words unless the answer has all of its numbers.
    """
    values = {figure.id: figure.quantity.values for figure in told}
    text = "".join(one.text for one in answer.statements)
    known = {number.value for number in find_numbers(text)}
    unsaid: list[Finding] = []
    doubts: dict[Finding, Doubt] = {}
    for finding in findings:
        if finding.code not in DOUBTING_CODES or finding.severity is Severity.NOTE:
            continue
        named = {n.value for n in find_numbers(_BRACKETS.sub("", finding.message))}
        evidence = finding.evidence[: None if len(finding.evidence) <= MAX_SIDES else 1]
        ids = (id for citation in evidence for id in citation.figure_ids)
        against = tuple(id for id in dict.fromkeys(ids) if named & {*values.get(id, ())})
        if against:
            doubts[finding] = Doubt(finding.code, finding.message, against)
            unsaid += [finding] if not named <= known else []
    spoken = unsaid[:MAX_DOUBTS_TOLD] if in_words else []
    said = [part for one in spoken for part in _told(one, "\n存疑：")]
    return replace(
        answer,
        statements=(*answer.statements, *said),
        calculations=(*answer.calculations, *(c for one in spoken for c in _shown(one))),
        doubts=(*answer.doubts, *doubts.values()),
    )


def unconfirmed(answer: Composition, told: Iterable[Figure]) -> Composition:
    """The answer, and which of the figures `told` in it were read with doubt (未确认)."""
    is_confirmed = default_vocabulary().confidence.is_confirmed
    unsure = [figure for figure in told if not is_confirmed(figure)]
    if not unsure:
        return answer
    ids = tuple(figure.id for figure in unsure)
    return replace(
        answer,
        statements=(*answer.statements, Statement(f"\n{UNCONFIRMED}")),
        doubts=(*answer.doubts, Doubt(UNCONFIRMED_CODE, UNCONFIRMED, ids)),
    )


def _told(finding: Finding, lead: str) -> Iterator[Statement]:
    """The sentence of a finding, each part of it with its sources."""
    sources = tuple(
        Source(c.document_id, c.location, c.quote, c.figure_ids, c.department, c.year)
        for c in finding.evidence
    )
    for place, piece in enumerate(_PIECE.findall(finding.message)):
        yield Statement((lead if place == 0 else "") + piece, sources)
    yield Statement("\n")


def _shown(finding: Finding) -> Iterator[Calculation]:
    """The formulas of a finding, by which the numbers of its sentence are found again."""
    for formula in filter(None, (finding.formula, *finding.candidates)):
        yield Calculation(formula, (), Decimal(0), "")
