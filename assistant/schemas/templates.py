"""The JSON of layouts and of form templates (版式与表样), and what is put in for them."""

from collections.abc import Iterable, Sequence

from typing_extensions import TypedDict

from assistant.schemas.answers import LocationJson, location
from ingest.templates.types import FormTemplate
from ingest.types.layouts import MetLayout


class TemplateJson(TypedDict):
    """What was confirmed of a layout; no departments means all. A role is null that is not read."""

    number: int
    version: int
    signature: str
    kind: str
    heads: list[list[str]]
    roles: list[str | None]
    departments: list[str]
    by: str
    at: str


class LayoutJson(TypedDict):
    """The head of tables in one or more documents, with the roles its columns are taken to have.

    `documents` have it, `unconfirmed` of them are in doubt of it; `rows` are the first below it in
    the document `document_id`. `template` is the one in force.
    """

    signature: str
    kind: str | None
    heads: list[list[str]]
    roles: list[str | None]
    rows: list[list[str]]
    document_id: str
    location: LocationJson
    confidence: str
    documents: int
    unconfirmed: int
    template: TemplateJson | None


def template(one: FormTemplate) -> TemplateJson:
    """A version of a template."""
    return {
        "number": one.number,
        "version": one.version,
        "signature": one.signature,
        "kind": one.kind.value,
        "heads": [list(heads) for heads in one.heads],
        "roles": [role.value if role else None for role in one.roles],
        "departments": list(one.departments),
        "by": one.by,
        "at": one.at,
    }


def layouts(met: Iterable[MetLayout], templates: Sequence[FormTemplate]) -> list[LayoutJson]:
    """Layouts, each with its template; `templates` as they are listed, the newest first."""
    held: dict[str, FormTemplate] = {}
    for one in templates:
        held.setdefault(one.signature, one)
    return [_layout(one, held.get(one.layout.signature)) for one in met]


def _layout(met: MetLayout, held: FormTemplate | None) -> LayoutJson:
    layout = met.layout
    return {
        "signature": layout.signature,
        "kind": layout.kind.value if layout.kind else None,
        "heads": [list(heads) for heads in layout.heads],
        "roles": [role.value if role else None for role in layout.roles],
        "rows": [list(row) for row in layout.rows],
        "document_id": met.shown_in,
        "location": location(layout.place),
        "confidence": str(layout.confidence),
        "documents": len(met.documents),
        "unconfirmed": met.unconfirmed,
        "template": template(held) if held else None,
    }
