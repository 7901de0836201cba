"""The findings as HTML, check by check and department by department, with how each was handled."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from assistant.audit.explanations import explanations
from assistant.dashboard.board import NO_DEPARTMENT
from assistant.dashboard.board_facts import DepartmentFinding
from assistant.language.wording import SEVERITY_NAMES, UNHANDLED, year_name
from assistant.web.html.board_parts import (
    NOTE,
    card,
    filter_attribute,
    left_out,
    number,
    page_buttons,
)
from assistant.web.html.findings import finding_item

FINDINGS_PER_PAGE = 40
MAX_FACETS = 24
"""Maximum number of departments that are offered with their counts; the filter has all."""
AGAIN = "点一项只看它，再点恢复"
EMPTY = (
    '<section class="welcome"><h2>没有需要核实的问题</h2>'
    "<p>校核只指出疑似问题，没有发现不等于没有问题。"
    "资料库为空时，请先点上面的“文档”放入文件。</p></section>"
)
UNDER_WAY = (
    '<section class="welcome"><h2>正在校核</h2>'
    "<p>正在逐个部门核对数字，完成后自动显示。</p></section>"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """The findings that the filters leave, in order, and what each filter is set to.

    `of_any_code` are those that they leave with every check; `free` is what a filter says that is
    not set.
    """

    findings: Sequence[DepartmentFinding]
    of_any_code: Sequence[DepartmentFinding]
    choice: Mapping[str, str]
    free: Mapping[str, str]


def check_name(code: str) -> str:
    """A check by its code and name."""
    known = explanations().get(code)
    return f"{code} {known.name}" if known else code


def findings_page(listed: Listed, page: int = 0) -> str:
    """One page of the findings below the counts of all of them."""
    findings = listed.findings
    pages = max(-(-len(findings) // FINDINGS_PER_PAGE), 1)
    page = min(max(page, 0), pages - 1)
    choice = escape(json.dumps(dict(listed.choice), ensure_ascii=False), quote=True)
    counts = Counter(entry.finding.severity for entry in findings)
    by_severity = "，".join(
        f"{word}{counts[kind]}条" for kind, word in SEVERITY_NAMES.items() if counts[kind]
    )
    head = f"共{number(len(findings))}条" + (f"：{by_severity}" if by_severity else "")
    none = "" if findings else NOTE.format("筛选以后没有发现，请放宽上面的筛选。")
    shown = findings[page * FINDINGS_PER_PAGE : (page + 1) * FINDINGS_PER_PAGE]
    return (
        f'<div class="board" data-choice="{choice}" data-at="{page}"><header class="board-head">'
        f"<h2>{head}{_open(findings)}</h2><p class='board-tools'>"
        '<button type="button" data-file="xlsx">导出表格</button></p></header>'
        f"{NOTE.format('以下为疑似问题，建议核实；没有列出不等于没有问题。')}"
        f"{_facets(listed)}{none}{_groups(findings, shown)}{page_buttons(page, pages)}</div>"
    )


def _open(findings: Sequence[DepartmentFinding]) -> str:
    """How many of them nobody has handled, where some are."""
    waiting = sum(entry.finding.mark is None for entry in findings)
    return f"；{UNHANDLED}{number(waiting)}条" if waiting < len(findings) else ""


def _facets(listed: Listed) -> str:
    """The counts by check and by department, each a button that sets the filter or frees it."""
    by_code = _grouped(listed.of_any_code, lambda entry: entry.finding.code)
    by_department = _grouped(listed.findings, lambda entry: entry.department or NO_DEPARTMENT)
    most = sorted(by_department.items(), key=lambda item: -len(item[1]))[:MAX_FACETS]
    codes = "".join(
        _facet(listed, "code", code, by_code[code], check_name(code)) for code in sorted(by_code)
    )
    departments = "".join(_facet(listed, "department", name, of_it) for name, of_it in most)
    rest = left_out(len(by_department), len(most), "个部门")
    return card("按编号", AGAIN, f'<ul class="facets">{codes}</ul>') + card(
        "按部门", AGAIN, f'<ul class="facets">{departments}</ul>{rest}'
    )


def _grouped(
    findings: Sequence[DepartmentFinding], by: Callable[[DepartmentFinding], str]
) -> Mapping[str, Sequence[DepartmentFinding]]:
    groups: dict[str, list[DepartmentFinding]] = {}
    for entry in findings:
        groups.setdefault(by(entry), []).append(entry)
    return groups


def _facet(
    listed: Listed, field: str, value: str, findings: Sequence[DepartmentFinding], name: str = ""
) -> str:
    pressed = listed.choice[field] == value
    change = filter_attribute(**{field: listed.free[field] if pressed else value})
    waiting = sum(entry.finding.mark is None for entry in findings)
    handled = f"<small>{UNHANDLED}{number(waiting)}</small>" if waiting < len(findings) else ""
    return (
        f'<li><button type="button" aria-pressed="{str(pressed).lower()}" {change}>'
        f"<span>{escape(name or value)}</span>{handled}<b>{number(len(findings))}</b></button></li>"
    )


def _groups(findings: Sequence[DepartmentFinding], shown: Sequence[DepartmentFinding]) -> str:
    """The findings shown, a card for each check, with the counts of all that the filters leave."""
    of_check = Counter(entry.finding.code for entry in findings)
    of_both = Counter((entry.finding.code, entry.department) for entry in findings)
    cards = []
    for code, of_code in groupby(shown, key=lambda entry: entry.finding.code):
        body = _formulas(code)
        for name, entries in groupby(of_code, key=lambda entry: entry.department):
            items = "".join(
                finding_item(entry, owner=_owner(entry), marked=True) for entry in entries
            )
            title = (
                f"{escape(name or NO_DEPARTMENT)} <small>{number(of_both[code, name])}条</small>"
            )
            body += f'<h4>{title}</h4><ol class="findings">{items}</ol>'
        known = explanations().get(code)
        title = f"{escape(check_name(code))} <small>{number(of_check[code])}条</small>"
        cards.append(card(title, escape(known.says) if known else "", body, "check"))
    return "".join(cards)


def _formulas(code: str) -> str:
    """The formulas of a check, one a line."""
    known = explanations().get(code)
    formulas = known.formula.split("；") if known and known.formula else ()
    lines = "<br>".join(map(escape, formulas))
    return f'<p class="formula">{lines}</p>' if lines else ""


def _owner(entry: DepartmentFinding) -> str:
    """Where a finding stands: file, year and form."""
    return " · ".join(filter(None, (entry.file, year_name(entry.year), entry.form.value)))
