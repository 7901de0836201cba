"""`jiwen backup`, `restore` and `rebuild`: keeping a library whole (备份、恢复、重建)."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from assistant.cli import output as console
from assistant.cli.arguments import DONE, Arguments, Parser, complain
from assistant.config import Settings
from assistant.service import Assistant
from ingest.errors import ModelError

Command = Callable[[str, Callable[[Settings, Arguments], int], str], Parser]


def add_commands(command: Command) -> None:
    backup = command("backup", run_backup, "把资料库备份成一个文件，网页开着时也可以")
    backup.add_argument("file", type=Path, metavar="文件.zip", help="备份写到哪个文件，不能已存在")
    restore = command("restore", run_restore, "把备份恢复到一个还没有资料库的目录")
    restore.add_argument("file", type=Path, metavar="文件.zip", help="jiwen backup 写的文件")
    command("rebuild", run_rebuild, "按已存的内容重建词语索引和向量，中断后再运行会接着做")


def run_backup(settings: Settings, given: Arguments) -> int:
    with closing(Assistant(settings)) as assistant:
        documents = assistant.backup(given.file)
    size = given.file.stat().st_size
    told = {"file": str(given.file), "documents": documents, "bytes": size}
    tell(given, told, f"已备份{documents}个文件到 {given.file}（{size / 1e6:.1f}MB）")
    if settings.database_url:
        complain("数据库不在资料库目录里：备份只含原文件和规则包，数据库请另用 pg_dump 等备份。")
    return DONE


def run_restore(settings: Settings, given: Arguments) -> int:
    """Restores, then makes the vectors; without a model the library answers by words alone."""
    documents = Assistant.restore(settings, given.file)
    note = ""
    try:
        rebuilt(settings, given)
    except ModelError as error:
        note = f"暂无向量，只能按数据和词语检索：{error}"
        complain(note)
    told = {"home": str(settings.home), "documents": documents, "note": note}
    tell(given, told, f"已恢复{documents}个文件到 {settings.home}")
    return DONE


def run_rebuild(settings: Settings, given: Arguments) -> int:
    documents = rebuilt(settings, given)
    tell(given, {"documents": documents}, f"已重建{documents}个文件的词语索引和向量")
    return DONE


def rebuilt(settings: Settings, given: Arguments) -> int:
    screen = console.console(stderr=given.json)
    with (
        closing(Assistant(settings)) as assistant,
        console.progress(screen, quiet=given.json) as say,
    ):
        return assistant.rebuild(say)


def tell(given: Arguments, as_json: dict[str, object], words: str) -> None:
    print(json.dumps(as_json, ensure_ascii=False) if given.json else words, flush=True)
