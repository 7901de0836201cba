"""Files → Documents. `unpack` opens archives, `load` reads one file by what its bytes are."""

from collections.abc import Callable
from dataclasses import replace

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.archive import unpack
from ingest.loaders.choices import with_choices
from ingest.loaders.csv import load_csv
from ingest.loaders.dbf import load_dbf
from ingest.loaders.docx import load_docx
from ingest.loaders.file_types import Kind, kind_of, may_be_archive
from ingest.loaders.html import load_html
from ingest.loaders.image import load_image
from ingest.loaders.legacy import load_legacy, load_legacy_sheet, load_legacy_slides
from ingest.loaders.letter_spacing import closed_up
from ingest.loaders.markdown import load_markdown
from ingest.loaders.note_marks import unmarked
from ingest.loaders.ofd import load_ofd
from ingest.loaders.office.sheet import MAX_COLUMNS
from ingest.loaders.pdf import load_pdf
from ingest.loaders.pptx import load_pptx
from ingest.loaders.refusals import OnPage, ignore_page, refusal
from ingest.loaders.text import load_text
from ingest.loaders.xlsx import load_xls, load_xlsx
from ingest.types.blocks import Document, TableBlock

__all__ = ["OnPage", "ignore_page", "load", "may_be_archive", "unpack"]

PLAIN_LOADERS: dict[Kind, Callable[[str, bytes], Document]] = {
    Kind.TEXT: load_text,
    Kind.CSV: load_csv,
    Kind.MARKDOWN: load_markdown,
    Kind.LEGACY: load_legacy,
}
"""Loaders of files whose size alone bounds what they hold."""
PAGE_LOADERS: dict[Kind, Callable[..., Document]] = {
    Kind.PDF: load_pdf,
    Kind.OFD: load_ofd,
    Kind.IMAGE: load_image,
    Kind.PPTX: load_pptx,
}
"""Loaders that take limits, and tell of each page before they read it."""
LIMITED_LOADERS: dict[Kind, Callable[..., Document]] = {
    Kind.DOCX: load_docx,
    Kind.XLSX: load_xlsx,
    Kind.XLS: load_xls,
    Kind.HTML: load_html,
    Kind.LEGACY_SHEET: load_legacy_sheet,
    Kind.LEGACY_SLIDES: load_legacy_slides,
    Kind.DBF: load_dbf,
}
"""Loaders that take limits, as a small file may announce a large table or hold large pictures."""


def load(
    file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS, on_page: OnPage = ignore_page
) -> Document:
    """The blocks of one file; a LoadError that names the file, the reason and what to do."""
    kind = kind_of(file, data, limits)
    if kind is Kind.ARCHIVE:
        raise refusal(file, "内容是压缩包或邮件", "请取出其中的文件后上传")
    if kind in PLAIN_LOADERS:
        document = PLAIN_LOADERS[kind](file, data)
    elif kind in PAGE_LOADERS:
        document = PAGE_LOADERS[kind](file, data, limits=limits, on_page=on_page)
    else:
        document = LIMITED_LOADERS[kind](file, data, limits=limits)
    if not document.blocks:
        raise refusal(file, "里面没有可读的文字或表格", "请检查内容后重新上传")
    blocks = with_choices(unmarked(closed_up(document.blocks)))
    document = replace(document, blocks=tuple(blocks))
    tables = [block for block in document.blocks if isinstance(block, TableBlock)]
    if sum(table.row_count * table.column_count for table in tables) > limits.cells:
        raise refusal(file, f"表格单元格超过 {limits.cells} 个", "请拆分后上传")
    if any(table.column_count > MAX_COLUMNS for table in tables):
        raise refusal(file, f"有表格超过 {MAX_COLUMNS} 列", "请删去空白列或拆分后上传")
    return document
