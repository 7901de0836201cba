"""Boards and findings as an Excel workbook (导出表格). Nothing in it can be run as a formula."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from assistant.dashboard.board import Board, Line
from assistant.dashboard.board_facts import DepartmentFinding, DepartmentLight, Execution, SelfScore
from assistant.dashboard.indicator_list import STANDINGS, Row
from assistant.dashboard.years import Year, attained_of, yearly
from assistant.grounding.locations import place
from assistant.language.export_text import exportable
from assistant.language.wording import SEVERITY_NAMES, UNHANDLED, moment
from ingest.types.blocks import Location

Value = str | int | Decimal | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run: such a cell is marked as text for ever."""
MAX_CELL_CHARACTERS = 32_000
"""Characters of a cell: Excel takes 32767."""
NO_RATE = {True: "没有自评的指标", False: "按状态筛选时不计"}
"""Why a board has no 达标率: by whether its indicators are rated."""
NAME, TEXT, WORD, NUMBER, FILE = 34, 44, 16, 10, 40
"""Widths of columns in characters."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: `columns` are headers with their widths."""

    title: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Value]]


def board_workbook(board: Board, chosen: str) -> bytes:
    """Everything a board shows, a sheet for each part; `chosen` says what it is limited to."""
    return workbook(
        (
            Sheet(
                "概览", (("项目", WORD), ("数值", WORD), ("说明", TEXT)), _summary(board, chosen)
            ),
            Sheet("逐年走势", _YEARS, map(_year, yearly(board))),
            Sheet("部门排名", _RANKING, map(_line, board.lines)),
            Sheet("指标清单", _INDICATORS, map(_row, board.rows)),
            Sheet("预算执行率", _RATES, map(_execution, board.executions)),
            Sheet("自评得分", _SCORES, map(_score, board.scores)),
            Sheet("监控信号灯", _LIGHTS, map(_light, board.lights)),
            findings_sheet(board.findings),
        )
    )


def findings_workbook(findings: Sequence[DepartmentFinding]) -> bytes:
    """An .xlsx file of the findings alone."""
    return workbook((findings_sheet(findings),))


def findings_sheet(findings: Sequence[DepartmentFinding]) -> Sheet:
    """The sheet of findings (校核发现), one a row."""
    return Sheet("校核发现", _FINDINGS, map(_finding, findings))


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """An .xlsx file: headers bold and frozen, columns wide enough, every text a text."""
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    bold, fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="235F4F")
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}1"
        for number, (_, width) in enumerate(sheet.columns, 1):
            page.column_dimensions[get_column_letter(number)].width = width
        looks = _looks(page)
        head = [_cell(page, name, looks) for name, _ in sheet.columns]
        for one in head:
            one.font, one.fill = bold, fill
        page.append(head)
        for values in sheet.rows:
            page.append([_cell(page, value, looks) for value in values])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _looks(page: Any) -> dict[str, Any]:
    """The styles of cells, each looked up once: openpyxl is slow to give every cell its own."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    cells: dict[str, Any] = {name: WriteOnlyCell(page) for name in ("number", "text", "danger")}
    for name, cell in cells.items():
        cell.alignment = Alignment(vertical="top", wrap_text=name != "number")
    cells["danger"].number_format = "@"
    cells["danger"].quotePrefix = True
    return {name: cell._style for name, cell in cells.items()}


def _cell(page: Any, value: Value, looks: dict[str, Any]) -> Any:
    """A cell of openpyxl; a text is one for ever, however it begins."""
    from openpyxl.cell import WriteOnlyCell

    text = exportable(value)[:MAX_CELL_CHARACTERS] if isinstance(value, str) else value
    cell: Any = WriteOnlyCell(page, value=text)  # type: ignore[arg-type]
    if not isinstance(text, str):
        cell._style = copy(looks["number"])
        return cell
    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    cell._style = copy(looks["danger" if text.startswith(FORMULA_STARTS) else "text"])
    return cell


def _summary(board: Board, chosen: str) -> list[Sequence[Value]]:
    attained = board.tally.attained
    rows: list[Sequence[Value]] = [
        ("范围", chosen, ""),
        ("部门", board.departments, ""),
        ("文件", board.documents, f"其中{board.copies}份与别的文件内容相同，不重复计"),
        ("指标", board.tally.total, f"已自评{board.tally.reported}"),
        (
            "达标率（%）",
            attained.result if attained else None,
            attained.formula if attained else NO_RATE[board.tally.rated],
        ),
    ]
    rows += [(name, board.tally.counts.get(name, 0), "") for name in STANDINGS]
    rows += [
        (
            f"校核发现：{word}",
            board.severities[kind],
            "疑似问题，建议核实" if board.audited else "导出时校核尚未完成，请稍后再导出",
        )
        for kind, word in SEVERITY_NAMES.items()
    ]
    return rows


_YEARS = (
    ("年度", NUMBER),
    ("部门", NUMBER),
    ("指标", NUMBER),
    ("达标率（%）", WORD),
    ("执行率（%）", WORD),
    ("执行率算式", TEXT),
    ("自评得分平均", WORD),
    ("得分算式", TEXT),
)
_RANKING = (
    *(("名次", NUMBER), ("地区", WORD), ("部门", NAME), ("年度", NUMBER), ("指标数", NUMBER)),
    *((name, NUMBER) for name in STANDINGS),
    *(("达标率（%）", WORD), ("达标率算式", TEXT), ("预算执行率（%）", WORD), ("自评得分", WORD)),
    *(("错误", NUMBER), ("疑似", NUMBER), ("提示", NUMBER)),
)


def _year(one: Year) -> Sequence[Value]:
    numbers = (len(one.departments), one.tally.total, attained_of(one))
    made = (
        value
        for calculation in (one.execution, one.scores)
        for value in ((calculation.result, calculation.formula) if calculation else (None, ""))
    )
    return (one.year, *numbers, *made)


def _line(line: Line) -> list[Value]:
    attained = line.tally.attained
    return [
        line.rank or None,
        line.city,
        line.department,
        line.year,
        line.tally.total,
        *(line.tally.counts.get(name, 0) for name in STANDINGS),
        attained.result if attained else None,
        attained.formula if attained else "",
        line.execution.value if line.execution else None,
        line.score.value if line.score else None,
        *(line.severities.get(kind, 0) for kind in SEVERITY_NAMES),
    ]


_SOURCE = (("文件", FILE), ("位置", WORD + 8))
_INDICATORS = (
    *(("地区", WORD), ("部门", NAME), ("年度", NUMBER), ("表种", WORD + 8), ("项目", NAME)),
    *(("指标类别", WORD + 4), ("指标", NAME), ("目标", WORD + 4), ("实际", TEXT), ("状态", WORD)),
    *(("原因", TEXT), *_SOURCE, ("另见文件数", WORD)),
)


def _row(row: Row) -> list[Value]:
    return [
        *(row.city, row.department, row.year, row.form.value, row.task, row.family, row.name),
        *(row.target, row.actual, row.standing, row.reason),
        *_source(row.file, row.location),
        row.elsewhere,
    ]


_RATES = (
    *(("地区", WORD), ("部门", NAME), ("年度", NUMBER), ("执行率（%）", WORD), ("算式", TEXT)),
    *(("文件填报", WORD), ("与填报一致", WORD), *_SOURCE),
)


def _execution(execution: Execution) -> list[Value]:
    first = execution.inputs[0] if execution.inputs else execution.reported
    return [
        *(
            execution.city,
            execution.department,
            execution.year,
            execution.value,
            execution.calculation.formula if execution.calculation else "",
        ),
        execution.reported.quantity.raw.strip() if execution.reported else "",
        ""
        if execution.reported is None or execution.calculation is None
        else "否"
        if execution.differs
        else "是",
        *_source(execution.file, first.location if first else None),
    ]


_SCORES = (
    *(("地区", WORD), ("部门", NAME), ("年度", NUMBER), ("项目", NAME), ("自评得分", WORD)),
    *(("按指标重算", WORD), ("重算算式", TEXT), ("与填报一致", WORD), *_SOURCE),
)


def _score(score: SelfScore) -> list[Value]:
    recomputed = score.recomputed
    return [
        *(score.city, score.department, score.year, score.task, score.value),
        recomputed.result if recomputed else None,
        recomputed.formula if recomputed else "",
        "" if recomputed is None else "否" if score.differs else "是",
        *_source(score.file, score.reported.location),
    ]


_LIGHTS = (
    *(("灯", NUMBER), ("地区", WORD), ("部门", NAME), ("年度", NUMBER), ("表种", WORD + 8)),
    *(("事项", NAME), ("算式", TEXT + 20)),
)


def _light(one: DepartmentLight) -> list[Value]:
    light = one.light
    place = (light.colour.value, one.city, one.department, one.year, one.form.value)
    return [*place, light.subject, light.reason]


_FINDINGS = (
    *(("编号", NUMBER), ("程度", NUMBER), ("地区", WORD), ("部门", NAME), ("年度", NUMBER)),
    *(("事项", NAME), ("发现", TEXT + 20), ("算式", TEXT), ("可能的口径", TEXT)),
    *(("文件", FILE), ("出处", TEXT)),
    *(("处理", NUMBER), ("处理人", WORD), ("处理时间", WORD + 8)),
)


def _finding(entry: DepartmentFinding) -> list[Value]:
    finding = entry.finding
    evidence = (f"{c.file} {place(c.location, file=c.file)}" for c in finding.evidence)
    mark = finding.mark
    return [
        *(finding.code, SEVERITY_NAMES[finding.severity], entry.city, entry.department, entry.year),
        *(finding.subject, finding.message, finding.formula, "\n".join(finding.candidates)),
        *(entry.file, "\n".join(evidence)),
        *((mark.handling.value, mark.by, moment(mark.at)) if mark else (UNHANDLED, "", "")),
    ]


def _source(file: str, location: Location | None) -> tuple[str, str]:
    return file, place(location, file=file) if location else ""
