"""REST for corrections by hand (人工更正): what is set right, listed and taken back."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from assistant.accounts.permissions import Right
from assistant.api.rest import Open, Who
from assistant.schemas.documents import CorrectionJson, correction
from ingest.corrections.types import ASPECT_NAMES, MAX_VALUE_LENGTH, Aspect, Wanted

router = APIRouter(prefix="/api/v1")


class CorrectionsJson(TypedDict):
    corrections: list[CorrectionJson]


class Correcting(BaseModel):
    """What is to be set right: one thing of a figure, or of the document where none is named."""

    document_id: str = Field(max_length=64, description="文件编号")
    figure_id: str = Field(default="", max_length=64, description="数据编号；更正整个文件时不写")
    aspect: Aspect = Field(
        description="更正什么：" + "、".join(f"{a.value} {n}" for a, n in ASPECT_NAMES.items())
    )
    new: str = Field(max_length=MAX_VALUE_LENGTH, description="更正为什么")
    reason: str = Field(default="", max_length=200, description="理由")


@router.get("/corrections", summary="人工更正，最近的在前")
def corrections(
    gateway: Open,
    who: Who,
    document: Annotated[str, Query(max_length=64, description="只看这个文件编号")] = "",
) -> CorrectionsJson:
    found = gateway.enter(who, Right.ASK).corrections(document)
    return {"corrections": [correction(one) for one in found]}


@router.post("/corrections", summary="更正一个数据，或一个文件的部门、年度、表种")
def correct(asked: Correcting, gateway: Open, who: Who) -> CorrectionJson:
    wanted = Wanted(
        asked.document_id, asked.aspect, asked.new, who.name, asked.figure_id, asked.reason
    )
    made = gateway.enter(who, Right.CORRECT).correct(wanted)
    gateway.note(who, "更正", f"{made.file}：{made.words}")
    return correction(made)


@router.delete("/corrections/{number}", summary="撤销一条更正")
def withdraw(number: int, gateway: Open, who: Who) -> CorrectionJson:
    made = gateway.enter(who, Right.CORRECT).withdraw(number)
    gateway.note(who, "撤销更正", f"{made.file}：{made.words}")
    return correction(made)
