"""The dashboard as a page of its own for the printer: A4, black on white, nothing to click."""

from html import escape
from itertools import islice

from assistant.dashboard.board import Board, Line
from assistant.dashboard.board_facts import DepartmentFinding
from assistant.dashboard.indicator_list import OPEN, REACHED, Row
from assistant.grounding.locations import place
from assistant.language.numbers import plain
from assistant.language.wording import SEVERITY_NAMES, year_name
from assistant.types import Severity
from assistant.web.html.board import choice_name
from assistant.web.html.board_parts import attained_rate, number

MAX_ROWS = 1000
"""Maximum number of rows of one table on paper; the exported workbook has all of them."""
MAX_UNBROKEN = 8
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


def print_page(board: Board) -> str:
    """A whole HTML page; it runs and fetches nothing."""
    about = escape(choice_name(board))
    attained = board.tally.attained
    counts = board.tally.counts
    by_standing = "，".join(f"{name}{count}" for name, count in counts.items()) or "没有指标"
    rate = f"达标率{attained.result}%（{escape(attained.formula)}）。" if attained else ""
    chosen_standing = board.choice.standing
    findings = [entry for entry in board.findings if entry.finding.severity is not Severity.NOTE]
    notes = len(board.findings) - len(findings)
    urgent = [row for row in board.rows if chosen_standing or row.standing not in REACHED]
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>绩效看板 {about}</title><style>{STYLE}</style></head><body>"
        f'<h1>预算绩效看板</h1><p class="about">{about}</p>'
        f"<p>{number(board.departments)}个部门，{number(board.documents)}份文件，"
        f"{number(board.tally.total)}个指标：{by_standing}。{rate}</p>"
        + _table(
            "部门排名",
            ("名次", "部门", "年度", "指标", "达标率", "待核实", "执行率", "自评得分", "发现"),
            map(_line, board.lines),
            len(board.lines),
        )
        + _table(
            f"{chosen_standing}的指标" if chosen_standing else "需要关注的指标",
            ("部门", "年度", "指标", "目标", "实际", "状态和原因", "出处"),
            map(_row, urgent),
            len(urgent),
        )
        + _table(
            "校核发现（疑似问题，建议核实）",
            ("编号", "程度", "部门", "年度", "发现", "出处"),
            map(_finding, findings),
            len(findings),
        )
        + (f"<p>另有提示{number(notes)}条，见导出的表格。</p>" if notes else "")
        + ("" if board.audited else "<p>打印时校核尚未完成，发现不全。</p>")
        + "</body></html>"
    )


def _table(title: str, heads: tuple[str, ...], rows: "map[str]", count: int) -> str:
    if not count:
        return ""
    head = "".join(f"<th>{name}</th>" for name in heads)
    rest = (
        f"<p>只印前{MAX_ROWS}行，共{number(count)}行；全部见导出的表格。</p>"
        if count > MAX_ROWS
        else ""
    )
    body = "".join(islice(rows, MAX_ROWS))
    return (
        f"<h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"
    )


def _cells(*cells: tuple[str, bool]) -> str:
    """A row of texts, each with whether it is a number."""

    def kind(text: str, digits: bool) -> str:
        return "n" if digits else "s" if len(text) <= MAX_UNBROKEN else "t"

    row = (f'<td class="{kind(text, digits)}">{escape(text)}</td>' for text, digits in cells)
    return f"<tr>{''.join(row)}</tr>"


def _line(line: Line) -> str:
    findings = "，".join(
        f"{word}{line.severities[kind]}"
        for kind, word in SEVERITY_NAMES.items()
        if line.severities.get(kind)
    )
    spent = line.execution.value if line.execution else None
    return _cells(
        (str(line.rank or "—"), True),
        (line.department, False),
        (year_name(line.year), False),
        (str(line.tally.total), True),
        (attained_rate(line.tally), True),
        (str(sum(line.tally.counts.get(name, 0) for name in OPEN)), True),
        (f"{spent:.2f}%" if spent is not None else "—", True),
        (plain(line.score.value) if line.score else "—", True),
        (findings, False),
    )


def _row(row: Row) -> str:
    return _cells(
        (row.department, False),
        (year_name(row.year), False),
        (row.name, False),
        (row.target, False),
        (row.actual, False),
        (f"{row.standing}：{row.reason}", False),
        (f"{row.file} {place(row.location, file=row.file)}", False),
    )


def _finding(entry: DepartmentFinding) -> str:
    finding = entry.finding
    formula = f"（{finding.formula}）" if finding.formula else ""
    evidence = "；".join(place(c.location, file=c.file) for c in finding.evidence)
    return _cells(
        (finding.code, False),
        (SEVERITY_NAMES[finding.severity], False),
        (entry.department, False),
        (year_name(entry.year), False),
        (finding.message + formula, False),
        (f"{entry.file} {evidence}", False),
    )
