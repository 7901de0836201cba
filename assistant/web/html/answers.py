"""Answers and the library as HTML. Every text of a document or a user is escaped here."""

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

from assistant.grounding.locations import place
from assistant.sources.source_view import opened
from assistant.types import Answer, Citation, Mode, Verdict
from assistant.web.html.feedback import shown
from ingest.types.blocks import Form
from ingest.types.library import DocumentRecord

MARKER = re.compile(r"\[(\d+)\]")
MARKED = re.compile(r"(\S?)((?:\[\d+\])+)([，。；：、！？）”]*)")
"""Markers with the character before and the punctuation after, which stay on one line."""
QUOTE_SHOWN = 90
MODES = {Mode.GROUNDED: "依据原文", Mode.LLM: "语言模型润色"}
UNFOLDED = 6
"""Up to so many departments the library shows its documents without being asked."""


def question(words: str) -> str:
    return f'<h2 class="question"><span class="visually-hidden">问：</span>{escape(words)}</h2>'


def pending(words: str) -> str:
    """A question whose answer has not begun."""
    return turn(words, '<p class="thinking" role="status">正在查找出处<i></i><i></i><i></i></p>')


def growing(words: str, text: str) -> str:
    """An answer while it is being written: markers stand, but cannot be opened yet."""
    body = paragraphs(text, lambda number: f'<span class="cite">{number}</span>')
    return turn(words, f'<div class="text growing">{body}</div>')


def failed(words: str, message: str) -> str:
    return turn(words, notice(message))


def notice(message: str) -> str:
    return f'<p class="failure" role="alert">{escape(message)}</p>'


def turn(words: str, body: str, *, id: str = "") -> str:
    name = f' id="{id}"' if id else ""
    return (
        f'<article class="turn"{name}>{question(words)}<div class="answer">{body}</div></article>'
    )


def paragraphs(text: str, marker: Callable[[int], str]) -> str:
    """Text as HTML, a line a paragraph, each [n] as `marker` draws it."""
    return "".join(f"<p>{line(one, marker)}</p>" for one in text.splitlines() if one.strip())


def line(text: str, marker: Callable[[int], str]) -> str:
    pieces: list[str] = []
    end = 0
    for found in MARKED.finditer(text):
        before, markers, after = found.groups()
        drawn = "".join(marker(int(number)) for number in MARKER.findall(markers))
        pieces.append(escape(text[end : found.start()]))
        pieces.append(f'<span class="marked">{escape(before)}{drawn}{escape(after)}</span>')
        end = found.end()
    return "".join([*pieces, escape(text[end:])])


def answer(given: Answer, *, key: str, excerpt_of: Callable[[Citation], str], bar: str = "") -> str:
    """A finished answer with a `bar` of buttons below.

    Its sources open by `data-source` ids that begin with `key`, which is also the id of the whole.
    """
    sources = {citation.marker: citation for citation in given.citations}

    def marker(number: int) -> str:
        if number not in sources:
            return f'<span class="unfounded" title="没有这个出处">[{number}]</span>'
        words = escape(f"出处{number}：{where(sources[number])}", quote=True)
        return (
            f'<button type="button" class="cite" data-source="{key}-{number}"'
            f' title="{words}" aria-label="{words}">{number}</button>'
        )

    text = paragraphs(given.text, marker)
    formulas = "".join(f'<p class="formula">{escape(made)}</p>' for made in shown(given))
    cards = "".join(card(citation, key=key) for citation in given.citations)
    listing = f'<ol class="sources" aria-label="出处">{cards}</ol>' if cards else ""
    panels = "".join(
        f'<template id="{key}-{citation.marker}">{panel(citation, excerpt_of(citation))}</template>'
        for citation in given.citations
    )
    kind = "text no" if given.abstained else "text"
    body = f'<div class="{kind}">{text}</div>{formulas}{listing}{footnote(given)}{bar}{panels}'
    return turn(given.question, body, id=key)


def where(citation: Citation) -> str:
    return f"{citation.file} {place(citation.location, file=citation.file)}"


def card(citation: Citation, *, key: str) -> str:
    quote = " ".join(citation.quote.split())
    quote = quote if len(quote) <= QUOTE_SHOWN else quote[:QUOTE_SHOWN] + "…"
    return (
        f'<li><button type="button" class="source" data-source="{key}-{citation.marker}">'
        f'<span class="cite">{citation.marker}</span>'
        f'<span class="file">{escape(citation.title or citation.file)}</span>'
        f'<span class="place">{escape(place(citation.location, file=citation.file))}</span>'
        f"<q>{escape(quote)}</q></button></li>"
    )


def panel(citation: Citation, excerpt: str) -> str:
    """What opens beside the answer: whose document, which place, the quote in its surroundings."""
    owner = " · ".join(part for part in (citation.department, year(citation.year)) if part)
    place_ = opened(citation.document_id, citation.location, citation.quote, excerpt=excerpt)
    around = f"<h4>原文</h4>{place_}"
    here = escape(place(citation.location, file=citation.file))
    number = f'<span class="cite">{citation.marker}</span>' if citation.marker else ""
    return (
        f"<h3>{number}{escape(citation.title or citation.file)}</h3>"
        f"<dl><dt>部门年度</dt><dd>{escape(owner) or '未注明'}</dd>"
        f"<dt>文件</dt><dd>{escape(citation.file)}</dd>"
        f'<dt>位置</dt><dd class="place">{here}</dd>'
        f"</dl><h4>引文</h4><blockquote>{escape(citation.quote)}</blockquote>{around}"
    )


def footnote(given: Answer) -> str:
    """How the answer was made, and whether every number in it was found again."""
    unfounded = [f.raw for f in given.figures if f.verdict is Verdict.UNSUPPORTED]
    notes: list[str] = []
    if unfounded:
        numbers = escape("、".join(unfounded))
        notes.append(f'<strong class="unfounded">没有找到出处的数字：{numbers}</strong>')
    elif given.abstained:
        notes.append("资料库中没有依据，未作回答")
    elif given.figures:
        computed = any(figure.verdict is Verdict.COMPUTED for figure in given.figures)
        notes.append("数字均已与原文核对" + ("，算式已列出" if computed else ""))
    if not given.abstained:
        notes.insert(0, f'<span class="mode">{MODES[given.mode]}</span>')
    return f'<p class="footnote">{" · ".join(notes)}</p>'


def year(value: int | None) -> str:
    return "" if value is None else f"{value}年"


def welcome(records: Sequence[DocumentRecord]) -> str:
    """What stands where no question has been asked yet."""
    if not records:
        return (
            '<section class="welcome"><h2>资料库还是空的</h2>'
            "<p>点上面的“文档”，把自评表、目标表放进去，再回到这里提问。</p></section>"
        )
    return (
        '<section class="welcome"><h2>想了解哪个部门的绩效？</h2>'
        "<p>答案只来自资料库里的文件。每个数字后面都有编号，点开就能看到原文和位置；"
        "文件里没有的，会直接说没有。</p></section>"
    )


def summary(records: Sequence[DocumentRecord]) -> str:
    # What a table over a place is named after is no department.
    own = [record for record in records if record.form is not Form.SUMMARY]
    departments = {record.department for record in own if record.department}
    years = sorted({record.year for record in records if record.year is not None})
    parts = [f"{len(records)}份文件", f"{len(departments)}个部门"]
    if years:
        parts.append(year(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}年")
    return " · ".join(parts)


def masthead(records: Sequence[DocumentRecord], *, visitor: str = "") -> str:
    """The title, what the library holds, and who is signed in, where anybody must be."""
    leave = (
        f'<form class="visitor" method="post" action="/logout">{escape(visitor)}'
        "<button>退出</button></form>"
        if visitor
        else ""
    )
    return (
        '<header class="masthead"><h1>绩问</h1><p>预算绩效文档问答，每个数字都有出处</p>'
        f'<p class="summary">{escape(summary(records))}</p>{leave}</header>'
    )


def library(records: Iterable[DocumentRecord]) -> str:
    """The documents by department, newest year first."""
    groups: dict[str, list[DocumentRecord]] = {}
    for record in records:
        groups.setdefault(record.department or "未注明部门", []).append(record)
    sections = []
    unfolded = len(groups) <= UNFOLDED
    for department, documents in sorted(groups.items()):
        rows = "".join(
            f'<li title="{escape(record.file, quote=True)}"><b>{year(record.year) or "—"}</b>'
            f"<span>{escape(record.form.value)}</span>"
            f"<small>指标{record.indicators} · 数据{record.figures}</small></li>"
            for record in sorted(documents, key=lambda r: (-(r.year or 0), r.form.value))
        )
        name = f"<summary>{escape(department)}</summary>"
        sections.append(f"<details{' open' * unfolded}>{name}<ul>{rows}</ul></details>")
    if not groups:
        return ""
    return f'<nav class="library" aria-label="资料库"><h2>资料库</h2>{"".join(sections)}</nav>'


def source_panel() -> str:
    """The empty panel that a citation opens into."""
    return (
        '<aside id="source-panel" role="dialog" aria-label="出处">'
        '<button type="button" class="source-close" aria-label="关闭出处">×</button>'
        '<div class="source-body"></div></aside>'
    )
