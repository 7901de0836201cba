"""Boards and findings as an Excel workbook (导出表格). Nothing in it can be run as a formula."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from assistant.dashboard.board import Board, Line
from assistant.dashboard.board_facts import Execution, Mark, Noted
from assistant.dashboard.indicator_list import STANDINGS, Row
from assistant.grounding.locations import place
from assistant.language.wording import SEVERITY_NAMES
from ingest.types.blocks import Location

Value = str | int | Decimal | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run: such a cell is marked as text for ever."""
MAX_CELL_CHARACTERS = 32_000
"""Characters of a cell: Excel takes 32767."""
NAME, TEXT, WORD, NUMBER, FILE = 34, 44, 16, 10, 40
"""Widths of columns in characters."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: `columns` are headers with their widths."""

    title: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Value]]


def board_workbook(given: Board, chosen: str) -> bytes:
    """Everything a board shows, a sheet for each part; `chosen` tells what it is limited to."""
    return workbook(
        (
            Sheet(
                "概览", (("项目", WORD), ("数值", WORD), ("说明", TEXT)), _summary(given, chosen)
            ),
            Sheet("部门排名", _RANKING, map(_line, given.lines)),
            Sheet("指标清单", _INDICATORS, map(_row, given.rows)),
            Sheet("预算执行率", _RATES, map(_execution, given.executions)),
            Sheet("自评得分", _MARKS, map(_mark, given.marks)),
            findings_sheet(given.findings),
        )
    )


def findings_workbook(findings: Sequence[Noted]) -> bytes:
    """An .xlsx file of the findings alone."""
    return workbook((findings_sheet(findings),))


def findings_sheet(findings: Sequence[Noted]) -> Sheet:
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
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = (
        ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CELL_CHARACTERS]
        if isinstance(value, str)
        else value
    )
    made: Any = WriteOnlyCell(page, value=text)  # type: ignore[arg-type]
    if not isinstance(value, str):
        made._style = copy(looks["number"])
        return made
    made.data_type = "s"  # openpyxl takes what begins with = for a formula
    made._style = copy(looks["danger" if value.startswith(FORMULA_STARTS) else "text"])
    return made


def _summary(given: Board, chosen: str) -> list[Sequence[Value]]:
    made = given.tally.attained
    rows: list[Sequence[Value]] = [
        ("范围", chosen, ""),
        ("部门", given.departments, ""),
        ("文件", given.documents, f"其中{given.copies}份与别的文件内容相同，不重复计"),
        ("指标", given.tally.total, f"已自评{given.tally.reported}"),
        ("达标率（%）", made.result if made else None, made.formula if made else "没有自评的指标"),
    ]
    rows += [(name, given.tally.counts.get(name, 0), "") for name in STANDINGS]
    rows += [
        (
            f"校核发现：{word}",
            given.severities[kind],
            "疑似问题，建议核实" if given.audited else "导出时校核尚未完成，请稍后再导出",
        )
        for kind, word in SEVERITY_NAMES.items()
    ]
    return rows


_RANKING = (
    *(("名次", NUMBER), ("地区", WORD), ("部门", NAME), ("年度", NUMBER), ("指标数", NUMBER)),
    *((name, NUMBER) for name in STANDINGS),
    *(("达标率（%）", WORD), ("达标率算式", TEXT), ("预算执行率（%）", WORD), ("自评得分", WORD)),
    *(("错误", NUMBER), ("疑似", NUMBER), ("提示", NUMBER)),
)


def _line(line: Line) -> list[Value]:
    made = line.tally.attained
    return [
        line.rank or None,
        line.city,
        line.department,
        line.year,
        line.tally.total,
        *(line.tally.counts.get(name, 0) for name in STANDINGS),
        made.result if made else None,
        made.formula if made else "",
        line.execution.value if line.execution else None,
        line.mark.value if line.mark else None,
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


def _execution(one: Execution) -> list[Value]:
    first = one.inputs[0] if one.inputs else one.reported
    return [
        *(
            one.city,
            one.department,
            one.year,
            one.value,
            one.calculation.formula if one.calculation else "",
        ),
        one.reported.quantity.raw.strip() if one.reported else "",
        "" if one.reported is None or one.calculation is None else "否" if one.differs else "是",
        *_source(one.file, first.location if first else None),
    ]


_MARKS = (
    *(("地区", WORD), ("部门", NAME), ("年度", NUMBER), ("项目", NAME), ("自评得分", WORD)),
    *(("按指标重算", WORD), ("重算算式", TEXT), ("与填报一致", WORD), *_SOURCE),
)


def _mark(one: Mark) -> list[Value]:
    made = one.recomputed
    return [
        *(one.city, one.department, one.year, one.task, one.value),
        made.result if made else None,
        made.formula if made else "",
        "" if made is None else "否" if one.differs else "是",
        *_source(one.file, one.reported.location),
    ]


_FINDINGS = (
    *(("编号", NUMBER), ("程度", NUMBER), ("地区", WORD), ("部门", NAME), ("年度", NUMBER)),
    *(("事项", NAME), ("发现", TEXT + 20), ("算式", TEXT), ("可能的口径", TEXT)),
    *(("文件", FILE), ("出处", TEXT)),
)


def _finding(one: Noted) -> list[Value]:
    what = one.finding
    evidence = (f"{c.file} {place(c.location, file=c.file)}" for c in what.evidence)
    return [
        *(what.code, SEVERITY_NAMES[what.severity], one.city, one.department, one.year),
        *(what.subject, what.message, what.formula, "\n".join(what.candidates)),
        *(one.file, "\n".join(evidence)),
    ]


def _source(file: str, location: Location | None) -> tuple[str, str]:
    return file, place(location, file=file) if location else ""
