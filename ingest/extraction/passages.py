"""Text and table rows → passages to be searched and quoted (检索片段)."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2s

from ingest.extraction.statements import sentences
from ingest.language.normalise import squeeze
from ingest.types.blocks import Located, Location, Run, TextBlock, cover
from ingest.types.facts import Passage

PASSAGE_LENGTH = 160
"""Number of characters after which a passage ends with its sentence: one or two sentences, well
inside the model's 512 tokens."""


@dataclass(frozen=True, slots=True)
class Splitter:
    """Cuts the texts of one document; passages carry their section and place."""

    document_id: str
    department: str
    year: int | None

    def split(self, text: Located, section: str) -> Iterator[Passage]:
        """The text in passages of whole sentences, about `PASSAGE_LENGTH` characters each."""
        raw = text.text
        start: int | None = None
        end = 0
        for begin, stop in sentences(raw):
            if start is not None and stop - start > PASSAGE_LENGTH:
                yield from self._passage(text, start, end, section)
                start = None
            start, end = (begin if start is None else start), stop
        if start is not None:
            yield from self._passage(text, start, end, section)

    def row(self, cells: list[Located], section: str) -> Iterator[Passage]:
        """A table row as one passage, its cells set apart by spaces."""
        filled = [cell for cell in cells if squeeze(cell.text)]
        if not filled:
            return
        runs = tuple(
            run for cell in filled for run in (*cell.runs, Run(" ", cell.runs[-1].location))
        )
        joined = TextBlock(runs)
        if len(joined.text) > 3 * PASSAGE_LENGTH:
            for cell in filled:
                yield from self.split(cell, section)
            return
        yield self._make(joined.text.strip(), cover(c.location for c in filled), section)

    def _passage(self, text: Located, start: int, end: int, section: str) -> Iterator[Passage]:
        raw = text.text[start:end].strip()
        if squeeze(raw):
            yield self._make(raw, text.locate(start, end), section)

    def _make(self, text: str, location: Location, section: str) -> Passage:
        key = repr((self.document_id, location, text))
        return Passage(
            id=blake2s(key.encode("utf-8", "replace"), digest_size=10).hexdigest(),
            document_id=self.document_id,
            department=self.department,
            year=self.year,
            section=section,
            text=text,
            location=location,
        )
