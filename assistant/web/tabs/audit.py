"""The 校核 tab: what a reviewer should look at, document by document, each with its evidence."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from html import escape
from itertools import groupby

import gradio as gr

from assistant.dashboard.board import Board, Choice
from assistant.dashboard.board_facts import Noted
from assistant.dashboard.excel_export import findings_workbook
from assistant.errors import AssistantError
from assistant.server.permitted import PermittedAssistant
from assistant.types import Severity
from assistant.web.downloads import HAND_OUT, File, Wanted, saved
from assistant.web.html.answers import year
from assistant.web.html.board_parts import NOTHING, SEVERITIES, number, turning
from assistant.web.html.findings import finding
from assistant.web.html_panel import looked_after, panel, signed
from assistant.web.tabs.dashboard import WAIT
from ingest.errors import IngestError

ALL = {
    "department": "全部部门",
    "year": "全部年度",
    "severity": "全部程度",
    "code": "全部编号",
}
FREE = list(ALL.values())[:3]
PAGE = 40
"""Findings shown at once."""
EVENTS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-page]");
  if (!button || button.disabled) return;
  const page = Number(button.dataset.page);
  window.jiwenWhenIdle("audit", () => trigger("turned", { page }));
});
"""
EMPTY = (
    '<section class="welcome"><h2>没有需要核实的问题</h2>'
    "<p>校核只指出疑似问题，没有发现不等于没有问题。"
    "资料库为空时，请先点上面的“文档”放入文件。</p></section>"
)


UNDER_WAY = (
    '<section class="welcome"><h2>正在校核</h2>'
    "<p>正在逐个部门核对数字，完成后自动显示。</p></section>"
)


class Audit:
    """The tab's layout and events. What is chosen stands in the filters, nowhere else."""

    def __init__(self, assistant: PermittedAssistant) -> None:
        self._assistant = assistant

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the tab out; it is filled when it is selected."""
        with gr.Row(elem_id="audit-filters", elem_classes="filters"):
            filters = [
                gr.Dropdown([free], value=free, label=free.removeprefix("全部"), container=True)
                for free in ALL.values()
            ]
        shown = panel("audit", events=EVENTS + HAND_OUT, functions=[self.file])
        waiting = gr.Timer(WAIT, active=False)
        everything = [*filters, shown, waiting]
        looked_after(waiting, self.show, filters, everything, sign="audit")
        for event in (tab.select, *(one.input for one in filters)):
            signed(event, self.show, filters, everything, sign="audit")
        signed(shown.turned, self.turn, filters, shown, sign="audit")

    def show(self, *given: str) -> list[object]:
        """The findings for the filters, each of which offers what the others leave."""
        try:
            made = self._board(given)
        except (AssistantError, IngestError) as error:
            raise gr.Error(str(error)) from error
        if not made.audited and made.documents:
            return [gr.skip()] * len(ALL) + [UNDER_WAY, gr.Timer(active=True)]
        found = findings(chosen(made.findings, given), given)
        return [*updates(made, given), found, gr.Timer(active=False)]

    def turn(self, event: gr.EventData, *given: str) -> str:
        return findings(chosen(self._board(given).findings, given), given, int(event.page))

    def file(self, wanted: Wanted) -> File:
        """The findings that the page shows, as a workbook."""
        given = [str(wanted["asked"][name]) for name in ALL]
        found = chosen(self._board(given).findings, given)
        return saved(f"校核发现 {date.today():%Y%m%d}.xlsx", findings_workbook(found))

    def _board(self, given: Sequence[str]) -> Board:
        return self._assistant.board(choice_of(given))


def updates(made: Board, given: Sequence[str]) -> list[object]:
    """What each filter can be set to, the others as they are."""
    kept = dict(zip(ALL, given, strict=True))
    by_code = chosen(made.findings, [*given[:3], ALL["code"]])
    by_severity = {n.finding.severity for n in chosen(made.findings, [*FREE, kept["code"]])}
    offered: dict[str, list[str]] = {
        "department": list(made.options.departments),
        "year": [f"{value}年" for value in made.options.years],
        "severity": [word for kind, word in SEVERITIES.items() if kind in by_severity],
        "code": sorted({noted.finding.code for noted in by_code}),
    }
    return [
        gr.update(choices=list(dict.fromkeys([free, *offered[name], kept[name]])))
        for name, free in ALL.items()
    ]


def choice_of(given: Sequence[str]) -> Choice:
    department, of, *_ = given
    return Choice(
        department="" if department == ALL["department"] else department,
        year=None if of == ALL["year"] else int(of.removesuffix("年")),
    )


def chosen(found: Sequence[Noted], given: Sequence[str]) -> list[Noted]:
    """The findings of the severity and code asked for, the documents with most errors first."""
    _, _, severity, code = given
    kept = [
        noted
        for noted in found
        if severity in (ALL["severity"], SEVERITIES[noted.finding.severity])
        and code in (ALL["code"], noted.finding.code)
    ]
    errors = Counter(n.finding.document_id for n in kept if n.finding.severity is Severity.ERROR)
    order = list(SEVERITIES)
    return sorted(
        kept,
        key=lambda noted: (
            -errors[noted.finding.document_id],
            *(noted.department, -(noted.year or 0), noted.file),
            order.index(noted.finding.severity),
            noted.finding.code,
        ),
    )


def findings(found: Sequence[Noted], given: Sequence[str], page: int = 0) -> str:
    """One page of findings, grouped by document."""
    if not found:
        return EMPTY
    pages = -(-len(found) // PAGE)
    page = min(max(page, 0), pages - 1)
    asked = escape(json.dumps(dict(zip(ALL, given, strict=True)), ensure_ascii=False), quote=True)
    counts = Counter(noted.finding.severity for noted in found)
    told = "，".join(f"{word}{counts[kind]}条" for kind, word in SEVERITIES.items() if counts[kind])
    groups = groupby(found[page * PAGE : (page + 1) * PAGE], key=lambda noted: noted.file)
    cards = "".join(document(file, list(own)) for file, own in groups)
    return (
        f'<div class="board" data-asked="{asked}"><header class="board-head">'
        f"<h2>共{number(len(found))}条：{told}</h2><p class='board-tools'>"
        '<button type="button" data-file="xlsx">导出表格</button></p></header>'
        f"{NOTHING.format('以下为疑似问题，建议核实；没有列出不等于没有问题。')}"
        f"{cards}{turning(page, pages)}</div>"
    )


def document(file: str, own: Sequence[Noted]) -> str:
    first = own[0]
    whose = " · ".join(part for part in (first.department, year(first.year)) if part)
    about = " · ".join(part for part in (whose, first.form.value) if part)
    items = "".join(map(finding, own))
    return (
        f'<section class="card"><h3>{escape(file)}</h3><p class="note">{escape(about)}</p>'
        f'<ol class="findings">{items}</ol></section>'
    )
