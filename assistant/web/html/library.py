"""What the library holds (资料库) as HTML: the masthead, the welcome, the list of documents."""

from collections.abc import Iterable, Sequence
from html import escape

from assistant.dashboard.board import NO_DEPARTMENT
from assistant.language.wording import year_name
from ingest.types.blocks import Form
from ingest.types.library import DocumentRecord

MAX_UNFOLDED = 6
"""Maximum number of departments whose documents the list shows without being asked."""


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
    """How many documents of how many departments, and of which years."""
    # What a table over a place is named after is no department.
    evaluated = [record for record in records if record.form is not Form.SUMMARY]
    departments = {record.department for record in evaluated if record.department}
    years = sorted({record.year for record in records if record.year is not None})
    parts = [f"{len(records)}份文件", f"{len(departments)}个部门"]
    if years:
        parts.append(year_name(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}年")
    return " · ".join(parts)


def masthead(records: Sequence[DocumentRecord], *, visitor: str = "", unread: int = 0) -> str:
    """The title, what the library holds, news, and who is signed in, where anybody must be."""
    news = f'<a class="unread" href="/?tab=board">{unread}条新消息</a>' if unread else ""
    sign_out = (
        f'<form class="visitor" method="post" action="/logout">{escape(visitor)}'
        '<a href="/account">我的账号</a><button>退出</button></form>'
        if visitor
        else ""
    )
    return (
        '<button type="button" class="skip">跳到内容</button>'
        '<header class="masthead"><h1>绩问</h1><p>预算绩效文档问答，每个数字都有出处</p>'
        f'<p class="summary">{escape(summary(records))}</p>{news}'
        '<button type="button" class="theme-switch" title="深色或浅色"'
        f' aria-label="深色或浅色">◐</button>{sign_out}</header>'
    )


def document_list(records: Iterable[DocumentRecord]) -> str:
    """The documents by department, newest year first."""
    groups: dict[str, list[DocumentRecord]] = {}
    for record in records:
        groups.setdefault(record.department or NO_DEPARTMENT, []).append(record)
    sections = []
    unfolded = len(groups) <= MAX_UNFOLDED
    for department, documents in sorted(groups.items()):
        rows = "".join(
            f'<li title="{escape(record.file, quote=True)}"><b>{year_name(record.year) or "—"}</b>'
            f"<span>{escape(record.form.value)}</span>"
            f"<small>指标{record.indicators} · 数据{record.figures}</small></li>"
            for record in sorted(documents, key=lambda r: (-(r.year or 0), r.form.value))
        )
        name = f"<summary>{escape(department)}</summary>"
        sections.append(f"<details{' open' * unfolded}>{name}<ul>{rows}</ul></details>")
    if not groups:
        return ""
    return f'<nav class="library" aria-label="资料库"><h2>资料库</h2>{"".join(sections)}</nav>'
