"""By which code and which words files are read (读法): the same file says the same by the same."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from ingest.config import DATA
from ingest.vectors.embedder import CHECKSUMS

CODE = Path(__file__).parent.parent
STEPS = ("types", "language", "semantics", "templates", "loaders", "tables", "extraction")
"""The folders of `ingest` whose code makes facts of a file."""


@cache
def reading_version() -> str:
    """Changes whenever the same file may be read differently."""
    summed = sha256()
    for folder, kind in (
        (DATA / "lexicon", "*"),
        (DATA / "models", CHECKSUMS),
        *((CODE / step, "*.py") for step in STEPS),
    ):
        for path in sorted(folder.rglob(kind)):
            if path.is_file():
                summed.update(path.name.encode())
                summed.update(path.read_bytes())
    return summed.hexdigest()[:12]
