"""Findings as HTML: the message, the numbers put in, the candidates, the evidence to open."""

from hashlib import sha1
from html import escape

from assistant.dashboard.board_facts import DepartmentFinding
from assistant.grounding.locations import place
from assistant.language.wording import SEVERITY_NAMES
from assistant.types import Citation
from assistant.web.html.source_link import QuotedPlace, SourceLink


def finding_key(code: str, message: str) -> str:
    """What an address names a finding by."""
    return sha1(f"{code} {message}".encode(), usedforsecurity=False).hexdigest()[:12]


def finding_item(entry: DepartmentFinding, *, owner: str = "") -> str:
    """A finding with its numbers and its evidence to be opened; its `owner` stands below it."""
    finding = entry.finding
    formula = f'<p class="formula">{escape(finding.formula)}</p>' if finding.formula else ""
    candidates = "".join(f"<li>{escape(text)}</li>" for text in finding.candidates)
    listing = (
        f'<ul class="candidates" aria-label="可能的口径">{candidates}</ul>' if candidates else ""
    )
    evidence = "".join(_evidence_button(citation, entry) for citation in finding.evidence)
    return (
        f'<li class="finding {finding.severity.value}"'
        f' id="finding-{finding_key(finding.code, finding.message)}"><p class="lead">'
        f'<span class="badge {finding.severity.value}">{SEVERITY_NAMES[finding.severity]}</span>'
        f"<code>{escape(finding.code)}</code>{escape(finding.message)}</p>{formula}{listing}"
        f'<p class="evidence">{f"<span>{escape(owner)}</span>" if owner else ""}{evidence}</p></li>'
    )


def _evidence_button(citation: Citation, entry: DepartmentFinding) -> str:
    """A place as a button; its file is named where it is not the finding's own."""
    where = place(citation.location, file=citation.file)
    if citation.file != entry.file:
        where = f"{citation.file} {where}"
    quoted = QuotedPlace(citation.document_id, citation.location, citation.quote)
    link = SourceLink("", entry.finding.message, places=(quoted,))
    return f'<button type="button" {link.attribute}>{escape(where)}</button>'
