"""Answers as HTML. Every text of a document or a user is escaped here."""

from collections.abc import Callable, Iterator
from html import escape

from assistant.sources.cell_heads import CellHeads
from assistant.types import Answer, AskedFiles, Citation, Doubt, Mode, State, Verdict
from assistant.web.html import sources
from assistant.web.html.answer_blocks import MARKER, block, line
from assistant.web.html.feedback import formulas_beside
from assistant.web.html.scope_chips import scope_chips

DOUBT = "存疑："
"""How a line of a text begins that tells what speaks against a figure."""
UNFOLDED_SOURCES = 3
"""How many sources stand below an answer; the others are folded."""
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


def paragraphs(text: str, marker: Callable[[int], str], doubts: tuple[Doubt, ...] = ()) -> str:
    """Text as HTML, a line a paragraph, each [n] as `marker` draws it; a doubt leads to its check.

    The first says what the answer is.
    """
    lines = [one for one in text.splitlines() if one.strip()]
    drawn: list[str] = []
    for number, one in enumerate(lines):
        if one.startswith(DOUBT):
            words = MARKER.sub("", one.removeprefix(DOUBT))
            found = next((doubt for doubt in doubts if doubt.message in words), None)
            drawn.append(f'<p class="doubt">{line(one, marker)}{_check(found)}</p>')
        else:
            drawn.append(f"<p{' class=lead' if number == 0 else ''}>{line(one, marker)}</p>")
    return "".join(drawn)


def _check(doubt: Doubt | None) -> str:
    """The way from a doubt to the finding that it is."""
    if doubt is None:
        return ""
    code = escape(doubt.code, quote=True)
    return (
        f' <button type="button" class="to-finding" data-finding-code="{code}"'
        f' data-finding="{doubt.key}">看校核{code}</button>'
    )


def finished(
    answer: Answer,
    *,
    key: str,
    excerpt_of: Callable[[Citation], str],
    heads_of: Callable[[Citation], CellHeads | None] = lambda citation: None,
    tools: str = "",
) -> str:
    """A finished answer with the HTML of its `tools` below.

    Its sources open by `data-source` ids that begin with `key`, which is also the id of the whole.
    """
    cited = {citation.marker: citation for citation in answer.citations}
    doubted = {id: doubt.message for doubt in answer.doubts for id in doubt.figure_ids}

    def marker(number: int) -> str:
        if number not in cited:
            return f'<span class="unfounded" title="没有这个出处">[{number}]</span>'
        source = cited[number]
        against = next((doubted[id] for id in source.figure_ids if id in doubted), "")
        words = f"出处{number}：{sources.place_name(source)}"
        words = escape(f"{words}；{DOUBT}{against}" if against else words, quote=True)
        kind = "cite doubted" if against else "cite"
        return (
            f'<button type="button" class="{kind}" data-source="{key}-{number}"'
            f' aria-label="{words}">{number}</button>'
        )

    # The findings of 校核 are about the library.
    found = () if answer.asked_files is AskedFiles.ANSWERED else answer.doubts
    text = paragraphs(answer.text, marker, found)
    formulas = "".join(
        f'<p class="formula">{escape(formula)}</p>' for formula in formulas_beside(answer)
    )
    listing = source_list([sources.card(citation, key=key) for citation in answer.citations])
    templates = "".join(
        sources.details_template(citation, excerpt_of(citation), key=key, heads=heads_of(citation))
        for citation in answer.citations
    )
    kind = "text no" if answer.abstained else "text"
    shown = "".join(block(one, marker) for one in answer.blocks)
    doubts = "".join(
        f'<p class="doubt">{DOUBT}{escape(one.message)}{_check(one if found else None)}</p>'
        for one in doubts_beside(answer)
    )
    body = (
        f'{scope_chips(answer)}<div class="{kind}" data-state="{answer.state}">{text}</div>{shown}'
        f"{doubts}{formulas}{listing}{footnote(answer)}{tools}{templates}{next_questions(answer)}"
    )
    return turn(answer.question, body, id=key)


def source_list(cards: list[str]) -> str:
    """The sources of an answer, the first of them unfolded."""
    if not cards:
        return ""
    first, rest = cards[:UNFOLDED_SOURCES], cards[UNFOLDED_SOURCES:]
    shown = f'<ol class="sources" aria-label="出处">{"".join(first)}</ol>'
    if not rest:
        return shown
    return (
        f'{shown}<details class="more-sources"><summary>其余{len(rest)}处出处</summary>'
        f'<ol class="sources" aria-label="其余出处">{"".join(rest)}</ol></details>'
    )


def next_questions(answer: Answer) -> str:
    """Questions to go on with, each a button; after a no those that have an answer."""
    buttons = "".join(
        f'<button type="button" data-ask="{escape(one, quote=True)}">{escape(one)}</button>'
        for one in answer.suggestions
    )
    if not buttons:
        return ""
    name = "可以改查" if answer.abstained else "接着问"
    return f'<p class="next" role="group" aria-label="{name}"><span>{name}</span>{buttons}</p>'


def doubts_beside(answer: Answer) -> Iterator[Doubt]:
    """The doubts that the text does not tell already; between its words stand markers."""
    text = MARKER.sub("", answer.text)
    return (doubt for doubt in answer.doubts if doubt.message not in text)


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
