"""The 校核 tab: what a reviewer should look at, document by document, each with its evidence."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from html import escape
from itertools import groupby

import gradio as gr

from assistant.accounts.permissions import Right
from assistant.dashboard.board import Board, Choice
from assistant.dashboard.board_facts import DepartmentFinding
from assistant.dashboard.excel_export import findings_workbook
from assistant.language.wording import SEVERITY_NAMES, year_name
from assistant.server.permitted import PermittedAssistant
from assistant.types import Severity
from assistant.web.downloads import FILE_EVENTS, BrowserFile, FileRequest, excel_file
from assistant.web.filters import year_of
from assistant.web.html.board_parts import NOTE, number, page_buttons
from assistant.web.html.findings import finding_item, finding_key
from assistant.web.html_panel import panel, refreshed_by_timer, with_busy_sign
from assistant.web.page_blocks import checked_json, sent_with
from assistant.web.tabs.dashboard import AUDIT_POLL_SECONDS

FREE = {
    "department": "全部部门",
    "year": "全部年度",
    "severity": "全部程度",
    "code": "全部编号",
}
"""The filters with what they say when they are free."""
FINDINGS_PER_PAGE = 40
EVENTS = """
window.jiwenShowFindings = (chosen, finding) =>
  window.jiwenWhenIdle("audit", () => trigger("addressed", { chosen, finding }));
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
                for free in FREE.values()
            ]
        shown = panel("audit", events=EVENTS + FILE_EVENTS, functions=[self.file])
        waiting = gr.Timer(AUDIT_POLL_SECONDS, active=False)
        everything = [*filters, shown, waiting]
        refreshed_by_timer(waiting, self.show, filters, everything, panel_name="audit")
        for event in (tab.select, *(one.input for one in filters)):
            with_busy_sign(event, self.show, filters, everything, panel_name="audit")
        with_busy_sign(shown.addressed, self.go_to, filters, everything, panel_name="audit")
        with_busy_sign(shown.turned, self.turn, filters, shown, panel_name="audit")

    def show(self, *values: str) -> list[object]:
        """The findings for the filters, each of which offers what the others leave."""
        return self._shown(values)

    def go_to(self, event: gr.EventData, *_: str) -> list[object]:
        """The findings that an address names, from the page with the one that it points to."""
        named = checked_json(sent_with(event, "chosen", str), dict[str, str])
        values = [named.get(name, free) for name, free in FREE.items()]
        return self._shown(values, wanted=sent_with(event, "finding", str))

    def turn(self, event: gr.EventData, *values: str) -> str:
        """Another page of the findings."""
        findings = chosen(self._board(values).findings, values)
        return findings_page(findings, values, sent_with(event, "page", int))

    def file(self, request: FileRequest) -> BrowserFile:
        """The findings that the page shows, as a workbook."""
        choice = request["choice"]
        values = [str(choice.get(name, free)) for name, free in FREE.items()]
        findings = chosen(self._board(values).findings, values)
        name = f"校核发现 {date.today():%Y%m%d}.xlsx"
        self._assistant.exported(Right.AUDIT, name)
        return excel_file(name, findings_workbook(findings))

    def _shown(self, values: Sequence[str], *, wanted: str = "") -> list[object]:
        """The page with the finding that is `wanted` by its key, else the first."""
        board = self._board(values)
        if not board.audited and board.documents:
            return [gr.skip()] * len(FREE) + [UNDER_WAY, gr.Timer(active=True)]
        findings = chosen(board.findings, values)
        keys = (finding_key(one.finding.code, one.finding.message) for one in findings if wanted)
        place = next((place for place, key in enumerate(keys) if key == wanted), 0)
        shown = findings_page(findings, values, place // FINDINGS_PER_PAGE)
        return [*updates(board, values), shown, gr.Timer(active=False)]

    def _board(self, values: Sequence[str]) -> Board:
        return self._assistant.board(choice_of(values))


def updates(board: Board, values: Sequence[str]) -> list[object]:
    """What each filter can be set to, the others as they are."""
    current = dict(zip(FREE, values, strict=True))
    of_any_code = chosen(board.findings, [*values[:3], FREE["code"]])
    severities = {
        n.finding.severity
        for n in chosen(board.findings, [*list(FREE.values())[:3], current["code"]])
    }
    offered: dict[str, list[str]] = {
        "department": list(board.options.departments),
        "year": [f"{value}年" for value in board.options.years],
        "severity": [word for kind, word in SEVERITY_NAMES.items() if kind in severities],
        "code": sorted({entry.finding.code for entry in of_any_code}),
    }
    return [
        gr.update(
            choices=list(dict.fromkeys([free, *offered[name], current[name]])), value=current[name]
        )
        for name, free in FREE.items()
    ]


def choice_of(values: Sequence[str]) -> Choice:
    """The department and year that the filters' values stand for."""
    department, year, *_ = values
    return Choice(
        department="" if department == FREE["department"] else department,
        year=year_of(year),
    )


def chosen(findings: Sequence[DepartmentFinding], values: Sequence[str]) -> list[DepartmentFinding]:
    """The findings of the severity and code asked for, the documents with most errors first."""
    _, _, severity, code = values
    matches = [
        entry
        for entry in findings
        if severity in (FREE["severity"], SEVERITY_NAMES[entry.finding.severity])
        and code in (FREE["code"], entry.finding.code)
    ]
    errors = Counter(n.finding.document_id for n in matches if n.finding.severity is Severity.ERROR)
    order = list(SEVERITY_NAMES)
    return sorted(
        matches,
        key=lambda entry: (
            -errors[entry.finding.document_id],
            *(entry.department, -(entry.year or 0), entry.file),
            order.index(entry.finding.severity),
            entry.finding.code,
        ),
    )


def findings_page(
    findings: Sequence[DepartmentFinding], values: Sequence[str], page: int = 0
) -> str:
    """One page of findings, grouped by document."""
    if not findings:
        return EMPTY
    pages = -(-len(findings) // FINDINGS_PER_PAGE)
    page = min(max(page, 0), pages - 1)
    choice = json.dumps(dict(zip(FREE, values, strict=True)), ensure_ascii=False)
    counts = Counter(entry.finding.severity for entry in findings)
    by_severity = "，".join(
        f"{word}{counts[kind]}条" for kind, word in SEVERITY_NAMES.items() if counts[kind]
    )
    groups = groupby(
        findings[page * FINDINGS_PER_PAGE : (page + 1) * FINDINGS_PER_PAGE],
        key=lambda entry: entry.file,
    )
    cards = "".join(document_card(file, list(group)) for file, group in groups)
    return (
        f'<div class="board" data-choice="{escape(choice, quote=True)}"><header class="board-head">'
        f"<h2>共{number(len(findings))}条：{by_severity}</h2><p class='board-tools'>"
        '<button type="button" data-file="xlsx">导出表格</button></p></header>'
        f"{NOTE.format('以下为疑似问题，建议核实；没有列出不等于没有问题。')}"
        f"{cards}{page_buttons(page, pages)}</div>"
    )


def document_card(file: str, entries: Sequence[DepartmentFinding]) -> str:
    """The findings in one document."""
    first = entries[0]
    owner = (first.department, year_name(first.year), first.form.value)
    about = " · ".join(part for part in owner if part)
    items = "".join(map(finding_item, entries))
    return (
        f'<section class="card"><h3>{escape(file)}</h3><p class="note">{escape(about)}</p>'
        f'<ol class="findings">{items}</ol></section>'
    )
