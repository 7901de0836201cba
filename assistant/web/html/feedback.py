"""What a reader does with an answer (反馈): copies it with its sources, says what is wrong."""

from html import escape

from assistant.grounding.locations import place
from assistant.history.types import Feedback, FeedbackKind
from assistant.types import Answer, Citation

LONGEST_NOTE = 200


def bar(given: Answer, *, turn: str = "", feedback: Feedback | None = None) -> str:
    """The buttons under an answer; an answer that was not kept (no `turn`) takes no feedback."""
    said = rating(turn, feedback) if turn else ""
    return (
        '<div class="reply"><button type="button" data-copy>复制（含出处）</button>'
        f"<template>{escape(copied(given))}</template>{said}</div>"
    )


def rating(turn: str, given: Feedback | None) -> str:
    """The ways to judge an answer, the one chosen pressed, with room for a line of one's own."""
    buttons = "".join(
        f'<button type="button" data-rate="{kind}"'
        f' aria-pressed="{str(given is not None and given.kind is kind).lower()}">{kind}</button>'
        for kind in FeedbackKind
    )
    return (
        f'<div class="rating" data-rated="{escape(turn, quote=True)}" role="group"'
        f' aria-label="这个回答怎么样">{buttons}{remark(given) if given else ""}</div>'
    )


def remark(given: Feedback) -> str:
    note = escape(given.note, quote=True)
    return (
        f'<form class="remark"><input name="note" value="{note}" maxlength="{LONGEST_NOTE}"'
        ' autocomplete="off" aria-label="补充一句" placeholder="可以补一句，例如应该是多少">'
        '<button>存下</button></form><span class="said" role="status">已记下</span>'
    )


def copied(given: Answer) -> str:
    """The answer as plain text: its words with [n], its formulas, and the list of its sources."""
    parts = [given.text.strip()]
    if formulas := shown(given):
        parts.append("算式\n" + "\n".join(formulas))
    if given.citations:
        parts.append("出处\n" + "\n".join(map(_source, given.citations)))
    return "\n\n".join(parts)


def shown(given: Answer) -> list[str]:
    """The formulas that the text does not show already."""
    text = "".join(given.text.split())
    return [m.formula for m in given.calculations if "".join(m.formula.split()) not in text]


def _source(citation: Citation) -> str:
    where = place(citation.location, file=citation.file)
    quote = " ".join(citation.quote.split())
    return f"[{citation.marker}] {citation.file} {where}：“{quote}”"
