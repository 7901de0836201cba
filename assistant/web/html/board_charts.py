"""The charts of the dashboard as HTML: horizontal bars on axes that begin at zero."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape
from typing import TypeVar

from assistant.dashboard.board import Board
from assistant.dashboard.board_facts import Execution, Mark
from assistant.dashboard.indicator_list import STANDINGS
from assistant.language.numbers import plain
from assistant.web.html.answers import year
from assistant.web.html.board_parts import (
    BARS,
    KINDS,
    NOTHING,
    card,
    percent,
    pick,
    rest,
    segments,
    share,
    shortened,
    told,
)
from assistant.web.html.source_link import Opening

FULL, MOST = Decimal(100), Decimal(150)
"""An axis goes to 100 or as far as the values do; what is beyond its end is told by its number."""
TICKS = (0, 25, 50, 75, 100)
Thing = TypeVar("Thing", Execution, Mark)


def status_chart(given: Board) -> str:
    """Indicators by family, each bar as long as they are many."""
    longest = max((family.total for family in given.families), default=0)
    present = [name for name in STANDINGS if given.tally.counts.get(name)]
    legend = "".join(f'<li class="{KINDS[name]}">{name}</li>' for name in present)
    bars = "".join(
        f'<li><button type="button" class="bar-row" {pick(family=family.name)} '
        f'aria-label="{escape(told(family), quote=True)}">'
        f'<span class="label">{escape(family.name)}<small>{family.total}个</small></span>'
        f'<span class="track">{segments(family, longest)}</span>'
        f'<span class="value">{share(family)}</span></button></li>'
        for family in given.families
    )
    body = f'<ul class="legend">{legend}</ul><ol class="bars">{bars}</ol>'
    if not bars:
        body = NOTHING.format("所选范围内没有指标。")
    return card("指标状态", "按指标类别，条长为指标个数，右侧为达标率", body)


def rate_chart(given: Board) -> str:
    """The execution of each department and year on an axis from zero, the lowest first."""
    values = [one.value or Decimal(0) for one in given.executions]
    body = chart(given.executions, values, "%", rate_bar)
    if not values:
        body = NOTHING.format("所选范围内没有部门整体的预算执行数据。")
    return card("预算执行率", "实际支出数 ÷ 全年预算数，低的在前，点开见算式和出处", body)


def score_chart(given: Board) -> str:
    """The scores on an axis from zero, the lowest first, a recomputed one as a mark."""
    values = [mark.value for mark in given.marks]
    highest = [m.recomputed.result for m in given.marks if m.recomputed]
    body = chart(given.marks, values, "分", score_bar, also=highest)
    if not values:
        body = NOTHING.format("所选范围内没有自评得分。")
    return card("自评得分", "部门得分，和按指标重算后不一致的项目得分；竖线为重算得分", body)


def chart(
    things: Sequence[Thing],
    values: Sequence[Decimal],
    unit: str,
    draw: Callable[[Thing, Decimal], str],
    also: Sequence[Decimal] = (),
) -> str:
    top = min(MOST, max((FULL, *values, *also)))
    ticks = "".join(
        f'<span style="left:{percent(Decimal(tick), top)}%">'
        f"{tick}{unit if tick == FULL else ''}</span>"
        for tick in TICKS
    )
    bars = "".join(f"<li>{draw(thing, top)}</li>" for thing in things[:BARS])
    return (
        f'<div class="axis" aria-hidden="true"><span></span><div>{ticks}</div><span></span></div>'
        f'<ol class="bars scroll" tabindex="0">{bars}</ol>{rest(len(things), BARS, "项")}'
    )


def rate_bar(one: Execution, top: Decimal) -> str:
    who = f"{one.department}{year(one.year)}"
    figures = tuple(f.id for f in (*one.inputs, *((one.reported,) if one.reported else ())))
    said = one.reported.quantity.raw.strip() if one.reported else ""
    notes = [one.made.formula] if one.made else ["文件没有给出可以重算的数"]
    if said:
        notes.append(f"文件填报{said}" + ("，与重算不一致" if one.differs else ""))
    opened = Opening(f"{who}预算执行率", "；".join(notes), figures)
    return bar(
        one.department,
        one.year,
        one.value or Decimal(0),
        top,
        f"{(one.value or Decimal(0)):.2f}%",
        opened,
        f"填报{said}" if one.differs else "",
    )


def score_bar(one: Mark, top: Decimal) -> str:
    who = f"{one.department}{year(one.year)}{one.task}"
    formula = f"自评得分{plain(one.value)}分"
    if one.recomputed:
        formula += f"；按指标重算 {one.recomputed.formula}"
    flag = f"重算{plain(one.recomputed.result)}" if one.recomputed and one.differs else ""
    return bar(
        one.department,
        one.year,
        one.value,
        top,
        plain(one.value),
        Opening(f"{who}自评得分", formula, (one.reported.id,)),
        flag,
        task=one.task,
        mark=one.recomputed.result if one.recomputed and one.differs else None,
    )


def bar(
    department: str,
    of: int | None,
    value: Decimal,
    top: Decimal,
    shown: str,
    opened: Opening,
    flag: str,
    *,
    task: str = "",
    mark: Decimal | None = None,
) -> str:
    """One bar; `flag` says what does not agree, `mark` is a second value on the same axis."""
    line = "" if mark is None else f'<b style="left:{percent(mark, top)}%"></b>'
    about = f"<em>{escape(task)}</em>" if task else ""
    warning = f'<small class="flag">{escape(flag)}</small>' if flag else ""
    return (
        f'<button type="button" class="bar-row" {opened.attribute} '
        f'title="{escape(department, quote=True)}">'
        f'<span class="label"><span class="who">{escape(shortened(department))}</span>'
        f"<small>{year(of)}{about}</small></span>"
        f'<span class="track"><i class="met" style="width:{percent(value, top)}%"></i>{line}</span>'
        f'<span class="value">{escape(shown)}{warning}</span></button>'
    )
