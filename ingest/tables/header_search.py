"""Which row of a table is its header, and how far it reaches (表头查找).

A header may stand in one row or two, in words that a pack lists or in others; then what stands
below it tells the columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.language.vocabulary import Vocabulary
from ingest.semantics.label_reader import CONTENT
from ingest.tables.cells import ReadCell
from ingest.tables.column_inference import numbered, with_others
from ingest.tables.grid import Grid
from ingest.tables.header_decision import decide
from ingest.tables.headers import Header, of_their_years, read_header, with_subheads
from ingest.tables.kind_roles import VALUES
from ingest.tables.taught_header import taught
from ingest.templates.lookup import NONE, Templates
from ingest.types.layouts import Layout
from ingest.types.tables import FormSection, TableKind


@dataclass(frozen=True, slots=True)
class Context:
    """What is known where a row is read, and what a table inherits from the one before."""

    header: Header | None = None
    section: FormSection | None = None
    columns: int = 0
    """Columns of the table; one as wide right behind it goes on from it."""
    templates: Templates = NONE
    """What somebody taught of the heads of tables: it holds before all that is told from them."""
    layouts: tuple[Layout, ...] = ()
    """The heads of the document that were met so far."""

    def below_text(self) -> "Context":
        """The context of a table that goes on from none."""
        return Context(templates=self.templates, layouts=self.layouts)

    def met(self, layout: Layout | None) -> "Context":
        """The context below a head; of those alike one is kept."""
        known = {one.signature for one in self.layouts}
        if layout is None or layout.signature in known:
            return self
        return replace(self, layouts=(*self.layouts, layout))


@dataclass(frozen=True, slots=True)
class HeaderRows:
    """A header, and the first row below it."""

    header: Header
    end: int


def find(
    grid: Grid, row: int, cells: Sequence[ReadCell], context: Context, vocabulary: Vocabulary
) -> HeaderRows | None:
    """The header that begins in a row; `cells` are the row's, without the name of its block."""
    if known := taught(grid, row, cells, context.templates, context.section):
        return HeaderRows(*known)
    found = _told(grid, row, cells, context, vocabulary)
    return found and replace(found, header=of_their_years(found.header, vocabulary))


def _told(
    grid: Grid, row: int, cells: Sequence[ReadCell], context: Context, vocabulary: Vocabulary
) -> HeaderRows | None:
    """The header that begins in a row by its words, their meaning, or what stands below it."""
    header = _by_words(grid, row, cells, context, vocabulary)
    core = None if header else _by_core(cells, context, vocabulary)
    header = header or core
    if not context.header and not core and not _is_listed(header, cells):
        if found := _by_meaning(grid, row, cells, context, vocabulary):
            return found
        if vocabulary.meaning:
            header = None
        header = header or _by_contents(cells, grid.rows[row + 1 :])
    if header is None:
        return None
    end = row + _depth(grid, row, header)
    if not context.header:
        header = _under_upper(grid, row, cells, header, vocabulary)
    if below := _with_lower(grid, row, cells, header, vocabulary):
        header, end = below, max(end, row + 2)
    return HeaderRows(with_others(header, cells, grid.rows[end:]), end)


def _is_listed(header: Header | None, cells: Sequence[ReadCell]) -> bool:
    """Whether all heads of a row stand to the letter in the list of its kind of table, each for
    a role of its own."""
    return header is not None and all(
        c.column in header.columns and c.content.is_listed_head(header.kind) for c in cells
    )


def _by_core(cells: Sequence[ReadCell], context: Context, vocabulary: Vocabulary) -> Header | None:
    """The header of a wide row by the few heads that a list has to the letter, where they are all
    that a kind of table needs: many columns that no form has say nothing of its kind."""
    if len(cells) < MIN_CORE * WIDE:
        return None
    listed = [c for c in cells if c.content.is_any_listed_head]
    if len(listed) < MIN_CORE or len(cells) < WIDE * len(listed):
        return None
    core = read_header(listed, context.section, vocabulary)
    return core if core and len(core.columns) >= MIN_CORE else None


MIN_CORE = 4
"""Heads of the lists that tell a wide table's kind."""
WIDE = 3
"""How many heads a wide table has for each of them."""


def _by_meaning(
    grid: Grid, row: int, cells: Sequence[ReadCell], context: Context, vocabulary: Vocabulary
) -> HeaderRows | None:
    """The header of a row with words that no pack lists, where none is in force."""
    if _tells_pairs(cells):
        return None
    rows = [cells]
    filled = grid.filled(row)
    if len(cells) < len(filled) and filled[0].row_span == 1:
        rows.append(filled)  # what could name a block may head a column, too
    found = [decide(grid, row, one, context.section, vocabulary) for one in rows]
    decided = max(filter(None, found), key=lambda one: one.score, default=None)
    if decided is None or _reads_as_pairs(grid, cells, vocabulary):
        return None
    return HeaderRows(with_others(decided.header, cells, grid.rows[decided.end :]), decided.end)


def heads_over(grid: Grid, row: int, vocabulary: Vocabulary) -> bool:
    """Whether a row is the upper of two rows of heads: 项目名称 goes on beside 年初、调整后."""
    begun = grid.begun(row)
    deep = [c for c in begun if c.row_span == 2 and c.column_span == 1]
    wide = [c for c in begun if c.row_span == 1 and c.column_span > 1]
    if len(deep) < 2 or not wide or row + 1 >= len(grid.rows):
        return False
    if read_header(grid.filled(row), None, vocabulary):
        return False
    lower = read_header(grid.filled(row + 1), None, vocabulary)
    return lower is not None and all(c.column in lower.columns for c in deep[:2])


def _by_words(
    grid: Grid, row: int, cells: Sequence[ReadCell], context: Context, vocabulary: Vocabulary
) -> Header | None:
    """The header that a row is by the words that the packs list."""
    header = read_header(cells, context.section, vocabulary)
    filled = grid.filled(row)
    if header is None and len(cells) < len(filled):
        header = read_header(filled, context.section, vocabulary)
    return header


def _by_contents(cells: Sequence[ReadCell], below: Sequence[Sequence[ReadCell]]) -> Header | None:
    """The header that a row is by what is below it alone."""
    return numbered(cells, below)


def _depth(grid: Grid, row: int, header: Header) -> int:
    """How many rows the cells of a header reach down."""
    heads = (cell for cell in grid.begun(row) if cell.column in header.columns)
    return max((cell.row_span for cell in heads), default=1)


def _under_upper(
    grid: Grid, row: int, cells: Sequence[ReadCell], header: Header, vocabulary: Vocabulary
) -> Header:
    """The header of money with what the row above it says: whose money the columns tell."""
    if not row or header.kind is not TableKind.FUNDS:
        return header
    upper = grid.filled(row - 1)
    if _has_pairs(upper) and not heads_over(grid, row - 1, vocabulary):
        return header
    return with_subheads(header, upper, cells, vocabulary) or header


def _with_lower(
    grid: Grid, row: int, cells: Sequence[ReadCell], header: Header, vocabulary: Vocabulary
) -> Header | None:
    """The header with the row of heads below it, if there is one."""
    if row + 1 >= len(grid.rows):
        return None
    below = grid.begun(row + 1)
    both = with_subheads(header, cells, below, vocabulary)
    return both or _in_lower(header, below, grid.rows[row + 2 :], vocabulary)


def _in_lower(
    above: Header,
    below: Sequence[ReadCell],
    rows: Sequence[Sequence[ReadCell]],
    vocabulary: Vocabulary,
) -> Header | None:
    """The header in the lower of two rows of heads, where its words alone say more."""
    if len(below) <= len(above.columns) or any(cell.content.value for cell in below):
        return None
    lower = read_header(below, None, vocabulary)
    return lower if lower and len(lower.columns) > len(above.columns) else None


def _tells_pairs(cells: Sequence[ReadCell]) -> bool:
    """Whether a row is one of labels, each with its value, as far as the lists know."""
    known = [cell.content.is_known_head or cell.content.label is not None for cell in cells]
    return any(cell.content.label for cell in cells[::2]) and not any(known[1::2])


SURE = 0.05
"""How improbable it must be that a text is no label of the one behind it."""


def _reads_as_pairs(grid: Grid, cells: Sequence[ReadCell], vocabulary: Vocabulary) -> bool:
    """Whether a row is one of labels, each with its value, by what its texts mean, as the row
    below it is: it begins with a label, too, or with the name of a block."""
    row = cells[0].row + 1
    below = grid.begun(row) if row < len(grid.rows) else ()
    heads = [c for c in cells[1::2] if c.content.label or c.content.is_any_listed_head]
    if vocabulary.meaning is None or len(cells) % 2 or len(below) < 2 or heads:
        return False
    pairs = list(zip(cells[::2], cells[1::2], strict=True))
    texts = [(label.text, value.text) for label, value in (*pairs, below[:2])]
    read = vocabulary.meaning().announced(texts)
    if any(one[CONTENT] > SURE for one in read[:-1]):
        return False
    meant = max(read[-1], key=read[-1].__getitem__)
    return below[0].content.section is not None or meant not in {CONTENT, *VALUES}


def _has_pairs(cells: Sequence[ReadCell]) -> bool:
    """Whether a row holds labels with their values: then it heads no columns."""
    return any(
        one.content.label and not other.content.section and not other.content.label
        for one, other in pairwise(cells)
    )
