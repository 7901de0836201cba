"""Settings of ingestion and storage. Plain values; nothing is read from the environment here."""

from dataclasses import dataclass
from pathlib import Path


def shipped(name: str) -> Path:
    """The folder `name` that ships with the code: beside it, in a wheel as `jiwen_<name>`.

    It is looked for beside this very code, so that a checkout reads its own folders even where
    another JiWen is installed; and the wheel's name first, for any package may be called `data`.
    """
    beside = Path(__file__).resolve().parent.parent
    packaged = beside / f"jiwen_{name}"
    return packaged if packaged.is_dir() else beside / name


DATA = shipped("data")
"""The data packs that ship with the code: samples, lexicon, rules, embedding model."""
PROMPTS = shipped("prompts")
"""The prompts of the language model, one a file."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one file (限额); a file beyond them is refused by name, never cut silently.

    `file_bytes` as handed in, `unpacked_bytes` of what a packed file holds, nested ones together.
    `facts` are the figures, indicators, tasks and passages read of one file, all together.
    `page_seconds` is for one page, `file_seconds` for a file without pages and, in one with pages,
    for what is done before the first and after the last. `memory_bytes` is for the process that
    reads: its program takes some 100 MB of it.
    """

    file_bytes: int = 200 * MEGABYTE
    unpacked_bytes: int = 1024 * MEGABYTE
    pages: int = 2000
    image_pixels: int = 200_000_000
    cells: int = 2_000_000
    facts: int = 100_000
    archive_files: int = 5000
    file_seconds: int = 900
    page_seconds: int = 300
    memory_bytes: int = 2048 * MEGABYTE


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """Where the library lives and how documents are taken in.

    `home` is the data folder. `database_url` and `chroma_url` override the embedded stores.
    `embedding_model` is a sentence-transformers folder or hub name, "" for the embedded model.
    `workers` processes read files beside each other, 0 for as many as there are cores.
    `cluster` is the address of a Ray cluster that reads them instead, "local" for one of this
    machine, "" for none.
    `limits` says what one file may ask of the machine.
    `keep_contacts` lets names and telephone numbers of the forms' authors into the indexes.
    """

    home: Path
    database_url: str = ""
    chroma_url: str = ""
    embedding_model: str = ""
    keep_contacts: bool = False
    workers: int = 0
    cluster: str = ""
    limits: Limits = DEFAULT_LIMITS
