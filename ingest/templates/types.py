"""Form templates (表样) as values: what the columns under a head mean, who said so, for whom."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.types.layouts import Heads, Roles
from ingest.types.tables import ColumnRole, TableKind

MAX_COLUMNS = 60
"""Maximum number of columns of a table that can be taught."""

KIND_NAMES: Mapping[TableKind, str] = {
    TableKind.INDICATORS: "绩效指标",
    TableKind.TASKS: "重点任务",
    TableKind.FUNDS: "资金",
    TableKind.GOALS: "总体目标",
    TableKind.NUMBERS: "其他数字",
}
ROLE_GROUPS: Mapping[str, Mapping[ColumnRole, str]] = {
    "绩效指标": {
        ColumnRole.NAME: "指标名称",
        ColumnRole.LEVEL1: "一级指标",
        ColumnRole.LEVEL2: "二级指标",
        ColumnRole.TARGET: "年度目标值",
        ColumnRole.PERIOD_TARGET: "实施周期目标值",
        ColumnRole.ACTUAL: "实际完成值",
        ColumnRole.ACTUAL_FORECAST: "全年预计完成值",
        ColumnRole.LAST_YEAR: "上年实际值",
        ColumnRole.CHANGE: "较上年增减",
        ColumnRole.COMPARATOR: "比较符号",
        ColumnRole.UNIT: "计量单位",
        ColumnRole.WEIGHT: "分值",
        ColumnRole.SCORE: "得分",
        ColumnRole.SCORE_RATE: "得分率",
        ColumnRole.COMPLETION_RATE: "完成率",
        ColumnRole.DEVIATION: "偏差原因及措施",
        ColumnRole.CAUSE: "分类原因",
        ColumnRole.LIKELIHOOD: "完成可能性",
    },
    "重点任务": {
        ColumnRole.TASK: "任务名称",
        ColumnRole.TASK_CONTENT: "任务内容",
        ColumnRole.TASK_GOAL: "任务目标",
        ColumnRole.TASK_COMPLETION: "任务完成情况",
        ColumnRole.NAME_TARGET: "指标连同目标",
        ColumnRole.FUND: "任务资金",
        ColumnRole.FUND_FISCAL: "财政拨款",
        ColumnRole.FUND_OTHER: "其他资金",
    },
    "资金": {
        ColumnRole.ITEM: "资金名称",
        ColumnRole.INITIAL: "年初预算数",
        ColumnRole.FINAL: "全年预算数",
        ColumnRole.SPENT: "全年执行数",
        ColumnRole.FORECAST_SPENT: "全年预计执行数",
        ColumnRole.RATE: "执行率",
        ColumnRole.ADJUSTMENT: "调整数",
        ColumnRole.LEFT: "结余",
        ColumnRole.ALLOCATED: "分配（安排）金额",
        ColumnRole.GRADE: "等次",
    },
    "总体目标": {
        ColumnRole.GOAL: "总体目标",
        ColumnRole.GOAL_COMPLETION: "总体目标完成情况",
    },
    "各种表": {
        ColumnRole.DEPARTMENT: "部门（单位）",
        ColumnRole.PROJECT: "项目名称",
        ColumnRole.PROJECT_FUND: "项目预算",
        ColumnRole.NUMBER: "序号",
        ColumnRole.REMARK: "备注",
        ColumnRole.OTHER: "其他数值",
    },
}
"""What a reader calls the roles that a column can be given, by the tables in which they stand."""
ROLE_NAMES: Mapping[ColumnRole, str] = {
    role: name for roles in ROLE_GROUPS.values() for role, name in roles.items()
}
IGNORED = "不读"
"""What a column is called that is given no role."""


@dataclass(frozen=True, slots=True)
class Taught:
    """What the readers of files need of a template; no `departments` means those of all."""

    signature: str
    kind: TableKind
    roles: Roles
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormTemplate:
    """What the columns of one layout mean (表样), as `by` confirmed it.

    The greater `number` of two for the same layout and departments holds; `version` counts them
    from 1. `at` is ISO 8601 with its offset. A template with `departments` holds for documents that
    give one of these names, and there before one that holds for all.
    """

    number: int
    version: int
    signature: str
    kind: TableKind
    heads: Heads
    roles: Roles
    by: str
    at: str
    departments: tuple[str, ...] = ()

    @property
    def taught(self) -> Taught:
        """What of it is handed to the readers."""
        return Taught(self.signature, self.kind, self.roles, self.departments)

    @property
    def words(self) -> str:
        """What its columns mean, in one line: 考核事项＝指标名称、…"""
        return "、".join(
            f"{head_words(heads) or '（无表头）'}＝{role_words(role)}"
            for heads, role in zip(self.heads, self.roles, strict=True)
        )


@dataclass(frozen=True, slots=True)
class WantedTemplate:
    """What somebody says the columns of a layout mean, as a document shows it."""

    signature: str
    kind: TableKind
    roles: Roles
    by: str


def head_words(heads: tuple[str, ...]) -> str:
    """The heads over a column in one: 预算／年初."""
    return "／".join(" ".join(text.split()) for text in heads)


def role_words(role: ColumnRole | None) -> str:
    """A role as a reader calls it."""
    return ROLE_NAMES.get(role, role.value) if role else IGNORED
