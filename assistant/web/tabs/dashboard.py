"""The 看板 tab: where every indicator, budget and score stands, and the way to its source."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import assert_never

import gradio as gr

from assistant.accounts.permissions import Right
from assistant.dashboard.board import Board, Choice
from assistant.dashboard.excel_export import board_workbook
from assistant.errors import RequestError
from assistant.server.permitted import PermittedAssistant
from assistant.text_limits import VIEW
from assistant.web.current_visitor import user
from assistant.web.downloads import (
    FILE_EVENTS,
    BrowserFile,
    FileKind,
    FileRequest,
    excel_file,
    page_to_print,
)
from assistant.web.filters import form_of, year_of
from assistant.web.html.board import choice_fields, choice_name, details, overview, saying
from assistant.web.html.print_page import print_page
from assistant.web.html_panel import QUIET, panel, refreshed_by_timer, with_busy_sign
from assistant.web.page_blocks import checked_json, sent_with
from assistant.web.tabs.subscriptions import SubscriptionPanel

FREE = {
    "city": "全部地区",
    "department": "全部部门",
    "year": "全部年度",
    "form": "全部表种",
    "family": "全部类别",
    "standing": "全部状态",
    "compared": "最近两年",
}
"""The filters by the field of a Choice that they set, with what they say when they are free."""
TWO_YEARS = re.compile(r"\d{1,4}-\d{1,4}", re.ASCII)
SKELETON = f'<div class="skeleton" aria-hidden="true">{"<i></i>" * 8}</div>'
"""Where the board is going to stand, until it does for the first time."""
AUDIT_POLL_SECONDS = 2
"""Seconds between two looks whether the findings are in."""
ADDRESSED = """
window.jiwenShowBoard = (chosen) =>
  window.jiwenWhenIdle("board", () => trigger("addressed", { chosen }));
"""
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
COMPARED = """
element.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-year]")) return;
  const years = [...element.querySelectorAll("[data-year]")].map((one) => Number(one.value));
  window.jiwenWhenIdle("board", () => trigger("compared", { years }));
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
                gr.Dropdown(
                    [free],
                    value=free,
                    label=free.removeprefix("全部"),
                    container=True,
                    visible=name != "compared",  # chosen on the card of the two years
                )
                for name, free in FREE.items()
            ]
        with gr.Row(elem_id="board-views"):
            view = gr.Dropdown([], label="已存视图", elem_id="board-view")
            name = gr.Textbox(
                label="视图名称", placeholder="给现在的筛选起个名字", max_length=VIEW.length
            )
            keep = gr.Button("保存视图", size="sm")
            drop = gr.Button("删除视图", size="sm")
        said = panel("board-said")
        SubscriptionPanel(self._assistant, choice_in).build()
        shown = panel(
            "board",
            SKELETON,
            events=ADDRESSED + EVENTS + COMPARED + FILE_EVENTS,
            functions=[self.file],
        )
        below = panel("board-details", events=EVENTS)
        waiting = gr.Timer(AUDIT_POLL_SECONDS, active=False)
        everything = [*filters, shown, below, waiting]
        for event in (tab.select, *(one.input for one in filters)):
            with_busy_sign(event, self.show, filters, everything, panel_name="board")
        tab.select(self.views, None, view, **QUIET)
        keep.click(self.keep_view, [name, *filters], [view, name, said], **QUIET)
        drop.click(self.drop_view, [view], [view, said], **QUIET)
        with_busy_sign(view.input, self.open_view, [view], everything, panel_name="board")
        refreshed_by_timer(waiting, self.arrive, filters, everything, panel_name="board")
        with_busy_sign(shown.picked, self.pick, filters, everything, panel_name="board")
        with_busy_sign(shown.addressed, self.go_to, filters, everything, panel_name="board")
        with_busy_sign(shown.ordered, self.order, filters, shown, panel_name="board")
        with_busy_sign(shown.compared, self.compare, filters, everything, panel_name="board")
        with_busy_sign(below.turned, self.page, filters, below, panel_name="board")

    def show(self, *values: str) -> list[object]:
        """The board for the filters, each of which offers what the others leave."""
        choice = choice_of(values)
        board = self._assistant.board(choice)
        gone = ""
        if not board.documents and choice != Choice():  # the library has changed meanwhile
            gone, board = choice_name(board), self._assistant.board(Choice())
        return [
            *updates(board),
            overview(board, gone=gone),
            details(board),
            gr.Timer(active=not board.audited),
        ]

    def arrive(self, *values: str) -> list[object]:
        """The board once its findings are in; until then the page stays as it is."""
        if self._assistant.board(choice_of(values)).audited:
            return self.show(*values)
        return [gr.skip()] * (len(FREE) + 3)

    def pick(self, event: gr.EventData, *values: str) -> list[object]:
        """The board for the filters with what a bar or a line stands for."""
        return self.show(*changed(values, picked(event)))

    def go_to(self, event: gr.EventData, *values: str) -> list[object]:
        """The board that an address names, whatever the filters say."""
        return self.show(*changed(list(FREE.values()), picked(event)))

    # -- views that have a name --------------------------------------------------------------------

    def views(self, request: gr.Request) -> object:
        """The user's views, to choose from."""
        names = [view.name for view in self._assistant.views(user=user(request))]
        return gr.update(choices=names, value=None)

    def open_view(self, name: str | None, request: gr.Request) -> list[object]:
        """The board of a view, as the library is now."""
        views = self._assistant.views(user=user(request))
        choice = next((view.choice for view in views if view.name == name), Choice())
        return self.show(*changed(list(FREE.values()), choice_fields(choice)))

    def keep_view(self, name: str, request: gr.Request, *values: str) -> list[object]:
        """Keeps what the filters say under a name."""
        view = self._assistant.keep_view(name, choice_of(values), user=user(request))
        names = [one.name for one in self._assistant.views(user=user(request))]
        told = saying(f"已保存视图“{view.name}”。")
        return [gr.update(choices=names, value=view.name), "", told]

    def drop_view(self, name: str | None, request: gr.Request) -> list[object]:
        """Deletes a view; the board stays as it is."""
        gone = self._assistant.forget_view(name or "", user=user(request))
        told = f"已删除视图“{name}”。" if gone else "请先选一个要删除的视图。"
        return [self.views(request), saying(told)]

    def order(self, event: gr.EventData, *values: str) -> str:
        """The board with its ranking in the order of a column."""
        return overview(self._assistant.board(choice_of(values)), sent_with(event, "order", str))

    def compare(self, event: gr.EventData, *values: str) -> list[object]:
        """The board with two other years set against each other."""
        years = sorted(sent_with(event, "years", list[int]))
        return self.show(*changed(values, {"compared": "-".join(map(str, years))}))

    def page(self, event: gr.EventData, *values: str) -> str:
        """Another page of the indicators."""
        return details(self._assistant.board(choice_of(values)), sent_with(event, "page", int))

    def file(self, request: FileRequest) -> BrowserFile:
        """A file to save or to print, for the choice that the page shows."""
        choice = choice_in(request["choice"])
        board = self._assistant.board(choice)
        name = choice_name(board)
        match request["kind"]:
            case FileKind.PRINT:
                self._assistant.exported(Right.AUDIT, f"绩效看板 {name}（打印）")
                return page_to_print(print_page(board))
            case FileKind.EXCEL:
                file = f"绩效看板 {name.replace(' · ', ' ')} {date.today():%Y%m%d}.xlsx"
                self._assistant.exported(Right.AUDIT, file)
                return excel_file(file, board_workbook(board, name))
            case unknown:
                assert_never(unknown)


def changed(values: Sequence[str], fields: Mapping[str, str | int]) -> list[str]:
    """The filters' values, with those of some fields of a Choice in their places."""
    by_name = dict(zip(FREE, values, strict=True))
    if not fields.keys() <= by_name.keys():
        raise RequestError("看板的筛选条件有误，请刷新页面后重新选择。")
    for name, value in fields.items():
        by_name[name] = f"{value}年" if name == "year" else str(value)
    return list(by_name.values())


def choice_in(fields: Mapping[str, str | int]) -> Choice:
    """The choice that fields stand for, all others free; raises RequestError."""
    return choice_of(changed(list(FREE.values()), fields))


def picked(event: gr.EventData) -> dict[str, str | int]:
    """The fields of a Choice that a bar or a line stands for; raises RequestError."""
    return checked_json(sent_with(event, "chosen", str), dict[str, str | int])


def choice_of(values: Sequence[str]) -> Choice:
    """The choice that the filters' values stand for."""
    chosen = {
        name: "" if not value or value == FREE[name] else value
        for name, value in zip(FREE, values, strict=True)
    }
    return Choice(
        city=chosen["city"],
        department=chosen["department"],
        year=year_of(chosen["year"]),
        form=form_of(chosen["form"]),
        family=chosen["family"],
        standing=chosen["standing"],
        compared=_two_years(chosen["compared"]),
    )


def _two_years(text: str) -> str:
    """The two years that are compared; raises RequestError."""
    if text and not TWO_YEARS.fullmatch(text):
        raise RequestError("要对比的年度有误，请刷新页面后重新选择。")
    return text


def updates(board: Board) -> list[object]:
    """The filters: what each can be set to, and what it is set to."""
    choice, options = board.choice, board.options
    offered = {
        "city": (options.cities, choice.city),
        "department": (options.departments, choice.department),
        "year": ([f"{y}年" for y in options.years], f"{choice.year}年" if choice.year else ""),
        "form": ([f.value for f in options.forms], choice.form.value if choice.form else ""),
        "family": (options.families, choice.family),
        "standing": (options.standings, choice.standing),
        "compared": ([choice.compared] if choice.compared else [], choice.compared),
    }
    return [
        gr.update(choices=[free, *offered[name][0]], value=offered[name][1] or free)
        for name, free in FREE.items()
    ]
