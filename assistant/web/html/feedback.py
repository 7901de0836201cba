"""What a reader does with an answer (反馈): copies it with its sources, says what is wrong."""

from collections.abc import Sequence
from html import escape

from assistant.grounding.locations import place
from assistant.history.types import Feedback, FeedbackKind
from assistant.schemas.markdown import markdown
from assistant.text_limits import NOTE
from assistant.types import Answer, Citation


def answer_tools(answer: Answer, *, turn: str = "", feedback: Feedback | None = None) -> str:
    """The buttons under an answer; one that was not recorded (no `turn`) takes no feedback."""
    judgement = rating(turn, feedback) if turn else ""
    name = escape(turn, quote=True)
    link = (
        f'<button type="button" data-copy-link data-turn="{name}">复制链接</button>' if turn else ""
    )
    return (
        '<div class="answer-tools"><span class="answer-actions">'
        '<button type="button" data-copy>复制（含出处）</button>'
        f"<template>{escape(copied_text(answer))}</template>"
        f"<template>{copied_html(answer)}</template>"
        '<button type="button" data-ask-again>再问一次</button>'
        f'<button type="button" data-edit-question>修改问题</button>{link}</span>{judgement}</div>'
    )


def rating(turn: str, feedback: Feedback | None) -> str:
    """The ways to judge an answer, the one chosen pressed, with room for a line of one's own."""
    chosen = feedback.kind if feedback else None
    buttons = "".join(
        f'<button type="button" data-rate="{kind}"'
        f' aria-pressed="{str(kind is chosen).lower()}">{kind}</button>'
        for kind in FeedbackKind
    )
    return (
        f'<div class="rating" data-rated="{escape(turn, quote=True)}" role="group"'
        f' aria-label="这个回答怎么样">{buttons}{remark(feedback) if feedback else ""}</div>'
    )


def remark(feedback: Feedback) -> str:
    """The field for a note of the reader's own, with what it holds already."""
    note = escape(feedback.note, quote=True)
    return (
        f'<form class="remark"><input name="note" value="{note}" maxlength="{NOTE.length}"'
        ' autocomplete="off" aria-label="补充一句" placeholder="可以补一句，例如应该是多少">'
        '<button>存下</button></form><span class="noted" role="status">已记下</span>'
    )


def copied_text(answer: Answer) -> str:
    """The answer as plain text: its words with [n], its formulas, and the list of its sources."""
    parts = [markdown(answer).strip()]
    if formulas := formulas_beside(answer):
        parts.append("算式\n" + "\n".join(formulas))
    if answer.citations:
        parts.append("出处\n" + "\n".join(map(_source, answer.citations)))
    return "\n\n".join(parts)


def copied_html(answer: Answer) -> str:
    """The same for Word and Excel: tables as tables, the sources as one of file, place, words."""
    lines = [*answer.text.splitlines(), *formulas_beside(answer)]
    parts = [f"<p>{escape(line)}</p>" for line in lines if line.strip()]
    for block in answer.blocks:
        if block.rows:
            parts.append(_plain_table(block.columns, block.rows))
        elif block.text:
            parts.append(f"<blockquote>{escape(block.text)}</blockquote>")
    if answer.citations:
        rows = [
            (
                f"[{one.marker}]",
                one.file,
                place(one.location, file=one.file),
                " ".join(one.quote.split()),
            )
            for one in answer.citations
        ]
        parts.append(_plain_table(("出处", "文件", "位置", "引文"), rows))
    return "".join(parts)


def _plain_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    heads = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f'<table border="1"><tr>{heads}</tr>{body}</table>'


def formulas_beside(answer: Answer) -> list[str]:
    """The formulas that the text does not show already."""
    text = "".join(answer.text.split())
    formulas = (calculation.formula for calculation in answer.calculations)
    return [formula for formula in formulas if "".join(formula.split()) not in text]


def _source(citation: Citation) -> str:
    where = place(citation.location, file=citation.file)
    quote = " ".join(citation.quote.split())
    return f"[{citation.marker}] {citation.file} {where}：“{quote}”"
