"""The monitoring lights of a board as HTML (信号灯): how many of each colour, each with why."""

from collections import Counter
from html import escape

from assistant.assessment.department_totals import Colour
from assistant.dashboard.board import Board
from assistant.dashboard.board_facts import DepartmentLight
from assistant.language.wording import year_name
from assistant.web.html.board_parts import MAX_BARS, card, left_out
from assistant.web.html.source_link import MAX_PLACES, SourceLink

COLOUR_CLASSES = {
    Colour.RED: "red",
    Colour.YELLOW: "yellow",
    Colour.GREEN: "green",
    Colour.BLUE: "blue",
}
NOTE = (
    "只有填报了数字的才有灯：监控表看进度 ÷ 序时进度（默认不到60%红，60%—80%黄，120%以上蓝），"
    "自评表看结余和得分是否超前于支出；界限按当地规则，点一行看算式和出处"
)


def lights_of(board: Board) -> str:
    """The card of the lights, the red ones first; "" where no numbers make one."""
    if not board.lights:
        return ""
    counts = Counter(one.light.colour for one in board.lights)
    legend = "".join(
        f'<li class="{kind}">{colour.value}灯{counts[colour]}</li>'
        for colour, kind in COLOUR_CLASSES.items()
        if counts[colour]
    )
    rows = "".join(f"<li>{_row(one)}</li>" for one in board.lights[:MAX_BARS])
    return card(
        "监控信号灯",
        NOTE,
        f'<ul class="legend">{legend}</ul><ol class="bars lights scroll" tabindex="0">{rows}</ol>'
        f"{left_out(len(board.lights), MAX_BARS, '个')}",
        "wide",
    )


def _row(one: DepartmentLight) -> str:
    light = one.light
    owner = f"{one.department}{year_name(one.year)}"
    title = f"{owner} {light.subject}：{light.colour.value}灯"
    link = SourceLink(title, light.reason, light.figures[:MAX_PLACES])
    return (
        f'<button type="button" class="light-row" {link.attribute}>'
        f'<b class="lamp {COLOUR_CLASSES[light.colour]}">{light.colour.value}</b>'
        f"<span>{escape(owner)}<small>{escape(light.subject)}</small></span>"
        f"<span>{escape(light.reason)}</span></button>"
    )
