"""REST for corrections by hand (人工更正): what is set right, listed and taken back."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from assistant.accounts.permissions import Right
from assistant.api.fields import Number
from assistant.api.pooled_route import PooledRoute
from assistant.api.rest import AppGateway, Caller
from assistant.schemas.documents import CorrectionJson, correction
from assistant.server.work_lanes import Lane, in_lane
from assistant.text_limits import REASON
from ingest.corrections.types import ASPECT_NAMES, MAX_VALUE_LENGTH, Aspect, Wanted

router = APIRouter(prefix="/api/v1", route_class=PooledRoute)


class CorrectionsJson(TypedDict):
    """Corrections, the latest first."""

    corrections: list[CorrectionJson]


class CorrectionRequest(BaseModel):
    """What is to be set right: one thing of a figure, or of the document where none is named."""

    document_id: str = Field(max_length=64, description="文件编号")
    figure_id: str = Field(default="", max_length=64, description="数据编号；更正整个文件时不写")
    aspect: Aspect = Field(
        description="更正什么：" + "、".join(f"{a.value} {n}" for a, n in ASPECT_NAMES.items())
    )
    new: str = Field(max_length=MAX_VALUE_LENGTH, description="更正为什么")
    reason: str = Field(default="", max_length=REASON.length, description="理由")


@router.get("/corrections", summary="人工更正，最近的在前")
def corrections(
    gateway: AppGateway,
    caller: Caller,
    document: Annotated[str, Query(max_length=64, description="只看这个文件编号")] = "",
) -> CorrectionsJson:
    """Lists corrections, of all documents or of one."""
    listed = gateway.enter(caller, Right.ASK).corrections(document)
    return {"corrections": [correction(one) for one in listed]}


@router.post("/corrections", summary="更正一个数据，或一个文件的部门、年度、表种")
@in_lane(Lane.INTAKE)
def correct(request: CorrectionRequest, gateway: AppGateway, caller: Caller) -> CorrectionJson:
    """Sets right one thing of a figure or of a document."""
    wanted = Wanted(
        request.document_id,
        request.aspect,
        request.new,
        caller.name,
        request.figure_id,
        request.reason,
    )
    corrected = gateway.enter(caller, Right.CORRECT).correct(wanted)
    return correction(corrected)


@router.delete("/corrections/{number}", summary="撤销一条更正")
@in_lane(Lane.INTAKE)
def withdraw(number: Number, gateway: AppGateway, caller: Caller) -> CorrectionJson:
    """Takes a correction back."""
    withdrawn = gateway.enter(caller, Right.CORRECT).withdraw(number)
    return correction(withdrawn)
