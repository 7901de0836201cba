"""The 校核 tab: what a reviewer should look at, check by check, and how each was handled."""

from collections.abc import Mapping, Sequence
from datetime import date

import gradio as gr

from assistant.accounts.permissions import Right
from assistant.dashboard.board import Board, Choice
from assistant.dashboard.board_facts import DepartmentFinding
from assistant.dashboard.excel_export import findings_workbook
from assistant.language.wording import SEVERITY_NAMES, UNHANDLED
from assistant.server.permitted import PermittedAssistant
from assistant.types import Handling, Severity
from assistant.web.downloads import FILE_EVENTS, BrowserFile, FileRequest, excel_file
from assistant.web.filters import year_of
from assistant.web.html.audit import (
    EMPTY,
    FINDINGS_PER_PAGE,
    UNDER_WAY,
    Listed,
    check_name,
    findings_page,
)
from assistant.web.html_panel import panel, refreshed_by_timer, with_busy_sign
from assistant.web.page_blocks import checked_json, sent_with
from assistant.web.tabs.dashboard import AUDIT_POLL_SECONDS

FREE = {
    "department": "全部部门",
    "year": "全部年度",
    "severity": "全部程度",
    "code": "全部编号",
    "handling": "全部处理",
}
"""The filters with what they say when they are free."""
HANDLINGS = (FREE["handling"], UNHANDLED, *Handling)
EVENTS = """
window.jiwenShowFindings = (chosen, finding) =>
  window.jiwenWhenIdle("audit", () => trigger("addressed", { chosen, finding }));
let marked = null; // the button that was pressed, to be found again when the list has been redrawn
const buttons = () => [...element.querySelectorAll("[data-mark]")];
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-page], [data-pick], [data-mark]");
  if (!button || button.disabled) return;
  const board = button.closest("[data-choice]").dataset;
  const { page, pick, mark } = button.dataset;
  if (pick) {
    const chosen = { ...JSON.parse(board.choice), ...JSON.parse(pick) };
    return window.jiwenShowFindings(JSON.stringify(chosen), "");
  }
  if (page) return window.jiwenWhenIdle("audit", () => trigger("turned", { page: Number(page) }));
  const { document: id, key } = button.closest("[data-key]").dataset;
  const taken = button.ariaPressed === "true";
  const sent = { document: id, finding: key, mark: taken ? "" : mark, page: Number(board.at) };
  marked = { id, key, mark, place: buttons().indexOf(button) };
  window.jiwenWhenIdle("audit", () => trigger("marked", sent));
});
new MutationObserver(() => {
  const there = buttons();
  if (!marked || !there.length || document.activeElement !== document.body) return;
  const { id, key, mark, place } = marked;
  const finding = `[data-document="${id}"][data-key="${key}"]`;
  const same = there.find((one) => one.dataset.mark === mark && one.closest(finding));
  (same ?? there[Math.min(place, there.length - 1)]).focus({ preventScroll: true });
  marked = null;
}).observe(element, { childList: true, subtree: true });
"""


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
        with_busy_sign(shown.turned, self.turn, filters, everything, panel_name="audit")
        with_busy_sign(shown.marked, self.mark, filters, everything, panel_name="audit")

    def show(self, *values: str) -> list[object]:
        """The findings for the filters, each of which offers what the others leave."""
        return self._shown(_choice(values))

    def go_to(self, event: gr.EventData, *_: str) -> list[object]:
        """The findings that an address names, from the page with the one that it points to."""
        named = checked_json(sent_with(event, "chosen", str), dict[str, str])
        choice = {name: named.get(name, free) for name, free in FREE.items()}
        return self._shown(choice, wanted=sent_with(event, "finding", str))

    def turn(self, event: gr.EventData, *values: str) -> list[object]:
        """Another page of the findings."""
        return self._shown(_choice(values), page=sent_with(event, "page", int))

    def mark(self, event: gr.EventData, *values: str) -> list[object]:
        """A finding marked as handled, or no longer; the same page of the findings."""
        by = self._assistant.require(Right.AUDIT).name
        told = sent_with(event, "mark", str)
        self._assistant.mark(
            sent_with(event, "document", str),
            sent_with(event, "finding", str),
            sent_with(event, "mark", Handling) if told else None,
            by=by,
        )
        return self.turn(event, *values)

    def file(self, request: FileRequest) -> BrowserFile:
        """The findings that the page shows, as a workbook."""
        sent = request["choice"]
        choice = {name: str(sent.get(name, free)) for name, free in FREE.items()}
        findings = chosen(self._board(choice).findings, choice)
        name = f"校核发现 {date.today():%Y%m%d}.xlsx"
        self._assistant.exported(Right.AUDIT, name)
        return excel_file(name, findings_workbook(findings))

    def _shown(self, choice: Mapping[str, str], *, page: int = 0, wanted: str = "") -> list[object]:
        """A page of the findings: the one with the finding that is `wanted` by its key, if any."""
        board = self._board(choice)
        if not board.audited and board.documents:
            return [gr.skip()] * len(FREE) + [UNDER_WAY, gr.Timer(active=True)]
        findings = chosen(board.findings, choice)
        of_any_code = chosen(board.findings, _without(choice, "code"))
        keys = (one.finding.key for one in findings if wanted)
        place = next((place for place, key in enumerate(keys) if key == wanted), None)
        shown = findings_page(
            Listed(findings, of_any_code, choice, FREE),
            page if place is None else place // FINDINGS_PER_PAGE,
        )
        return [
            *updates(board, choice),
            shown if board.findings else EMPTY,
            gr.Timer(active=False),
        ]

    def _board(self, choice: Mapping[str, str]) -> Board:
        return self._assistant.board(choice_of(choice))


def updates(board: Board, choice: Mapping[str, str]) -> list[object]:
    """What each filter can be set to, the others as they are."""
    findings = board.findings
    severities = {e.finding.severity for e in chosen(findings, _without(choice, "severity"))}
    codes = {e.finding.code for e in chosen(findings, _without(choice, "code"))}
    offered: dict[str, list[str]] = {
        "department": list(board.options.departments),
        "year": [f"{value}年" for value in board.options.years],
        "severity": [word for kind, word in SEVERITY_NAMES.items() if kind in severities],
        "code": sorted(codes),
        "handling": list(HANDLINGS),
    }
    return [
        gr.update(
            choices=[
                (check_name(value) if name == "code" else value, value)
                for value in dict.fromkeys([free, *offered[name], choice[name]])
            ],
            value=choice[name],
        )
        for name, free in FREE.items()
    ]


def choice_of(choice: Mapping[str, str]) -> Choice:
    """The department and year that the filters stand for."""
    department = choice["department"]
    return Choice(
        department="" if department == FREE["department"] else department,
        year=year_of(choice["year"]),
    )


def chosen(
    findings: Sequence[DepartmentFinding], choice: Mapping[str, str]
) -> list[DepartmentFinding]:
    """The findings that the filters leave, by check, those with errors first, and department."""
    matches = [
        entry
        for entry in findings
        if choice["severity"] in (FREE["severity"], SEVERITY_NAMES[entry.finding.severity])
        and choice["code"] in (FREE["code"], entry.finding.code)
        and choice["handling"] in (FREE["handling"], _handling(entry))
    ]
    wrong = {n.finding.code for n in matches if n.finding.severity is Severity.ERROR}
    order = list(SEVERITY_NAMES)
    return sorted(
        matches,
        key=lambda entry: (
            entry.finding.code not in wrong,
            *(entry.finding.code, entry.department, -(entry.year or 0), entry.file),
            order.index(entry.finding.severity),
        ),
    )


def _handling(entry: DepartmentFinding) -> str:
    mark = entry.finding.mark
    return mark.handling.value if mark else UNHANDLED


def _choice(values: Sequence[str]) -> dict[str, str]:
    return dict(zip(FREE, values, strict=True))


def _without(choice: Mapping[str, str], name: str) -> Mapping[str, str]:
    """The filters with one of them free."""
    return {**choice, name: FREE[name]}
