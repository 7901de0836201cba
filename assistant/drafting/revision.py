"""Paragraphs of a draft reworded by a language model under checks, or written afresh (改写)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from assistant.drafting.prose import Joiner
from assistant.drafting.types import Draft, Paragraph
from assistant.drafting.verification import checked, rewritten, unsupported
from assistant.grounding.verification import MARKER
from assistant.types import Citation, Mode
from ingest.types.facts import Figure

Facts = Mapping[str, Figure]


def reworded(draft: Draft, joiner: Joiner, figures: Facts, *, only: int = 0) -> Draft:
    """The draft with each paragraph in a model's words where these pass the checks.

    `only` limits it to one paragraph, counted from 1. A paragraph in which a number, a name, a
    blank or a source would change stays as it is.
    """
    pairs = [
        (p, _reworded_paragraph(p, draft, joiner, figures) if only in (0, number) else p)
        for number, p in enumerate(draft.paragraphs, 1)
    ]
    revised = rewritten(draft, pairs)
    changed = any(p.mode is Mode.LLM for p in revised.paragraphs)
    return replace(revised, mode=Mode.LLM if changed else Mode.GROUNDED)


def _reworded_paragraph(
    paragraph: Paragraph, draft: Draft, joiner: Joiner, figures: Facts
) -> Paragraph:
    """The paragraph in the model's words, unchanged where a number would lose its support."""
    if paragraph.level or paragraph.table is not None:
        return paragraph
    text = joiner.joined(paragraph.text, paragraph.calculations)
    if text == paragraph.text:
        return paragraph
    revised = checked(replace(paragraph, text=text, mode=Mode.LLM), draft.citations, figures)
    failed = unsupported(replace(draft, paragraphs=(revised,)))
    return paragraph if failed else revised


def renewed(draft: Draft, number: int, fresh: Draft, figures: Facts) -> Draft:
    """The draft with paragraph `number` (from 1) taken from a fresh draft of the same section."""
    current = draft.paragraphs[number - 1]
    counterpart = _counterpart(current, number - 1, draft, fresh)
    citations, markers = _merged(draft.citations, fresh.citations)

    def remarked(text: str) -> str:
        return MARKER.sub(lambda m: f"[{markers[int(m[1])]}]", text)

    table = counterpart.table
    if table is not None:
        table = replace(table, rows=tuple(tuple(map(remarked, row)) for row in table.rows))
    remade = replace(counterpart, text=remarked(counterpart.text), table=table)
    revised = checked(remade, citations, figures)
    pairs = [(p, revised if p is current else p) for p in draft.paragraphs]
    sources = tuple(dict.fromkeys(citation.document_id for citation in citations))
    return replace(
        rewritten(draft, pairs),
        citations=citations,
        sources=sources,
        limited_to=_together(draft.limited_to, fresh.limited_to),
    )


def _together(
    first: tuple[str, ...] | None, second: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    """What both were made from: of all where one was, not known where one is not."""
    if first is None or second is None:
        return None
    return tuple(dict.fromkeys((*first, *second))) if first and second else ()


def _counterpart(current: Paragraph, index: int, draft: Draft, fresh: Draft) -> Paragraph:
    """The fresh paragraph in the same place; where places differ, the one most like it."""
    if [p.level for p in fresh.paragraphs] == [p.level for p in draft.paragraphs]:
        return fresh.paragraphs[index]
    candidates = [p for p in fresh.paragraphs if bool(p.level) == bool(current.level)]
    return max(
        candidates or fresh.paragraphs,
        key=lambda p: SequenceMatcher(None, p.text, current.text, autojunk=False).ratio(),
    )


def _merged(
    known: Sequence[Citation], fresh: Sequence[Citation]
) -> tuple[tuple[Citation, ...], dict[int, int]]:
    """The citations of both drafts, and the new marker of each fresh marker among them."""
    by_place = {(c.document_id, c.location, c.quote): c.marker for c in known}
    merged = list(known)
    markers: dict[int, int] = {}
    for citation in fresh:
        place = (citation.document_id, citation.location, citation.quote)
        if place not in by_place:
            by_place[place] = max((c.marker for c in merged), default=0) + 1
            merged.append(replace(citation, marker=by_place[place]))
        markers[citation.marker] = by_place[place]
    return tuple(merged), markers
