"""Which form speaks for a fact that several documents print: orders of forms, best first (表序).

An order differs from another only where it answers another question; each says which.
"""

from collections.abc import Mapping, Sequence

from ingest.types.blocks import Form
from ingest.types.facts import Indicator

PAPERS = (
    Form.WORK_SUMMARY,
    Form.EXPLANATION,
    Form.AUDIT_REPORT,
    Form.NOTICE,
    Form.REGULATION,
    Form.UNKNOWN,
)
"""What is no form: the department's own account of its year before what others say of it."""
REPORTING = (
    Form.SELF_EVALUATION,
    Form.PROJECT_SELF_EVALUATION,
    Form.REPORT,
    Form.EVALUATION_REPORT,
    Form.TARGET,
    *PAPERS,
    Form.SUMMARY,
    Form.MONITORING,
)
"""The order for what was done in a year: the table that reports it, before the reports that repeat
it, before the plan; a summary of many departments is copied, a monitoring form covers part of it.
"""
PLANNING = (Form.TARGET, *(form for form in REPORTING if form is not Form.TARGET))
"""The order for what was planned: the table of targets itself, then the forms that repeat it."""
INDICATOR_STAGES = (
    Form.SELF_EVALUATION,
    Form.PROJECT_SELF_EVALUATION,
    Form.REPORT,
    Form.EVALUATION_REPORT,
    Form.SUMMARY,
    *PAPERS,
    Form.MONITORING,
    Form.TARGET,
)
"""The order for the progress of an indicator on a board: an indicator that is monitored is further
than one that is only planned, so here a plan comes last."""
WHOLE_DEPARTMENT = (Form.SELF_EVALUATION, Form.REPORT, Form.SUMMARY)
"""Forms that report the budget and the score of a department as a whole, not of one project."""
INDICATOR_ROWS = (Form.SELF_EVALUATION, Form.PROJECT_SELF_EVALUATION, Form.REPORT, Form.TARGET)
"""Forms that list indicators: their rows are counted in the totals of a year."""


def ranks(order: Sequence[Form]) -> Mapping[Form, int]:
    """The place of each form in an order, 0 for the best."""
    return {form: place for place, form in enumerate(order)}


REPORTING_RANK = ranks(REPORTING)
PLANNING_RANK = ranks(PLANNING)
STAGE_RANK = ranks(INDICATOR_STAGES)


def indicator_rank(row: Indicator, form: Form) -> tuple[bool, bool, int]:
    """A key that sorts the printings of one indicator, the authoritative one first.

    Rows that report come before rows that only plan, rows with a target before those without.
    """
    unreported = not row.actual_text.strip() and row.actual is None
    return unreported, row.target is None, REPORTING_RANK[form]
