"""Where the page looks a source up (原文): the place in the file, and pages as pictures."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from assistant.accounts.permissions import Right
from assistant.api.fields import Number
from assistant.api.pooled_route import PooledRoute
from assistant.api.rest import AppGateway, Caller
from assistant.errors import UnknownDocument
from assistant.sources.source_view import source_html
from ingest.types.blocks import Location

NOT_FOUND = "这一处原文已经找不到，文件可能已被删除或替换，请重新提问。"
CACHED = {"Cache-Control": "private, max-age=86400"}
"""A document's id is the hash of its bytes: a page of it never changes."""
BBOX_PATTERN = r"^(-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3})?$"
router = APIRouter(include_in_schema=False, route_class=PooledRoute)


class PlaceQuery(BaseModel):
    """A Location as an address has it."""

    page: Number | None = None
    sheet: str | None = None
    table: Number | None = None
    row: Number | None = None
    column: Number | None = None
    line_start: Number | None = None
    line_end: Number | None = None
    bbox: Annotated[str, Field(pattern=BBOX_PATTERN)] = ""
    quote: str = ""

    @property
    def location(self) -> Location:
        """The place that the address names."""
        edges = [float(edge) for edge in self.bbox.split(",")] if self.bbox else []
        return Location(
            page=self.page,
            sheet=self.sheet,
            table=self.table,
            row=self.row,
            column=self.column,
            line_start=self.line_start,
            line_end=self.line_end,
            bbox=(edges[0], edges[1], edges[2], edges[3]) if len(edges) == 4 else None,
        )


@router.get("/source/{document_id}")
def place(
    document_id: str, place: Annotated[PlaceQuery, Query()], gateway: AppGateway, caller: Caller
) -> Response:
    """The place as HTML: its page, table or lines."""
    assistant = gateway.enter(caller, Right.ASK)
    own = assistant.files.blocks(document_id, user=caller.id)
    blocks = own or assistant.source(document_id)
    html = source_html(document_id, blocks, place.location, place.quote) if blocks else ""
    if not html:
        raise UnknownDocument(NOT_FOUND)
    return HTMLResponse(html)


@router.get("/source/{document_id}/page/{number}.png")
def page(document_id: str, number: Number, gateway: AppGateway, caller: Caller) -> Response:
    """A page of a document as a picture."""
    assistant = gateway.enter(caller, Right.ASK)
    own = assistant.files.page_image(document_id, number, user=caller.id)
    image = own or assistant.page_image(document_id, number)
    if image is None:
        raise UnknownDocument(NOT_FOUND)
    return Response(image.png, media_type="image/png", headers=CACHED)
