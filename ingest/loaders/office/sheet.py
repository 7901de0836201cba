"""A worksheet as a table block: the same whatever library read the workbook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.types.blocks import Cell, Location, Remark, Run, TableBlock

MAX_COLUMNS = 16_384
"""Number of columns of a worksheet."""
MAX_MERGED_BEYOND_TEXT = 50
"""Maximum number of rows or columns that a merged range counts beyond all that is written: one that
reaches further was merged by the whole row."""


@dataclass(frozen=True, slots=True)
class Area:
    """A merged range (合并区域); 0-based, ends excluded."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a worksheet shows: printed texts by 0-based (row, column), and its merged ranges.

    `calculated` are places whose formulas had no result, `open_formulas` those that still have
    none; `hidden` is a sheet as a whole, or some of its rows and columns.
    """

    name: str
    texts: Mapping[tuple[int, int], str]
    areas: tuple[Area, ...]
    calculated: tuple[tuple[int, int], ...] = ()
    open_formulas: tuple[tuple[int, int], ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns from A1 on: all that is written in, and the merged ranges it is in."""
        rows = columns = 0
        for (row, column), text in self.texts.items():
            if text.strip():
                rows, columns = max(rows, row + 1), max(columns, column + 1)
        merged = [(a.bottom, a.right) for a in self.areas if (a.top, a.left) in self.texts]
        last = max((min(bottom, rows + MAX_MERGED_BEYOND_TEXT) for bottom, _ in merged), default=0)
        right = max(
            (min(right, columns + MAX_MERGED_BEYOND_TEXT) for _, right in merged), default=0
        )
        return max(rows, last), max(columns, right)

    @property
    def size(self) -> int:
        """Number of cells in the used part of the sheet."""
        rows, columns = self.extent
        return rows * columns


def sheet_table(sheet: Sheet) -> TableBlock | None:
    """The used part of a sheet from A1 on, merged ranges once; None when nothing is written.

    Text under a merged range is hidden from the reader and left out.
    """
    merged = {(area.top, area.left): area for area in sheet.areas}
    rows, columns = sheet.extent
    covered: set[tuple[int, int]] = set()
    for area in sheet.areas:
        covered.update(
            (r, c)
            for r in range(area.top, min(area.bottom, rows))
            for c in range(area.left, min(area.right, columns))
        )
    covered -= merged.keys()
    cells = tuple(
        _cell(sheet, (r, c), merged.get((r, c)), (rows, columns))
        for r in range(rows)
        for c in range(columns)
        if (r, c) not in covered
    )
    return TableBlock(cells, rows, columns, Location(sheet=sheet.name)) if cells else None


def _cell(sheet: Sheet, at: tuple[int, int], area: Area | None, extent: tuple[int, int]) -> Cell:
    row, column = at
    text = sheet.texts.get(at, "")
    runs: tuple[Run, ...] = ()
    if text.strip():
        runs = (Run(text, Location(sheet=sheet.name, row=row + 1, column=column + 1)),)
    if area is None:
        return Cell(row, column, runs)
    height, width = min(area.bottom, extent[0]) - row, min(area.right, extent[1]) - column
    return Cell(row, column, runs, height, width)


def remarks_on(sheet: Sheet) -> Iterator[Remark]:
    """What must be known of a sheet: formulas without a result, and what is hidden."""
    for cells, reason in (
        (sheet.calculated, "公式没有存下结果，已按公式算出，请核对"),
        (sheet.open_formulas, "公式没有存下结果，无法算出，请用 Excel 或 WPS 打开保存后重新上传"),
    ):
        if cells:
            row, column = min(cells)
            place = Location(sheet=sheet.name, row=row + 1, column=column + 1)
            yield Remark(f"{sheet.name}：{len(cells)}个公式", reason, place)
    if sheet.hidden:
        yield _hidden(f"工作表“{sheet.name}”", Location(sheet=sheet.name))
        return
    rows, columns = sheet.extent
    for row in sorted(sheet.hidden_rows):
        if row < rows:
            yield _hidden(f"第{row + 1}行", Location(sheet=sheet.name, row=row + 1))
    for column in sorted(sheet.hidden_columns):
        if column < columns:
            yield _hidden(f"第{column + 1}列", Location(sheet=sheet.name, column=column + 1))


def _hidden(text: str, place: Location) -> Remark:
    return Remark(text, "是隐藏的，其中的数据不作为依据", place, hidden=True)
