"""How the composer says values and names in plain official Chinese (措辞)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assistant.language.numbers import plain
from assistant.types import Severity
from ingest.language.normalise import normalise
from ingest.types.facts import Quantity, Role
from ingest.types.library import FileReport, Outcome

COMPARED = {
    "≥": "不低于",
    ">=": "不低于",
    ">": "高于",
    "≤": "不超过",
    "<=": "不超过",
    "<": "低于",
}
OUTCOMES = {
    Outcome.ADDED: "已入库",
    Outcome.UNCHANGED: "未变化",
    Outcome.REPLACED: "已更新",
    Outcome.FAILED: "未入库",
}
UNREAD = "需要处理"
"""What is said of a file that is stored and of which hardly anything was read."""
SEVERITY_NAMES = {Severity.ERROR: "错误", Severity.WARNING: "疑似", Severity.NOTE: "提示"}
"""Severities from the worst down, as lists of findings name them (严重程度)."""
UNHANDLED = "未处理"
"""What is said of a finding that nobody has marked."""
ROLE_NAMES = {
    Role.TARGET: "年度目标值",
    Role.PERIOD_TARGET: "实施周期指标值",
    Role.ACTUAL: "实际完成值",
    Role.WEIGHT: "分值",
    Role.SCORE: "得分",
}
_MEASURES = (
    *"数率度额费分值量次金款比价",
    *(
        "时间",
        "标准",
        "面积",
        "比例",
        "情况",
        "预算",
        "支出",
        "资金",
        "成本",
        "时限",
        "工时",
        "长度",
    ),
    *("里程", "水平", "幅度", "指标", "增长", "收入", "编制", "等次", "等级"),
)
_PRINTED = re.compile(r"-?\d[\d,]*(?:\.\d+)?\s*(?:万亿|[万亿])?[余多]?")


@dataclass(frozen=True, slots=True)
class Wording:
    """The names that an answer gives departments: those of the question, else the full ones."""

    names: Mapping[str, str]

    def who(self, department: str, year: int | None) -> str:
        """The department and year that a value belongs to: 黄埔区团委2021年."""
        return f"{self.names.get(department, department)}{f'{year}年' if year else ''}"

    def department(self, department: str) -> str:
        """The name that the question gives a department, else its full name."""
        return self.names.get(department, department)


def outcome(report: FileReport) -> str:
    """What became of a file that was handed in."""
    return UNREAD if report.unread else OUTCOMES[report.outcome]


def year_name(year: int | None) -> str:
    """A year as lists show it, "" where it is not known: 2021年."""
    return "" if year is None else f"{year}年"


def moment(at: str) -> str:
    """A time in ISO 8601 to the minute.

    >>> moment("2026-11-22T08:30:15+08:00")
    '2026-11-22 08:30'
    """
    return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M}"


def quoted(name: str) -> str:
    """A name in quotation marks, those inside it single.

    >>> quoted("“青年地带”工作站"), quoted("“圆梦计划”")
    ('“‘青年地带’工作站”', '“圆梦计划”')
    """
    whole = name.startswith("“") and name.find("”") == len(name) - 1
    return name if whole else f"“{unquoted(name)}”"


def unquoted(text: str) -> str:
    """Words to be put in quotation marks: those inside become single."""
    return text.replace("“", "‘").replace("”", "’")


def states(subject: str) -> bool:
    """Whether a subject is a phrase that a number completes (新增团组织 305个), not a measure."""
    return not subject.endswith(_MEASURES)


def value(quantity: Quantity) -> str:
    """A value with its unit as printed, without comparator: 约80万人次, 1022.93万元."""
    if not quantity.values:
        return f"“{quantity.qualitative or quantity.raw.strip()}”"
    if len(quantity.values) > 1:
        return f"{'、'.join(plain(v) for v in quantity.values)}{quantity.unit}"
    printed = _PRINTED.search(normalise(quantity.raw))
    number = printed.group().replace(",", "").replace(" ", "") if printed else ""
    if not _same_number(number, quantity.values[0]):
        negative = f"-{number}"  # (35.50), ▲12.30
        same = _same_number(negative, quantity.values[0])
        number = negative if same else plain(quantity.values[0])
    unit = quantity.unit
    if number[-1:] in "万亿余多" and unit[:1] in "万亿":
        unit = unit[1:]
    return f"{'约' if _about(quantity, number) else ''}{number}{unit}"


def limit(condition: Quantity) -> str:
    """A condition in words, its number as it was asked: 低于80%."""
    return f"{COMPARED.get(condition.comparator, '')}{condition.raw}"


def goal(quantity: Quantity) -> str:
    """A target in words: 不低于90%, 100%, “良好”."""
    if len(quantity.values) == 1:
        return f"{COMPARED.get(quantity.comparator, '')}{value(quantity)}"
    return value(quantity) if not quantity.values else quantity.raw.strip()


def amount(number: Decimal, unit: str) -> str:
    """A number with its unit: 1049.4万元."""
    return f"{plain(number)}{unit}"


def _about(quantity: Quantity, number: str) -> bool:
    return quantity.approximate and not re.search(r"[余多]", number)


def _same_number(text: str, number: Decimal) -> bool:
    digits = re.match(r"-?[\d.]+", text)
    if not digits:
        return False
    shown = Decimal(digits.group())
    scale = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}.get(text[digits.end() :][:1])
    return number in (shown, shown * scale) if scale else number == shown
