"""REST under /api/v1 (开放接口): the same objects as the command line, and no other."""

from collections.abc import Sequence
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from assistant.accounts.permissions import Right, Visitor
from assistant.drafting.types import Draft, Section
from assistant.language.wording import OUTCOMES
from assistant.schemas import answers as contract
from assistant.schemas import documents as contract_documents
from assistant.schemas import drafts as contract_drafts
from assistant.schemas.selection import selection
from assistant.server.deferred_apps import DeferredApp
from assistant.server.gateway import Gateway
from assistant.server.uploads import take_in
from ingest.types import blocks
from ingest.types.library import DocumentRecord, Scope

Item = TypeVar("Item")

LONGEST_QUESTION = 2000
MOST_ROWS = 10_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Health(TypedDict):
    status: Literal["ok"]
    page: Literal["starting", "ready"]


class DocumentsJson(TypedDict):
    documents: list[contract_documents.DocumentJson]


class FiguresJson(TypedDict):
    total: int
    figures: list[contract.FigureJson]


class IndicatorsJson(TypedDict):
    total: int
    indicators: list[contract.IndicatorJson]


class FindingsJson(TypedDict):
    total: int
    findings: list[contract.FindingJson]


class StatusJson(TypedDict):
    total: int
    status: list[contract.TotalsJson]


class Asked(BaseModel):
    """A question with what is known around it."""

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION, description="要问的问题")
    id: str = Field(default="", max_length=200, description="提问方自己的编号，原样返回")
    turns: list[str] = Field(default=[], max_length=50, description="此前的问题，先问的在前")
    department: str = Field(default="", description="只看这个部门")
    year: int | None = Field(default=None, description="只看这个年度")
    form: blocks.Form | None = Field(default=None, description="只看这种表")


class Wanted(BaseModel):
    """What is to be drafted."""

    section: Section = Field(default=Section.REPORT, description="哪一节：" + "、".join(Section))
    department: str = Field(min_length=1, description="部门，全称或简称")
    year: int | None = Field(default=None, description="年度，缺省为最近一年")
    tone: str = Field(default="", max_length=20, description="口吻：自评、审核或简明")
    emphasis: str = Field(default="", max_length=200, description="要突出的任务或指标")


class Choice(BaseModel):
    """What a list is limited to."""

    document: str = Field(default="", description="文件编号或文件名")
    department: str = Field(default="", description="部门，全称或简称")
    year: int | None = Field(default=None, description="年度，如 2021")
    limit: int = Field(default=1000, ge=1, le=MOST_ROWS, description="最多返回多少条")
    offset: int = Field(default=0, ge=0, description="从第几条开始，第一条是 0")

    def scope(self, records: Sequence[DocumentRecord]) -> Scope:
        return selection(
            records, document=self.document, department=self.department, year=self.year
        )

    def page(self, rows: Sequence[Item]) -> Sequence[Item]:
        return rows[self.offset : self.offset + self.limit]


def gateway_of(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway


def visitor_of(request: Request) -> Visitor:
    """Who asks, as the guard found out."""
    visitor: Visitor = request.state.visitor
    return visitor


Open = Annotated[Gateway, Depends(gateway_of)]
Who = Annotated[Visitor, Depends(visitor_of)]
Chosen = Annotated[Choice, Query()]
router = APIRouter(prefix="/api/v1")


@router.get("/healthz", summary="服务是否在运行，网页是否已建成")
def healthz(request: Request) -> Health:
    page: DeferredApp = request.app.state.page
    return {"status": "ok", "page": "ready" if page.is_open else "starting"}


@router.post("/ask", summary="提问，回答附出处")
def ask(asked: Asked, gateway: Open, who: Who) -> contract.AnswerJson:
    assistant = gateway.enter(who, Right.ASK)
    gateway.note(who, "提问", asked.question)
    answer = assistant.ask(
        asked.question,
        turns=asked.turns,
        department=asked.department,
        year=asked.year,
        form=asked.form,
    )
    return contract.answer(answer, id=asked.id)


@router.get("/documents", summary="资料库里的文件")
def documents(gateway: Open, who: Who) -> DocumentsJson:
    records = gateway.enter(who, Right.ASK).documents()
    return {"documents": [contract_documents.document(record) for record in records]}


@router.post("/documents", summary="收入文件，逐个报告认出了什么、没认出什么")
def upload(
    gateway: Open,
    who: Who,
    files: Annotated[list[UploadFile], File(description="要收入的文件，可以多个")],
    replace: Annotated[bool, Form(description="同名文件内容有变时，用新文件替换旧文件")] = False,
) -> contract_documents.ReportsJson:
    assistant = gateway.enter(who, Right.UPLOAD)
    named = ((file.filename or "", file.file) for file in files)
    reports = list(take_in(assistant, named, replace=replace))
    for report in reports:
        gateway.note(who, "收入", f"{report.file}（{OUTCOMES[report.outcome]}）")
    return contract_documents.reports(reports)


@router.delete("/documents/{document_id}", summary="从资料库删除一个文件")
def remove(document_id: str, gateway: Open, who: Who) -> contract_documents.DocumentJson:
    record = gateway.enter(who, Right.REMOVE).remove(document_id)
    gateway.note(who, "删除", record.file)
    return contract_documents.document(record)


@router.get("/figures", summary="文件里的每一个数据和它的位置")
def figures(
    gateway: Open,
    who: Who,
    chosen: Chosen,
    name: Annotated[str, Query(description="名称含有这些字")] = "",
) -> FiguresJson:
    assistant = gateway.enter(who, Right.ASK)
    records = assistant.documents()
    files = {record.id: record.file for record in records}
    facts = assistant.figures(chosen.scope(records), name=name)
    rows = [contract.figure(fact, file=files[fact.document_id]) for fact in chosen.page(facts)]
    return {"total": len(facts), "figures": rows}


@router.get("/indicators", summary="每一项绩效指标和它的状态")
def indicators(gateway: Open, who: Who, chosen: Chosen) -> IndicatorsJson:
    assistant = gateway.enter(who, Right.ASK)
    records = assistant.documents()
    files = {record.id: record.file for record in records}
    standings = assistant.indicators(chosen.scope(records))
    rows = [
        contract.indicator(one, file=files[one.indicator.document_id])
        for one in chosen.page(standings)
    ]
    return {"total": len(standings), "indicators": rows}


@router.get("/audit", summary="校核：值得核对的问题，每条有依据")
def audit(gateway: Open, who: Who, chosen: Chosen) -> FindingsJson:
    assistant = gateway.enter(who, Right.AUDIT)
    records = assistant.documents()
    files = {record.id: record.file for record in records}
    found = assistant.audit(chosen.scope(records))
    rows = [contract.finding(one, file=files[one.document_id]) for one in chosen.page(found)]
    return {"total": len(found), "findings": rows}


@router.get("/status", summary="每个部门每个年度的状态、执行率、得分、评级和信号灯")
def status(gateway: Open, who: Who, chosen: Chosen) -> StatusJson:
    assistant = gateway.enter(who, Right.AUDIT)
    made = assistant.totals(chosen.scope(assistant.documents()))
    return {"total": len(made), "status": [contract.totals(one) for one in chosen.page(made)]}


@router.post("/draft", summary="起草一节或全文，数字附出处")
def draft(wanted: Wanted, gateway: Open, who: Who) -> contract_drafts.DraftJson:
    return contract_drafts.draft(drafted(wanted, gateway, who))


@router.post("/draft.docx", summary="起草并存为 Word 文件", response_class=Response)
def draft_docx(wanted: Wanted, gateway: Open, who: Who) -> Response:
    made = drafted(wanted, gateway, who)
    gateway.note(who, "导出", made.title)
    content = gateway.enter(who, Right.DRAFT).drafts.docx(made)
    return Response(content, media_type=DOCX)


def drafted(wanted: Wanted, gateway: Gateway, who: Visitor) -> Draft:
    assistant = gateway.enter(who, Right.DRAFT)
    gateway.note(who, "起草", f"{wanted.department} {wanted.section.value}")
    return assistant.draft(
        wanted.section,
        department=wanted.department,
        year=wanted.year,
        tone=wanted.tone,
        emphasis=wanted.emphasis,
    )
