"""A draft as HTML: paragraphs that are edited in place, blanks and doubtful numbers marked.

Every text of a document or a user is escaped here.
"""

import re
from collections.abc import Callable, Iterable
from html import escape

from assistant.drafting.types import Draft, Paragraph, SavedDraft, Section
from assistant.errors import AssistantError, DraftConflict
from assistant.types import Citation, Mode, Verdict
from assistant.web.downloads import WORD_TYPE
from assistant.web.html import sources

_PIECE = re.compile(r"\[(\d+)\]|(【待填：[^】]+】)|(【待核实】)")

HINT = (
    '<p class="draft-told">选择部门、年度和内容，再点“起草”。每个数字都有出处或算式；'
    "资料没有写的留作【待填】，不编造。</p>"
)
EDITING = """
<div class="draft-editing" role="toolbar" aria-label="修改工具">
<button type="button" data-edit="undo" disabled>撤销</button>
<button type="button" data-edit="redo" disabled>重做</button>
<span class="places" data-kind="doubt">
<button type="button" data-step="-1" aria-label="上一处待核实">‹</button>
<button type="button" data-step="1">待核实 <b>0</b></button></span>
<span class="places" data-kind="blank">
<button type="button" data-step="-1" aria-label="上一处待填">‹</button>
<button type="button" data-step="1">待填 <b>0</b></button></span>
<button type="button" data-edit="find" aria-expanded="false"
 aria-controls="draft-find">查找替换</button>
</div>
<form id="draft-find" hidden>
<label>查找<input name="wanted" type="search" placeholder="查找" autocomplete="off"
 maxlength="200"></label>
<output aria-live="polite"></output>
<button type="submit">下一处</button>
<label>替换为<input name="instead" placeholder="替换为" autocomplete="off" maxlength="200"></label>
<button type="button" data-edit="replace">替换</button>
<button type="button" data-edit="replace-all">全部替换</button>
<button type="button" data-edit="find-close" aria-label="关闭查找">×</button>
</form>
"""
"""What is done to the text in the page itself, by drafting.js, draft_undo.js and draft_find.js."""
NO_LIBRARY = (
    '<section class="welcome"><h2>资料库还是空的</h2>'
    "<p>点上面的“文档”，把自评表、目标表放进去，再来起草。</p></section>"
)


def sheet(
    draft: Draft,
    *,
    key: str,
    excerpt_of: Callable[[Citation], str],
    id: str = "",
    editable: bool = True,
) -> str:
    """The whole draft; its sources open by `data-source` ids that begin with `key`.

    `id` is that of the saved draft where another one than before is opened. What is not `editable`
    is somebody else's, to be read and commented on.
    """
    named = f' data-draft="{escape(id, quote=True)}"' if id else ""
    cited = {citation.marker: citation for citation in draft.citations}
    body = "".join(
        _paragraph(paragraph, number, cited, key, editable) + _table(paragraph, cited, key)
        for number, paragraph in enumerate(draft.paragraphs, 1)
    )
    cards = "".join(sources.card(citation, key=key) for citation in draft.citations)
    templates = "".join(
        sources.details_template(citation, excerpt_of(citation), key=key)
        for citation in draft.citations
    )
    listing = (
        f'<details class="draft-sources"><summary>出处（{len(draft.citations)}处）</summary>'
        f'<ol class="sources" aria-label="出处">{cards}</ol></details>'
        if cards
        else ""
    )
    return (
        f'<article class="draft{"" if editable else " read-only"}"{named}>'
        f"<h2>{escape(draft.title)}</h2>{body}"
        f"{_footnote(draft)}{_blanks(draft)}{_checklist(draft)}{listing}{templates}</article>"
    )


def failed(message: str) -> str:
    """Why what was asked for could not be done."""
    return f'<p class="failure" role="alert">{escape(message)}</p>'


def complaint(error: AssistantError, id: str) -> str:
    """Why a draft was not stored, with what can be done where somebody else stored it."""
    if isinstance(error, DraftConflict):
        return conflict(str(error), id)
    return failed(str(error))


def conflict(message: str, id: str) -> str:
    """That a draft was not stored over what somebody else stored, and what to do about it."""
    return (
        f'<div class="failure" role="alert" data-conflict="{escape(id, quote=True)}">'
        f"<p>{escape(message)}</p>"
        '<button type="button" data-resolve="theirs">打开对方的版本</button>'
        '<button type="button" data-resolve="mine">把我的另存为新版本</button></div>'
    )


def note(message: str, id: str = "") -> str:
    """What has been done, or what to do first; `id` is that of the draft as it is saved."""
    named = f' data-draft-id="{escape(id, quote=True)}"' if id else ""
    return f'<p class="draft-told" role="status"{named}>{escape(message)}</p>'


def version_name(saved: SavedDraft) -> str:
    """A version of a draft as a list of its versions shows it."""
    how = "，自动保存" if saved.automatic else ""
    return f"第{saved.version}版（{saved.saved.astimezone():%m-%d %H:%M}{how}）"


def saved_name(saved: SavedDraft) -> str:
    """A saved draft as a list shows it."""
    when = saved.saved.astimezone().strftime("%Y-%m-%d %H:%M")
    how = " · 自动保存" if saved.automatic else ""
    return f"{saved.draft.title} · 第{saved.version}版 · {when}{how}"


def _paragraph(
    paragraph: Paragraph, number: int, cited: dict[int, Citation], key: str, editable: bool
) -> str:
    kind = f" level-{paragraph.level}" if paragraph.level else " caption" if paragraph.table else ""
    means = (
        'contenteditable="plaintext-only" spellcheck="false" role="textbox"'
        if editable
        else 'tabindex="0" role="group"'
    )
    return (
        f'<p class="draft-p{kind}" data-n="{number}" {means} aria-label="第{number}段">'
        f"{''.join(_pieces(paragraph.text, cited, key))}</p>"
    )


def _table(paragraph: Paragraph, cited: dict[int, Citation], key: str) -> str:
    """The table of a caption; its cells are not edited here, but in the Word file."""
    table = paragraph.table
    if table is None:
        return ""
    rows = (
        "".join(f"<td>{''.join(_pieces(cell, cited, key))}</td>" for cell in row)
        for row in table.rows
    )
    return _framed(table.columns, rows)


def _framed(columns: Iterable[str], rows: Iterable[str]) -> str:
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f'<div class="draft-table"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _checklist(draft: Draft) -> str:
    """What to check before the draft is sent; the section of that name has it as a table."""
    if not draft.checklist or draft.section is Section.CHECKLIST:
        return ""
    rows = (
        "".join(
            f"<td>{escape(cell)}</td>" for cell in (row.kind, row.place, row.matter, row.action)
        )
        for row in draft.checklist
    )
    table = _framed(("类别", "位置", "核对什么", "怎样做"), rows)
    head = f"<summary>核对清单（{len(draft.checklist)}项，不写入初稿）</summary>"
    return f'<details class="draft-checklist">{head}{table}</details>'


def _pieces(text: str, cited: dict[int, Citation], key: str) -> Iterable[str]:
    end = 0
    for match in _PIECE.finditer(text):
        yield escape(text[end : match.start()])
        marker, blank, doubt = match.groups()
        if blank:
            yield f'<mark class="blank">{escape(blank)}</mark>'
        elif doubt:
            yield f'<mark class="doubt">{escape(doubt)}</mark>'
        else:
            yield _marker(int(marker), cited, key)
        end = match.end()
    yield escape(text[end:])


def _marker(number: int, cited: dict[int, Citation], key: str) -> str:
    if number not in cited:
        return f'<span class="unfounded">[{number}]</span>'
    words = escape(f"出处{number}：{sources.place_name(cited[number])}", quote=True)
    return (
        f'<button type="button" class="cite" contenteditable="false" data-marker="{number}"'
        f' data-source="{key}-{number}" title="{words}" aria-label="{words}">{number}</button>'
    )


def _footnote(draft: Draft) -> str:
    verdicts = [figure.verdict for figure in draft.figures]
    doubt = verdicts.count(Verdict.UNSUPPORTED)
    notes = [f"{len(verdicts)}个数字"]
    notes.append(f"其中{doubt}个没有出处，已标【待核实】" if doubt else "均有出处或算式")
    notes.append("语言模型改写过部分段落" if draft.mode is Mode.LLM else "依据原文起草")
    notes.append(f"设置{draft.settings_hash}")
    kind = ' class="unfounded"' if doubt else ""
    return f'<p class="footnote"><span{kind}>{" · ".join(map(escape, notes))}</span></p>'


def _blanks(draft: Draft) -> str:
    """What is left to fill in, a line a paragraph."""
    lines: dict[int, list[str]] = {}
    about = {blank.paragraph: blank.about for blank in draft.blanks}
    for blank in draft.blanks:
        lines.setdefault(blank.paragraph, []).append(blank.label)
    rows = "".join(
        f"<li><b>{escape('、'.join(labels))}</b>{escape(about[number])}</li>"
        for number, labels in lines.items()
    )
    if not rows:
        return ""
    head = f"<summary>待填（{len(draft.blanks)}处）</summary>"
    return f'<details class="draft-blanks">{head}<ul>{rows}</ul></details>'


def download_link(name: str, data: str) -> str:
    """A link to a file that stands in the page itself, as base64."""
    named = escape(name, quote=True)
    return f'<a id="draft-link" download="{named}" href="data:{WORD_TYPE};base64,{data}">下载</a>'
