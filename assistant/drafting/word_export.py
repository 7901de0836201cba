"""A draft as a Word file in the layout of GB/T 9704 or by an office's template (导出).

Citations are real footnotes, tables have captions that the text refers to, amounts are drawn as
bars with the workbook behind; a plain version has no notes and no annexes.
Text of documents goes into plain runs, stripped of control characters: nothing in it is obeyed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.drafting.comments import Comment, anchored
from assistant.drafting.types import Draft, DraftTable
from assistant.drafting.verification import BLANK, MARK
from assistant.drafting.word_chart import add_chart
from assistant.drafting.word_comments import WordComments
from assistant.drafting.word_layout import (
    ANNEX,
    CAPTION,
    CELL,
    FIGURE,
    HEAD,
    TITLE_HERE,
    TITLE_STYLE,
    opened,
    placed,
    remove,
)
from assistant.drafting.word_notes import Notes, bookmarked, field
from assistant.drafting.word_text import plain
from assistant.grounding.verification import MARKER
from assistant.types import Verdict
from ingest.types.library import DocumentRecord

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as WordParagraph

COUNTED = "计数："
"""Begins the formula of what was only counted, which nobody needs to see put in."""
SHORT_CELL, LONG_CELL = 5, 30
"""Characters of a cell that is not broken, and beyond which more make a column no wider."""
CHARACTER, CELL_MARGINS = 3.8, 4.5
"""Millimetres of a character in a table, and of the margins of a cell."""
TEXT_WIDTH = 156
"""Millimetres between the margins."""
FIRST_TABLE = 10_000
"""Numbers of the bookmarks of tables, above those of notes."""
CHARTED = "bar"
_PIECES = re.compile(rf"((?:\[\d+\])+|{BLANK.pattern}|{MARK}|(?<=见)表\d+)")
_SENTENCE_END = re.compile("[。；]")
_NUMBERED = re.compile(r"表(\d+) (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class WordLook:
    """How a Word file looks: by whose template, the standard's where None; with notes or plain.

    A plain one has no comments either.
    """

    template: Path | None = None
    notes: bool = True
    comments: tuple[Comment, ...] = ()


def docx(
    draft: Draft, documents: Mapping[str, DocumentRecord], look: WordLook | None = None
) -> bytes:
    """The draft as a .docx file, with its formulas and sources behind the text unless plain.

    Raises DraftError where the template is no Word file.
    """
    look = look or WordLook()
    word = opened(look.template)
    first = len(word.element.body)
    titled = TITLE_HERE in "".join(paragraph.text for paragraph in word.paragraphs)
    notes = Notes(draft.citations, shown=look.notes)
    if not titled:
        _paragraph(word, draft.title, TITLE_STYLE, notes)
    written = []
    for number, paragraph in enumerate(draft.paragraphs):
        style = f"Heading {min(paragraph.level, 3)}" if paragraph.level else "Normal"
        if paragraph.table is None:
            written.append(_paragraph(word, paragraph.text, style, notes))
            continue
        written.append(_caption(word, paragraph.text, paragraph.table, notes))
        _table(word, paragraph.table)
        if paragraph.table.chart == CHARTED:
            drawn = word.add_paragraph(style=FIGURE)
            if not add_chart(word, drawn, paragraph.table, number):
                remove(drawn)
    if look.notes:
        _annexes(word, draft, documents, notes)
        notes.attach(word)
        _commented(word, draft, written, look.comments)
    year = f"{draft.year}" if draft.year else ""
    values = {TITLE_HERE: draft.title, "{{部门}}": draft.department, "{{年度}}": year}
    placed(word, first - 1, {key: plain(value) for key, value in values.items()})
    word.core_properties.title = plain(draft.title)
    word.core_properties.author = ""
    word.core_properties.comments = ""
    out = BytesIO()
    word.save(out)
    return out.getvalue()


def _commented(
    word: "Word",
    draft: Draft,
    written: "Sequence[WordParagraph]",
    comments: Sequence[Comment],
) -> None:
    """The comments at the paragraphs as they were written; at the last one what fits no more."""
    noted = WordComments(word)
    for comment in comments:
        index = anchored(comment, draft.paragraphs)
        noted.add(written[-1 if index is None else index], comment)
    noted.attach()


# -- the text --------------------------------------------------------------------------------------


def _paragraph(word: "Word", text: str, style: str, notes: Notes) -> "WordParagraph":
    paragraph = word.add_paragraph(style=style)
    _runs(paragraph, text, notes)
    return paragraph


def _runs(paragraph: "WordParagraph", text: str, notes: Notes) -> None:
    """The text as plain runs, markers as footnotes, blanks and doubtful numbers highlighted."""
    from docx.enum.text import WD_COLOR_INDEX

    for piece in _gathered([*_split(plain(text))], notes):
        if MARKER.match(piece):
            _noted(paragraph, piece, notes)
            continue
        if piece.startswith("表") and _PIECES.fullmatch(f"见{piece}", 1):
            field(paragraph, f"REF _Table{piece[1:]} \\h", piece)
            continue
        run = paragraph.add_run(piece)
        if BLANK.fullmatch(piece):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        elif piece == MARK:
            run.font.highlight_color = WD_COLOR_INDEX.PINK


def _gathered(pieces: Sequence[str], notes: Notes) -> Iterator[str]:
    """The pieces with the markers of a sentence that cite one file drawn together at the last."""
    waiting = ""
    for number, piece in enumerate(pieces):
        if not MARKER.match(piece):
            yield piece
            continue
        waiting += piece
        rest = pieces[number + 1 :]
        following = next((p for p in rest if MARKER.match(p) or _SENTENCE_END.search(p)), "")
        if not MARKER.match(following) or not notes.of_one_file(waiting + following):
            yield waiting
            waiting = ""


def _noted(paragraph: "WordParagraph", marks: str, notes: Notes) -> None:
    """Markers that stand together as footnotes; those that the draft does not know as text."""
    markers = [int(match[1]) for match in MARKER.finditer(marks)]
    for known, group in groupby(markers, notes.knows):
        if known:
            notes.add(paragraph, group)
        else:
            paragraph.add_run("".join(f"[{marker}]" for marker in group))


def _split(text: str) -> Iterator[str]:
    end = 0
    for match in _PIECES.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield match.group()
        end = match.end()
    if end < len(text):
        yield text[end:]


# -- tables ----------------------------------------------------------------------------------------


def _caption(word: "Word", text: str, table: DraftTable, notes: Notes) -> "WordParagraph":
    """The caption, to which the text refers, with the notes of all that the table cites."""
    numbered = _NUMBERED.fullmatch(plain(text))
    caption = word.add_paragraph(style=CAPTION)
    if numbered:
        number = int(numbered[1])
        caption.add_run("")
        bookmarked(caption, f"_Table{number}", FIRST_TABLE + number)
        end = caption._p[-1]
        caption.add_run("表")
        field(caption, "SEQ 表 \\* ARABIC", str(number))
        caption._p.append(end)
        text = f" {numbered[2]}"
    _runs(caption, text, notes)
    cells = (cell for row in table.rows for cell in row)
    markers = [int(match[1]) for cell in cells for match in MARKER.finditer(cell)]
    notes.add(caption, filter(notes.knows, markers))
    return caption


def _table(word: "Word", table: DraftTable) -> None:
    """A table of the text; its head is repeated on every page and no row is split."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    shown = word.add_table(rows=1, cols=len(table.columns))
    shown.autofit = False
    shown.alignment = WD_TABLE_ALIGNMENT.CENTER
    _bordered(shown._tbl)
    _fill(shown.rows[0].cells, table.columns, HEAD)
    shown.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        cells = shown.add_row()
        cells._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        _fill(cells.cells, row, CELL)
    for column, width in zip(shown.columns, widths(table), strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _bordered(table: object) -> None:
    """Lines around every cell, whatever table styles a template has."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>' for side in sides)
    borders = parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>")
    table.tblPr.append(borders)  # type: ignore[attr-defined]


def widths(table: DraftTable) -> list[int]:
    """Millimetres of each column: room for a short word, the rest by how much stands in it."""
    lengths = []
    for cells in zip(table.columns, *table.rows, strict=True):
        shown = [len(MARKER.sub("", cell)) for cell in cells]
        lengths.append(max(shown))
    least = [min(length, SHORT_CELL) * CHARACTER + CELL_MARGINS for length in lengths]
    beyond = [min(max(length - SHORT_CELL, 0), LONG_CELL) for length in lengths]
    rest = max(TEXT_WIDTH - sum(least), 0)
    return [round(a + rest * b / (sum(beyond) or 1)) for a, b in zip(least, beyond, strict=True)]


def _fill(cells: Sequence["_Cell"], texts: Iterable[str], style: str) -> None:
    """The cells without their markers, whose notes stand at the caption."""
    for cell, text in zip(cells, texts, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.style = style
        _runs(paragraph, MARKER.sub("", text), Notes(()))


# -- the annexes -----------------------------------------------------------------------------------


def _annexes(
    word: "Word", draft: Draft, documents: Mapping[str, DocumentRecord], notes: Notes
) -> None:
    number = 0

    def annex(title: str) -> None:
        nonlocal number
        number += 1
        paragraph = _paragraph(word, f"附{number}　{title}", "Heading 1", notes)
        paragraph.paragraph_format.page_break_before = number == 1

    annex("数字和算式")
    formulas = [c.formula for c in draft.calculations if not c.formula.startswith(COUNTED)]
    names = [documents[i].file for i in draft.sources if i in documents]
    for line in (_count(draft), *formulas):
        _paragraph(word, line, ANNEX, notes)
    annex("资料来源")
    made = f"本稿由绩问根据以上文件起草，设置编号{draft.settings_hash}。"
    for line in (*(names or ["无。"]), made):
        _paragraph(word, line, ANNEX, notes)


def _count(draft: Draft) -> str:
    """A sentence on how many numbers the text has, by verdict."""
    verdicts = [figure.verdict for figure in draft.figures]
    supported = verdicts.count(Verdict.SUPPORTED)
    computed = verdicts.count(Verdict.COMPUTED)
    unsupported = verdicts.count(Verdict.UNSUPPORTED)
    doubt = f"，待核实{unsupported}个" if unsupported else ""
    return (
        f"正文共{len(verdicts)}个数字，其中有出处{supported}个，计算得出{computed}个{doubt}。"
        f"{'算式如下：' if computed else ''}"
    )
