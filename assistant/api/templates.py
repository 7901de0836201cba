"""REST for form templates (表样): which heads tables have, what was confirmed of them."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from assistant.accounts.permissions import Right
from assistant.api.fields import Number
from assistant.api.pooled_route import PooledRoute
from assistant.api.rest import AppGateway, Caller
from assistant.schemas.templates import LayoutJson, TemplateJson, layouts, template
from assistant.server.work_lanes import Lane, in_lane
from ingest.templates.types import KIND_NAMES, MAX_COLUMNS, ROLE_NAMES, WantedTemplate
from ingest.types.tables import ColumnRole, TableKind

router = APIRouter(prefix="/api/v1", route_class=PooledRoute)

SECONDS_PER_REQUEST = 5.0
"""How long one request goes on reading documents anew."""


class LayoutsJson(TypedDict):
    """The layouts of tables, those in doubt first."""

    layouts: list[LayoutJson]


class TemplatesJson(TypedDict):
    """Templates, also earlier versions, the newest first."""

    templates: list[TemplateJson]


class WaitingJson(TypedDict):
    """How many documents wait to be read anew."""

    waiting: int


class TemplateRequest(BaseModel):
    """What the columns of a layout mean."""

    signature: str = Field(max_length=64, description="表头的特征，见 /layouts")
    kind: TableKind = Field(
        description="这张表是什么：" + "、".join(f"{k.value} {n}" for k, n in KIND_NAMES.items())
    )
    roles: list[ColumnRole | None] = Field(
        max_length=MAX_COLUMNS,
        description="从左到右每一列的角色，不读的列写 null："
        + "、".join(f"{role.value} {name}" for role, name in ROLE_NAMES.items()),
    )


@router.get("/layouts", summary="表格的表头，读法没有把握的在前")
def list_layouts(
    gateway: AppGateway,
    caller: Caller,
    document: Annotated[str, Query(max_length=64, description="只看这个文件编号")] = "",
) -> LayoutsJson:
    """Lists the heads of tables, of all documents or of one."""
    assistant = gateway.enter(caller, Right.ASK)
    return {"layouts": layouts(assistant.layouts(document), assistant.templates())}


@router.get("/templates", summary="已确认的表样，最近的在前")
def list_templates(gateway: AppGateway, caller: Caller) -> TemplatesJson:
    """Lists templates with all their versions."""
    return {"templates": list(map(template, gateway.enter(caller, Right.ASK).templates()))}


@router.post("/templates", summary="确认一种表头每一列的含义，对有这种表头的文件都有效")
@in_lane(Lane.INTAKE)
def confirm(request: TemplateRequest, gateway: AppGateway, caller: Caller) -> TemplateJson:
    """Keeps a template; the documents that have the layout wait to be read anew."""
    wanted = WantedTemplate(request.signature, request.kind, tuple(request.roles), caller.name)
    return template(gateway.enter(caller, Right.CORRECT).confirm_layout(wanted))


@router.delete("/templates/{number}", summary="撤销一个表样，它之前的一版重新有效")
@in_lane(Lane.INTAKE)
def forget(number: Number, gateway: AppGateway, caller: Caller) -> TemplateJson:
    """Takes a template back; the documents it was about wait to be read anew."""
    return template(gateway.enter(caller, Right.CORRECT).forget_template(number))


@router.post("/templates/reading", summary="重读等着按表样重读的文件，几秒钟后答还剩几个")
@in_lane(Lane.INTAKE)
def read_on(gateway: AppGateway, caller: Caller) -> WaitingJson:
    """Reads some of the documents that wait anew; to be asked again until none waits."""
    waiting = gateway.enter(caller, Right.CORRECT).read_waiting(seconds=SECONDS_PER_REQUEST)
    return {"waiting": waiting}
