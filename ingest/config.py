"""Settings of ingestion and storage. Plain values; nothing is read from the environment here."""

from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
"""The data packs that ship with the code: samples, lexicon, rules, embedding model."""


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """Where the library lives and how documents are taken in.

    `home` is the data folder. `database_url` and `chroma_url` override the embedded stores.
    `embedding_model` is a sentence-transformers folder or hub name, "" for the embedded model.
    `workers` processes read files beside each other, 0 for as many as there are cores.
    `keep_contacts` lets names and telephone numbers of the forms' authors into the indexes.
    """

    home: Path
    database_url: str = ""
    chroma_url: str = ""
    embedding_model: str = ""
    keep_contacts: bool = False
    workers: int = 0
    max_file_bytes: int = 200 * 1024 * 1024
