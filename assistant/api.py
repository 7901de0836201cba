"""REST under /api/v1 (开放接口): the same objects as the command line, errors in one sentence."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, FastAPI, File, Form, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from typing_extensions import TypedDict

from assistant import contract, contract_documents
from assistant.access import Right, Visitor
from assistant.api_page import reference
from assistant.doorway import Doorway
from assistant.errors import (
    AccessDenied,
    AssistantError,
    NotSignedIn,
    TooManyTries,
    UnknownDocument,
)
from assistant.guard import Guard, failure
from assistant.selection import selection
from assistant.uploads import take_in
from ingest.errors import IngestError
from ingest.types import DocumentRecord, Scope

Item = TypeVar("Item")

LONGEST_QUESTION = 2000
MOST_ROWS = 10_000
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (UnknownDocument, 404),
    (NotSignedIn, 401),
    (TooManyTries, 429),
    (AccessDenied, 403),
    (AssistantError, 400),
    (IngestError, 409),
)
"""HTTP status of our errors, the first that fits."""
WORDS = {
    400: "请求的内容无法读取，请检查格式后重试。",
    404: "没有这个地址，或它不接受这种请求，请查看 /api/docs 里的接口说明。",
}


class Health(TypedDict):
    status: str


class DocumentsJson(TypedDict):
    documents: list[contract_documents.DocumentJson]


class FiguresJson(TypedDict):
    total: int
    figures: list[contract.FigureJson]


class IndicatorsJson(TypedDict):
    total: int
    indicators: list[contract.IndicatorJson]


class Asked(BaseModel):
    """A question with what is known around it."""

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION, description="要问的问题")
    id: str = Field(default="", max_length=200, description="提问方自己的编号，原样返回")
    turns: list[str] = Field(default=[], max_length=50, description="此前的问题，先问的在前")
    department: str = Field(default="", description="只看这个部门")
    year: int | None = Field(default=None, description="只看这个年度")


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


def doorway_of(request: Request) -> Doorway:
    doorway: Doorway = request.app.state.doorway
    return doorway


def visitor_of(request: Request) -> Visitor:
    """Who asks, as the guard found out."""
    visitor: Visitor = request.state.visitor
    return visitor


Open = Annotated[Doorway, Depends(doorway_of)]
Who = Annotated[Visitor, Depends(visitor_of)]
Chosen = Annotated[Choice, Query()]
router = APIRouter(prefix="/api/v1")


@router.get("/healthz", summary="服务是否在运行")
def healthz() -> Health:
    return {"status": "ok"}


@router.post("/ask", summary="提问，回答附出处")
def ask(asked: Asked, doorway: Open, who: Who) -> contract.AnswerJson:
    assistant = doorway.enter(who, Right.ASK)
    doorway.note(who, "提问", asked.question)
    answer = assistant.ask(
        asked.question, turns=asked.turns, department=asked.department, year=asked.year
    )
    return contract.answer(answer, id=asked.id)


@router.get("/documents", summary="资料库里的文件")
def documents(doorway: Open, who: Who) -> DocumentsJson:
    records = doorway.enter(who, Right.ASK).documents()
    return {"documents": [contract_documents.document(record) for record in records]}


@router.post("/documents", summary="收入文件，逐个报告认出了什么、没认出什么")
def upload(
    doorway: Open,
    who: Who,
    files: Annotated[list[UploadFile], File(description="要收入的文件，可以多个")],
    replace: Annotated[bool, Form(description="同名文件内容有变时，用新文件替换旧文件")] = False,
) -> contract_documents.ReportsJson:
    assistant = doorway.enter(who, Right.UPLOAD)
    named = ((file.filename or "", file.file) for file in files)
    reports = list(take_in(assistant, named, replace=replace))
    for report in reports:
        doorway.note(who, "收入", f"{report.file}（{report.outcome.value}）")
    return contract_documents.reports(reports)


@router.delete("/documents/{document_id}", summary="从资料库删除一个文件")
def remove(document_id: str, doorway: Open, who: Who) -> contract_documents.DocumentJson:
    record = doorway.enter(who, Right.REMOVE).remove(document_id)
    doorway.note(who, "删除", record.file)
    return contract_documents.document(record)


@router.get("/figures", summary="文件里的每一个数据和它的位置")
def figures(
    doorway: Open,
    who: Who,
    chosen: Chosen,
    name: Annotated[str, Query(description="名称含有这些字")] = "",
) -> FiguresJson:
    assistant = doorway.enter(who, Right.ASK)
    records = assistant.documents()
    files = {record.id: record.file for record in records}
    facts = assistant.figures(chosen.scope(records), name=name)
    rows = [contract.figure(fact, file=files[fact.document_id]) for fact in chosen.page(facts)]
    return {"total": len(facts), "figures": rows}


@router.get("/indicators", summary="每一项绩效指标和它的状态")
def indicators(doorway: Open, who: Who, chosen: Chosen) -> IndicatorsJson:
    assistant = doorway.enter(who, Right.ASK)
    records = assistant.documents()
    files = {record.id: record.file for record in records}
    standings = assistant.indicators(chosen.scope(records))
    rows = [
        contract.indicator(one, file=files[one.indicator.document_id])
        for one in chosen.page(standings)
    ]
    return {"total": len(standings), "indicators": rows}


def application(doorway: Doorway, *, host: str, largest_upload: int) -> FastAPI:
    """The app behind its guard, without the page: REST and its description."""
    app = FastAPI(
        title="绩问 JiWen",
        version="1",
        description="预算绩效文档问答：每个数字都有出处。与命令行 --json 输出同样的对象。",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # FastAPI's own pages load their scripts from elsewhere
        redoc_url=None,
    )
    app.state.doorway = doorway
    app.include_router(router)
    app.add_api_route("/healthz", healthz, include_in_schema=False)

    def docs() -> HTMLResponse:
        return HTMLResponse(reference(app.openapi()))

    def nothing_here() -> None:
        raise HTTPException(404)

    app.add_api_route("/api/docs", docs, include_in_schema=False)
    for rest in ("/api/{rest:path}", "/v1/{rest:path}"):  # else the page would answer
        app.add_api_route(rest, nothing_here, methods=METHODS, include_in_schema=False)
    app.add_exception_handler(AssistantError, refused)
    app.add_exception_handler(IngestError, refused)
    app.add_exception_handler(RequestValidationError, misunderstood)
    app.add_exception_handler(HTTPException, misplaced)
    app.add_exception_handler(Exception, broken)
    app.add_middleware(Guard, accounts=doorway.accounts, host=host, largest_upload=largest_upload)
    return app


def told(request: Request, status: int, words: str) -> Response:
    return JSONResponse(failure(request.url.path, status, words), status_code=status)


def refused(request: Request, error: Exception) -> Response:
    status = next(status for kind, status in STATUSES if isinstance(error, kind))
    return told(request, status, str(error))


def misunderstood(request: Request, error: Exception) -> Response:
    """What of a request cannot be used, by its place in it."""
    assert isinstance(error, RequestValidationError)
    places = (
        ".".join(str(part) for part in one["loc"] if part not in ("body", "query"))
        for one in error.errors()
    )
    names = "、".join(dict.fromkeys(place for place in places if place)) or "请求内容"
    return told(request, 422, f"参数 {names} 缺少或有误，请对照 /api/docs 里的说明改正。")


def misplaced(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    chinese = any(character >= "\u4e00" for character in str(error.detail))
    words = str(error.detail) if chinese else WORDS.get(error.status_code, WORDS[400])
    return told(request, error.status_code, words)


def broken(request: Request, error: Exception) -> Response:
    """The last line of defence: the caller never sees a traceback, the server's log does."""
    kind = type(error).__name__
    return told(request, 500, f"程序遇到意外错误（{kind}），请把这一行报告给维护者。")
