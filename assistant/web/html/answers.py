"""Answers as HTML. Every text of a document or a user is escaped here."""

import re
from collections.abc import Callable
from html import escape

from assistant.types import Answer, AnswerBlock, BlockKind, Citation, Mode, State, Verdict
from assistant.web.html import sources
from assistant.web.html.feedback import formulas_beside

MARKER = re.compile(r"\[(\d+)\]")
MARKED_TEXT = re.compile(r"(\S?)((?:\[\d+\])+)([，。；：、！？）”]*)")
"""Markers with the character before and the punctuation after, which stay on one line."""
MODE_NAMES = {Mode.GROUNDED: "依据原文", Mode.LLM: "语言模型润色"}
UNANSWERED = {
    State.REFUSED: "资料库中没有依据，未作回答",
    State.ASKED_BACK: "问得还不够明确，未作回答",
    State.QUOTED: "只摘录原文，未下结论",
    State.HELPED: "使用说明，不涉及资料",
}
"""What stands below an answer that tells no fact of the documents."""


def question_heading(words: str) -> str:
    """The question above its answer."""
    return f'<h2 class="question"><span class="visually-hidden">问：</span>{escape(words)}</h2>'


def pending(words: str) -> str:
    """A question whose answer has not begun."""
    return turn(words, '<p class="thinking" role="status">正在查找出处<i></i><i></i><i></i></p>')


def growing(words: str, text: str) -> str:
    """An answer while it is being written: markers stand, but cannot be opened yet."""
    body = paragraphs(text, lambda number: f'<span class="cite">{number}</span>')
    return turn(words, f'<div class="text growing">{body}</div>')


def failed(words: str, message: str) -> str:
    """A question that could not be answered, with the reason."""
    return turn(words, notice(message))


def notice(message: str) -> str:
    """What went wrong, as screen readers say it at once."""
    return f'<p class="failure" role="alert">{escape(message)}</p>'


def turn(words: str, body: str, *, id: str = "") -> str:
    """A question with the HTML of what answers it."""
    name = f' id="{id}"' if id else ""
    heading = question_heading(words)
    return f'<article class="turn"{name}>{heading}<div class="answer">{body}</div></article>'


def paragraphs(text: str, marker: Callable[[int], str]) -> str:
    """Text as HTML, a line a paragraph, each [n] as `marker` draws it."""
    return "".join(f"<p>{_line(line, marker)}</p>" for line in text.splitlines() if line.strip())


def _line(text: str, marker: Callable[[int], str]) -> str:
    pieces: list[str] = []
    end = 0
    for match in MARKED_TEXT.finditer(text):
        before, markers, after = match.groups()
        buttons = "".join(marker(int(number)) for number in MARKER.findall(markers))
        pieces.append(escape(text[end : match.start()]))
        pieces.append(f'<span class="marked">{escape(before)}{buttons}{escape(after)}</span>')
        end = match.end()
    return "".join([*pieces, escape(text[end:])])


def finished(
    answer: Answer, *, key: str, excerpt_of: Callable[[Citation], str], tools: str = ""
) -> str:
    """A finished answer with the HTML of its `tools` below.

    Its sources open by `data-source` ids that begin with `key`, which is also the id of the whole.
    """
    cited = {citation.marker: citation for citation in answer.citations}

    def marker(number: int) -> str:
        if number not in cited:
            return f'<span class="unfounded" title="没有这个出处">[{number}]</span>'
        words = escape(f"出处{number}：{sources.place_name(cited[number])}", quote=True)
        return (
            f'<button type="button" class="cite" data-source="{key}-{number}"'
            f' title="{words}" aria-label="{words}">{number}</button>'
        )

    text = paragraphs(answer.text, marker)
    formulas = "".join(
        f'<p class="formula">{escape(formula)}</p>' for formula in formulas_beside(answer)
    )
    cards = "".join(sources.card(citation, key=key) for citation in answer.citations)
    listing = f'<ol class="sources" aria-label="出处">{cards}</ol>' if cards else ""
    templates = "".join(
        sources.details_template(citation, excerpt_of(citation), key=key)
        for citation in answer.citations
    )
    kind = "text no" if answer.abstained else "text"
    shown = "".join(block(one, marker) for one in answer.blocks)
    doubts = "".join(f'<p class="doubt">{escape(said)}</p>' for said in doubts_beside(answer))
    body = (
        f'<div class="{kind}" data-state="{answer.state}">{text}</div>{shown}{doubts}'
        f"{formulas}{listing}{footnote(answer)}{tools}{templates}"
    )
    return turn(answer.question, body, id=key)


def doubts_beside(answer: Answer) -> list[str]:
    """The doubts that the text does not tell already; between its words stand markers."""
    text = MARKER.sub("", answer.text)
    return [doubt.message for doubt in answer.doubts if doubt.message not in text]


def block(part: AnswerBlock, marker: Callable[[int], str]) -> str:
    """A passage with the words that answer marked, or a table."""
    if part.kind is BlockKind.QUOTE:
        start, end = part.span or (0, 0)
        before, words, after = part.text[:start], part.text[start:end], part.text[end:]
        marked = f"{escape(before)}<mark>{escape(words)}</mark>" if words else escape(before)
        source = marker(part.marker) if part.marker else ""
        return f'<blockquote class="quoted"><p>{marked}{escape(after)}{source}</p></blockquote>'
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in part.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_line(cell, marker)}</td>' for cell in row)}</tr>"
        for row in part.rows
    )
    return f'<table class="told"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def footnote(answer: Answer) -> str:
    """How the answer was made, and whether every number in it was found again."""
    unfounded = [figure.raw for figure in answer.figures if figure.verdict is Verdict.UNSUPPORTED]
    notes: list[str] = []
    if unfounded:
        numbers = escape("、".join(unfounded))
        notes.append(f'<strong class="unfounded">没有找到出处的数字：{numbers}</strong>')
    elif answer.state in UNANSWERED:
        notes.append(UNANSWERED[answer.state])
    elif answer.figures:
        computed = any(figure.verdict is Verdict.COMPUTED for figure in answer.figures)
        notes.append("数字均已与原文核对" + ("，算式已列出" if computed else ""))
    if answer.state is State.ANSWERED:
        notes.insert(0, f'<span class="mode">{MODE_NAMES[answer.mode]}</span>')
    return f'<p class="footnote">{" · ".join(notes)}</p>'
