"""The page and the named styles of a Word file, and an office's own template (版式和模板).

Everything is shown by named styles, so that an office restyles it in Word. A template is a .docx
with placeholders: {{标题}}, {{部门}}, {{年度}} are filled in wherever they stand, the text goes to
{{正文}}; its own styles of these names stay as they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.drafting.word_text import W
from assistant.errors import DraftError
from assistant.text_limits import TEMPLATE

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.styles.style import ParagraphStyle
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
TITLE_STYLE, CAPTION = "Title", "Caption"
CELL, HEAD, ANNEX, FIGURE, NOTE = "表格文字", "表头文字", "附录文字", "图形", "footnote text"
"""The styles that Word does not have, and that of footnotes."""
TITLE_HERE, TEXT_HERE = "{{标题}}", "{{正文}}"


@dataclass(frozen=True, slots=True)
class Templates:
    """An office's own Word templates (模板), by name: the .docx files of a folder."""

    folder: Path | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in order."""
        files = self.folder.glob("*.docx") if self.folder is not None else ()
        return tuple(sorted(file.stem for file in files if not file.name.startswith("~")))

    def find(self, name: str) -> Path | None:
        """The file of a template, None for no name; raises DraftError where there is none."""
        if not name:
            return None
        if self.folder is None or name not in self.names:
            known = "、".join(self.names) or "（没有）"
            raise DraftError(f"没有“{TEMPLATE.accepted(name)}”这个 Word 模板，现有：{known}。")
        return self.folder / f"{name}.docx"


def opened(template: Path | None) -> "Word":
    """An empty file in the standard's layout, or a template with the styles that it lacks.

    Raises DraftError for what is no Word file.
    """
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    if template is None:
        word: Word = Document()
        _page(word)
        _styles(word, own=False)
        return word
    try:
        word = Document(str(template))
    except (PackageNotFoundError, KeyError, ValueError, OSError) as error:
        raise DraftError(f"模板“{template.name}”打不开，请换一个 .docx 文件。") from error
    _styles(word, own=True)
    return word


def placed(word: "Word", first: int, values: Mapping[str, str]) -> None:
    """Fills the placeholders in, and moves what follows the first elements to that of the text."""
    body = word.element.body
    written = [element for element in list(body)[first:] if not element.tag.endswith("}sectPr")]
    here = None
    for paragraph in _everywhere(word):
        if TEXT_HERE in paragraph.text:
            here = paragraph
        elif any(key in paragraph.text for key in values):
            text = paragraph.text
            for key, value in values.items():
                text = text.replace(key, value)
            for run in paragraph.runs[1:]:
                paragraph._p.remove(run._r)
            paragraph.runs[0].text = text
    if here is not None:
        for element in written:
            here._p.addprevious(element)
        remove(here)


def remove(paragraph: "WordParagraph") -> None:
    """Takes a paragraph out of the file."""
    parent = paragraph._p.getparent()
    assert parent is not None
    parent.remove(paragraph._p)


def _everywhere(word: "Word") -> "Iterator[WordParagraph]":
    yield from word.paragraphs
    for table in word.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs
    for section in word.sections:
        for part in (section.header, section.footer):
            yield from part.paragraphs


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


def _styles(word: "Word", *, own: bool) -> None:
    """Title, headings, body, captions, cells, annexes and notes; what a template has stays."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Pt
    from docx.styles.style import ParagraphStyle

    known = {style.name for style in word.styles}

    def style(name: str, font: str, size: float, **options: object) -> "ParagraphStyle | None":
        """The style set as the standard wants it, None where the template has its own."""
        if name not in known:
            word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        elif own:
            return None
        found = word.styles[name]
        assert isinstance(found, ParagraphStyle)
        _style(found, font, size, **options)  # type: ignore[arg-type]
        return found

    style("Normal", BODY, SIZES["body"], indent=True)
    style(CELL, BODY, SIZES["table"], line=16)
    style(ANNEX, BODY, SIZES["table"] + 1.5, line=20)
    style(NOTE, BODY, SIZES["note"], line=12)
    for name, font, size, line in (
        (CAPTION, HEADS[0], SIZES["table"] + 1.5, LINE),
        (HEAD, HEADS[0], SIZES["table"], 16),
        (TITLE_STYLE, TITLE, SIZES["title"], 36),
    ):
        made = style(name, font, size, line=line)
        if made is not None:
            made.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
            made.paragraph_format.keep_with_next = name != TITLE_STYLE
            if name == TITLE_STYLE:
                made.paragraph_format.space_after = Pt(SIZES["body"])
    figure = style(FIGURE, BODY, SIZES["table"])
    if figure is not None:  # a line of fixed height would cut the chart off
        figure.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        figure.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    for level, font in enumerate(HEADS, 1):
        style(f"Heading {level}", font, SIZES["body"], indent=True, bold=level == 3)
    _fonts(word)


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
                        f'<w:font xmlns:w="{W}" w:name="{name}"><w:altName w:val="{others}"/>'
                        '<w:charset w:val="86"/></w:font>'
                    )
                )
            part._blob = serialize_part_xml(known)
