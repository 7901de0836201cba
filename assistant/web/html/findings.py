"""Findings as HTML: the message, the numbers put in, the candidates, the evidence to open."""

from html import escape

from assistant.dashboard.board_facts import Noted
from assistant.grounding.locations import place
from assistant.types import Citation
from assistant.web.html.board_parts import SEVERITIES
from assistant.web.html.source_link import Opening, Place


def finding(one: Noted, *, whose: str = "") -> str:
    """A finding with its numbers and its evidence to be opened; `whose` stands below it."""
    what = one.finding
    formula = f'<p class="formula">{escape(what.formula)}</p>' if what.formula else ""
    candidates = "".join(f"<li>{escape(text)}</li>" for text in what.candidates)
    listing = (
        f'<ul class="candidates" aria-label="可能的口径">{candidates}</ul>' if candidates else ""
    )
    evidence = "".join(evidenced(citation, one) for citation in what.evidence)
    return (
        f'<li class="finding {what.severity.value}"><p class="lead">'
        f'<span class="badge {what.severity.value}">{SEVERITIES[what.severity]}</span>'
        f"<code>{escape(what.code)}</code>{escape(what.message)}</p>{formula}{listing}"
        f'<p class="evidence">{f"<span>{escape(whose)}</span>" if whose else ""}{evidence}</p></li>'
    )


def evidenced(citation: Citation, one: Noted) -> str:
    """A place as a button; its file is named where it is not the finding's own."""
    where = place(citation.location, file=citation.file)
    if citation.file != one.file:
        where = f"{citation.file} {where}"
    opened = Opening(
        "",
        one.finding.message,
        (),
        (Place(citation.document_id, citation.location, citation.quote),),
    )
    return f'<button type="button" {opened.attribute}>{escape(where)}</button>'
