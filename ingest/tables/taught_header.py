"""The header of a table whose layout was taught (表样): nothing of it is guessed."""

from collections.abc import Sequence

from ingest.tables.cells import ReadCell
from ingest.tables.grid import Grid
from ingest.tables.headers import HeadedColumn, Header
from ingest.templates.checked import bodies
from ingest.templates.lookup import Fit, Templates
from ingest.types.tables import ColumnRole, FormSection, How


def taught(
    grid: Grid,
    row: int,
    cells: Sequence[ReadCell],
    templates: Templates,
    section: FormSection | None,
) -> tuple[Header, int] | None:
    """The header that begins in a row by a template, and the first row below it; else None.

    `cells` are the row's, without the name of its block.
    """
    fit = templates.fitting(grid.rows, row, first_column(grid, row, cells), section)
    return (Header(fit.taught.kind, _columns(fit)), row + fit.depth) if fit else None


def first_column(grid: Grid, row: int, cells: Sequence[ReadCell]) -> int:
    """The column at which a head begins: right of the block's name, if that stands beside it."""
    whole = grid.filled(row)
    return cells[0].column if cells and len(cells) < len(whole) else 0


def _columns(fit: Fit) -> dict[int, HeadedColumn]:
    """The columns of the grid; where one head stands over several, families stand left of names."""
    columns: dict[int, HeadedColumn] = {}
    roles = fit.taught.roles
    whose = bodies(tuple(column.texts for column in fit.columns), roles)
    for headed, role, body in zip(fit.columns, roles, whose, strict=True):
        if role is None:
            continue
        head = "".join(headed.texts)
        for place in headed.columns:
            family = role is ColumnRole.NAME and place != headed.columns[-1]
            columns[place] = HeadedColumn(
                ColumnRole.LEVEL2 if family else role, head, How.TEMPLATE, body=body
            )
    return columns
