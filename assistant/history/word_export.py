"""A conversation as a Word file: each question with its answer, tables and sources (导出对话)."""

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from assistant.grounding.locations import place
from assistant.history.types import Turn
from assistant.language.export_text import exportable
from assistant.types import Answer, AnswerBlock, BlockKind

if TYPE_CHECKING:
    from docx.document import Document as Word

TITLE = "绩问问答记录"
FONT = "仿宋"
BODY_POINTS, SMALL_POINTS = 12, 9


def conversation_docx(turns: Iterable[Turn]) -> bytes:
    """The turns as a .docx file. What documents and users wrote is plain text in it."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Pt

    word: Word = Document()
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY_POINTS)
    for style in (normal, *(word.styles[name] for name in ("Title", "Heading 1"))):
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    word.add_heading(TITLE, 0)
    for turn in turns:
        answer = turn.answer
        word.add_heading(exportable(answer.question), 1)
        for line in answer.text.splitlines():
            if line.strip():
                word.add_paragraph(exportable(line))
        for block in answer.blocks:
            _block(word, block)
        _small(word, [f"算式：{made.formula}" for made in answer.calculations])
        _small(word, _sources(answer))
        _small(word, [f"问于 {turn.asked.astimezone():%Y-%m-%d %H:%M}"])
    word.core_properties.title = TITLE
    word.core_properties.author = ""
    word.core_properties.comments = ""
    out = BytesIO()
    word.save(out)
    return out.getvalue()


def _block(word: "Word", block: AnswerBlock) -> None:
    if block.kind not in (BlockKind.TABLE, BlockKind.CHART):
        marker = f"[{block.marker}]" if block.marker else ""
        word.add_paragraph(exportable(block.text + marker), "Quote")
        return
    table = word.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    for cell, name in zip(table.rows[0].cells, block.columns, strict=True):
        cell.text = exportable(name)
    for row in block.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = exportable(text)


def _sources(answer: Answer) -> list[str]:
    """A line a source: its file, the place in it and the words there."""
    return [
        f"[{one.marker}] {one.file} {place(one.location, file=one.file)}："
        f"“{' '.join(one.quote.split())}”"
        for one in answer.citations
    ]


def _small(word: "Word", lines: Iterable[str]) -> None:
    from docx.shared import Pt

    for line in lines:
        word.add_paragraph().add_run(exportable(line)).font.size = Pt(SMALL_POINTS)
