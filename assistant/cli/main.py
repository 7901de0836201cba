"""The command line `jiwen`: reads arguments, calls the Assistant, prints JSON or text.

Exit status: 0 done, 1 something failed (said in one line on stderr), 2 the call itself is wrong.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from getpass import getpass
from io import TextIOWrapper
from pathlib import Path
from typing import TypeVar

from rich.console import RenderableType

from assistant.cli import output
from assistant.cli.arguments import (
    Arguments,
    ExitStatus,
    Parser,
    Version,
    complain,
    form,
    length,
    port,
    section,
    year,
)
from assistant.cli.corrections import add_commands as add_correction_commands
from assistant.cli.folder_watch import add_commands as add_watch_commands
from assistant.cli.maintenance import add_commands as add_maintenance_commands
from assistant.cli.operator import noted
from assistant.cli.question_files import Question, read_batch, read_history
from assistant.cli.templates import add_commands as add_template_commands
from assistant.cli.users import add_commands as add_user_commands
from assistant.config import Settings
from assistant.drafting.types import Length
from assistant.errors import AssistantError
from assistant.schemas import answers as answer_schemas
from assistant.schemas import documents as document_schemas
from assistant.schemas import drafts as draft_schemas
from assistant.schemas.selection import file_names, listed, selection
from assistant.service import Assistant
from ingest.errors import IngestError
from ingest.types.blocks import Form
from ingest.types.library import Certainty, DocumentRecord, FileReport, Outcome, Scope

Item = TypeVar("Item")
UMASK = 0o077
"""What is taken from group and others in all that the program makes."""


def parser() -> Parser:
    """All commands with their arguments."""
    whole = Parser(
        prog="jiwen",
        description="绩问：预算绩效文档问答，每个数字都有出处。先 add 文件，再 ask 提问。",
    )
    whole.add_argument("--version", action=Version, nargs=0, help="显示版本号")
    commands = whole.add_subparsers(title="命令", metavar="命令", required=True)

    def command(name: str, run: Callable[[Settings, Arguments], ExitStatus], words: str) -> Parser:
        added: Parser = commands.add_parser(name, help=words, description=words + "。")
        added.set_defaults(run=run)
        return added

    def scoped(parser: Parser) -> Parser:
        parser.add_argument("--department", metavar="部门", help="只看这个部门")
        parser.add_argument("--year", type=year, metavar="年度", help="只看这个年度，如 2021")
        return parser

    add = command("add", run_add, "把文件或文件夹收入资料库")
    add.add_argument("paths", nargs="+", type=Path, metavar="路径", help="文件或文件夹")
    add.add_argument(
        "--replace", action="store_true", help="同名文件内容有变时，用新文件替换旧文件"
    )
    add.add_argument(
        "--password", action="store_true", help="文件设有打开密码：运行时询问，不显示也不保存"
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
    figures.add_argument(
        "--unconfirmed", action="store_true", help="只看未确认的：置信度不够，等人核对"
    )
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
        "measures 改进措施、report 自评报告全文、checklist 核对清单",
    )
    draft.add_argument("--tone", metavar="口吻", help="自评（默认）或审核")
    draft.add_argument("--emphasis", metavar="词语", help="要突出的任务或指标，用顿号隔开")
    draft.add_argument(
        "--length",
        type=length,
        default=Length.MEDIUM,
        metavar="篇幅",
        help="简：只写结论、问题和措施；中（默认）；详：逐项写每个指标",
    )
    draft.add_argument("--out", type=Path, metavar="文件.docx", help="存为 Word 文件")
    draft.add_argument("--template", metavar="名称", help="Word 模板，见设置 JIWEN_DRAFT_TEMPLATES")
    draft.add_argument("--plain", action="store_true", help="Word 文件不带脚注和附录")
    scoped(command("status", run_status, "汇总每个部门每年的指标状态、执行率、得分和信号灯"))
    add_correction_commands(command)
    add_template_commands(command)
    add_user_commands(command)
    add_maintenance_commands(command)
    add_watch_commands(command)
    serve = command("serve", run_serve, "启动网页问答")
    serve.add_argument("--host", metavar="地址", help="监听地址（默认 127.0.0.1）")
    serve.add_argument("--port", type=port, metavar="端口", help="监听端口（默认 7860）")
    return whole


CONFIRM_REPLACING = "确认替换"
"""What the message of a known file name asks for; here an option says so."""


def run_add(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Takes files in and reports on each."""
    console = output.console(stderr=arguments.json)
    reports: list[FileReport] = []
    password = getpass("打开密码：") if arguments.password else ""
    with (
        noted(settings) as assistant,
        output.progress(console, quiet=arguments.json) as show,
    ):
        for report in assistant.add(
            arguments.paths, replace=arguments.replace, password=password, progress=show
        ):
            reports.append(report)
            if not arguments.json:
                console.print(output.report(report))
    if arguments.json:
        print_json(document_schemas.reports(reports))
    failed = [report for report in reports if report.outcome is Outcome.FAILED]
    for report in failed:
        complain(report.error)
    if any(CONFIRM_REPLACING in report.error for report in failed):
        complain("在命令行确认替换：加上 --replace 重新运行。")
    return ExitStatus.FAILED if failed else ExitStatus.DONE


def run_documents(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Lists the documents."""
    with closing(Assistant(settings)) as assistant:
        records, tags = assistant.documents(), assistant.tags()

    def told(record: DocumentRecord) -> document_schemas.DocumentJson:
        return document_schemas.document(record, tags.get(record.id, ()))

    if not records and not arguments.json:
        print_for_people("资料库还是空的。用 jiwen add 文件或文件夹 收入文件。")
        return ExitStatus.DONE
    return print_all(records, told, output.documents(records), arguments)


def run_remove(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Deletes a document."""
    with noted(settings) as assistant:
        record = assistant.remove(arguments.target)
    if arguments.json:
        print_json(document_schemas.document(record))
    else:
        print_for_people(f"已删除 {record.file}")
    return ExitStatus.DONE


def run_verify_store(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Checks that the parts of the library agree."""
    with closing(Assistant(settings)) as assistant:
        faults = assistant.verify_store()
        count = assistant.count()
    if arguments.json:
        print_json(document_schemas.faults(faults))
    elif faults:
        print_for_people(output.faults(faults))
    else:
        print_for_people(f"资料库完好：{count}个文件的每个片段和数据都已核对。")
    if faults:
        advice = "索引的问题用 jiwen rebuild 修复，其余请用 jiwen restore 从备份恢复到新目录"
        complain(f"资料库有{len(faults)}处不一致：{advice}")
    return ExitStatus.FAILED if faults else ExitStatus.DONE


def unexpected(error: Exception) -> str:
    """What is said of a defect of the program; raises it where developers watch."""
    if sys.flags.dev_mode:
        raise error
    return f"程序遇到意外错误（{type(error).__name__}：{error}），请把这一行报告给维护者。"


def run_ask(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Answers a question, or each question of a file."""
    if (arguments.question is None) == (arguments.batch is None):
        complain("请给出一个问题，或用 --batch 给出问题文件，两者选一")
        return ExitStatus.MISUSED
    turns = read_history(arguments.history) if arguments.history else ()
    questions = (
        read_batch(arguments.batch) if arguments.batch else (Question(arguments.question or ""),)
    )
    status = ExitStatus.DONE
    with closing(Assistant(settings)) as assistant:
        for question in questions:
            try:
                answer = assistant.ask(
                    question.text,
                    turns=turns + question.turns,
                    department=question.department or arguments.department,
                    year=question.year or arguments.year,
                    form=question.form or arguments.form,
                )
            except AssistantError as error:
                words = error.in_full
                complain(f"{question.id}：{words}" if question.id else words)
                status = ExitStatus.FAILED
            except Exception as error:  # one question that fails leaves the others of a file
                if not arguments.batch:
                    raise
                complain(f"{question.id}：{unexpected(error)}")
                status = ExitStatus.FAILED
            else:
                if arguments.json or arguments.batch:
                    print_json(answer_schemas.answer(answer, id=question.id))
                else:
                    print_for_people(output.answer(answer))
    return status


def run_figures(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Lists figures."""
    with closing(Assistant(settings)) as assistant:
        records = assistant.documents()
        certainty = listed(unconfirmed=arguments.unconfirmed)
        facts = assistant.figures(scope(arguments, records, certainty), name=arguments.name)
    files = file_names(records)
    return print_all(
        facts,
        lambda fact: answer_schemas.figure(fact, file=files[fact.document_id]),
        output.figures(facts, documents=records),
        arguments,
    )


def run_indicators(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Lists indicators with their status."""
    with closing(Assistant(settings)) as assistant:
        records = assistant.documents()
        statuses = assistant.indicators(scope(arguments, records, Certainty.EVERY))
    files = file_names(records)
    return print_all(
        statuses,
        lambda one: answer_schemas.indicator(one, file=files[one.indicator.document_id]),
        output.indicators(statuses, documents=records),
        arguments,
    )


def run_audit(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Lists findings of the audit."""
    with closing(Assistant(settings)) as assistant:
        records = assistant.documents()
        findings = assistant.audit(scope(arguments, records))
    files = file_names(records)
    return print_all(
        findings,
        lambda finding: answer_schemas.finding(finding, file=files[finding.document_id]),
        output.findings(findings),
        arguments,
    )


def run_status(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Lists departments by year."""
    with closing(Assistant(settings)) as assistant:
        totals = assistant.totals(scope(arguments, ()))
    return print_all(totals, answer_schemas.totals, output.totals(totals), arguments)


def run_draft(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Drafts a section or a whole report, as text, JSON or a Word file."""
    if arguments.out is not None and arguments.out.suffix.lower() != ".docx":
        complain(f"--out 要写 .docx 结尾的文件名，而不是“{arguments.out.name}”")
        return ExitStatus.MISUSED
    with closing(Assistant(settings)) as assistant:
        draft = assistant.draft(
            arguments.section,
            department=arguments.department,
            year=arguments.year,
            tone=arguments.tone,
            emphasis=arguments.emphasis,
            length=arguments.length,
        )
        if arguments.out is not None:
            try:
                arguments.out.write_bytes(
                    assistant.docx(draft, template=arguments.template, notes=not arguments.plain)
                )
            except OSError as error:
                complain(f"{arguments.out} 无法写入，请检查路径和权限（{error.strerror}）")
                return ExitStatus.FAILED
    if arguments.json:
        print_json(draft_schemas.draft(draft))
    elif arguments.out is None:
        print_for_people(output.draft(draft))
    else:
        print_for_people(f"已存为 {arguments.out}，待填{len(draft.blanks)}处")
    return ExitStatus.DONE


def run_serve(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Serves the web app until it is stopped."""
    from assistant.serve import serve  # no other command needs a web server

    options = {name: value for name in ("host", "port") if (value := getattr(arguments, name))}
    with closing(Assistant(settings)) as assistant:
        serve(assistant, settings.model_copy(update=options))
    return ExitStatus.DONE


def scope(
    arguments: Arguments,
    records: Sequence[DocumentRecord],
    certainty: Certainty = Certainty.CONFIRMED,
) -> Scope:
    """The documents, departments and years asked for."""
    return selection(
        records,
        document=arguments.document,
        department=arguments.department,
        year=arguments.year,
        certainty=certainty,
    )


def print_all(
    items: Sequence[Item],
    as_json: Callable[[Item], Mapping[str, object]],
    as_table: RenderableType,
    arguments: Arguments,
) -> ExitStatus:
    """All items: one JSON object a line, or one table."""
    if arguments.json:
        for item in items:
            print_json(as_json(item))
    else:
        print_for_people(as_table)
    return ExitStatus.DONE


def print_for_people(text: RenderableType) -> None:
    """Text or a table, as wide as the terminal."""
    output.console().print(text)


def print_json(value: Mapping[str, object]) -> None:
    """One JSON object on its own line, at once."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False), flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; every failure is one Chinese sentence, never a traceback.

    Whatever any command makes, temporary files and those of libraries included, is for its own
    account alone.
    """
    os.umask(UMASK)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        arguments = parser().parse_args(argv, namespace=Arguments())
        return arguments.run(
            Settings.from_environment(os.environ, home=arguments.home, cluster=arguments.cluster),
            arguments,
        )
    except (AssistantError, IngestError) as error:
        complain(error.in_full)
    except KeyboardInterrupt:
        complain("已停止；已经收入的文件都完整保留。")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # the last line of defence: a user never sees a traceback
        complain(unexpected(error))
    return ExitStatus.FAILED
