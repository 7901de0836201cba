"""The dashboard as a page of its own for the printer: A4, black on white, nothing to click."""

from html import escape
from itertools import islice

from assistant.dashboard.board import Board, Line
from assistant.dashboard.board_facts import Noted
from assistant.dashboard.indicator_list import OPEN, REACHED, Row
from assistant.grounding.locations import place
from assistant.language.numbers import plain
from assistant.types import Severity
from assistant.web.html.answers import year
from assistant.web.html.board import chosen
from assistant.web.html.board_parts import SEVERITIES, number, share

MOST = 1000
"""Rows of one table on paper; the exported workbook has all of them."""
SHORT = 8
"""Characters that stay on one line."""
STYLE = """
@page { size: A4; margin: 16mm 14mm; }
body { font: 10.5pt/1.6 "Songti SC", "SimSun", "Noto Serif CJK SC", serif; color: #000; margin: 0; }
h1 { font-size: 18pt; text-align: center; margin: 0 0 4pt; }
h2 { font-size: 13pt; margin: 14pt 0 4pt; break-after: avoid; }
p { margin: 0 0 6pt; } .about { text-align: center; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; line-height: 1.45; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th, td { border: 0.5pt solid #666; padding: 2pt 4pt; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
th { background: #eee; font-weight: 600; } .n { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; } .s { white-space: nowrap; }
"""


def printed(given: Board) -> str:
    """A whole HTML page; it runs and fetches nothing."""
    about = escape(chosen(given))
    made = given.tally.attained
    counts = given.tally.counts
    told = "，".join(f"{name}{count}" for name, count in counts.items()) or "没有指标"
    rate = f"达标率{made.result}%（{escape(made.formula)}）。" if made else ""
    chosen_standing = given.choice.standing
    findings = [n for n in given.findings if n.finding.severity is not Severity.NOTE]
    notes = len(given.findings) - len(findings)
    urgent = [row for row in given.rows if chosen_standing or row.standing not in REACHED]
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>绩效看板 {about}</title><style>{STYLE}</style></head><body>"
        f'<h1>预算绩效看板</h1><p class="about">{about}</p>'
        f"<p>{number(given.departments)}个部门，{number(given.documents)}份文件，"
        f"{number(given.tally.total)}个指标：{told}。{rate}</p>"
        + table(
            "部门排名",
            ("名次", "部门", "年度", "指标", "达标率", "待核实", "执行率", "自评得分", "发现"),
            map(_line, given.lines),
            len(given.lines),
        )
        + table(
            f"{chosen_standing}的指标" if chosen_standing else "需要关注的指标",
            ("部门", "年度", "指标", "目标", "实际", "状态和原因", "出处"),
            map(_row, urgent),
            len(urgent),
        )
        + table(
            "校核发现（疑似问题，建议核实）",
            ("编号", "程度", "部门", "年度", "发现", "出处"),
            map(_finding, findings),
            len(findings),
        )
        + (f"<p>另有提示{number(notes)}条，见导出的表格。</p>" if notes else "")
        + ("" if given.audited else "<p>打印时校核尚未完成，发现不全。</p>")
        + "</body></html>"
    )


def table(title: str, heads: tuple[str, ...], rows: "map[str]", count: int) -> str:
    if not count:
        return ""
    head = "".join(f"<th>{name}</th>" for name in heads)
    rest = f"<p>只印前{MOST}行，共{number(count)}行；全部见导出的表格。</p>" if count > MOST else ""
    body = "".join(islice(rows, MOST))
    return (
        f"<h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"
    )


def _cells(*cells: tuple[str, bool]) -> str:
    drawn = (
        f'<td class="{"n" if digits else "s" if len(text) <= SHORT else "t"}">{escape(text)}</td>'
        for text, digits in cells
    )
    return f"<tr>{''.join(drawn)}</tr>"


def _line(line: Line) -> str:
    found = "，".join(
        f"{SEVERITIES[k]}{line.severities[k]}" for k in SEVERITIES if line.severities.get(k)
    )
    spent = line.execution.value if line.execution else None
    return _cells(
        (str(line.rank or "—"), True),
        (line.department, False),
        (year(line.year), False),
        (str(line.tally.total), True),
        (share(line.tally), True),
        (str(sum(line.tally.counts.get(name, 0) for name in OPEN)), True),
        (f"{spent:.2f}%" if spent is not None else "—", True),
        (plain(line.mark.value) if line.mark else "—", True),
        (found, False),
    )


def _row(row: Row) -> str:
    return _cells(
        (row.department, False),
        (year(row.year), False),
        (row.name, False),
        (row.target, False),
        (row.actual, False),
        (f"{row.standing}：{row.reason}", False),
        (f"{row.file} {place(row.location, file=row.file)}", False),
    )


def _finding(one: Noted) -> str:
    what = one.finding
    formula = f"（{what.formula}）" if what.formula else ""
    evidence = "；".join(place(c.location, file=c.file) for c in what.evidence)
    return _cells(
        (what.code, False),
        (SEVERITIES[what.severity], False),
        (one.department, False),
        (year(one.year), False),
        (what.message + formula, False),
        (f"{one.file} {evidence}", False),
    )
