"""The years of a board as HTML (走势与对比): both rates by year, one year against another."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape

from assistant.dashboard.board import NO_DEPARTMENT, Board
from assistant.dashboard.years import Pair, Year, attained_of, change, paired, scored_of, yearly
from assistant.language.numbers import plain
from assistant.types import Calculation
from assistant.web.html.board_parts import (
    MAX_BARS,
    card,
    filter_attribute,
    left_out,
    percent,
    shortened,
)
from assistant.web.html.source_link import MAX_PLACES, SourceLink

FULL = Decimal(100)


def years_of(board: Board, years: Sequence[int] = ()) -> str:
    """Both cards; "" where what is chosen is of one year. `years` are the two to be compared."""
    told = yearly(board)
    if not told[1:]:
        return ""
    by_year = {one.year: one for one in told}
    named = sorted(year for year in set(years) if year in by_year)
    before, after = named if named[1:] else (told[-2].year, told[-1].year)
    return f"{_trend(told)}{_comparison(board, by_year, before, after)}"


def _trend(told: Sequence[Year]) -> str:
    bars = "".join(f"<li>{_attained(one)}{_executed(one)}{_scored(one)}</li>" for one in told)
    legend = '<ul class="legend"><li class="met">达标率</li><li class="exceeded">执行率</li>'
    legend += '<li class="agreed">自评得分（各部门平均）</li></ul>'
    note = "执行率为各部门实际支出合计 ÷ 全年预算合计，点开见算式"
    if len({one.departments for one in told}) > 1:
        note += "；各年的部门不尽相同，升降不全是同一批部门的"
    return card("逐年走势", note, f'{legend}<ol class="bars years">{bars}</ol>')


def _attained(one: Year) -> str:
    value = attained_of(one)
    shown = "—" if value is None else f"{value}%"
    return (
        f'<button type="button" class="bar-row" {filter_attribute(year=one.year)}>'
        f'<span class="label">{one.year}年<small>达标率 · {one.tally.total}个指标</small></span>'
        f'{_track(value, "met")}<span class="value">{shown}</span>'
        '<span class="visually-hidden">只看这一年</span></button>'
    )


def _executed(one: Year) -> str:
    label = f'<span class="label"><small>执行率 · {one.executed}个部门</small></span>'
    rate = one.execution
    if rate is None:
        none = f'{_track(None, "exceeded")}<span class="value">—</span>'
        return f'<div class="bar-row">{label}{none}</div>'
    link = SourceLink(f"{one.year}年预算执行率", rate.formula, one.inputs[:MAX_PLACES])
    return (
        f'<button type="button" class="bar-row" {link.attribute}>{label}'
        f'{_track(rate.result, "exceeded")}<span class="value">{rate.result}%</span>'
        f'<span class="visually-hidden">{one.year}年，看算式</span></button>'
    )


def _scored(one: Year) -> str:
    if one.scores is None:
        return ""
    link = SourceLink(f"{one.year}年自评得分平均", one.scores.formula, one.scored[:MAX_PLACES])
    return (
        f'<button type="button" class="bar-row" {link.attribute}>'
        f'<span class="label"><small>自评得分 · {len(one.scored)}个部门</small></span>'
        f"{_track(one.scores.result, 'agreed')}"
        f'<span class="value">{plain(one.scores.result)}分</span>'
        f'<span class="visually-hidden">{one.year}年，看算式</span></button>'
    )


def _track(value: Decimal | None, kind: str) -> str:
    width = percent(value or Decimal(0), FULL)
    return f'<span class="track"><i class="{kind}" style="width:{width}%"></i></span>'


def _comparison(board: Board, by_year: dict[int, Year], before: int, after: int) -> str:
    pairs = paired(board, before, after)
    chosen = _chooser("比较", by_year, before) + _chooser("和", by_year, after)
    of_years = (str(before), str(after), "变化")
    names = (
        "部门",
        *(f"{rate} {name}" for rate in ("达标率", "执行率", "得分") for name in of_years),
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = "".join(map(_pair, pairs[:MAX_BARS]))
    old, new = by_year[before], by_year[after]
    alike = old.departments == new.departments  # else their sums are of others
    sums = _cells(attained_of(old), attained_of(new), compared=alike) + _cells(
        _result(old.execution),
        _result(new.execution),
        compared=alike and old.executed == new.executed,
    )
    sums += _cells(
        _result(old.scores),
        _result(new.scores),
        compared=alike and len(old.scored) == len(new.scored),
        unit="",
    )
    return card(
        "两年对比",
        "率的变化为百分点，得分的为分；缺一年的不比，两年的部门不同时合计也不比",
        f'<p class="two-years">{chosen}</p>'
        f'<div class="scroll" tabindex="0"><table class="compared"><thead><tr>{heads}</tr></thead>'
        f'<tbody><tr class="sum"><td>合计（得分为平均）</td>{sums}</tr>{rows}</tbody></table></div>'
        f"{left_out(len(pairs), MAX_BARS, '个部门')}",
        "wide",
    )


def _chooser(name: str, by_year: Iterable[int], chosen: int) -> str:
    options = "".join(
        f'<option value="{year}"{" selected" if year == chosen else ""}>{year}年</option>'
        for year in by_year
    )
    return f"<label>{name}<select data-year>{options}</select></label>"


def _pair(pair: Pair) -> str:
    before, after = pair.before, pair.after
    rates = [line.execution.value if line and line.execution else None for line in (before, after)]
    name = escape(pair.department or NO_DEPARTMENT)
    return (
        f'<tr><td title="{name}">{escape(shortened(pair.department)) or name}</td>'
        f"{_cells(attained_of(before), attained_of(after))}{_cells(*rates)}"
        f"{_cells(scored_of(before), scored_of(after), unit='')}</tr>"
    )


def _result(made: Calculation | None) -> Decimal | None:
    return made.result if made else None


def _cells(
    before: Decimal | None, after: Decimal | None, *, compared: bool = True, unit: str = "%"
) -> str:
    moved = change(before, after) if compared else None
    kind = " unmet" if moved and moved < 0 else " met" if moved else ""
    told = "—" if moved is None else f"{moved:+.2f}"
    values = "".join(
        f'<td class="digits">{"—" if value is None else f"{value:.2f}{unit}"}</td>'
        for value in (before, after)
    )
    return f'{values}<td class="digits moved{kind}">{told}</td>'
