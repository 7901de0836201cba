"""`jiwen correct` and `jiwen corrections`: setting right what was misread, and taking it back."""

import json
from collections.abc import Callable
from contextlib import closing

from assistant.accounts.permissions import LOCAL
from assistant.cli.arguments import DONE, MISUSED, Arguments, Parser, complain, form, year
from assistant.config import Settings
from assistant.schemas.documents import correction
from assistant.schemas.selection import selection
from assistant.service import Assistant
from ingest.corrections.types import ASPECT_NAMES, DOCUMENT_ASPECTS, Aspect, Correction, Wanted
from ingest.types.blocks import Form
from ingest.types.facts import Role

Command = Callable[[str, Callable[[Settings, Arguments], int], str], Parser]


def add_commands(command: Command) -> None:
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
        "action", nargs="?", choices=("list", "remove"), metavar="动作", default="list"
    )
    listed.add_argument("target", nargs="?", metavar="编号", help="要撤销的更正")
    listed.add_argument("--document", metavar="编号或文件名", help="只看这个文件")


def run_correct(settings: Settings, given: Arguments) -> int:
    """One correction an option; several options are several corrections."""
    asked = {aspect: str(getattr(given, aspect.value) or "") for aspect in Aspect}
    wanted = {aspect: new for aspect, new in asked.items() if new}
    if not wanted:
        complain("请写出更正什么，如 --value、--role、--subject、--department、--year 或 --form")
        return MISUSED
    if any((aspect in DOCUMENT_ASPECTS) == bool(given.figure) for aspect in wanted):
        complain(
            "--value、--role、--subject 要和 --figure 一起用，其余几项是更正整个文件，不能一起用"
        )
        return MISUSED
    with closing(Assistant(settings)) as assistant:
        (document,) = selection(assistant.documents(), document=given.target).document_ids
        for aspect, new in wanted.items():
            made = assistant.correct(
                Wanted(document, aspect, new, LOCAL.name, given.figure, given.reason)
            )
            tell(given, made, f"已更正 {described(made)}")
    return DONE


def run_corrections(settings: Settings, given: Arguments) -> int:
    with closing(Assistant(settings)) as assistant:
        if given.action == "remove":
            if not given.target.isdecimal():
                complain("请写出要撤销哪一条，如 jiwen corrections remove 3")
                return MISUSED
            made = assistant.withdraw(int(given.target))
            tell(given, made, f"已撤销 {described(made)}")
            return DONE
        documents = assistant.documents()
        ids = selection(documents, document=given.document).document_ids
        for made in assistant.corrections(*ids):
            tell(given, made, described(made))
    return DONE


def described(made: Correction) -> str:
    """A correction in one line."""
    what = made.mark.subject if made.mark else ASPECT_NAMES[made.aspect]
    reason = f"（{made.reason}）" if made.reason else ""
    return f"{made.number}  {made.file}  {what}：{made.words}{reason}"


def tell(given: Arguments, made: Correction, words: str) -> None:
    print(json.dumps(correction(made), ensure_ascii=False) if given.json else words, flush=True)
