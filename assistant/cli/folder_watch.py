"""`jiwen watch`: a library follows a folder (监看文件夹): what is new, changed or gone there.

Each look compares the folder with what was taken in of it, so that nothing depends on having seen a
change happen: after a pause, or a change that a network drive did not tell, the next look catches
up. Nothing is taken in while files are still being written.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from assistant.cli import output
from assistant.cli.arguments import Arguments, Command, ExitStatus, complain
from assistant.cli.operator import noted
from assistant.config import Settings
from assistant.errors import AssistantError
from assistant.server.permitted import PermittedAssistant
from ingest.errors import IngestError
from ingest.types.file_names import known_name
from ingest.types.library import FileReport, Outcome

QUIET_SECONDS = 2.0
"""So long nothing changes in the folder before anything is taken in."""
OUTCOMES = {Outcome.ADDED: "已入库", Outcome.REPLACED: "已更新", Outcome.FAILED: "未入库"}

Signs = tuple[int, int]
"""A file's size and time of change."""


def add_commands(command: Command) -> None:
    """Adds `watch`."""
    watch = command("watch", run_watch, "监看一个文件夹：新增、改动、删除的文件随时跟进")
    watch.add_argument("folder", type=Path, metavar="文件夹", help="要监看的文件夹")
    watch.add_argument("--once", action="store_true", help="只看一遍就结束，便于定时任务")
    watch.add_argument("--polling", action="store_true", help="定时查看，用于 WebDAV、SMB 等网络盘")
    watch.add_argument("--log", type=Path, metavar="文件", help="把记录也写到这个文件")


def run_watch(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Follows the folder until it is interrupted."""
    if not arguments.folder.is_dir():
        complain(f"找不到文件夹“{arguments.folder}”，请检查路径后重试。")
        return ExitStatus.FAILED
    say = partial(_say, log=arguments.log)
    ledger = settings.home / f"watched-{_name(arguments.folder)}.json"
    follower = Follower(arguments.folder, partial(noted, settings), say, ledger)
    if arguments.once:
        follower.look()
        follower.look()
        return ExitStatus.DONE
    say(f"开始监看 {arguments.folder}，按 Ctrl-C 结束")
    for _ in _wakes(arguments.folder, polling=arguments.polling):
        follower.look()
    return ExitStatus.DONE


def _wakes(folder: Path, *, polling: bool) -> Iterator[object]:
    """A look at once, then whenever something changed or a while has gone by."""
    from watchfiles import watch

    yield None
    milliseconds = int(QUIET_SECONDS * 1000)
    yield from watch(
        folder,
        debounce=milliseconds,
        rust_timeout=milliseconds,
        yield_on_timeout=True,
        force_polling=polling,
        raise_interrupt=False,
    )


def _name(folder: Path) -> str:
    return sha256(str(folder.resolve()).encode()).hexdigest()[:12]


def _say(words: str, *, log: Path | None) -> None:
    line = f"{datetime.now():%Y-%m-%d %H:%M:%S}  {words}"
    output.console(stderr=False).print(line, markup=False, highlight=False, soft_wrap=True)
    if log is not None:
        with log.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


@dataclass(slots=True)
class Follower:
    """Keeps a library as a folder is; `library` opens it for one look.

    `ledger` is a file that remembers what was taken in, so that a file that goes while nobody looks
    is missed at the next start.
    """

    folder: Path
    library: Callable[[], AbstractContextManager[PermittedAssistant]]
    say: Callable[[str], None]
    ledger: Path
    _seen: dict[str, Signs] | None = None
    _told: str = field(default="", init=False)

    def look(self) -> bool:
        """Takes in what is new or changed and removes what is gone, if all has come to rest since
        the last look; whether there was anything to do."""
        try:
            now = dict(_signs(self.folder))
            if now != self._seen:
                self._seen = now
                return False
            return self._follow(now)
        except (AssistantError, IngestError, OSError) as error:
            self._complain(str(error))
            return False

    def _follow(self, now: dict[str, Signs]) -> bool:
        done = self._done()
        gone = [name for name in done if name not in now]
        if done == now:
            return False
        with self.library() as library:
            if gone:
                self._remove(library, gone)
            if any(done.get(name) != signs for name, signs in now.items()):
                for report in library.add([self.folder], replace=True):
                    self._report(report)
        self.ledger.write_text(json.dumps(now, ensure_ascii=False), encoding="utf-8")
        self._told = ""
        return True

    def _done(self) -> dict[str, Signs]:
        """The files that were taken in or refused, as they were then."""
        if not self.ledger.exists():
            return {}
        kept = json.loads(self.ledger.read_text(encoding="utf-8"))
        return {name: (size, changed) for name, (size, changed) in kept.items()}

    def _remove(self, library: PermittedAssistant, gone: list[str]) -> None:
        """Removes what was taken in of files that are gone, those inside archives too."""
        for record in library.documents():
            if any(record.file == name or record.file.startswith(f"{name}/") for name in gone):
                library.remove(record.id)
                self.say(f"已移除  {record.file}")

    def _report(self, report: FileReport) -> None:
        if report.outcome in OUTCOMES:
            self.say(f"{OUTCOMES[report.outcome]}  {report.file}  {report.error}".rstrip())

    def _complain(self, words: str) -> None:
        """Says what keeps it from following, once."""
        if words != self._told:
            self._told = words
            self.say(f"暂时没有跟进：{words}")


def _signs(folder: Path) -> Iterator[tuple[str, Signs]]:
    """The files of a folder by the names they are known by, with what tells a change."""
    if not folder.is_dir():
        raise FileNotFoundError(f"文件夹“{folder}”现在打不开")  # away, and not empty
    for path in folder.rglob("*"):
        if path.is_file():
            state = path.stat()
            name = known_name(path.relative_to(folder).as_posix())
            yield name, (state.st_size, state.st_mtime_ns)
