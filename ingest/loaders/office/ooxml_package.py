"""Office packages (.docx, .xlsx): the XML parts of a zip file and how they refer to each other.

Parts are parsed plainly: the object models of python-docx and openpyxl cost several times as much
as reading what they hold.
"""

import posixpath
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

RELATIONSHIPS = ("{http://schemas.openxmlformats.org/package/2006/relationships}Relationship",)


class Package:
    """The parts of an office file, by their names in the package."""

    def __init__(self, data: bytes) -> None:
        self._zip = ZipFile(BytesIO(data))
        self._relations: dict[str, dict[str, tuple[str, str]]] = {}

    def bytes_of(self, part: str) -> bytes:
        """What a part holds; a KeyError where it is not there."""
        return self._zip.read(self._names.get(part.lower(), part))

    def xml(self, part: str) -> "Element":
        """The root of a part; no entity is resolved and nothing is fetched."""
        from lxml.etree import XMLParser, fromstring

        parser = XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
        return fromstring(self.bytes_of(part), parser)

    def related(self, part: str, kind: str) -> str:
        """The part that `part` ("" for the package) names as its `kind`, "" where there is none.

        A kind is the last word of the relationship's type: officeDocument, styles, numbering.
        """
        relations = self.relations(part).values()
        return next((target for target, its_kind in relations if its_kind == kind), "")

    def root(self, part: str, kind: str) -> "Element | None":
        """The root of the part that `part` names as its `kind`, None where there is none."""
        target = self.related(part, kind)
        return self.xml(target) if target else None

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationship id → (the part it leads to, its kind)."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        if listing.lower() not in self._names:
            return {}
        relations: dict[str, tuple[str, str]] = {}
        for relation in self.xml(listing).iter(*RELATIONSHIPS):
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                kind = relation.get("Type", "").rpartition("/")[2]
                relations[relation.get("Id", "")] = target.lstrip("/"), kind
        return relations

    @cached_property
    def _names(self) -> dict[str, str]:
        """Part names as the zip file spells them: they compare without regard to case."""
        return {name.lower(): name for name in self._zip.namelist()}
