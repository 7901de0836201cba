"""Formulas of spreadsheets that carry no result (未存结果的公式), calculated. The ironcalc wall.

Programs that write workbooks leave the results to whoever opens them first. What cannot be
calculated from the workbook alone is named so: no result is made up.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ironcalc import Model

NOT_CALCULATED = "（公式未计算）"
"""What stands in the cell of a formula without a result."""
MAX_LENGTH, MAX_NESTING = 1000, 64
"""Maximum length of a formula, and of brackets in it: the library has no bound of its own."""
MAX_CELLS = 200_000
"""Maximum number of cells of a workbook that is calculated."""
VOLATILE = re.compile(r"\b(?:TODAY|NOW|RAND|RANDBETWEEN|RANDARRAY|INDIRECT|CELL|INFO)\s*\(", re.I)
"""Functions whose result is not that of the day on which the form was filled in."""

Value = float | str | bool


class Formula(NamedTuple):
    """A formula as typed, without the sign that begins it."""

    text: str


At = tuple[int, int]
"""The 0-based row and column of a cell."""
Stored = Mapping[At, Value | Formula]


@dataclass(frozen=True, slots=True)
class StoredSheet:
    """What a sheet stores: values, and formulas without a result."""

    name: str
    cells: Stored


def results(sheets: Sequence[StoredSheet]) -> list[dict[At, Value]]:
    """The results of the formulas of each sheet; those that have none are left out."""
    from ironcalc import WorkbookError, create

    found: list[dict[At, Value]] = [{} for _ in sheets]
    if sum(len(sheet.cells) for sheet in sheets) > MAX_CELLS:
        return found
    try:
        model = _model(sheets, create("book", "en", "UTC", "en"))
        model.evaluate()
        for n, sheet in enumerate(sheets):
            for at, cell in sheet.cells.items():
                value = model.get_cell_value(n, at[0] + 1, at[1] + 1)
                if isinstance(cell, Formula) and value is not None and not _is_error(value):
                    found[n][at] = value
    except WorkbookError:  # a sheet's name or a place that no workbook has
        return [{} for _ in sheets]
    return found


def _model(sheets: Sequence[StoredSheet], model: "Model") -> "Model":
    """The sheets as the library holds them, all names set before any formula is."""
    for n, sheet in enumerate(sheets):
        if n:
            model.new_sheet()
        model.rename_sheet(n, sheet.name)
    for n, sheet in enumerate(sheets):
        for (row, column), cell in sheet.cells.items():
            place = n, row + 1, column + 1
            if isinstance(cell, Formula):
                model.update_cell_with_formula(*place, f"={_calculable(cell.text)}")
            elif isinstance(cell, bool):
                model.update_cell_with_bool(*place, cell)
            elif isinstance(cell, str):
                model.update_cell_with_text(*place, cell)
            else:
                model.update_cell_with_number(*place, cell)
    return model


def _calculable(formula: str) -> str:
    """A formula that may be calculated; one without a result in place of any other."""
    nested = formula.count("(") > MAX_NESTING or len(formula) > MAX_LENGTH
    return "NA()" if nested or VOLATILE.search(formula) else formula


def _is_error(value: Value) -> bool:
    return isinstance(value, str) and value.startswith("#")
