"""The 看板 tab: where every indicator, budget and score stands, and the way to its source."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

import gradio as gr

from assistant.dashboard.board import Board, Choice
from assistant.dashboard.excel_export import board_workbook
from assistant.errors import AssistantError
from assistant.server.permitted import PermittedAssistant
from assistant.web.downloads import HAND_OUT, File, Wanted, saved, to_print
from assistant.web.html.board import board, chosen, details
from assistant.web.html.print_page import printed
from assistant.web.html_panel import looked_after, panel, signed
from ingest.errors import IngestError
from ingest.types.blocks import Form

ALL = {
    "city": "全部地区",
    "department": "全部部门",
    "year": "全部年度",
    "form": "全部表种",
    "family": "全部类别",
    "standing": "全部状态",
}
"""The filters by the field of a Choice that they set, with what they say when they are free."""
SKELETON = f'<div class="skeleton" aria-hidden="true">{"<i></i>" * 8}</div>'
"""Where the board is going to stand, until it does for the first time."""
WAIT = 2
"""Seconds between two looks whether the findings are in."""
EVENTS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick], [data-order], [data-page]");
  if (!button || button.disabled) return;
  const { pick, order, page } = button.dataset;
  window.jiwenWhenIdle("board", () => {
    if (pick) trigger("picked", { chosen: pick });
    else if (order) trigger("ordered", { order });
    else trigger("turned", { page: Number(page) });
  });
  if (pick?.includes("standing"))
    document.getElementById("board-details").scrollIntoView({ behavior: "smooth" });
});
"""


class Dashboard:
    """The tab's layout and events. What is chosen stands in the filters, nowhere else."""

    def __init__(self, assistant: PermittedAssistant) -> None:
        self._assistant = assistant

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the tab out; it is filled when it is selected."""
        with gr.Row(elem_id="board-filters", elem_classes="filters"):
            filters = [
                gr.Dropdown([free], value=free, label=free.removeprefix("全部"), container=True)
                for free in ALL.values()
            ]
        shown = panel("board", SKELETON, events=EVENTS + HAND_OUT, functions=[self.file])
        below = panel("board-details", events=EVENTS)
        waiting = gr.Timer(WAIT, active=False)
        everything = [*filters, shown, below, waiting]
        for event in (tab.select, *(one.input for one in filters)):
            signed(event, self.show, filters, everything, sign="board")
        looked_after(waiting, self.arrive, filters, everything, sign="board")
        signed(shown.picked, self.pick, filters, everything, sign="board")
        signed(shown.ordered, self.order, filters, shown, sign="board")
        signed(below.turned, self.page, filters, below, sign="board")

    def show(self, *given: str) -> list[object]:
        """The board for the filters, each of which offers what the others leave."""
        choice = choice_of(given)
        try:
            made = self._assistant.board(choice)
            if not made.documents and choice != Choice():
                made = self._assistant.board(Choice())  # the library has changed meanwhile
        except (AssistantError, IngestError) as error:
            raise gr.Error(str(error)) from error
        return [*updates(made), board(made), details(made), gr.Timer(active=not made.audited)]

    def arrive(self, *given: str) -> list[object]:
        """The board once its findings are in; until then the page stays as it is."""
        if self._assistant.board(choice_of(given)).audited:
            return self.show(*given)
        return [gr.skip()] * (len(ALL) + 3)

    def pick(self, event: gr.EventData, *given: str) -> list[object]:
        """The board for the filters with what a bar or a line stands for."""
        return self.show(*changed(given, json.loads(event.chosen)))

    def order(self, event: gr.EventData, *given: str) -> str:
        return board(self._assistant.board(choice_of(given)), str(event.order))

    def page(self, event: gr.EventData, *given: str) -> str:
        return details(self._assistant.board(choice_of(given)), int(event.page))

    def file(self, wanted: Wanted) -> File:
        """A file to save or to print, for the choice that the page shows."""
        made = self._assistant.board(choice_of(changed(list(ALL.values()), wanted["asked"])))
        if wanted["kind"] == "print":
            return to_print(printed(made))
        name = f"绩效看板 {chosen(made).replace(' · ', ' ')} {date.today():%Y%m%d}.xlsx"
        return saved(name, board_workbook(made, chosen(made)))


def changed(given: Sequence[str], asked: Mapping[str, str | int]) -> list[str]:
    """The filters' values with those of a Choice's fields."""
    values = dict(zip(ALL, given, strict=True))
    for name, value in asked.items():
        values[name] = f"{value}年" if name == "year" else str(value)
    return list(values.values())


def choice_of(given: Sequence[str]) -> Choice:
    """The choice that the filters' values stand for."""
    values = dict(zip(ALL, given, strict=True))
    free = {name for name, value in values.items() if value == ALL[name] or not value}
    kept = {name: "" if name in free else value for name, value in values.items()}
    return Choice(
        city=kept["city"],
        department=kept["department"],
        year=int(kept["year"].removesuffix("年")) if kept["year"] else None,
        form=Form(kept["form"]) if kept["form"] else None,
        family=kept["family"],
        standing=kept["standing"],
    )


def updates(made: Board) -> list[object]:
    """The filters: what each can be set to, and what it is set to."""
    choice, options = made.choice, made.options
    offered = {
        "city": (options.cities, choice.city),
        "department": (options.departments, choice.department),
        "year": ([f"{y}年" for y in options.years], f"{choice.year}年" if choice.year else ""),
        "form": ([f.value for f in options.forms], choice.form.value if choice.form else ""),
        "family": (options.families, choice.family),
        "standing": (options.standings, choice.standing),
    }
    return [
        gr.update(choices=[free, *offered[name][0]], value=offered[name][1] or free)
        for name, free in ALL.items()
    ]
