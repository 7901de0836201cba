"""Large libraries for benchmarks: a corpus copied under other places' names, through the stores.

In each copy every city and district has another made-up name, in departments, texts and quotes
alike; the other words and the numbers stay. Nothing is embedded here.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path

from ingest.codec import decode, encode
from ingest.loaders import load
from ingest.record_rows import pack
from ingest.record_store import RecordStore
from ingest.tokenizer import Tokenizer
from ingest.types import Understanding
from ingest.understand import understand

DIGITAL = (".txt", ".html", ".xlsx", ".docx")
"""Scans are slow to read and say nothing new here."""
_FIRST, _SECOND = (
    "青沐昀璟泓澜苒砚翊禾棠岚沅湄汀溪鹭枫梧槿",
    "峤崤屿隰泺涪沣浔泾漪潞澍嵊岐邛郯鄄邳滁濉",
)
_PLACE = re.compile(r"([\u4e00-\u9fff]{2})(?:市|区|县)")


def understood(corpus: Path) -> list[Understanding]:
    """The digital documents of a corpus."""
    paths = sorted((corpus / "docs").iterdir())
    return [
        understand(load(path.name, path.read_bytes())) for path in paths if path.suffix in DIGITAL
    ]


def places(originals: Sequence[Understanding]) -> list[str]:
    """The names of their cities and districts, without 市, 区, 县."""
    departments = {one.document.department for one in originals}
    return sorted({place for name in departments for place in _PLACE.findall(name)})


def namings(known: Sequence[str]) -> Iterator[dict[str, str]]:
    """For each copy another name for every place; the first copy keeps the names."""
    yield {}
    names = (f"{a}{b}" for a in _FIRST for b in _SECOND)
    while len(taken := list(islice(names, len(known)))) == len(known):
        yield dict(zip(known, taken, strict=True))


def copied(original: Understanding, naming: dict[str, str]) -> Understanding:
    """The same document of other places, its facts with ids of their own."""
    if not naming:
        return original
    text = encode(original)
    for place, name in naming.items():
        text = text.replace(place, name)
    salt = "".join(naming.values())
    facts = (*original.figures, *original.indicators, *original.tasks, *original.passages)
    ids = {original.document.id, *(fact.id for fact in facts)}
    other = {id: sha256(f"{id}{salt}".encode()).hexdigest()[: len(id)] for id in ids}
    text = re.sub(r'"([0-9a-f]{16,64})"', lambda m: f'"{other.get(m[1], m[1])}"', text)
    return decode(Understanding, text)


def fill(home: Path, originals: Sequence[Understanding], count: int) -> int:
    """Writes up to `count` documents into the records of a library; how many there are then.

    The lexical index is left empty, which only a question would use.
    """
    home.mkdir(parents=True, exist_ok=True)
    store = RecordStore(f"sqlite:///{home / 'library.db'}", cut=lambda text: [])
    written = 0
    for naming in namings(places(originals)):
        with store.together():
            for original in originals[: count - written]:
                one = copied(original, naming)
                store.stage(pack(one))
                store.publish(one.document.id)
                written += 1
        if written >= count:
            break
    store.set_meta("tokenizer", Tokenizer().version)
    store.close()
    return written
