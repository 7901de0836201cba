"""Markers, quotes and places: which sentence rests on which words of which file (出处).

A composer writes sentences with their sources beside them; markers are numbered here, in reading
order, and the same place is cited once.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.types import Citation
from ingest.types.blocks import Location
from ingest.types.facts import Figure, Indicator, Passage
from ingest.types.library import DocumentRecord

MAX_QUOTE_LENGTH = 400
"""Maximum length, in characters, of a quote; a longer one is cut around what it is cited for."""
_ENDS = "。！？；\n"


@dataclass(frozen=True, slots=True)
class Source:
    """Words of a document that support a statement, and their place."""

    document_id: str
    location: Location
    quote: str
    figure_ids: tuple[str, ...] = ()
    department: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of an answer and its sources; markers are put before its closing punctuation."""

    text: str
    sources: tuple[Source, ...] = ()


def of_figure(figure: Figure) -> Source:
    """The words that the figure stands in."""
    quote = shorten(figure.quote or figure.quantity.raw, figure.quantity.raw)
    return Source(
        figure.document_id, figure.location, quote, (figure.id,), figure.department, figure.year
    )


def of_actual(indicator: Indicator) -> Source:
    """The words in which an indicator's completion is reported."""
    quote = shorten(indicator.actual_text, "") + indicator.amended
    return Source(
        indicator.document_id,
        indicator.location,
        quote,
        (),
        indicator.department,
        indicator.year,
    )


def of_passage(passage: Passage, sentence: str = "") -> Source:
    """A sentence of a passage, or all of it."""
    return Source(
        passage.document_id,
        passage.location,
        shorten(sentence or passage.text, ""),
        (),
        passage.department,
        passage.year,
    )


def shorten(quote: str, around: str) -> str:
    """The quote itself, or the stretch of it around `around` cut at sentence ends if too long."""
    if len(quote) <= MAX_QUOTE_LENGTH:
        return quote
    at = max(quote.find(around), 0) if around else 0
    start = max((quote.rfind(end, 0, at) for end in _ENDS), default=-1) + 1
    start = max(start, at - MAX_QUOTE_LENGTH // 2)
    stops = [i for end in _ENDS if (i := quote.find(end, at + len(around))) >= 0]
    stop = min(stops, default=len(quote)) + 1
    return quote[start : min(stop, start + MAX_QUOTE_LENGTH)].strip()


class Numbering:
    """Gives each source of an answer its marker, in the order in which they are met.

    Sources in documents that are not in `documents` are left out: no removed document is cited.
    """

    def __init__(self, documents: Mapping[str, DocumentRecord]) -> None:
        self._documents = documents
        self._citations: dict[tuple[str, Location, str], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All that were numbered, in their order."""
        return tuple(self._citations.values())

    def text(self, statements: Iterable[Statement]) -> str:
        """The statements as one text with markers [1], [2]…"""
        marked = "".join(_marked(one.text, self.markers(one.sources)) for one in statements)
        return re.sub(r"\n{2,}", "\n", marked)

    def markers(self, sources: Iterable[Source]) -> list[int]:
        """The markers of the sources that can be cited."""
        return [self._marker(s, record) for s in sources
                if (record := self._documents.get(s.document_id))]  # fmt: skip

    def _marker(self, source: Source, record: DocumentRecord) -> int:
        key = (source.document_id, source.location, source.quote)
        if known := self._citations.get(key):
            ids = tuple(dict.fromkeys(known.figure_ids + source.figure_ids))
            self._citations[key] = replace(known, figure_ids=ids)
        else:
            self._citations[key] = Citation(
                marker=len(self._citations) + 1,
                document_id=record.id,
                file=record.file,
                title=record.title,
                department=source.department or record.department,
                year=source.year if source.year is not None else record.year,
                location=source.location,
                quote=source.quote,
                figure_ids=source.figure_ids,
            )
        return self._citations[key].marker


def cite(
    statements: Sequence[Statement], documents: Mapping[str, DocumentRecord]
) -> tuple[str, tuple[Citation, ...]]:
    """The statements as one text with markers [1], [2]…, and the citations they point to."""
    numbering = Numbering(documents)
    return numbering.text(statements), numbering.citations


def _marked(text: str, markers: Sequence[int]) -> str:
    """The text with its markers before the punctuation that closes it."""
    if not markers:
        return text
    body = text.rstrip("。！？；，、：\n")
    shown = "".join(f"[{marker}]" for marker in dict.fromkeys(markers))
    return body + shown + text[len(body) :]
