"""`jiwen correct` and `jiwen corrections`: setting right what was misread, and taking it back."""

from enum import StrEnum
from typing import assert_never

from assistant.accounts.permissions import LOCAL
from assistant.cli.arguments import Arguments, Command, ExitStatus, complain, form, year
from assistant.cli.operator import noted
from assistant.cli.output import print_result
from assistant.config import Settings
from assistant.schemas.documents import correction as correction_json
from assistant.schemas.selection import selection
from ingest.corrections.types import ASPECT_NAMES, DOCUMENT_ASPECTS, Aspect, Correction, Wanted
from ingest.types.blocks import Form
from ingest.types.facts import Role


class CorrectionAction(StrEnum):
    """What `jiwen corrections` does."""

    LIST = "list"
    REMOVE = "remove"


def add_commands(command: Command) -> None:
    """Adds `correct` and `corrections`."""
    correct = command("correct", run_correct, "更正读错的数据，或文件的部门、年度、表种")
    correct.add_argument("target", metavar="编号或文件名", help="documents 列出的编号或文件名")
    correct.add_argument("--figure", metavar="数据编号", help="更正这个数据，编号见 figures --json")
    correct.add_argument("--value", metavar="数值", help="照原文写，如 92.71%% 或 1022.93万元")
    correct.add_argument("--role", choices=list(Role), metavar="角色", help="、".join(Role))
    correct.add_argument("--subject", metavar="名称", help="这个数据说的是什么")
    correct.add_argument("--department", metavar="部门", help="文件属于这个部门")
    correct.add_argument("--year", type=year, metavar="年度", help="文件属于这一年，如 2021")
    correct.add_argument("--form", type=form, metavar="表种", help="、".join(Form))
    correct.add_argument("--reason", metavar="理由", help="为什么更正，可以不写")
    listed = command("corrections", run_corrections, "列出人工更正，或用 remove 编号 撤销一条")
    listed.add_argument(
        "action", nargs="?", choices=list(CorrectionAction), metavar="动作", default="list"
    )
    listed.add_argument("target", nargs="?", metavar="编号", help="要撤销的更正")
    listed.add_argument("--document", metavar="编号或文件名", help="只看这个文件")


def run_correct(settings: Settings, arguments: Arguments) -> ExitStatus:
    """One correction an option; several options are several corrections."""
    options = {aspect: str(getattr(arguments, aspect.value) or "") for aspect in Aspect}
    new_values = {aspect: new for aspect, new in options.items() if new}
    if not new_values:
        complain("请写出更正什么，如 --value、--role、--subject、--department、--year 或 --form")
        return ExitStatus.MISUSED
    if any((aspect in DOCUMENT_ASPECTS) == bool(arguments.figure) for aspect in new_values):
        complain(
            "--value、--role、--subject 要和 --figure 一起用，其余几项是更正整个文件，不能一起用"
        )
        return ExitStatus.MISUSED
    with noted(settings) as assistant:
        (document,) = selection(assistant.documents(), document=arguments.target).document_ids
        for aspect, new in new_values.items():
            correction = assistant.correct(
                Wanted(document, aspect, new, LOCAL.name, arguments.figure, arguments.reason)
            )
            _print(arguments, correction, f"已更正 {described(correction)}")
    return ExitStatus.DONE


def run_corrections(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Lists corrections, or takes one back."""
    with noted(settings) as assistant:
        match CorrectionAction(arguments.action):
            case CorrectionAction.REMOVE:
                if not arguments.target.isdecimal():
                    complain("请写出要撤销哪一条，如 jiwen corrections remove 3")
                    return ExitStatus.MISUSED
                correction = assistant.withdraw(int(arguments.target))
                _print(arguments, correction, f"已撤销 {described(correction)}")
            case CorrectionAction.LIST:
                documents = assistant.documents()
                ids = selection(documents, document=arguments.document).document_ids
                for correction in assistant.corrections(*ids):
                    _print(arguments, correction, described(correction))
            case unknown:
                assert_never(unknown)
    return ExitStatus.DONE


def described(correction: Correction) -> str:
    """A correction in one line."""
    subject = correction.mark.subject if correction.mark else ASPECT_NAMES[correction.aspect]
    reason = f"（{correction.reason}）" if correction.reason else ""
    return f"{correction.number}  {correction.file}  {subject}：{correction.words}{reason}"


def _print(arguments: Arguments, correction: Correction, text: str) -> None:
    print_result(correction_json(correction), text, json=arguments.json)
