"""A cited place as a link of the page, and what opens when it is followed."""

import json
from dataclasses import asdict, dataclass
from html import escape

from ingest.types.blocks import Location
from ingest.types.facts import Figure

GONE = '<p class="failure">这处原文已不在资料库中，请刷新本页。</p>'


MOST = 8
"""Places opened at once."""


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


def _of_figure(figure: Figure) -> Place:
    return Place(figure.document_id, figure.location, figure.quantity.raw)
