"""All checks over one department and year, in the order in which they speak (校核)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.assessment.rule_packs import Rules
from assistant.assessment.status import StatusRules
from assistant.audit.actual_values import check_actuals
from assistant.audit.completeness import check_blocks, check_families, check_links
from assistant.audit.cross_document import check_amounts, check_indicators, check_units
from assistant.audit.dossier import Dossier, DraftFinding, Sheet
from assistant.audit.narrative_sections import (
    check_identity,
    check_measures,
    check_problems,
    check_prose,
)
from assistant.audit.rates import check_rates
from assistant.audit.score_checks import check_rows, check_total, check_weights
from assistant.audit.spending import check_changed, check_execution, check_last_year
from assistant.audit.sum_checks import (
    check_adjustment,
    check_columns,
    check_overspent,
    check_sentences,
)
from assistant.audit.targets import (
    check_direction,
    check_duplicates,
    check_goals,
    check_measurable,
    check_period,
    check_promises,
)
from assistant.audit.vocabulary import AuditVocabulary
from assistant.grounding.citations import Source


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check needs beside the documents: the rules of the place and year, and the words."""

    rules: Rules
    status: StatusRules
    words: AuditVocabulary


def run_checks(
    dossier: Dossier, context: CheckContext, before: Dossier | None = None
) -> Iterator[DraftFinding]:
    """Everything the checks that are switched on have to say; `before` is the year before."""
    seen: set[tuple[str, str, Source]] = set()
    for findings in _every(dossier, context, before):
        for finding in findings:
            key = (finding.code, finding.subject, finding.sources[0])
            if finding.code not in context.rules.off and key not in seen:
                seen.add(key)
                yield finding


def _every(
    dossier: Dossier, context: CheckContext, before: Dossier | None
) -> Iterator[Iterator[DraftFinding]]:
    for sheet in dossier.sheets:
        yield from (check(sheet, context) for check in SHEET_CHECKS)
    yield from (check(dossier, context) for check in DOSSIER_CHECKS)
    if before is not None:
        yield check_last_year(dossier, before, context.words)


def _rates(sheet: Sheet, context: CheckContext) -> Iterator[DraftFinding]:
    return check_rates(sheet, context.rules.formulas)


def _totals(sheet: Sheet, context: CheckContext) -> Iterator[DraftFinding]:
    tolerance = context.rules.amount_tolerance
    yield from check_adjustment(sheet, tolerance)
    yield from check_columns(sheet, context.words, tolerance)
    yield from check_sentences(sheet, context.words.made_of, tolerance)
    yield from check_overspent(sheet, tolerance)


def _points(sheet: Sheet, context: CheckContext) -> Iterator[DraftFinding]:
    tolerance = context.rules.score_tolerance
    yield from check_total(sheet, context.words.score_totals, tolerance)
    yield from check_weights(sheet, context.words.score_totals)
    yield from check_rows(sheet, context.status, context.rules.scoring, tolerance)


def _actuals(sheet: Sheet, context: CheckContext) -> Iterator[DraftFinding]:
    return check_actuals(sheet, context.status, context.words, context.rules.thresholds)


def _targets(sheet: Sheet, context: CheckContext) -> Iterator[DraftFinding]:
    yield from check_goals(sheet, context.words)
    yield from check_promises(sheet, context.words)
    yield from check_period(sheet, context.words)
    yield from check_duplicates(sheet, context.words)
    yield from check_direction(sheet, context.words)
    yield from check_measurable(sheet, context.words)


def _structure(sheet: Sheet, context: CheckContext) -> Iterator[DraftFinding]:
    yield from check_blocks(sheet, context.words)
    yield from check_families(sheet, context.words)
    yield from check_links(sheet, context.words)


def _spending(sheet: Sheet, context: CheckContext) -> Iterator[DraftFinding]:
    yield from check_execution(sheet, context.rules.thresholds)
    yield from check_changed(sheet, context.rules.thresholds)


def _sections(sheet: Sheet, context: CheckContext) -> Iterator[DraftFinding]:
    yield from check_problems(sheet, context.words, context.status)
    yield from check_measures(sheet, context.words)
    yield from check_prose(sheet, context.words)
    yield from check_identity(sheet, context.words)


def _indicators(dossier: Dossier, context: CheckContext) -> Iterator[DraftFinding]:
    return check_indicators(dossier, context.words.synonyms)


def _amounts(dossier: Dossier, context: CheckContext) -> Iterator[DraftFinding]:
    yield from check_amounts(dossier)
    yield from check_units(dossier)


SHEET_CHECKS: tuple[Callable[[Sheet, CheckContext], Iterator[DraftFinding]], ...] = (
    _rates,
    _totals,
    _points,
    _actuals,
    _targets,
    _spending,
    _structure,
    _sections,
)
DOSSIER_CHECKS: tuple[Callable[[Dossier, CheckContext], Iterator[DraftFinding]], ...] = (
    _indicators,
    _amounts,
)
