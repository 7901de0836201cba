"""What a form's tables tell: which kind a table is, which role each of its columns plays, how sure.

The values are the names that `data/lexicon/forms.toml` uses; any other name there is refused.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar


class How(StrEnum):
    """What told the meaning of a column, and so of the values under it (判读依据)."""

    WORDS = "words"
    """词表: the words of its head are in the lexicon."""
    MEANING = "meaning"
    """词义: the label reader knows words like those of its head."""
    CONTENTS = "contents"
    """内容: what stands in the column."""
    ARITHMETIC = "arithmetic"
    """算术: its numbers add up with those of other columns."""
    TEMPLATE = "template"
    """表样: somebody confirmed the columns of this layout."""
    PERSON = "person"
    """人工: somebody set it right by hand."""
    HIDDEN = "hidden"
    """隐藏: it stands where no reader of the file looks."""


class Told(Protocol):
    """Something read off a document, with a confidence of 0 to 1 (置信度) that it is right."""

    @property
    def confidence(self) -> Decimal:
        """The share of such readings that are right."""
        ...

    @property
    def how(self) -> How:
        """What told it."""
        ...


AnyTold = TypeVar("AnyTold", bound=Told)


def least_sure(readings: Iterable[AnyTold]) -> AnyTold:
    """The reading that decides how sure all of them are together: the least confident one.

    Of equally confident ones it is one that took more than words.
    """
    return min(readings, key=lambda told: (told.confidence, told.how is How.WORDS))


class TableKind(StrEnum):
    """What the rows of a table are about (表类)."""

    INDICATORS = "indicators"
    """绩效指标: an indicator a row, with its target and actual value."""
    TASKS = "tasks"
    """重点任务: a task a row, with its goal, completion and money."""
    FUNDS = "funds"
    """资金: budgets, spending and rates of a department, its parts and projects."""
    GOALS = "goals"
    """总体目标: what was aimed at beside what came of it."""
    NUMBERS = "numbers"
    """Numbers under heads that no form has; told by contents, so no pack lists its columns."""


class LooseRow(StrEnum):
    """What a row is that stands under no header (表头外的行)."""

    PAIR = "pair"
    """A label with its value (标签与值)."""
    TEXT = "text"
    """A cell that is read as running text (文字)."""


RowKind = TableKind | LooseRow


class ColumnRole(StrEnum):
    """What the cells of a column are (列的角色); from LABEL on, what a cell outside columns is."""

    LEVEL1 = "level1"  # 一级指标
    LEVEL2 = "level2"  # 二级指标
    NAME = "name"  # 三级指标
    TARGET = "target"  # 年度指标值
    PERIOD_TARGET = "period_target"  # 实施周期指标值
    ACTUAL = "actual"  # 实际完成值
    ACTUAL_FORECAST = "actual_forecast"  # 全年预计完成情况
    LAST_YEAR = "last_year"  # 上年实际值
    CHANGE = "change"  # 较上年增长
    COMPARATOR = "comparator"  # 指标性质
    UNIT = "unit"  # 计量单位
    WEIGHT = "weight"  # 分值
    SCORE = "score"  # 得分
    SCORE_RATE = "score_rate"  # 得分率
    COMPLETION_RATE = "completion_rate"  # 完成率
    DEVIATION = "deviation"  # 偏差原因分析及改进措施
    CAUSE = "cause"  # 经费保障、制度保障 (原因分析)
    LIKELIHOOD = "likelihood"  # 完成目标可能性
    GRADE = "grade"  # 等次
    REMARK = "remark"  # 备注
    PROJECT = "project"  # 项目名称
    PROJECT_FUND = "project_fund"  # 项目预算
    DEPARTMENT = "department"  # 部门名称
    NUMBER = "number"  # 序号; in a table of numbers, the number itself

    TASK = "task"  # 任务名称
    TASK_CONTENT = "task_content"  # 主要实施内容
    TASK_GOAL = "task_goal"  # 预期目标
    TASK_COMPLETION = "task_completion"  # 目标完成情况
    NAME_TARGET = "name_target"  # 关键指标, its target in the same cell
    FUND = "fund"  # 任务涉及资金
    FUND_FISCAL = "fund_fiscal"  # 财政拨款
    FUND_OTHER = "fund_other"  # 其他资金

    ITEM = "item"  # 支出类型
    INITIAL = "initial"  # 年初预算数
    FINAL = "final"  # 全年预算数
    SPENT = "spent"  # 全年执行数
    FORECAST_SPENT = "forecast_spent"  # 全年预计执行数
    RATE = "rate"  # 执行率
    ADJUSTMENT = "adjustment"  # 调整数
    LEFT = "left"  # 结余
    ALLOCATED = "allocated"  # 下达、分配、安排的金额

    GOAL = "goal"  # 年度总体目标
    GOAL_COMPLETION = "goal_completion"  # 总体目标完成情况

    OTHER = "other"
    """Values under a head that no pack lists (其他列)."""

    LABEL = "label"  # 标签: the words a value stands under
    CONCEPT = "concept"  # 预算用语: a value under a budget term
    PERIOD = "period"  # 年度
    OPERATOR = "operator"  # 实施单位
    PERSON = "person"  # 联系人
    TEXT = "text"  # 文字


AMOUNTS = frozenset(
    {
        ColumnRole.INITIAL,
        ColumnRole.FINAL,
        ColumnRole.SPENT,
        ColumnRole.FORECAST_SPENT,
        ColumnRole.RATE,
        ColumnRole.ADJUSTMENT,
        ColumnRole.LEFT,
    }
)
"""Roles of columns that hold amounts of money and their rates."""


class FormSection(StrEnum):
    """A block of a form or a report (表块), named in the left column or by a heading."""

    FUNDS = "funds"  # 资金情况
    GOALS = "goals"  # 总体目标
    KEY_INDICATORS = "key_indicators"  # 年度关键指标
    INDICATORS = "indicators"  # 绩效指标
    TASKS = "tasks"  # 重点任务
    OTHER_TASKS = "other_tasks"  # 其他任务
    PROBLEMS = "problems"  # 存在问题
    MEASURES = "measures"  # 改进措施
    TOTAL = "total"  # 合计
    NOTES = "notes"  # 填表说明
    PEOPLE = "people"  # 填表人、联系电话
