"""What speaks for and against each of several proposals (依据): measures, none of them words.

How well it does what is wanted, how much of the question its places say, how sure the reader is of
them, which others tell the same. `assistant.answering.arbiter` weighs them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import log1p

from assistant.answering.asked import FITTING, PLANNED, Asked
from assistant.answering.exactness import is_exact, is_placed
from assistant.answering.lookups import judges
from assistant.answering.proposals import Proposal, RowsFit, Way
from assistant.answering.read_cards import ReadCard
from assistant.answering.reasons import gives_reason
from assistant.answering.table_fit import asked_clauses, places_said
from assistant.grounding.citations import Source
from assistant.grounding.composition import QuotedPassage
from assistant.questions.asked_words import COMMON, Clause, shipped_words
from assistant.questions.operations import AskedRole, AskedText, Operation, Ranging
from assistant.retrieval.row_tables import Row
from assistant.types import Intent
from ingest.language.normalise import squeeze
from ingest.types.cards import CardKind
from ingest.types.facts import Figure
from ingest.types.library import DocumentRecord

NAMED = "："
"""What stands behind the name of a row in its card."""
ABSENT = -1.0
"""The measure of what a proposal does not have."""
_OPERATIONS: Mapping[str, tuple[Operation, ...]] = {
    **{one.value: (one,) for one in (Operation.LOOKUP, Operation.RATE, Operation.DIFFERENCE)},
    **{one.value: (one,) for one in (Operation.EXTREME, Operation.SHARE, Operation.COUNT)},
    **{one.value: (one,) for one in (Operation.LIST, Operation.STATUS, Operation.CHECK)},
    **{one.value: (one,) for one in (Operation.WHY, Operation.WHO, Operation.EXPLAIN)},
    "total": (Operation.SUM, Operation.AVERAGE),
    "when_where": (Operation.WHEN, Operation.WHERE),
    "rule": (Operation.DEFINE, Operation.CLAUSE),
    "told": (Operation.NARRATIVE, Operation.SUMMARY),
    "order": (Operation.RANK, Operation.TREND),
}
_ROLES: Mapping[str, tuple[AskedRole, ...]] = {
    **{one.value: (one,) for one in (AskedRole.PLAIN, AskedRole.SPENT, AskedRole.RATE)},
    **{one.value: (one,) for one in (AskedRole.LEFT, AskedRole.FUND, AskedRole.ACTUAL)},
    "budget": (AskedRole.INITIAL, AskedRole.BUDGET, AskedRole.ADJUSTMENT),
    "target": (AskedRole.TARGET, AskedRole.PERIOD_TARGET),
    "points": (AskedRole.WEIGHT, AskedRole.SCORE, AskedRole.LOST),
    "reason": (AskedRole.REASON, AskedRole.MEASURE),
}
_COMPARED = ("heard", "covered", "titled", "said_alone", "does", "role_fits", "read_sure", "column")
"""Measures of which it counts how much less they are than those of the best proposal."""
_TABLE = (
    *("explained", "behind", "whole", "near", "unsaid", "named"),
    *("column", "column_ahead", "over_total", "voted", "groups", "rows", "by_name", "wholes"),
)
_SINGLE = (Intent.LOOKUP, Intent.STATUS)


@dataclass(frozen=True)
class Situation:
    """A question with all that may be told to it."""

    asked: Asked
    proposals: Sequence[Proposal]
    read: Sequence[ReadCard]
    figures: Mapping[str, Figure]
    """The figures that the proposals cite, by their ids."""
    documents: Mapping[str, DocumentRecord]
    heard: Sequence[float]
    """How sure the reader is of each proposal, read as if it were a text."""

    @cached_property
    def measures(self) -> list[dict[str, float]]:
        """What speaks for and against each proposal."""
        question = {**_of_question(self.asked), "documents": log1p(len(self.documents))}
        places = [_Places(self, one) for one in self.proposals]
        told = [
            {
                **question,
                **_of_proposal(self, one, own),
                **_of_others(self, one, own, places),
                "heard": heard,
            }
            for one, own, heard in zip(self.proposals, places, self.heard, strict=True)
        ]
        for name in _COMPARED:
            best = max((one[name] for one in told), default=0.0)
            for one in told:
                one[f"{name}_behind"] = best - one[name]
        return told


class _Places:
    """Where a proposal stands, and what is said there of the question."""

    def __init__(self, situation: Situation, one: Proposal) -> None:
        asked = situation.asked
        composition = one.composition
        quotes = [one for one in composition.blocks if isinstance(one, QuotedPassage)]
        self.sources: list[Source] = [
            *(source for told in composition.statements for source in told.sources),
            *(quote.source for quote in quotes),
        ]
        self.ids = {id for source in self.sources for id in source.figure_ids}
        self.figures = [situation.figures[id] for id in self.ids if id in situation.figures]
        self.places = {(source.document_id, source.location) for source in self.sources}
        self.files = {source.document_id for source in self.sources}
        self.values = {figure.quantity.value for figure in self.figures} - {None}
        records = [situation.documents[id] for id in self.files if id in situation.documents]
        titles = [squeeze(t) for r in records for t in (r.title, r.department, r.operator, r.file)]
        titles += [squeeze(source.department) for source in self.sources]
        rows = [*self._rows(one.rows)]
        own = [squeeze(text) for text in (one.text, *(quote.text for quote in quotes))]
        beside = [text for row in rows for text in (row.name, *row.cells, row.path)]
        beside += [squeeze(text) for f in self.figures for text in (f.subject, f.section, f.quote)]
        names = [row.name for row in rows] + [figure.subject for figure in self.figures]
        names += [one.card.body.partition(NAMED)[0] for one in situation.read if self._stands(one)]
        clauses = asked_clauses(shipped_words(), asked)
        weights = {at: worth for clause in clauses for at, worth in clause.weights.items()}
        total = sum(weights.values()) or 1.0
        titled, told = places_said(clauses, titles), places_said(clauses, own)
        said = told | places_said(clauses, beside)
        both = titled | said

        def share(places: frozenset[int]) -> float:
            return sum(weights.get(at, 0.0) for at in places) / total

        self.titled, self.said, self.covered = share(titled), share(said), share(both)
        self.alone, self.told = share(said - titled), share(told)
        self.untold = any(clause.untold(both) for clause in clauses)
        self.vague = any(clause.untold(both, COMMON) for clause in clauses)
        self.swapped = max(
            (sum(clause.swaps(squeeze(name), both) for clause in clauses) for name in names),
            default=0,
        )
        self.read = [card for card in situation.read if self._stands(card)]
        self.rivals = self._count_rivals(situation.read, clauses)

    def _count_rivals(self, read: Sequence[ReadCard], clauses: Sequence[Clause]) -> int:
        """How many other rows that were read say as much of the question: 汀县 names none of
        东汀县 and 南汀县."""
        most = max((len(places_said(clauses, [one.card.body])) for one in self.read), default=0)
        others = (one.card for one in read if one not in self.read and one.card.marks)
        return sum(len(places_said(clauses, [card.body])) >= most for card in others)

    @staticmethod
    def _rows(how: RowsFit | None) -> Iterator[Row]:
        for group in how.fit.groups if how else ():
            yield from group.rows

    def _stands(self, one: ReadCard) -> bool:
        """Whether a card is of one of these places."""
        card = one.card
        if self.ids and card.marks:
            return any(mark.figure.id in self.ids for mark in card.marks)
        return (card.document_id, card.passage.location) in self.places


def _of_question(asked: Asked) -> dict[str, float]:
    plan, wanted = asked.plan, asked.wanted
    of_question: dict[str, float] = {
        "length": len(asked.typed),
        "carried": plan.carried,
        "follows": bool(asked.after),
        "lent": len(plan.lent),
        "absent": len(asked.absent),
        "departments": len(plan.departments),
        "years": len(plan.years),
        "units": len(plan.units),
        "condition": plan.condition is not None,
        "subjects": len(plan.subjects),
        "terms": len(plan.terms),
        "beside_terms": bool(plan.about),
        "named_exactly": plan.exact,
        "exact": is_exact(plan),
        "placed": is_placed(plan),
        "focus": plan.focus is not None,
        "plan_single": plan.intent in _SINGLE,
        "plan_text": plan.intent is Intent.NARRATIVE,
        "surest_operation": wanted.operations[0][1],
        "surest_role": wanted.roles[0][1],
        "ranges_over_one": dict(wanted.ranges).get(Ranging.ONE, 0.0),
        "of_text": 1 - dict(wanted.texts).get(AskedText.NONE, 0.0),
    }
    of_question |= {f"wants_{n}": wanted.probability(*some) for n, some in _OPERATIONS.items()}
    return of_question | {f"asks_{n}": wanted.role_probability(*r) for n, r in _ROLES.items()}


def _of_proposal(situation: Situation, one: Proposal, own: _Places) -> dict[str, float]:
    asked, composition = situation.asked, one.composition
    wanted, plan, text = asked.wanted, asked.plan, one.text
    sures = [float(card.sure) for card in (*own.read, *([one.card] if one.card else []))]
    roles = [_role_fits(asked, figure) for figure in own.figures]
    after = {source.document_id for source in asked.after}
    places_after = {(source.document_id, source.location) for source in asked.after}
    raw = [figure.quantity.raw for figure in own.figures]
    measures: dict[str, float] = {
        **{f"by_{way.value}": one.way is way for way in Way},
        "does": wanted.probability(*one.does),
        "does_surest": wanted.operation in one.does,
        "text_length": len(text),
        "statements": len(composition.statements),
        "calculations": len(composition.calculations),
        "figures": len(own.figures),
        "cited": len(own.sources),
        "files": len(own.files),
        "bodies": len({source.department for source in own.sources}),
        "years_told": len({source.year for source in own.sources}),
        "role_fits": sum(roles) / len(roles) if roles else ABSENT,
        "worst_role": min(roles, default=ABSENT),
        "only_planned": bool(own.figures) and all(f.role in PLANNED for f in own.figures),
        "fits": all(map(asked.fits, own.figures)),
        "unit_asked": sum(f.quantity.unit in plan.units for f in own.figures),
        "said_already": sum(value in asked.typed for value in raw),
        "confidence": float(min((f.confidence for f in own.figures), default=Decimal(1))),
        "in_words": float(sum(not f.quantity.values for f in own.figures)),
        "covered": own.covered,
        "titled": own.titled,
        "said": own.said,
        "said_alone": own.alone,
        "told": own.told,
        "untold": own.untold,
        "vague": own.vague,
        "swapped": own.swapped,
        "rivals": own.rivals,
        "read_sure": max(sures, default=ABSENT),
        "read_share": max((float(card.share) for card in own.read), default=ABSENT),
        "read_mean": sum(sures) / len(sures) if sures else ABSENT,
        "read_at": next((at for at, c in enumerate(situation.read) if c in own.read), 99),
        "read_inside": any(own.ids & {f.id for f in card.figures} for card in own.read),
        "judges": judges(composition),
        "gives_reason": gives_reason(composition),
        "after_file": bool(after & own.files),
        "after_place": bool(places_after & own.places),
        "in_scope": all(_in_scope(asked, source) for source in own.sources),
        "names_year": any(source.year in plan.years for source in own.sources),
    }
    card = one.card
    measures |= {
        "card_sure": float(card.sure) if card else ABSENT,
        "card_share": float(card.share) if card else ABSENT,
        "card_text": card is not None and card.card.kind is CardKind.TEXT,
        "card_row": card is not None and card.card.kind is CardKind.INDICATOR,
        "card_words": len(card.words) if card else ABSENT,
        "card_figures": len(card.figures) if card else ABSENT,
        "card_tells_more": asked.is_told_more_by(card) if card else ABSENT,
    }
    return measures | _of_table(one.rows)


def _of_table(how: RowsFit | None) -> dict[str, float]:
    """How well the table of a proposal fits the question, if it is of one."""
    if how is None:
        return dict.fromkeys(_TABLE, ABSENT)
    fit, total = how.fit, how.fit.table.total
    rows = [row for group in fit.groups for row in group.rows]
    by_name = all(group.by_name for group in fit.groups)
    of_fit = fit.explained, how.behind, fit.whole, fit.near, fit.vague, fit.named
    over = how.column, how.ahead, total is not None and how.over == total, how.voted
    of_rows = len(fit.groups), len(rows), by_name, fit.asks.of_wholes
    return dict(zip(_TABLE, (*of_fit, *over, *of_rows), strict=True))


def _of_others(
    situation: Situation, one: Proposal, own: _Places, places: Sequence[_Places]
) -> dict[str, float]:
    """How a proposal stands beside the others."""
    asserted = [
        (other, where)
        for other, where in zip(situation.proposals, places, strict=True)
        if other is not one and other.way is not Way.QUOTE
    ]
    same = [other for other, where in asserted if own.values and where.values == own.values]
    years = [source.year for _, where in asserted for source in where.sources if source.year]
    own_years = [source.year for source in own.sources if source.year]
    top = situation.read[0] if situation.read else None
    second = situation.read[1] if len(situation.read) > 1 else None
    return {
        "older": max(years, default=0) - max(own_years) if own_years and years else 0,
        "proposals": len(situation.proposals),
        "same_values": len(same),
        "same_by_others": len({other.way for other in same} - {one.way}),
        "same_as_plan": any(other.way is Way.PLAN for other in same),
        "other_files": sum(not where.files & own.files for _, where in asserted),
        "top_sure": float(top.sure) if top else ABSENT,
        "top_share": float(top.share) if top else ABSENT,
        "second_share": float(second.share) if second else ABSENT,
        "is_top": top is not None and top in own.read,
        "top_file": top is not None and top.card.document_id in own.files,
        "of_top": sum(card.card.document_id in own.files for card in situation.read),
    }


def _role_fits(asked: Asked, figure: Figure) -> float:
    """How probably a figure is in the role that is asked for; what tells none apart, fits all."""
    return sum(
        share
        for role, share in asked.wanted.roles
        if role not in FITTING or figure.role in FITTING[role]
    )


def _in_scope(asked: Asked, source: Source) -> bool:
    departments, years = asked.scope.departments, asked.scope.years
    body = not departments or source.department in departments
    return body and (not years or source.year is None or source.year in years)
