"""What was not understood (未识别内容): places that print values of which no figure was made."""

from collections.abc import Iterable, Iterator, Sequence

from ingest.language.normalise import one_line
from ingest.language.quantities import has_too_long
from ingest.language.vocabulary import Vocabulary
from ingest.types.blocks import Block, Located, Location, TextBlock
from ingest.types.facts import Oddity

_Key = tuple[object, ...]
MAX_LENGTH_SHOWN = 80
"""Maximum number of characters of a text that the report shows."""


def unread(
    blocks: Sequence[Block], read: Iterable[Location], vocabulary: Vocabulary
) -> Iterator[Oddity]:
    """The cells and paragraphs that hold values of which none was `read`, each with its place."""
    taken = {key for place in read for key in _keys(place)}
    for block in blocks:
        texts: Sequence[Located] = (block,) if isinstance(block, TextBlock) else block.cells
        for text in texts:
            if any(key in taken for run in text.runs for key in _keys(run.location)):
                continue
            if _prints_value(text.text, vocabulary):
                shown = one_line(text.text)[:MAX_LENGTH_SHOWN]
                yield Oddity(shown, "含有数值，但未能识别其含义", text.location)


def _keys(place: Location) -> Iterator[_Key]:
    """What tells a place from its neighbours: its cell, else its lines, else its printed rows."""
    if place.row is not None and place.line_start is None:
        yield place.page, place.sheet, place.table, place.row, place.column
    elif place.line_start is not None:
        for line in range(place.line_start, (place.line_end or place.line_start) + 1):
            yield place.page, line, place.column
    elif place.bbox is not None:
        for height in range(int(place.bbox[1]), int(place.bbox[3]) + 1):
            yield place.page, "y", height


def _prints_value(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a text states a value: not a running number, a date, a name or an instruction."""
    if not any(char.isdigit() for char in text):
        return False
    content = vocabulary.read(text)
    if content.is_instruction or content.is_people_line or content.is_level:
        return False
    whole = content.value
    if whole:
        return bool(whole.unit) or "." in whole.raw or len(whole.raw) > 3
    return bool(content.quantities) or has_too_long(text)
