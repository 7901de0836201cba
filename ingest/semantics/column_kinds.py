"""What the cells below a head are (列内容), by the roles that the head may play."""

from collections.abc import Mapping

from ingest.semantics.piece_features import CellKind

KINDS: Mapping[str, CellKind] = {
    **dict.fromkeys(("level1", "level2"), CellKind.LEVEL),
    **dict.fromkeys(("name", "item", "project", "task", "name_target"), CellKind.NAME),
    **dict.fromkeys(
        ("target", "actual", "actual_forecast", "actual_interim", "period_target", "last_year"),
        CellKind.VALUE,
    ),
    **dict.fromkeys(
        (
            *("weight", "score", "review_score", "deduction", "spent", "final", "allocated"),
            *("quantity", "initial", "fund", "left", "fund_fiscal", "fund_other", "received"),
            *("spent_interim", "forecast_spent", "adjustment", "price", "last_year_amount"),
            *("project_fund", "number"),
        ),
        CellKind.NUMBER,
    ),
    **dict.fromkeys(("rate", "completion_rate", "score_rate"), CellKind.RATE),
    **dict.fromkeys(("unit", "comparator"), CellKind.UNIT),
    **dict.fromkeys(("department", "operator", "place", "person"), CellKind.BODY),
    **dict.fromkeys(("met", "grade", "likelihood"), CellKind.JUDGEMENT),
    **dict.fromkeys(
        (
            *("deviation", "cause", "remark", "description", "rule", "source", "content", "goal"),
            *("goal_completion", "task_goal", "task_content", "task_completion", "measure"),
            "problem",
        ),
        CellKind.TEXT,
    ),
}
"""Roles of columns → what their cells are; a role that is not here may hold anything."""
