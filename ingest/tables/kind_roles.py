"""What the label reader's roles are in each kind of table (标签角色与表类)."""

from collections.abc import Mapping

from ingest.types.tables import AMOUNTS, ColumnRole, TableKind

_MONEY = {
    "department": ColumnRole.DEPARTMENT,
    "operator": ColumnRole.ITEM,
    "place": ColumnRole.ITEM,
    "item": ColumnRole.ITEM,
    "project": ColumnRole.ITEM,
    "task": ColumnRole.ITEM,
    "number": ColumnRole.NUMBER,
    "initial": ColumnRole.INITIAL,
    "final": ColumnRole.FINAL,
    "spent": ColumnRole.SPENT,
    "spent_interim": ColumnRole.SPENT,
    "forecast_spent": ColumnRole.FORECAST_SPENT,
    "rate": ColumnRole.RATE,
    "adjustment": ColumnRole.ADJUSTMENT,
    "left": ColumnRole.LEFT,
    "allocated": ColumnRole.ALLOCATED,
    "fund": ColumnRole.FUND,
    "project_fund": ColumnRole.FUND,
    "fund_fiscal": ColumnRole.FUND_FISCAL,
    "fund_other": ColumnRole.FUND_OTHER,
    "weight": ColumnRole.WEIGHT,
    "score": ColumnRole.SCORE,
    "grade": ColumnRole.GRADE,
} | dict.fromkeys(
    (
        *("received", "last_year_amount", "quantity", "price", "change", "other"),
        *("completion_rate", "score_rate", "review_score", "deduction"),
    ),
    ColumnRole.OTHER,
)
_TEXTS = dict.fromkeys(
    (
        *("description", "rule", "source", "met", "measure", "remark", "problem", "person"),
        *("date", "document", "code", "period", "cause", "deviation"),
    ),
    ColumnRole.REMARK,
)
_INDICATORS = {
    "number": ColumnRole.NUMBER,
    "level1": ColumnRole.LEVEL1,
    "level2": ColumnRole.LEVEL2,
    "name": ColumnRole.NAME,
    "target": ColumnRole.TARGET,
    "period_target": ColumnRole.PERIOD_TARGET,
    "actual": ColumnRole.ACTUAL,
    "actual_interim": ColumnRole.ACTUAL,
    "actual_forecast": ColumnRole.ACTUAL_FORECAST,
    "last_year": ColumnRole.LAST_YEAR,
    "change": ColumnRole.CHANGE,
    "comparator": ColumnRole.COMPARATOR,
    "unit": ColumnRole.UNIT,
    "weight": ColumnRole.WEIGHT,
    "score": ColumnRole.SCORE,
    "review_score": ColumnRole.OTHER,
    "deduction": ColumnRole.OTHER,
    "score_rate": ColumnRole.SCORE_RATE,
    "completion_rate": ColumnRole.COMPLETION_RATE,
    "deviation": ColumnRole.DEVIATION,
    "cause": ColumnRole.CAUSE,
    "likelihood": ColumnRole.LIKELIHOOD,
    "project": ColumnRole.PROJECT,
    "project_fund": ColumnRole.PROJECT_FUND,
    "department": ColumnRole.DEPARTMENT,
    "operator": ColumnRole.REMARK,
    "grade": ColumnRole.REMARK,
}
_TASKS = {
    "number": ColumnRole.NUMBER,
    "task": ColumnRole.TASK,
    "project": ColumnRole.TASK,
    "task_content": ColumnRole.TASK_CONTENT,
    "task_goal": ColumnRole.TASK_GOAL,
    "task_completion": ColumnRole.TASK_COMPLETION,
    "name_target": ColumnRole.NAME_TARGET,
    "fund": ColumnRole.FUND,
    "fund_fiscal": ColumnRole.FUND_FISCAL,
    "fund_other": ColumnRole.FUND_OTHER,
    "weight": ColumnRole.WEIGHT,
    "score": ColumnRole.SCORE,
}
_GOALS = {"goal": ColumnRole.GOAL, "goal_completion": ColumnRole.GOAL_COMPLETION}
KINDS: Mapping[TableKind, Mapping[str, ColumnRole]] = {
    TableKind.INDICATORS: {**_TEXTS, **_INDICATORS},
    TableKind.TASKS: {**_TEXTS, **_TASKS},
    TableKind.FUNDS: {**_TEXTS, **_MONEY},
    TableKind.GOALS: _GOALS,
}
"""What the label reader's roles are in each kind of table; any other has no place in it."""
ROWS_NAMED = {
    TableKind.INDICATORS: ColumnRole.NAME,
    TableKind.TASKS: ColumnRole.TASK,
    TableKind.FUNDS: ColumnRole.ITEM,
}
"""The role of what names the rows of a kind; any words may stand over it, also a family's."""
BESIDE_MONEY = {
    role: _INDICATORS[role]
    for role in (
        "target",
        "period_target",
        "actual",
        "actual_interim",
        "actual_forecast",
        "last_year",
    )
}
"""What a list of money may tell beside it of each of its bodies."""
COUNTED = {
    **dict.fromkeys(
        ("initial", "final", "allocated", "fund", "fund_fiscal", "fund_other", "project_fund"),
        ColumnRole.TARGET,
    ),
    **dict.fromkeys(("spent", "spent_interim", "received"), ColumnRole.ACTUAL),
}
"""What words of money mean over amounts of another unit: what was planned, and what came of it."""
VALUES = frozenset(
    (
        *("initial", "final", "spent", "spent_interim", "forecast_spent", "rate", "adjustment"),
        *("left", "allocated", "fund", "project_fund", "fund_fiscal", "fund_other", "received"),
        *("last_year_amount", "quantity", "price", "change", "other", "completion_rate", "weight"),
        *("score_rate", "review_score", "score", "deduction", "target", "period_target", "actual"),
        *("actual_interim", "actual_forecast", "last_year"),
    )
)
"""The label reader's roles of columns that hold values."""
SOURCES = frozenset(("fund", "fund_fiscal", "fund_other", "allocated"))
AMOUNTS_OF_SOURCES = frozenset(
    (
        *("initial", "final", "spent", "spent_interim", "forecast_spent", "left", "adjustment"),
        *("received", "last_year_amount", "allocated"),
    )
)
"""Heads over sources of money (年初预算 over 财政拨款) that say which amount of it is told."""
WHOSE, WHOSE_NOT_WHAT = ("place", "operator"), 0.3
"""Whose money it is names the rows of a list; beside what it is for, it only says whose."""
NAMES_OF_MONEY = frozenset({ColumnRole.ITEM, ColumnRole.DEPARTMENT})
MONEY = frozenset(
    {
        *AMOUNTS,
        *(ColumnRole.ALLOCATED, ColumnRole.FUND, ColumnRole.FUND_FISCAL, ColumnRole.FUND_OTHER),
    }
)
NEEDS: Mapping[TableKind, tuple[tuple[frozenset[ColumnRole], ...], ...]] = {
    TableKind.FUNDS: (
        (NAMES_OF_MONEY, MONEY),
        (frozenset({ColumnRole.DEPARTMENT}), frozenset({ColumnRole.SCORE})),
    ),
}
"""What else makes rows of a kind: an allocation list (分配表) names whose money, and how much; a
notice (通报) whose score."""
