"""Pictures of tables inside documents (文中的表格图片): recognised, and marked as such.

Only what shows a table is taken: signs in photographs and words of logos are none of the text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from ingest.config import Limits
from ingest.errors import LoadError
from ingest.loaders.image import pictures
from ingest.loaders.layout.page_blocks import blocks_of
from ingest.loaders.ocr.recognition import read_scan
from ingest.types.blocks import Block, Cell, Location, Remark, Run, TableBlock, TextBlock

if TYPE_CHECKING:
    from ingest.loaders.ocr.preprocessing import Picture

MAX_PICTURES = 20
"""Pictures of a document that are looked at: each costs some seconds."""
MIN_BYTES = 3_000
"""Bytes of the smallest picture that may show a table."""
PAPER = 150
"""How light a picture of a table is at least, on the whole: 255 is white."""
MIN_FILLED = 4
"""Filled cells of the smallest table in a picture."""
NAME = "图片"
RECOGNISED = "其中的表格由文字识别读出，可能有误，请对照原图核对"
TOO_MANY = f"文中图片超过 {MAX_PICTURES} 幅，其余的没有识别"


@dataclass(slots=True)
class EmbeddedPictures:
    """The pictures of one document, each looked at once; `remarks` says what was recognised."""

    limits: Limits
    remarks: list[Remark] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def blocks(self, data: bytes, place: Location) -> Iterator[Block]:
        """What a picture shows that stands at a place of the text, if it is a table."""
        key = sha256(data).hexdigest()
        if len(data) < MIN_BYTES or key in self._seen:
            return
        if len(self._seen) >= MAX_PICTURES:
            if not any(remark.reason == TOO_MANY for remark in self.remarks):
                self.remarks.append(Remark(NAME, TOO_MANY, place))
            return
        self._seen.add(key)
        found = self._recognised(data)
        if shows_table(found):
            self.remarks.append(Remark(NAME, RECOGNISED, place))
            yield from (_placed(block, place) for block in found)

    def _recognised(self, data: bytes) -> tuple[Block, ...]:
        """The blocks of the first frame; none of what no decoder here reads."""
        try:
            picture = next(pictures(NAME, data, self.limits))
        except (LoadError, StopIteration):
            return ()
        return blocks_of([read_scan(picture, 1)]) if is_light(picture) else ()


def is_light(picture: "Picture") -> bool:
    """Whether a picture is mostly paper, as no photograph of a place is."""
    import numpy as np

    return float(np.median(picture)) >= PAPER


def shows_table(blocks: Iterable[Block]) -> bool:
    """Whether a table was recognised in a picture, and no grid of something else's lines."""
    return any(isinstance(block, TableBlock) and _is_filled(block) for block in blocks)


def _is_filled(table: TableBlock) -> bool:
    filled = [cell for cell in table.cells if cell.text.strip()]
    rows, columns = {cell.row for cell in filled}, {cell.column for cell in filled}
    return len(filled) >= MIN_FILLED and len(rows) > 1 and len(columns) > 1


def _placed(block: Block, place: Location) -> Block:
    """The block where its picture stands in the text."""
    if isinstance(block, TextBlock):
        return replace(block, runs=tuple(Run(run.text, place) for run in block.runs))
    return replace(block, cells=tuple(_cell(c, place) for c in block.cells), location=place)


def _cell(cell: Cell, place: Location) -> Cell:
    where = replace(place, row=cell.row + 1, column=cell.column + 1)
    return replace(cell, runs=tuple(Run(run.text, where) for run in cell.runs))
