"""The texts of the help desk (帮助文本): what is answered, and ways of asking for it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from ingest.config import DATA
from ingest.language.packs import PackTable

HELP = DATA / "help"
"""The folder of the texts; each file holds entries of one kind."""
THRESHOLDS = "thresholds.toml"


class HelpKind(StrEnum):
    """What a question is about, if not about what documents say (问题类别)."""

    USE = "use"
    """How the program is used, and how its answers come about."""
    TALK = "talk"
    """A greeting, thanks, praise or blame."""
    OFF_TOPIC = "off_topic"
    """Something that no document of this trade would say."""
    RULE = "rule"
    """How things are scored and judged, wherever; documents are asked first."""
    CATALOGUE = "catalogue"
    """What the library holds."""
    DOCUMENTS = "documents"
    """What documents say: not for the help desk."""


@dataclass(frozen=True, slots=True)
class HelpText:
    """One answer and ways of asking for it; rules and catalogues are composed, and have no text.

    `held_out` are ways of asking that teach nothing and measure.
    """

    id: str
    kind: HelpKind
    answer: str
    asked: tuple[str, ...]
    held_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How probable it must be that a question is for the help desk (see docs/helpdesk.md)."""

    sure: float
    """To answer without looking into documents."""
    likely: float
    """To answer where the documents have nothing certain."""

    @classmethod
    def read(cls, folder: Path = HELP) -> "Thresholds":
        """Those of a folder; raises PackError where one is missing."""
        pack = _pack(folder / THRESHOLDS)
        thresholds = cls(float(pack.decimal("sure")), float(pack.decimal("likely")))
        pack.reject_unread()
        return thresholds


def help_texts(folder: Path = HELP) -> tuple[HelpText, ...]:
    """All texts of a folder, file by file; raises PackError where one is wrong."""
    paths = sorted(path for path in folder.glob("*.toml") if path.name != THRESHOLDS)
    return tuple(text for path in paths for text in _of_file(path))


@cache
def read_help() -> Mapping[str, HelpText]:
    """The texts of data/help by their id, read on first use."""
    return {text.id: text for text in help_texts()}


def _of_file(path: Path) -> Iterator[HelpText]:
    pack = _pack(path)
    kind = pack.member("kind", HelpKind)
    answered = kind in (HelpKind.USE, HelpKind.TALK, HelpKind.OFF_TOPIC)
    for entry in pack.tables("entries"):
        yield HelpText(
            id=entry.text("id"),
            kind=kind,
            answer=entry.text("answer") if answered else "",
            asked=entry.words("asked"),
            held_out=entry.words("held_out"),
        )
    pack.reject_unread()


def _pack(path: Path) -> PackTable:
    return PackTable(tomllib.loads(path.read_text(encoding="utf-8")), file=path.name)
