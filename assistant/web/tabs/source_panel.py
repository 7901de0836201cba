"""What a click opens beside the page: places in documents, with a formula over them (出处)."""

import json
from dataclasses import asdict, dataclass
from html import escape

import gradio as gr

from assistant.errors import AssistantError
from assistant.service import Assistant
from assistant.sources.excerpt import excerpt
from assistant.types import Citation
from assistant.web.html import answers as markup
from assistant.web.html_panel import panel
from ingest.errors import IngestError
from ingest.types.facts import DocumentRecord, Figure, Location

GONE = '<p class="failure">这处原文已不在资料库中，请刷新本页。</p>'
MOST = 8
"""Places opened at once."""
ON_LOAD = "window.jiwenOpen = (asked) => server.open(asked);"


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a document and where they stand."""

    document_id: str
    location: Location
    quote: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What is opened: a title, a formula, and the figures and places that they rest on."""

    title: str
    formula: str = ""
    figures: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def attribute(self) -> str:
        """As `data-open` of an element; what is empty is left out."""
        held = {
            "title": self.title,
            "formula": self.formula,
            "figures": self.figures,
            "places": [[p.document_id, _plain(p.location), p.quote] for p in self.places],
        }
        given = {name: value for name, value in held.items() if value}
        text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
        return f'data-open="{escape(text, quote=True)}"'


def _plain(location: Location) -> dict[str, object]:
    return {name: value for name, value in asdict(location).items() if value is not None}


def _location(held: object) -> Location:
    """A Location from what a browser sent; raises ValueError for anything else."""
    if not isinstance(held, dict) or not set(held) <= set(Location.__dataclass_fields__):
        raise ValueError("no location")
    box = held.pop("bbox", None)
    for name, value in held.items():
        if not isinstance(value, str if name == "sheet" else int):
            raise ValueError(f"no {name}")
    if box is None:
        return Location(**held)
    left, top, right, bottom = map(float, box)
    return Location(**held, bbox=(left, top, right, bottom))


def opening(text: str) -> Opening:
    """What an element's `data-open` says; raises ValueError for anything else."""
    held = json.loads(text)
    if not isinstance(held, dict):
        raise ValueError("no opening")
    return Opening(
        str(held.get("title", "")),
        str(held.get("formula", "")),
        tuple(map(str, held.get("figures", ())))[:MOST],
        tuple(
            Place(str(document_id), _location(place), str(quote))
            for document_id, place, quote in held.get("places", ())[:MOST]
        ),
    )


class Openings:
    """Opens what is clicked, out of the library as it is now."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def panel(self) -> gr.HTML:
        """The panel beside the page, which asks the server for each place that is opened."""
        return panel("beside", markup.source_panel(), events=ON_LOAD, functions=[self.open])

    def open(self, asked: str) -> str:
        """The panel's content for one `data-open`; what cannot be opened is said."""
        try:
            wanted = opening(asked)
        except (ValueError, TypeError):
            return GONE
        try:
            records = {record.id: record for record in self._assistant.documents()}
            figures = self._assistant.figures_by_id(wanted.figures)
            places = [*map(_of_figure, figures), *wanted.places]
            parts = [self._part(place, records) for place in places if place.document_id in records]
        except (AssistantError, IngestError) as error:
            return f'<p class="failure">{escape(str(error))}</p>'
        formula = f'<p class="formula">{escape(wanted.formula)}</p>' if wanted.formula else ""
        title = f"<h3>{escape(wanted.title)}</h3>" if wanted.title else ""
        return title + formula + ("".join(parts) or GONE)

    def _part(self, place: Place, records: dict[str, DocumentRecord]) -> str:
        record = records[place.document_id]
        citation = Citation(
            0,
            place.document_id,
            record.file,
            record.title,
            record.department,
            record.year,
            place.location,
            place.quote,
        )
        around = excerpt(self._assistant.blocks(record.id), place.location, place.quote)
        return f"<section>{markup.panel(citation, around)}</section>"


def _of_figure(figure: Figure) -> Place:
    return Place(figure.document_id, figure.location, figure.quantity.raw)
