"""`jiwen backup`, `restore` and `rebuild`: keeping a library whole (备份、恢复、重建)."""

from contextlib import closing
from pathlib import Path

from assistant.cli import output
from assistant.cli.arguments import Arguments, Command, ExitStatus, complain
from assistant.config import Settings
from assistant.service import Assistant
from ingest.errors import ModelError


def add_commands(command: Command) -> None:
    """Adds `backup`, `restore` and `rebuild`."""
    backup = command("backup", run_backup, "把资料库备份成一个文件，网页开着时也可以")
    backup.add_argument("file", type=Path, metavar="文件.zip", help="备份写到哪个文件，不能已存在")
    restore = command("restore", run_restore, "把备份恢复到一个还没有资料库的目录")
    restore.add_argument("file", type=Path, metavar="文件.zip", help="jiwen backup 写的文件")
    restore.add_argument(
        "--keep-tokens", action="store_true", help="API 令牌也恢复，备份后作废的会重新有效"
    )
    rebuild = command(
        "rebuild", run_rebuild, "按已存的内容重建词语索引和向量，中断后再运行会接着做"
    )
    rebuild.add_argument(
        "--reread", action="store_true", help="先从原文件重读程序的其他版本读的文件"
    )


def run_backup(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Writes the library to one file."""
    with closing(Assistant(settings)) as assistant:
        documents = assistant.backup(arguments.file)
    size = arguments.file.stat().st_size
    written = {"file": str(arguments.file), "documents": documents, "bytes": size}
    output.print_result(
        written,
        f"已备份{documents}个文件到 {arguments.file}（{size / 1e6:.1f}MB）",
        json=arguments.json,
    )
    if settings.database_url:
        complain("数据库不在资料库目录里：备份只含原文件和规则包，数据库请另用 pg_dump 等备份。")
    return ExitStatus.DONE


def run_restore(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Restores, then makes the vectors; without a model the library answers by words alone."""
    complain(f"正在核对并恢复 {arguments.file}…")
    restored = Assistant.restore(settings, arguments.file, keep_tokens=arguments.keep_tokens)
    note = ""
    try:
        if restored.documents:
            complain(f"已恢复{restored.documents}个文件，正在重建词语索引和向量…")
            _rebuild(settings, arguments)
    except ModelError as error:
        note = f"暂无向量，只能按数据和词语检索：{error.in_full}"
        complain(note)
    users = restored.users
    told = {
        "home": str(settings.home),
        "documents": restored.documents,
        "users": users.users,
        "administrators": list(users.administrators),
        "tokens": users.tokens if arguments.keep_tokens else 0,
        "note": note,
    }
    text = f"已恢复{restored.documents}个文件到 {settings.home}"
    if users.users:
        kept = "仍然有效" if arguments.keep_tokens else "没有恢复"
        names = "、".join(users.administrators) or "（无）"
        text += (
            f"。备份带来{users.users}个用户，管理员是{names}，请核对；"
            f"登录都已失效，{users.tokens}个 API 令牌{kept}"
        )
    output.print_result(told, text, json=arguments.json)
    return ExitStatus.DONE


def run_rebuild(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Makes the word index and the vectors anew."""
    documents = _rebuild(settings, arguments)
    text = f"已重建{documents}个文件的词语索引和向量"
    output.print_result({"documents": documents}, text, json=arguments.json)
    return ExitStatus.DONE


def _rebuild(settings: Settings, arguments: Arguments) -> int:
    """Rebuilds with a progress bar and returns the number of documents."""
    screen = output.console(stderr=arguments.json)
    with (
        closing(Assistant(settings)) as assistant,
        output.progress(screen, quiet=arguments.json) as show,
    ):
        return assistant.rebuild(show, reread=arguments.reread)
