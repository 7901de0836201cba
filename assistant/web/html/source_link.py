"""A link to places in documents: what a `data-open` attribute says, written and read back."""

import json
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from pydantic_core import from_json

from ingest.types.blocks import Location
from ingest.types.facts import Figure

NOT_IN_LIBRARY = '<p class="failure">这处原文已不在资料库中，请刷新本页。</p>'
MAX_PLACES = 8
"""Maximum number of places, and of figures, that one link opens."""


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """Words of a document and where they stand."""

    document_id: str
    location: Location
    quote: str


@dataclass(frozen=True, slots=True)
class SourceLink:
    """What a click opens: a title, a formula, and the figures and places that they rest on.

    `figures` are the ids of figures.
    """

    title: str
    formula: str = ""
    figures: tuple[str, ...] = ()
    places: tuple[QuotedPlace, ...] = ()

    @property
    def attribute(self) -> str:
        """As `data-open` of an element; what is empty is left out."""
        fields = {
            "title": self.title,
            "formula": self.formula,
            "figures": self.figures,
            "places": [[p.document_id, _location_json(p.location), p.quote] for p in self.places],
        }
        present = {name: value for name, value in fields.items() if value}
        text = json.dumps(present, ensure_ascii=False, separators=(",", ":"))
        return f'data-open="{escape(text, quote=True)}"'


def _location_json(location: Location) -> dict[str, object]:
    return {name: value for name, value in asdict(location).items() if value is not None}


def _location(sent: object) -> Location:
    """A Location from what a browser sent; raises ValueError for anything else."""
    if not isinstance(sent, dict) or not set(sent) <= set(Location.__dataclass_fields__):
        raise ValueError("no location")
    box = sent.pop("bbox", None)
    for name, value in sent.items():
        if not isinstance(value, str if name == "sheet" else int):
            raise ValueError(f"no {name}")
    if box is None:
        return Location(**sent)
    left, top, right, bottom = map(float, box)
    return Location(**sent, bbox=(left, top, right, bottom))


def read_link(text: str) -> SourceLink:
    """What an element's `data-open` says; raises ValueError for anything else."""
    sent = from_json(text, allow_inf_nan=False)
    if not isinstance(sent, dict):
        raise ValueError("no link")
    try:
        return _link(sent)
    except (TypeError, OverflowError) as error:
        raise ValueError("no link") from error


def _link(sent: dict[str, Any]) -> SourceLink:
    return SourceLink(
        str(sent.get("title", "")),
        str(sent.get("formula", "")),
        tuple(map(str, sent.get("figures", ())))[:MAX_PLACES],
        tuple(
            QuotedPlace(str(document_id), _location(place), str(quote))
            for document_id, place, quote in sent.get("places", ())[:MAX_PLACES]
        ),
    )


def place_of(figure: Figure) -> QuotedPlace:
    """Where a figure is printed."""
    return QuotedPlace(figure.document_id, figure.location, figure.quantity.raw)
