"""A draft as a Word file in the layout of GB/T 9704, each citation a real footnote (导出).

Fonts are those of the standard; the font table names substitutes where they are missing.
Text of documents goes into plain runs, stripped of control characters: nothing in it is obeyed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from assistant.drafting.types import Draft, DraftTable
from assistant.drafting.verification import BLANK, MARK
from assistant.grounding.locations import place
from assistant.grounding.verification import MARKER
from assistant.language.export_text import exportable
from assistant.types import Citation, Verdict
from ingest.types.library import DocumentRecord

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.styles.style import ParagraphStyle
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as WordParagraph

TITLE, BODY, HEADS = "方正小标宋简体", "仿宋_GB2312", ("黑体", "楷体_GB2312", "仿宋_GB2312")
FALLBACKS = {
    "方正小标宋简体": "方正小标宋_GBK,小标宋,华文中宋,宋体",
    "仿宋_GB2312": "仿宋,FangSong,华文仿宋",
    "楷体_GB2312": "楷体,KaiTi,华文楷体",
    "黑体": "SimHei,Noto Sans CJK SC",
}
"""Fonts that a word processor uses where a font is missing, by that font."""
SIZES = {"title": 22, "body": 16, "table": 10.5, "note": 9}
LINE = 28
"""Line pitch in points: 22 lines a page, as the standard prescribes."""
MARGINS = (37, 26, 35, 28)
"""Top, right, bottom, left in mm."""
NOTE_STYLE = "footnotetext"
MAX_QUOTE_LENGTH = 60
"""Maximum length, in characters, of a quote in a footnote."""
COUNTED = "计数："
"""Begins the formula of what was only counted, which nobody needs to see put in."""
SHORT_CELL, LONG_CELL = 5, 30
"""Characters of a cell that is not broken, and beyond which more make a column no wider."""
CHARACTER, CELL_MARGINS = 3.8, 4.5
"""Millimetres of a character in a table, and of the margins of a cell."""
TEXT_WIDTH = 156
"""Millimetres between the margins."""
_HIDDEN = re.compile("[\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What is not seen and changes how the text around it is shown."""
_PIECES = re.compile(rf"(\[\d+\]|{BLANK.pattern}|{MARK})")
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_NOTES_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def docx(draft: Draft, documents: Mapping[str, DocumentRecord]) -> bytes:
    """The draft as a .docx file, with its formulas and sources behind the text."""
    from docx import Document

    word: Word = Document()
    _page(word)
    _styles(word)
    notes = Notes(draft.citations)
    _paragraph(word, draft.title, "Title", notes)
    for paragraph in draft.paragraphs:
        style = f"Heading {min(paragraph.level, 3)}" if paragraph.level else "Normal"
        if paragraph.table is None:
            _paragraph(word, paragraph.text, style, notes)
            continue
        _paragraph(word, paragraph.text, "Caption", notes)
        _table(word, paragraph.table, notes)
    _annexes(word, draft, documents, notes)
    notes.attach(word)
    _fonts(word)
    word.core_properties.title = plain(draft.title)
    word.core_properties.author = ""
    word.core_properties.comments = ""
    out = BytesIO()
    word.save(out)
    return out.getvalue()


def plain(text: str) -> str:
    """The text without characters that a file format cannot hold or that hide others."""
    return _HIDDEN.sub("", exportable(text))


class Notes:
    """The footnotes of a file, numbered in the order in which the text first cites them."""

    def __init__(self, citations: Sequence[Citation]) -> None:
        self._citations = {citation.marker: citation for citation in citations}
        self._numbers: dict[int, int] = {}

    def add(self, paragraph: "WordParagraph", marker: int) -> bool:
        """Adds the footnote mark of a citation; a repeated one refers to the first footnote.

        False where the draft has no citation with this marker.
        """
        from docx.oxml import parse_xml

        if marker not in self._citations:
            return False
        first = marker not in self._numbers
        number = self._numbers.setdefault(marker, len(self._numbers) + 1)
        style = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        name = f"_Note{number}"
        pieces: tuple[str, ...]
        if first:
            pieces = (
                f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>',
                f'<w:r>{style}<w:footnoteReference w:id="{number}"/></w:r>',
                f'<w:bookmarkEnd w:id="{number}"/>',
            )
        else:
            field = f'<w:r>{style}<w:fldChar w:fldCharType="%s"/></w:r>'
            code = f'<w:instrText xml:space="preserve"> NOTEREF {name} \\h </w:instrText>'
            pieces = (
                field % "begin",
                f"<w:r>{style}{code}</w:r>",
                field % "separate",
                f"<w:r>{style}<w:t>{number}</w:t></w:r>",
                field % "end",
            )
        for piece in pieces:
            tag, rest = re.match(r"<(w:\w+)(.*)", piece, re.DOTALL).groups()  # type: ignore[union-attr]
            paragraph._p.append(parse_xml(f'<{tag} xmlns:w="{_W}"{rest}'))
        return True

    def attach(self, word: "Word") -> None:
        """Writes the footnotes part of the file."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        bodies = [_separator(-1, "separator"), _separator(0, "continuationSeparator")]
        for marker, number in self._numbers.items():
            bodies.append(_note(number, note_text(self._citations[marker])))
        xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes xmlns:w="{_W}">'
        blob = f"{xml}{''.join(bodies)}</w:footnotes>".encode()
        part = Part(PackURI("/word/footnotes.xml"), _NOTES_TYPE, blob, word.part.package)
        word.part.relate_to(part, _NOTES_RELATION)


def note_text(citation: Citation) -> str:
    """A citation in words: document, place and quote."""
    quote = " ".join(plain(citation.quote).split())
    quote = quote if len(quote) <= MAX_QUOTE_LENGTH else quote[:MAX_QUOTE_LENGTH] + "……"
    where = place(citation.location, file=citation.file)
    return f"{plain(citation.file).rpartition('/')[2]}，{where}：“{quote}”"


def _separator(number: int, kind: str) -> str:
    body = f"<w:p><w:r><w:{kind}/></w:r></w:p>"
    return f'<w:footnote w:type="{kind}" w:id="{number}">{body}</w:footnote>'


def _note(number: int, text: str) -> str:
    style = f'<w:pPr><w:pStyle w:val="{NOTE_STYLE}"/></w:pPr>'
    raised = '<w:vertAlign w:val="superscript"/>'
    return (
        f'<w:footnote w:id="{number}"><w:p>{style}'
        f"<w:r><w:rPr>{raised}</w:rPr><w:footnoteRef/></w:r>"
        f'<w:r><w:t xml:space="preserve"> {escape(text)}</w:t></w:r></w:p></w:footnote>'
    )


# -- the text --------------------------------------------------------------------------------------


def _paragraph(word: "Word", text: str, style: str, notes: Notes) -> "WordParagraph":
    paragraph = word.add_paragraph(style=style)
    _runs(paragraph, text, notes)
    return paragraph


def _runs(paragraph: "WordParagraph", text: str, notes: Notes) -> None:
    """The text as plain runs, markers as footnotes, blanks and doubtful numbers highlighted."""
    from docx.enum.text import WD_COLOR_INDEX

    noted = False
    for piece in _split(plain(text)):
        marker = MARKER.fullmatch(piece)
        if marker and noted:
            paragraph.add_run("、").font.superscript = True  # else 6 and 5 would read 65
        noted = marker is not None and notes.add(paragraph, int(marker[1]))
        if noted:
            continue
        run = paragraph.add_run(piece)
        if BLANK.fullmatch(piece):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        elif piece == MARK:
            run.font.highlight_color = WD_COLOR_INDEX.PINK


def _split(text: str) -> Iterator[str]:
    end = 0
    for match in _PIECES.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield match.group()
        end = match.end()
    if end < len(text):
        yield text[end:]


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
    _list(word, [_count(draft), *formulas])
    annex("资料来源")
    names = [documents[i].file for i in draft.sources if i in documents]
    _list(word, names or ["无。"])
    _paragraph(
        word, f"本稿由绩问根据以上文件起草，设置编号{draft.settings_hash}。", "Normal", notes
    )


def _count(draft: Draft) -> str:
    """A sentence on how many numbers the text has, by verdict."""
    verdicts = [figure.verdict for figure in draft.figures]
    supported = verdicts.count(Verdict.SUPPORTED)
    computed = verdicts.count(Verdict.COMPUTED)
    unsupported = verdicts.count(Verdict.UNSUPPORTED)
    doubt = f"，待核实{unsupported}个" if unsupported else ""
    return (
        f"正文共{len(verdicts)}个数字，其中有出处{supported}个，计算得出{computed}个{doubt}。"
        "算式如下："
    )


def _list(word: "Word", lines: Sequence[str]) -> None:
    from docx.shared import Pt

    for line in lines:
        paragraph = word.add_paragraph(style="List")
        for piece in _split(plain(line)):
            paragraph.add_run(piece).font.size = Pt(SIZES["table"] + 1.5)


def _table(word: "Word", table: DraftTable, notes: Notes) -> None:
    """A table of the text; its head is repeated on every page and no row is split."""
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    shown = word.add_table(rows=1, cols=len(table.columns))
    shown.style = "Table Grid"
    shown.autofit = False
    _fill(shown.rows[0].cells, table.columns, notes)
    for cell in shown.rows[0].cells:
        cell.paragraphs[0].runs[0].font.bold = True
    shown.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        cells = shown.add_row()
        cells._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        _fill(cells.cells, row, notes)
    for column, width in zip(shown.columns, widths(table), strict=True):
        for cell in column.cells:
            cell.width = Mm(width)


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


def _fill(cells: Sequence["_Cell"], texts: Sequence[str], notes: Notes) -> None:
    from docx.shared import Pt

    for cell, text in zip(cells, texts, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.style = "List"
        paragraph.paragraph_format.first_line_indent = Pt(0)
        paragraph.paragraph_format.line_spacing = 1.0
        _runs(paragraph, text, notes)
        for run in paragraph.runs:
            run.font.size = Pt(SIZES["table"])


# -- the layout ------------------------------------------------------------------------------------


def _page(word: "Word") -> None:
    """A4 with the margins of the standard, the page number in the foot: — 1 —."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, right, bottom, left = (Mm(side) for side in MARGINS)
    section.top_margin, section.right_margin = top, right
    section.bottom_margin, section.left_margin = bottom, left
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("— ").font.size = Pt(14)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    foot._p.append(field)
    foot.add_run(" —").font.size = Pt(14)


def _styles(word: "Word") -> None:
    """Title, three levels of headings, body, lists and footnotes."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    body = Pt(SIZES["body"])
    _style(word.styles["Normal"], BODY, SIZES["body"], indent=True)
    _style(word.styles["List"], BODY, SIZES["table"] + 1.5, line=20)
    _style(word.styles["Caption"], HEADS[0], SIZES["table"] + 1.5)
    caption = word.styles["Caption"].paragraph_format
    caption.alignment, caption.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
    word.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
    _style(word.styles["footnote text"], BODY, SIZES["note"], line=12)
    _style(word.styles["Title"], TITLE, SIZES["title"], line=36)
    title = word.styles["Title"].paragraph_format
    title.alignment, title.space_after = WD_ALIGN_PARAGRAPH.CENTER, body
    for level, font in enumerate(HEADS, 1):
        _style(word.styles[f"Heading {level}"], font, SIZES["body"], indent=True, bold=level == 3)


def _style(
    style: "ParagraphStyle",
    font: str,
    size: float,
    *,
    line: float = LINE,
    indent: bool = False,
    bold: bool = False,
) -> None:
    from docx.enum.text import WD_LINE_SPACING
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.bold = "Times New Roman", Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), font)
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    form.space_before = form.space_after = Pt(0)
    form.first_line_indent = Pt(2 * size) if indent else Pt(0)
    form.left_indent = Pt(0)
    for border in style.element.xpath("w:pPr/w:pBdr"):
        border.getparent().remove(border)


def _fonts(word: "Word") -> None:
    """Adds the substitutes of the standard's fonts to the font table of the file."""
    from docx.opc.oxml import serialize_part_xml
    from docx.oxml import parse_xml

    for relation in word.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            part = relation.target_part
            known = parse_xml(part.blob)
            for name, others in FALLBACKS.items():
                known.append(
                    parse_xml(
                        f'<w:font xmlns:w="{_W}" w:name="{name}"><w:altName w:val="{others}"/>'
                        '<w:charset w:val="86"/></w:font>'
                    )
                )
            part._blob = serialize_part_xml(known)
