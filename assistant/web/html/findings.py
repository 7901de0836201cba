"""Findings as HTML: the message, the numbers put in, the candidates, the evidence to open."""

from html import escape

from assistant.dashboard.board_facts import DepartmentFinding
from assistant.grounding.locations import place
from assistant.language.wording import SEVERITY_NAMES, moment
from assistant.types import Citation, FindingMark, Handling
from assistant.web.html.source_link import QuotedPlace, SourceLink


def finding_item(entry: DepartmentFinding, *, owner: str, marked: bool = False) -> str:
    """A finding with its numbers and its evidence to be opened; its `owner` stands below it.

    Where it can be `marked`, with the buttons for that.
    """
    finding = entry.finding
    formula = f'<p class="formula">{escape(finding.formula)}</p>' if finding.formula else ""
    candidates = "".join(f"<li>{escape(text)}</li>" for text in finding.candidates)
    listing = (
        f'<ul class="candidates" aria-label="可能的口径">{candidates}</ul>' if candidates else ""
    )
    evidence = "".join(_evidence_button(citation, entry) for citation in finding.evidence)
    return (
        f'<li class="finding {finding.severity.value}"'
        f' id="finding-{finding.key}"><p class="lead">'
        f'<span class="badge {finding.severity.value}">{SEVERITY_NAMES[finding.severity]}</span>'
        f"<code>{escape(finding.code)}</code>{escape(finding.message)}</p>{formula}{listing}"
        f'<p class="evidence"><span>{escape(owner)}</span>{evidence}</p>'
        f"{_handling(entry) if marked else _handled(finding.mark)}</li>"
    )


def _handling(entry: DepartmentFinding) -> str:
    """The buttons that say how a finding was handled; the one that holds takes it back."""
    finding = entry.finding
    mark = finding.mark
    buttons = "".join(
        f'<button type="button" data-mark="{one.value}"'
        f' aria-pressed="{str(mark is not None and mark.handling is one).lower()}">'
        f"{one.value}</button>"
        for one in Handling
    )
    said = f"<span>{escape(mark.by)} {moment(mark.at)}</span>" if mark else ""
    return (
        f'<p class="handling" role="group" aria-label="处理" data-key="{finding.key}"'
        f' data-document="{escape(finding.document_id, quote=True)}">{buttons}{said}</p>'
    )


def _handled(mark: FindingMark | None) -> str:
    """How a finding was handled, in words."""
    if mark is None:
        return ""
    said = f"{mark.handling.value}：{mark.by} {moment(mark.at)}"
    return f'<p class="handling"><span>{escape(said)}</span></p>'


def _evidence_button(citation: Citation, entry: DepartmentFinding) -> str:
    """A place as a button; its file is named where it is not the finding's own."""
    where = place(citation.location, file=citation.file)
    if citation.file != entry.file:
        where = f"{citation.file} {where}"
    quoted = QuotedPlace(citation.document_id, citation.location, citation.quote)
    link = SourceLink("", entry.finding.message, places=(quoted,))
    return f'<button type="button" {link.attribute}>{escape(where)}</button>'
