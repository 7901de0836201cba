"""What can be given on the command line `jiwen`, and how a wrong call is answered in Chinese."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from enum import IntEnum, StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn, TypeVar

from assistant.config import Settings
from assistant.drafting.types import Length, Section
from ingest.types.blocks import Form

Kind = TypeVar("Kind", bound=StrEnum)


class ExitStatus(IntEnum):
    """How a command ended, as the shell sees it."""

    DONE = 0
    FAILED = 1
    MISUSED = 2


CHINESE_ERRORS = {
    r"the following arguments are required: (.*)": "缺少参数 {0}",
    r"unrecognized arguments: (.*)": "无法识别的参数 {0}",
    r"argument (.*): expected (?:one|at least one) argument": "参数 {0} 后面需要一个值",
    r"argument (.*): invalid choice: (.*) \(choose from .*\)": "没有 {1} 这个命令",
    r"argument (.*): not allowed with argument (.*)": "参数 {0} 与 {1} 不能同时使用",
    r"argument (.*?): (.*)": "参数 {0} 有误：{1}",
}
"""argparse's messages as regular expressions, with what we print instead."""


class Arguments(argparse.Namespace):
    """What can be given on the command line, with the value each has when it is not."""

    run: "Callable[[Settings, Arguments], ExitStatus]"
    json: bool = False
    home: Path | None = None
    paths: Sequence[Path] = ()
    replace: bool = False
    password: bool = False
    cluster: str | None = None
    folder: Path = Path()
    polling: bool = False
    once: bool = False
    log: Path | None = None
    target: str = ""
    question: str | None = None
    batch: Path | None = None
    history: Path | None = None
    document: str = ""
    department: str = ""
    departments: str | None = None
    all_departments: bool = False
    unlisted: bool = False
    year: int | None = None
    name: str = ""
    unconfirmed: bool = False
    section: Section = Section.REPORT
    tone: str = ""
    emphasis: str = ""
    length: Length = Length.MEDIUM
    plain: bool = False
    template: str = ""
    out: Path | None = None
    file: Path = Path()
    keep_tokens: bool = False
    action: str = "list"
    role: str = ""
    roles: str = ""
    reread: bool = False
    kind: str = ""
    label: str = ""
    scope: str = "ask"
    days: int = 365
    keep: bool = False
    figure: str = ""
    value: str = ""
    subject: str = ""
    form: Form | None = None
    reason: str = ""
    host: str | None = None
    port: int | None = None


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese."""

    def __init__(self, prog: str | None = None, **settings: object) -> None:
        super().__init__(
            prog=prog,
            add_help=False,
            allow_abbrev=False,
            argument_default=argparse.SUPPRESS,
            description=str(settings.get("description", "")),
        )
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")
        self.add_argument("--json", action="store_true", help="输出 JSON，供程序读取")
        self.add_argument(
            "--home",
            type=Path,
            metavar="目录",
            help="资料库所在目录（默认 JIWEN_HOME 或 ~/.jiwen）",
        )

    def format_usage(self) -> str:
        """The line that begins with 用法."""
        return super().format_usage().replace("usage: ", "用法：", 1)

    def format_help(self) -> str:
        """All that --help shows."""
        return super().format_help().replace("usage: ", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Ends the program with one line that says what is wrong with the call."""
        for pattern, words in CHINESE_ERRORS.items():
            if match := re.fullmatch(pattern, message, re.DOTALL):
                message = words.format(*match.groups())
                break
        complain(f"{message}。用法见 {self.prog} --help")
        sys.exit(ExitStatus.MISUSED)


Command = Callable[[str, Callable[[Settings, Arguments], ExitStatus], str], Parser]
"""Adds a command: its name, what it runs, what it does in words."""


class Version(argparse.Action):
    """`--version`: the installed version, looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        """Prints it and ends the program."""
        print(f"绩问 {version('jiwen')}")
        parser.exit()


def year(text: str) -> int:
    """A year as it is typed: any four digits, since only the library knows which it reports on."""
    if not re.fullmatch(r"[12]\d{3}", text):
        raise argparse.ArgumentTypeError(f"年度要写成四位数字，如 2021，而不是“{text}”")
    return int(text)


def form(text: str) -> Form:
    """A form by its name; raises ArgumentTypeError."""
    return _one_of(Form, text, "表")


def section(text: str) -> Section:
    """A section by its name; raises ArgumentTypeError."""
    return _one_of(Section, text, "初稿")


def length(text: str) -> Length:
    """How long a draft is to be; raises ArgumentTypeError."""
    return _one_of(Length, text, "篇幅")


def _one_of(kinds: type[Kind], text: str, what: str) -> Kind:
    if text not in list(kinds):
        raise argparse.ArgumentTypeError(f"没有“{text}”这种{what}，可选 {'、'.join(kinds)}")
    return kinds(text)


def port(text: str) -> int:
    """A port number; raises ArgumentTypeError."""
    if not re.fullmatch(r"\d{1,5}", text) or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"端口要写成 1 到 65535 之间的整数，而不是“{text}”")
    return int(text)


def days(text: str) -> int:
    """A number of days; raises ArgumentTypeError."""
    if not re.fullmatch(r"\d{1,5}", text):
        raise argparse.ArgumentTypeError(f"天数要写成整数，如 365，而不是“{text}”")
    return int(text)


def complain(text: str) -> None:
    """One line on stderr."""
    print(" ".join(text.split()), file=sys.stderr)
