"""The command line `jiwen`: reads arguments, calls the Assistant, prints JSON or text.

Exit status: 0 done, 1 something failed (said in one line on stderr), 2 the call itself is wrong.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from io import TextIOWrapper
from pathlib import Path
from typing import TypeVar

from rich.console import RenderableType

from assistant.cli import output as console
from assistant.cli.arguments import (
    DONE,
    FAILED,
    MISUSED,
    Arguments,
    Parser,
    Version,
    complain,
    form,
    port,
    section,
    year,
)
from assistant.cli.corrections import add_commands as add_correcting
from assistant.cli.maintenance import add_commands as add_upkeep
from assistant.cli.question_files import Question, read_batch, read_history
from assistant.cli.users import add_commands as add_people
from assistant.config import Settings
from assistant.errors import AssistantError
from assistant.schemas import answers as contract
from assistant.schemas import documents as contract_documents
from assistant.schemas import drafts as contract_drafts
from assistant.schemas.selection import selection
from assistant.service import Assistant
from ingest.errors import IngestError
from ingest.types.blocks import Form
from ingest.types.library import DocumentRecord, FileReport, Outcome, Scope

Item = TypeVar("Item")


def parser() -> Parser:
    whole = Parser(
        prog="jiwen",
        description="绩问：预算绩效文档问答，每个数字都有出处。先 add 文件，再 ask 提问。",
    )
    whole.add_argument("--version", action=Version, nargs=0, help="显示版本号")
    commands = whole.add_subparsers(title="命令", metavar="命令", required=True)

    def command(name: str, run: Callable[[Settings, Arguments], int], words: str) -> Parser:
        made: Parser = commands.add_parser(name, help=words, description=words + "。")
        made.set_defaults(run=run)
        return made

    def scoped(made: Parser) -> Parser:
        made.add_argument("--department", metavar="部门", help="只看这个部门")
        made.add_argument("--year", type=year, metavar="年度", help="只看这个年度，如 2021")
        return made

    add = command("add", run_add, "把文件或文件夹收入资料库")
    add.add_argument("paths", nargs="+", type=Path, metavar="路径", help="文件或文件夹")
    add.add_argument(
        "--replace", action="store_true", help="同名文件内容有变时，用新文件替换旧文件"
    )
    add.add_argument(
        "--cluster",
        nargs="?",
        const="local",
        metavar="地址",
        help="用 Ray 集群读文件，默认只用本机",
    )
    command("documents", run_documents, "列出资料库里的文件")
    remove = command("remove", run_remove, "从资料库删除一个文件")
    remove.add_argument("target", metavar="编号或文件名", help="documents 列出的编号或文件名")
    command("verify-store", run_verify_store, "核对资料库：每个片段和数据都能在文件和索引里找到")
    ask = scoped(command("ask", run_ask, "提问，回答附出处"))
    ask.add_argument("--form", type=form, metavar="表种", help="只看这种表：" + "、".join(Form))
    ask.add_argument("question", nargs="?", metavar="问题", help="要问的问题")
    ask.add_argument("--batch", type=Path, metavar="文件", help="逐行回答 JSONL 文件里的问题")
    ask.add_argument("--history", type=Path, metavar="文件", help="此前的问题，每行一个")
    figures = scoped(command("figures", run_figures, "列出文件里的每一个数据和它的位置"))
    figures.add_argument("--document", metavar="编号或文件名", help="只看这个文件")
    figures.add_argument("--name", metavar="名称", help="只看名称含有这些字的数据")
    indicators = scoped(command("indicators", run_indicators, "列出每一项绩效指标和它的状态"))
    indicators.add_argument("--document", metavar="编号或文件名", help="只看这个文件")
    audit = scoped(command("audit", run_audit, "校核：找出疑似对不上、漏填和不合理之处"))
    audit.add_argument("--document", metavar="编号或文件名", help="只看这个文件")
    draft = scoped(command("draft", run_draft, "起草绩效报告的一节或全文，数字附出处"))
    draft.add_argument(
        "section",
        type=section,
        metavar="内容",
        help="overview 基本情况与预算执行、completion 完成情况、problems 存在问题、"
        "measures 改进措施、report 自评报告全文",
    )
    draft.add_argument("--tone", metavar="口吻", help="自评（默认）、审核或简明")
    draft.add_argument("--emphasis", metavar="词语", help="要突出的任务或指标，用顿号隔开")
    draft.add_argument("--out", type=Path, metavar="文件.docx", help="存为 Word 文件")
    scoped(command("status", run_status, "汇总每个部门每年的指标状态、执行率、得分和信号灯"))
    add_correcting(command)
    add_people(command)
    add_upkeep(command)
    serve = command("serve", run_serve, "启动网页问答")
    serve.add_argument("--host", metavar="地址", help="监听地址（默认 127.0.0.1）")
    serve.add_argument("--port", type=port, metavar="端口", help="监听端口（默认 7860）")
    return whole


def run_add(settings: Settings, given: Arguments) -> int:
    screen = console.console(stderr=given.json)
    reports: list[FileReport] = []
    with (
        closing(Assistant(settings)) as assistant,
        console.progress(screen, quiet=given.json) as say,
    ):
        for report in assistant.add(given.paths, replace=given.replace, progress=say):
            reports.append(report)
            if not given.json:
                screen.print(console.report(report))
    if given.json:
        write(contract_documents.reports(reports))
    failed = [report for report in reports if report.outcome is Outcome.FAILED]
    for report in failed:
        complain(report.error)
    return FAILED if failed else DONE


def run_documents(settings: Settings, given: Arguments) -> int:
    with closing(Assistant(settings)) as assistant:
        records = assistant.documents()
    if not records and not given.json:
        show("资料库还是空的。用 jiwen add 文件或文件夹 收入文件。")
        return DONE
    return each(records, contract_documents.document, console.documents(records), given)


def run_remove(settings: Settings, given: Arguments) -> int:
    with closing(Assistant(settings)) as assistant:
        record = assistant.remove(given.target)
    if given.json:
        write(contract_documents.document(record))
    else:
        show(f"已删除 {record.file}")
    return DONE


def run_verify_store(settings: Settings, given: Arguments) -> int:
    with closing(Assistant(settings)) as assistant:
        faults = assistant.verify_store()
        count = assistant.count()
    if given.json:
        write(contract_documents.faults(faults))
    elif faults:
        show(console.faults(faults))
    else:
        show(f"资料库完好：{count}个文件的每个片段和数据都已核对。")
    if faults:
        advice = "索引的问题用 jiwen rebuild 修复，其余请删除所列文件后重新收入"
        complain(f"资料库有{len(faults)}处不一致：{advice}")
    return FAILED if faults else DONE


def run_ask(settings: Settings, given: Arguments) -> int:
    if (given.question is None) == (given.batch is None):
        complain("请给出一个问题，或用 --batch 给出问题文件，两者选一")
        return MISUSED
    turns = read_history(given.history) if given.history else ()
    questions = read_batch(given.batch) if given.batch else (Question(given.question or ""),)
    status = DONE
    with closing(Assistant(settings)) as assistant:
        for question in questions:
            try:
                answer = assistant.ask(
                    question.text,
                    turns=turns + question.turns,
                    department=question.department or given.department,
                    year=question.year or given.year,
                    form=question.form or given.form,
                )
            except AssistantError as error:
                complain(f"{question.id}：{error}" if question.id else str(error))
                status = FAILED
            else:
                if given.json or given.batch:
                    write(contract.answer(answer, id=question.id))
                else:
                    show(console.answer(answer))
    return status


def run_figures(settings: Settings, given: Arguments) -> int:
    with closing(Assistant(settings)) as assistant:
        records = assistant.documents()
        facts = assistant.figures(scope(given, records), name=given.name)
    files = {record.id: record.file for record in records}
    return each(
        facts,
        lambda fact: contract.figure(fact, file=files[fact.document_id]),
        console.figures(facts, documents=records),
        given,
    )


def run_indicators(settings: Settings, given: Arguments) -> int:
    with closing(Assistant(settings)) as assistant:
        records = assistant.documents()
        standings = assistant.indicators(scope(given, records))
    files = {record.id: record.file for record in records}
    return each(
        standings,
        lambda one: contract.indicator(one, file=files[one.indicator.document_id]),
        console.indicators(standings, documents=records),
        given,
    )


def run_audit(settings: Settings, given: Arguments) -> int:
    with closing(Assistant(settings)) as assistant:
        records = assistant.documents()
        findings = assistant.audit(scope(given, records))
    files = {record.id: record.file for record in records}
    return each(
        findings,
        lambda found: contract.finding(found, file=files[found.document_id]),
        console.findings(findings),
        given,
    )


def run_status(settings: Settings, given: Arguments) -> int:
    with closing(Assistant(settings)) as assistant:
        made = assistant.totals(scope(given, ()))
    return each(made, contract.totals, console.totals(made), given)


def run_draft(settings: Settings, given: Arguments) -> int:
    if given.out is not None and given.out.suffix.lower() != ".docx":
        complain(f"--out 要写 .docx 结尾的文件名，而不是“{given.out.name}”")
        return MISUSED
    with closing(Assistant(settings)) as assistant:
        draft = assistant.draft(
            given.section,
            department=given.department,
            year=given.year,
            tone=given.tone,
            emphasis=given.emphasis,
        )
        if given.out is not None:
            try:
                given.out.write_bytes(assistant.docx(draft))
            except OSError as error:
                complain(f"{given.out} 无法写入，请检查路径和权限（{error.strerror}）")
                return FAILED
    if given.json:
        write(contract_drafts.draft(draft))
    elif given.out is None:
        show(console.draft(draft))
    else:
        show(f"已存为 {given.out}，待填{len(draft.blanks)}处")
    return DONE


def run_serve(settings: Settings, given: Arguments) -> int:
    from assistant.serve import serve  # no other command needs a web server

    asked = {name: value for name in ("host", "port") if (value := getattr(given, name))}
    with closing(Assistant(settings)) as assistant:
        serve(assistant, settings.model_copy(update=asked))
    return DONE


def scope(given: Arguments, records: Sequence[DocumentRecord]) -> Scope:
    """The documents, departments and years asked for."""
    return selection(records, document=given.document, department=given.department, year=given.year)


def each(
    items: Sequence[Item],
    as_json: Callable[[Item], Mapping[str, object]],
    as_table: RenderableType,
    given: Arguments,
) -> int:
    """All items: one JSON object a line, or one table."""
    if given.json:
        for item in items:
            write(as_json(item))
    else:
        show(as_table)
    return DONE


def show(what: RenderableType) -> None:
    console.console().print(what)


def write(value: Mapping[str, object]) -> None:
    """One JSON object on its own line, at once."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False), flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; every failure is one Chinese sentence, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        given = parser().parse_args(argv, namespace=Arguments())
        return given.run(
            Settings.from_environment(os.environ, home=given.home, cluster=given.cluster), given
        )
    except (AssistantError, IngestError) as error:
        complain(str(error))
    except KeyboardInterrupt:
        complain("已停止；已经收入的文件都完整保留。")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # the last line of defence: a user never sees a traceback
        if sys.flags.dev_mode:
            raise
        complain(f"程序遇到意外错误（{type(error).__name__}：{error}），请把这一行报告给维护者。")
    return FAILED
