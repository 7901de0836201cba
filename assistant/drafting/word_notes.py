"""Footnotes of a Word file: one for citations that stand together and come from one file (脚注)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from assistant.drafting.word_text import W, plain
from assistant.grounding.locations import place
from assistant.grounding.verification import MARKER
from assistant.types import Citation
from ingest.types.blocks import Location

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph as WordParagraph

NOTE_STYLE = "footnotetext"
MAX_QUOTE_LENGTH = 60
"""Maximum length, in characters, of a quote in a footnote."""
MAX_QUOTED = 3
"""Maximum number of citations in one footnote whose words are quoted; of more, the places."""
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_RAISED = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'


class Notes:
    """The footnotes of a file, numbered in the order in which the text first cites them.

    Where they are not `shown`, nothing is noted, and the marks are left out.
    """

    def __init__(self, citations: Sequence[Citation], *, shown: bool = True) -> None:
        self._citations = {citation.marker: citation for citation in citations}
        self._shown = shown
        self._numbers: dict[tuple[int, ...], int] = {}

    def knows(self, marker: int) -> bool:
        """Whether the draft has a citation with this marker."""
        return marker in self._citations

    def of_one_file(self, marks: str) -> bool:
        """Whether all markers of a text are known and cite one file."""
        markers = [int(match[1]) for match in MARKER.finditer(marks)]
        known = [self._citations.get(marker) for marker in markers]
        return None not in known and len({c.document_id for c in known if c is not None}) == 1

    def add(self, paragraph: "WordParagraph", markers: Iterable[int]) -> None:
        """Adds the footnote marks of citations that stand together, one a file."""
        if not self._shown:
            return
        by_file: dict[str, dict[int, None]] = {}
        for marker in markers:
            by_file.setdefault(self._citations[marker].document_id, {})[marker] = None
        for position, group in enumerate(by_file.values()):
            if position:
                paragraph.add_run("、").font.superscript = True  # else 6 and 5 would read 65
            self._mark(paragraph, tuple(sorted(group)))

    def _mark(self, paragraph: "WordParagraph", markers: tuple[int, ...]) -> None:
        """One mark; a repeated one refers to the first footnote."""
        first = markers not in self._numbers
        number = self._numbers.setdefault(markers, len(self._numbers) + 1)
        if not first:
            field(paragraph, f"NOTEREF _Note{number} \\h", str(number), raised=True)
            return
        note = f'<w:r>{_RAISED}<w:footnoteReference w:id="{number}"/></w:r>'
        bookmarked(paragraph, f"_Note{number}", number, note)

    def attach(self, word: "Word") -> None:
        """Writes the footnotes part of the file."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        bodies = [_separator(-1, "separator"), _separator(0, "continuationSeparator")]
        for markers, number in self._numbers.items():
            bodies.append(_note(number, note_text([self._citations[m] for m in markers])))
        xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes xmlns:w="{W}">'
        blob = f"{xml}{''.join(bodies)}</w:footnotes>".encode()
        part = Part(PackURI("/word/footnotes.xml"), _TYPE, blob, word.part.package)
        word.part.relate_to(part, _RELATION)


def note_text(citations: Sequence[Citation]) -> str:
    """Citations of one file in words: its name, the places and, of a few, what is printed."""
    file = citations[0].file
    where = "、".join(places([citation.location for citation in citations], file=file))
    quotes = list(dict.fromkeys(_quote(citation) for citation in citations))
    name = plain(file).rpartition("/")[2]
    return f"{name}，{where}" + (f"：{'；'.join(quotes)}" if len(quotes) <= MAX_QUOTED else "")


def places(locations: Sequence[Location], *, file: str) -> list[str]:
    """The places in words, rows of one table together.

    >>> places([Location(table=1, row=r, column=2) for r in (5, 6, 9)], file="a.docx")
    ['表1 第5—6、9行']
    """
    tables: dict[Location, list[int]] = {}
    out: dict[str, None] = {}
    for location in locations:
        if location.row is not None and len(locations) > 1:
            table = replace(location, row=None, column=None, bbox=None)
            tables.setdefault(table, []).append(location.row)
        else:
            out[place(location, file=file)] = None
    rows = [
        f"{place(table, file=file)} 第{_ranges(rows)}行".strip() for table, rows in tables.items()
    ]
    return [*rows, *out]


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers with those that follow each other drawn together: 5—7、9."""
    ordered = sorted(set(numbers))
    starts = [ordered[0], *(b for a, b in pairwise(ordered) if b > a + 1)]
    ends = [*(a for a, b in pairwise(ordered) if b > a + 1), ordered[-1]]
    pairs = zip(starts, ends, strict=True)
    return "、".join(str(a) if a == b else f"{a}—{b}" for a, b in pairs)


def _quote(citation: Citation) -> str:
    quote = " ".join(plain(citation.quote).split())
    quote = quote if len(quote) <= MAX_QUOTE_LENGTH else quote[:MAX_QUOTE_LENGTH] + "……"
    return f"“{quote}”"


def _separator(number: int, kind: str) -> str:
    body = f"<w:p><w:r><w:{kind}/></w:r></w:p>"
    return f'<w:footnote w:type="{kind}" w:id="{number}">{body}</w:footnote>'


def _note(number: int, text: str) -> str:
    style = f'<w:pPr><w:pStyle w:val="{NOTE_STYLE}"/></w:pPr>'
    return (
        f'<w:footnote w:id="{number}"><w:p>{style}<w:r>{_RAISED}<w:footnoteRef/></w:r>'
        f'<w:r><w:t xml:space="preserve"> {escape(text)}</w:t></w:r></w:p></w:footnote>'
    )


# -- fields and bookmarks --------------------------------------------------------------------------


def field(paragraph: "WordParagraph", code: str, shown: str, *, raised: bool = False) -> None:
    """A field that Word reckons itself (REF, SEQ, NOTEREF), with what it shows until then."""
    mark = '<w:fldChar w:fldCharType="%s"/>'
    instruction = f'<w:instrText xml:space="preserve"> {code} </w:instrText>'
    text = f"<w:t>{escape(shown)}</w:t>"
    for inner in (mark % "begin", instruction, mark % "separate", text, mark % "end"):
        _append(paragraph, f"<w:r>{_RAISED if raised else ''}{inner}</w:r>")


def bookmarked(paragraph: "WordParagraph", name: str, number: int, *runs: str) -> None:
    """Runs under a name that a field can refer to."""
    _append(paragraph, f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>')
    for run in runs:
        _append(paragraph, run)
    _append(paragraph, f'<w:bookmarkEnd w:id="{number}"/>')


def _append(paragraph: "WordParagraph", xml: str) -> None:
    from docx.oxml import parse_xml

    head = re.match(r"<(w:\w+)", xml)
    assert head is not None
    paragraph._p.append(parse_xml(xml.replace(head[0], f'{head[0]} xmlns:w="{W}"', 1)))
