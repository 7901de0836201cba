"""The charts of the dashboard as HTML: horizontal bars on axes that begin at zero."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TypeVar

from assistant.dashboard.board import Board
from assistant.dashboard.board_facts import Execution, SelfScore
from assistant.dashboard.indicator_list import STANDINGS
from assistant.language.numbers import plain
from assistant.language.wording import year_name
from assistant.web.html.board_parts import (
    MAX_BARS,
    NOTE,
    STANDING_CLASSES,
    attained_rate,
    card,
    filter_attribute,
    left_out,
    percent,
    segments,
    shortened,
    tally_in_words,
)
from assistant.web.html.source_link import SourceLink

AXIS_END, MAX_AXIS_END = Decimal(100), Decimal(150)
"""An axis goes to 100, or as far as the values do; what is beyond its end shows by its number."""
TICKS = (0, 25, 50, 75, 100)
Charted = TypeVar("Charted", Execution, SelfScore)


def status_chart(board: Board) -> str:
    """Indicators by family, each bar as long as they are many."""
    longest = max((family.total for family in board.families), default=0)
    present = [name for name in STANDINGS if board.tally.counts.get(name)]
    legend = "".join(f'<li class="{STANDING_CLASSES[name]}">{name}</li>' for name in present)
    bars = "".join(
        f'<li><button type="button" class="bar-row" {filter_attribute(family=family.name)}>'
        f'<span class="label">{escape(family.name)}<small>{family.total}个</small></span>'
        f'<span class="track">{segments(family, longest)}</span>'
        f'<span class="value">{attained_rate(family)}</span>'
        f'<span class="visually-hidden">{escape(tally_in_words(family))}</span></button></li>'
        for family in board.families
    )
    body = f'<ul class="legend">{legend}</ul><ol class="bars">{bars}</ol>'
    if not bars:
        body = NOTE.format("所选范围内没有指标。")
    return card("指标状态", "按指标类别，条长为指标个数，右侧为达标率", body)


def rate_chart(board: Board) -> str:
    """The execution of each department and year on an axis from zero, the lowest first."""
    values = [execution.value or Decimal(0) for execution in board.executions]
    body = _chart(board.executions, values, "%", _rate_bar)
    if not values:
        body = NOTE.format("所选范围内没有部门整体的预算执行数据。")
    return card("预算执行率", "实际支出数 ÷ 全年预算数，低的在前，点开见算式和出处", body)


def score_chart(board: Board) -> str:
    """The scores on an axis from zero, the lowest first, a recomputed one as a mark."""
    values = [score.value for score in board.scores]
    recomputed = [m.recomputed.result for m in board.scores if m.recomputed]
    body = _chart(board.scores, values, "分", _score_bar, also=recomputed)
    if not values:
        body = NOTE.format("所选范围内没有自评得分。")
    return card("自评得分", "部门得分，和按指标重算后不一致的项目得分；竖线为重算得分", body)


def _chart(
    charted: Sequence[Charted],
    values: Sequence[Decimal],
    unit: str,
    draw: Callable[[Charted, Decimal], str],
    also: Sequence[Decimal] = (),
) -> str:
    top = min(MAX_AXIS_END, max((AXIS_END, *values, *also)))
    ticks = "".join(
        f'<span style="left:{percent(Decimal(tick), top)}%">'
        f"{tick}{unit if tick == AXIS_END else ''}</span>"
        for tick in TICKS
    )
    bars = "".join(f"<li>{draw(one, top)}</li>" for one in charted[:MAX_BARS])
    return (
        f'<div class="axis" aria-hidden="true"><span></span><div>{ticks}</div><span></span></div>'
        f'<ol class="bars scroll" tabindex="0">{bars}</ol>{left_out(len(charted), MAX_BARS, "项")}'
    )


def _rate_bar(execution: Execution, top: Decimal) -> str:
    value = execution.value or Decimal(0)
    reported = execution.reported.quantity.raw.strip() if execution.reported else ""
    notes = (
        [execution.calculation.formula] if execution.calculation else ["文件没有给出可以重算的数"]
    )
    if reported:
        notes.append(f"文件填报{reported}" + ("，与重算不一致" if execution.differs else ""))
    figures = (*execution.inputs, *((execution.reported,) if execution.reported else ()))
    owner = f"{execution.department}{year_name(execution.year)}"
    return _bar_row(
        execution.department,
        year_name(execution.year),
        _Bar(value, f"{value:.2f}%", flag=f"填报{reported}" if execution.differs else ""),
        top,
        SourceLink(f"{owner}预算执行率", "；".join(notes), tuple(f.id for f in figures)),
    )


def _score_bar(score: SelfScore, top: Decimal) -> str:
    formula = f"自评得分{plain(score.value)}分"
    if score.recomputed:
        formula += f"；按指标重算 {score.recomputed.formula}"
    recomputed = score.recomputed.result if score.recomputed and score.differs else None
    flag = "" if recomputed is None else f"重算{plain(recomputed)}"
    task = f"<em>{escape(score.task)}</em>" if score.task else ""
    owner = f"{score.department}{year_name(score.year)}{score.task}"
    return _bar_row(
        score.department,
        f"{year_name(score.year)}{task}",
        _Bar(score.value, plain(score.value), flag=flag, recomputed=recomputed),
        top,
        SourceLink(f"{owner}自评得分", formula, (score.reported.id,)),
    )


@dataclass(frozen=True, slots=True)
class _Bar:
    """What one bar shows: its length, the value in words, and what does not agree with it.

    `recomputed` is drawn as a line on the same axis.
    """

    value: Decimal
    shown: str
    flag: str = ""
    recomputed: Decimal | None = None


def _bar_row(department: str, about: str, bar: _Bar, top: Decimal, link: SourceLink) -> str:
    """A bar with its label; `about` is HTML, `top` is where the axis ends."""
    line = ""
    if bar.recomputed is not None:
        line = f'<b style="left:{percent(bar.recomputed, top)}%"></b>'
    flag = f'<small class="flag">{escape(bar.flag)}</small>' if bar.flag else ""
    width = percent(bar.value, top)
    return (
        f'<button type="button" class="bar-row" {link.attribute} '
        f'title="{escape(department, quote=True)}">'
        f'<span class="label"><span class="who">{escape(shortened(department))}</span>'
        f"<small>{about}</small></span>"
        f'<span class="track"><i class="met" style="width:{width}%"></i>{line}</span>'
        f'<span class="value">{escape(bar.shown)}{flag}</span></button>'
    )
