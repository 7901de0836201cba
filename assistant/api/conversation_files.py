"""REST for the files of a conversation (对话里的文件): put in, listed, taken out, kept."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from typing_extensions import TypedDict

from assistant.accounts.permissions import Right
from assistant.api.pooled_route import PooledRoute
from assistant.api.rest import AppGateway, Caller, DocumentsJson
from assistant.schemas import documents as schemas
from assistant.server.uploads import clean_name, take_in
from assistant.server.work_lanes import Lane, in_lane
from ingest.types.library import Outcome

NEW = "new"
"""What stands for a conversation that is to be begun."""
router = APIRouter(prefix="/api/v1/conversations", route_class=PooledRoute)


class AttachedJson(TypedDict):
    """The conversation that has the files, "" where none began, and one report a file."""

    conversation: str
    documents: list[schemas.ReportJson]


@router.post("/{conversation}/files", summary="把文件放进自己的一个对话，只在那里可问")
@in_lane(Lane.INTAKE)
def attach(
    conversation: str,
    gateway: AppGateway,
    caller: Caller,
    files: Annotated[list[UploadFile], File(description="要放进的文件，可以多个")],
    password: Annotated[
        str, Form(description="加密文件的打开密码，只用这一次，不保存", max_length=255)
    ] = "",
) -> AttachedJson:
    """Reads files for a conversation of the caller; `new` begins one."""
    assistant = gateway.enter(caller, Right.UPLOAD)
    own, begun = assistant.files, conversation == NEW
    if begun:
        conversation = own.begin(clean_name(files[0].filename or ""), user=caller.id)
    add = partial(own.add, conversation, user=caller.id, password=password)
    reports = list(take_in(add, ((file.filename or "", file.file) for file in files)))
    if begun and all(report.outcome is Outcome.FAILED for report in reports):
        assistant.forget(caller.id, conversation)
        conversation = ""
    return {"conversation": conversation, **schemas.reports(reports)}


@router.get("/{conversation}/files", summary="自己的一个对话里的文件")
def attached(conversation: str, gateway: AppGateway, caller: Caller) -> DocumentsJson:
    """Lists the files of a conversation of the caller."""
    records = gateway.enter(caller, Right.ASK).files.of(conversation, user=caller.id)
    return {"documents": [schemas.document(record) for record in records]}


@router.delete("/{conversation}/files/{document_id}", summary="从自己的一个对话移除一个文件")
@in_lane(Lane.INTAKE)
def detach(
    conversation: str, document_id: str, gateway: AppGateway, caller: Caller
) -> schemas.DocumentJson:
    """Takes a file out of a conversation of the caller."""
    own = gateway.enter(caller, Right.UPLOAD).files
    return schemas.document(own.remove(conversation, document_id, user=caller.id))


@router.post("/{conversation}/files/{document_id}/keep", summary="把对话里的一个文件收入资料库")
@in_lane(Lane.INTAKE)
def keep(
    conversation: str, document_id: str, gateway: AppGateway, caller: Caller
) -> schemas.ReportsJson:
    """Has the library take a file of a conversation in."""
    own = gateway.enter(caller, Right.UPLOAD).files
    return schemas.reports(own.keep(conversation, document_id, user=caller.id))
