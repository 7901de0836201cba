"""REST under /api/v1 (开放接口): the same objects as the command line, and no other."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from assistant.accounts.permissions import Right, Visitor
from assistant.api.fields import Number, Year
from assistant.api.pooled_route import PooledRoute
from assistant.conversation_files import Where
from assistant.document_tags import MAX_TAGS
from assistant.drafting.types import Draft, Length, Section
from assistant.language.wording import UNHANDLED
from assistant.schemas import answers as answer_schemas
from assistant.schemas import documents as document_schemas
from assistant.schemas import drafts as draft_schemas
from assistant.schemas.selection import file_names, listed, selection
from assistant.server.deferred_apps import DeferredApp
from assistant.server.gateway import Gateway
from assistant.server.uploads import take_in
from assistant.server.work_lanes import Lane, in_lane
from assistant.text_limits import (
    DEPARTMENT,
    EMPHASIS,
    MAX_TURNS,
    NAME,
    QUESTION,
    TAG,
    TEMPLATE,
    TONE,
)
from assistant.types import Answer, Handling
from ingest.types import blocks
from ingest.types.library import Certainty, DocumentRecord, Scope

Item = TypeVar("Item")

MAX_ROWS = 10_000
"""Maximum number of rows of one list."""
MAX_TAGGED = 5_000
"""Maximum number of documents that are tagged at once."""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Health(TypedDict):
    """Whether the program runs, and whether its page is built."""

    status: Literal["ok"]
    page: Literal["starting", "ready"]


class DocumentsJson(TypedDict):
    """The documents of the library."""

    documents: list[document_schemas.DocumentJson]


class FiguresJson(TypedDict):
    """A part of a list, and how long the whole is."""

    total: int
    figures: list[answer_schemas.FigureJson]


class IndicatorsJson(TypedDict):
    """A part of a list, and how long the whole is."""

    total: int
    indicators: list[answer_schemas.IndicatorJson]


class FindingsJson(TypedDict):
    """A part of a list, and how long the whole is."""

    total: int
    findings: list[answer_schemas.FindingJson]


class MarkRequest(BaseModel):
    """How a finding was handled."""

    document_id: str = Field(max_length=64, description="发现所在文件的编号")
    finding: str = Field(max_length=64, description="发现的 key")
    handling: Handling | None = Field(
        default=None, description="、".join(Handling) + "；不写为取消标记"
    )


Tag = Annotated[str, Field(min_length=1, max_length=TAG.length)]


class TagRequest(BaseModel):
    """Which tags go on which documents, and which come off."""

    document_ids: list[Annotated[str, Field(max_length=64)]] = Field(
        min_length=1, max_length=MAX_TAGGED, description="文件编号"
    )
    add: list[Tag] = Field(default=[], max_length=MAX_TAGS, description="要加的标签")
    remove: list[Tag] = Field(default=[], max_length=MAX_TAGS, description="要去掉的标签")


class StatusJson(TypedDict):
    """A part of a list, and how long the whole is."""

    total: int
    status: list[answer_schemas.TotalsJson]


class QuestionRequest(BaseModel):
    """A question with what is known around it."""

    question: str = Field(min_length=1, max_length=QUESTION.length, description="要问的问题")
    id: str = Field(default="", max_length=200, description="提问方自己的编号，原样返回")
    turns: list[str] = Field(default=[], max_length=MAX_TURNS, description="此前的问题，先问的在前")
    department: str = Field(default="", max_length=DEPARTMENT.length, description="只看这个部门")
    year: Year | None = Field(default=None, description="只看这个年度")
    form: blocks.Form | None = Field(default=None, description="只看这种表")
    conversation: str = Field(
        default="", max_length=64, description="自己的一个对话：先问它的文件，文件里没有再问资料库"
    )


class DraftRequest(BaseModel):
    """What is to be drafted."""

    section: Section = Field(default=Section.REPORT, description="哪一节：" + "、".join(Section))
    department: str = Field(
        min_length=1, max_length=DEPARTMENT.length, description="部门，全称或简称"
    )
    year: Year | None = Field(default=None, description="年度，缺省为最近一年")
    tone: str = Field(default="", max_length=TONE.length, description="口吻：自评或审核")
    emphasis: str = Field(default="", max_length=EMPHASIS.length, description="要突出的任务或指标")
    length: Length = Field(default=Length.MEDIUM, description="篇幅：简、中、详")


class WordRequest(DraftRequest):
    """What is to be drafted as a Word file, and how that looks."""

    template: str = Field(
        default="", max_length=TEMPLATE.length, description="Word 模板的名称，缺省为公文版式"
    )
    notes: bool = Field(default=True, description="是否带脚注和附录")


class ListQuery(BaseModel):
    """What a list is limited to."""

    document: str = Field(default="", description="文件编号或文件名")
    department: str = Field(
        default="", max_length=DEPARTMENT.length, description="部门，全称或简称"
    )
    year: Year | None = Field(default=None, description="年度，如 2021")
    limit: int = Field(default=1000, ge=1, le=MAX_ROWS, description="最多返回多少条")
    offset: Number = Field(default=0, ge=0, description="从第几条开始，第一条是 0")

    def scope(
        self, records: Sequence[DocumentRecord], certainty: Certainty = Certainty.CONFIRMED
    ) -> Scope:
        """The documents, departments and years asked for; raises UnknownDocument."""
        return selection(
            records,
            document=self.document,
            department=self.department,
            year=self.year,
            certainty=certainty,
        )

    def page(self, rows: Sequence[Item]) -> Sequence[Item]:
        """The part of the list that is asked for."""
        return rows[self.offset : self.offset + self.limit]


async def gateway_of(request: Request) -> Gateway:
    """The gateway of the app that answers."""
    gateway: Gateway = request.app.state.gateway
    return gateway


async def visitor_of(request: Request) -> Visitor:
    """Who asks, as the guard found out."""
    visitor: Visitor = request.state.visitor
    return visitor


AppGateway = Annotated[Gateway, Depends(gateway_of)]
Caller = Annotated[Visitor, Depends(visitor_of)]
Listed = Annotated[ListQuery, Query()]
Unconfirmed = Annotated[bool, Query(description="只列未确认的：置信度不够，等人核对")]
router = APIRouter(prefix="/api/v1", route_class=PooledRoute)


@router.get("/healthz", summary="服务是否在运行，网页是否已建成")
async def healthz(request: Request) -> Health:
    """Answers while the program runs, without signing in; waits for no thread."""
    page: DeferredApp = request.app.state.page
    return {"status": "ok", "page": "ready" if page.is_open else "starting"}


@router.post("/ask", summary="提问，回答附出处")
@in_lane(Lane.QUESTION)
def ask(request: QuestionRequest, gateway: AppGateway, caller: Caller) -> answer_schemas.AnswerJson:
    """Answers a question with its sources."""
    assistant = gateway.enter(caller, Right.ASK)
    pieces = assistant.files.stream(
        request.question,
        Where(request.conversation, caller.id),
        turns=request.turns,
        department=request.department,
        year=request.year,
        form=request.form,
    )
    answer = next(piece for piece in pieces if isinstance(piece, Answer))
    return answer_schemas.answer(answer, id=request.id)


@router.get("/documents", summary="资料库里的文件")
def documents(gateway: AppGateway, caller: Caller) -> DocumentsJson:
    """Lists the documents."""
    assistant = gateway.enter(caller, Right.ASK)
    tags = assistant.tags()
    listed = [document_schemas.document(one, tags.get(one.id, ())) for one in assistant.documents()]
    return {"documents": listed}


@router.post("/documents", summary="收入文件，逐个报告认出了什么、没认出什么")
@in_lane(Lane.INTAKE)
def upload(
    gateway: AppGateway,
    caller: Caller,
    files: Annotated[list[UploadFile], File(description="要收入的文件，可以多个")],
    replace: Annotated[bool, Form(description="同名文件内容有变时，用新文件替换旧文件")] = False,
    password: Annotated[
        str, Form(description="加密文件的打开密码，只用这一次，不保存", max_length=255)
    ] = "",
) -> document_schemas.ReportsJson:
    """Takes files in, each whole or not at all; locked ones are kept as opened."""
    assistant = gateway.enter(caller, Right.UPLOAD)
    named = ((file.filename or "", file.file) for file in files)
    add = partial(assistant.add, replace=replace, password=password)
    reports = list(take_in(add, named))
    return document_schemas.reports(reports)


@router.post("/documents/tags", summary="给文件加上或去掉标签，可以一次多个")
def tag(request: TagRequest, gateway: AppGateway, caller: Caller) -> DocumentsJson:
    """Puts tags on documents and takes others off; the documents with what they have now."""
    assistant = gateway.enter(caller, Right.CORRECT)
    assistant.tag(request.document_ids, add=request.add, remove=request.remove, by=caller.name)
    return DocumentsJson(
        documents=[
            one
            for one in documents(gateway, caller)["documents"]
            if one["id"] in request.document_ids
        ]
    )


@router.delete("/documents/{document_id}", summary="从资料库删除一个文件")
@in_lane(Lane.INTAKE)
def remove(document_id: str, gateway: AppGateway, caller: Caller) -> document_schemas.DocumentJson:
    """Deletes a document and all that was made of it."""
    record = gateway.enter(caller, Right.REMOVE).remove(document_id)
    return document_schemas.document(record)


@router.get("/figures", summary="文件里的每一个数据和它的位置")
def figures(
    gateway: AppGateway,
    caller: Caller,
    query: Listed,
    name: Annotated[str, Query(max_length=NAME.length, description="名称含有这些字")] = "",
    unconfirmed: Unconfirmed = False,
) -> FiguresJson:
    """Lists figures with their places."""
    assistant = gateway.enter(caller, Right.ASK)
    records = assistant.documents()
    files = file_names(records)
    scope = query.scope(records, listed(unconfirmed=unconfirmed))
    figures = assistant.figures(scope, name=name)
    rows = [
        answer_schemas.figure(fact, file=files[fact.document_id]) for fact in query.page(figures)
    ]
    return {"total": len(figures), "figures": rows}


@router.get("/indicators", summary="每一项绩效指标和它的状态")
def indicators(
    gateway: AppGateway, caller: Caller, query: Listed, unconfirmed: Unconfirmed = False
) -> IndicatorsJson:
    """Lists indicators with their status."""
    assistant = gateway.enter(caller, Right.ASK)
    records = assistant.documents()
    files = file_names(records)
    statuses = assistant.indicators(query.scope(records, listed(unconfirmed=unconfirmed)))
    rows = [
        answer_schemas.indicator(one, file=files[one.indicator.document_id])
        for one in query.page(statuses)
    ]
    return {"total": len(statuses), "indicators": rows}


@router.get("/audit", summary="校核：值得核对的问题，每条有依据")
def audit(
    gateway: AppGateway,
    caller: Caller,
    query: Listed,
    handling: Annotated[
        Handling | Literal["未处理"] | None, Query(description="只列这样处理的，或未处理的")
    ] = None,
) -> FindingsJson:
    """Lists findings of the audit, those that were handled in one way, or not yet."""
    assistant = gateway.enter(caller, Right.AUDIT)
    records = assistant.documents()
    files = file_names(records)
    findings = [
        one
        for one in assistant.audit(query.scope(records))
        if handling in (None, one.mark.handling if one.mark else UNHANDLED)
    ]
    rows = [
        answer_schemas.finding(one, file=files[one.document_id]) for one in query.page(findings)
    ]
    return {"total": len(findings), "findings": rows}


@router.post("/audit/marks", summary="标记一条发现：已看、误报或已整改，或取消标记")
def mark(request: MarkRequest, gateway: AppGateway, caller: Caller) -> answer_schemas.FindingJson:
    """Marks a finding as handled, or no longer."""
    assistant = gateway.enter(caller, Right.AUDIT)
    finding = assistant.mark(request.document_id, request.finding, request.handling, by=caller.name)
    files = file_names(assistant.documents())
    return answer_schemas.finding(finding, file=files[finding.document_id])


@router.get("/status", summary="每个部门每个年度的状态、执行率、得分、评级和信号灯")
def status(gateway: AppGateway, caller: Caller, query: Listed) -> StatusJson:
    """Lists departments by year: statuses, rates, scores, lights."""
    assistant = gateway.enter(caller, Right.AUDIT)
    totals = assistant.totals(query.scope(assistant.documents()))
    return {
        "total": len(totals),
        "status": [answer_schemas.totals(one) for one in query.page(totals)],
    }


@router.post("/draft", summary="起草一节或全文，数字附出处")
def draft(request: DraftRequest, gateway: AppGateway, caller: Caller) -> draft_schemas.DraftJson:
    """Drafts a section or a whole report."""
    return draft_schemas.draft(drafted(request, gateway, caller))


@router.post("/draft.docx", summary="起草并存为 Word 文件", response_class=Response)
def draft_docx(request: WordRequest, gateway: AppGateway, caller: Caller) -> Response:
    """Drafts the same as a Word file."""
    written = drafted(request, gateway, caller)
    drafts = gateway.enter(caller, Right.DRAFT).drafts
    content = drafts.docx(written, template=request.template, notes=request.notes)
    return Response(content, media_type=DOCX)


def drafted(request: DraftRequest, gateway: Gateway, caller: Visitor) -> Draft:
    """The draft that the caller asks for."""
    assistant = gateway.enter(caller, Right.DRAFT)
    return assistant.draft(
        request.section,
        department=request.department,
        year=request.year,
        tone=request.tone,
        emphasis=request.emphasis,
        length=request.length,
    )
