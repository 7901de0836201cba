"""Cited places as HTML (出处): a card under an answer, and the panel that it opens in."""

from html import escape

from assistant.grounding.locations import place
from assistant.language.wording import year_name
from assistant.sources.cell_heads import CellHeads
from assistant.sources.source_view import original_place
from assistant.types import Citation

MAX_QUOTE = 90
"""Characters of a quote that a card shows."""


def place_name(citation: Citation) -> str:
    """The file and the place in it, in words."""
    return f"{citation.file} {place(citation.location, file=citation.file)}"


def card(citation: Citation, *, key: str) -> str:
    """A source in the list below a text; it opens the template `key`-marker."""
    quote = " ".join(citation.quote.split())
    quote = quote if len(quote) <= MAX_QUOTE else quote[:MAX_QUOTE] + "…"
    return (
        f'<li><button type="button" class="source" data-source="{key}-{citation.marker}">'
        f'<span class="cite">{citation.marker}</span>'
        f'<span class="file">{escape(citation.file)}</span>'
        f'<span class="place">{escape(place(citation.location, file=citation.file))}</span>'
        f"<q>{escape(quote)}</q></button></li>"
    )


def glance(citation: Citation, heads: CellHeads | None) -> str:
    """What a source shows when it is pointed at: its file and place, the cell with its heads."""
    quote = " ".join(citation.quote.split())
    shown = f"<q>{escape(quote[:MAX_QUOTE])}</q>"
    if heads:
        terms = {"本行": heads.row, "上方": heads.column, "单元格": heads.text}
        pairs = (f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in terms.items() if text)
        shown = f"<dl>{''.join(pairs)}</dl>"
    return f'<div class="glance"><b>{escape(place_name(citation))}</b>{shown}</div>'


def details(citation: Citation, excerpt: str) -> str:
    """What opens beside the page: whose document, which place, the quote in its surroundings."""
    owner = " · ".join(part for part in (citation.department, year_name(citation.year)) if part)
    original = original_place(
        citation.document_id, citation.location, citation.quote, excerpt=excerpt
    )
    location = escape(place(citation.location, file=citation.file))
    number = f'<span class="cite">{citation.marker}</span>' if citation.marker else ""
    return (
        f"<h3>{number}{escape(citation.title or citation.file)}</h3>"
        f"<dl><dt>部门年度</dt><dd>{escape(owner) or '未注明'}</dd>"
        f"<dt>文件</dt><dd>{escape(citation.file)}</dd>"
        f'<dt>位置</dt><dd class="place">{location}</dd>'
        f"</dl><h4>引文</h4><blockquote>{escape(citation.quote)}</blockquote>"
        f"<h4>原文</h4>{original}"
    )


def details_template(
    citation: Citation, excerpt: str, *, key: str, heads: CellHeads | None = None
) -> str:
    """The details as they wait in the page until the source is opened, or pointed at."""
    waiting = glance(citation, heads) + details(citation, excerpt)
    return f'<template id="{key}-{citation.marker}">{waiting}</template>'


def empty_panel() -> str:
    """The panel beside the page before anything was opened."""
    return (
        '<aside id="source-panel" role="dialog" aria-label="出处">'
        '<button type="button" class="source-close" aria-label="关闭出处">×</button>'
        '<div class="source-body"></div></aside>'
    )
