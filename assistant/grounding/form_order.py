"""Which form speaks for a fact that several documents print: orders of forms, best first (表序).

An order differs from another only where it answers another question; each says which.
"""

from collections.abc import Mapping, Sequence

from ingest.types.blocks import Form
from ingest.types.facts import Indicator

REPORTING = (
    Form.SELF_EVALUATION,
    Form.PROJECT_SELF_EVALUATION,
    Form.REPORT,
    Form.TARGET,
    Form.UNKNOWN,
    Form.SUMMARY,
    Form.MONITORING,
)
"""Who says what was done in a year: the table that reports it, before the report that repeats it,
before the plan; a summary of many departments is copied, a monitoring form tells part of the year.
"""
PLANNING = (Form.TARGET, *(form for form in REPORTING if form is not Form.TARGET))
"""Who says what was planned: the table of targets itself, then whoever repeats it."""
INDICATOR_STAGES = (
    Form.SELF_EVALUATION,
    Form.PROJECT_SELF_EVALUATION,
    Form.REPORT,
    Form.SUMMARY,
    Form.UNKNOWN,
    Form.MONITORING,
    Form.TARGET,
)
"""Which document shows how far an indicator is, on a board: an indicator that is monitored is
further than one that is only planned, so here a plan comes last."""
WHOLE_DEPARTMENT = (Form.SELF_EVALUATION, Form.REPORT, Form.SUMMARY)
"""Who tells the budget and the score of a department as a whole: no form of one project does."""
INDICATOR_ROWS = (Form.SELF_EVALUATION, Form.PROJECT_SELF_EVALUATION, Form.REPORT, Form.TARGET)
"""Whose row of an indicator is counted in a year's totals: the forms that list indicators."""


def ranks(order: Sequence[Form]) -> Mapping[Form, int]:
    """The place of each form in an order, 0 for the best."""
    return {form: place for place, form in enumerate(order)}


REPORTING_RANK = ranks(REPORTING)
PLANNING_RANK = ranks(PLANNING)
STAGE_RANK = ranks(INDICATOR_STAGES)


def indicator_rank(row: Indicator, form: Form) -> tuple[bool, bool, int]:
    """Sorts the printings of one indicator, the one that speaks for it first.

    Rows that report come before rows that only plan, rows with a target before those without.
    """
    unreported = not row.actual_text.strip() and row.actual is None
    return unreported, row.target is None, REPORTING_RANK[form]
