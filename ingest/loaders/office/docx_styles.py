"""Word's paragraph styles (段落样式): which heading level and which list a paragraph has."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ingest.loaders.office.docx_numbering import VAL, W

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

P_PR, NUM_PR, NUM_ID, DEPTH = (W + name for name in ("pPr", "numPr", "numId", "ilvl"))
STYLE, OUTLINE, BASED_ON, NAME = (W + name for name in ("pStyle", "outlineLvl", "basedOn", "name"))
BODY_LEVEL = 9
"""Word's outline level for body text; 0 to 8 are headings."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says of its paragraphs: heading level (0 = body) and list."""

    level: int
    list_id: str
    depth: int


BODY = Style(0, "", 0)


class Styles:
    """The paragraph styles of a Word file; its styles part is read when one is first used."""

    def __init__(self, part: "Callable[[], Element | None]") -> None:
        self._part = part
        self._styles: dict[str, Style] = {}

    @cached_property
    def _elements(self) -> "dict[str, Element]":
        root = self._part()
        styles = () if root is None else root.iterchildren(W + "style")
        return {element.get(W + "styleId", ""): element for element in styles}

    def of(self, properties: "Element | None") -> Style:
        """The style of a paragraph with these properties."""
        if properties is None:
            return BODY
        held = {child.tag: child for child in properties}
        named = held.get(STYLE)
        style = BODY if named is None else self._named(named.get(VAL, ""), frozenset())
        return style if OUTLINE not in held and NUM_PR not in held else _own(properties, style)

    def _named(self, name: str, seen: frozenset[str]) -> Style:
        """A style with what it takes over from the style it is based on."""
        if name not in self._styles:
            if name not in self._elements or name in seen:
                return BODY
            element = self._elements[name]
            style = self._named(_value(element, BASED_ON), seen | {name})
            if _value(element, NAME).lower() == "title":
                style = replace(style, level=1)
            properties = element.find(P_PR)
            self._styles[name] = style if properties is None else _own(properties, style)
        return self._styles[name]


def _own(properties: "Element", inherited: Style) -> Style:
    """The style of a paragraph with these properties of its own."""
    outline = _value(properties, OUTLINE)
    level = inherited.level
    if outline.isdigit():
        level = 0 if int(outline) >= BODY_LEVEL else int(outline) + 1
    numbers = properties.find(NUM_PR)
    if numbers is None:
        return replace(inherited, level=level)
    depth = _value(numbers, DEPTH)
    return Style(
        level,
        _value(numbers, NUM_ID) or inherited.list_id,
        int(depth) if depth.isdigit() else inherited.depth,
    )


def _value(element: "Element", tag: str) -> str:
    child = element.find(tag)
    return "" if child is None else child.get(VAL, "")
