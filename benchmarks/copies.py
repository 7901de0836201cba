"""Large libraries for benchmarks: a corpus copied under other places' names.

In each copy every city and district has another made-up name, in departments, texts and quotes
alike. Copies of what was understood keep their numbers; copies of files get other numbers too, so
that few of their texts are the same. Nothing is embedded here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree

from ingest.extraction.understand import understand
from ingest.language.tokenizer import Tokenizer
from ingest.loaders import load
from ingest.records.codec import decode, encode
from ingest.records.record_store import RecordStore
from ingest.records.rows import pack
from ingest.types.facts import Figure, Indicator, Passage, Task, Understanding

DIGITAL = (".txt", ".html", ".xlsx", ".docx")
"""Scans are slow to read and say nothing new here."""
_FIRST, _SECOND = (
    "青沐昀璟泓澜苒砚翊禾棠岚沅湄汀溪鹭枫梧槿",
    "峤崤屿隰泺涪沣浔泾漪潞澍嵊岐邛郯鄄邳滁濉",
)
_PLACE = re.compile(r"([\u4e00-\u9fff]{2})(?:市|区|县)")
_SHOWN = re.compile(r"(?<=>)[^<>&]+(?=<)")
"""What stands between two tags."""
_WHOLE = re.compile(r".+", re.DOTALL)
_NUMBER = re.compile(r"(?<![\d.])(?!(?:19|20)\d\d(?!\d))\d*(\d\d)(?=\d(?!\d))")
"""Two digits in the middle of a number that is no year."""
_PARTS = ("word/document.xml", "xl/sharedStrings.xml", "xl/worksheets/")


def documents(corpus: Path) -> list[Path]:
    """The digital documents of a corpus."""
    return [path for path in sorted((corpus / "docs").iterdir()) if path.suffix in DIGITAL]


def understood(corpus: Path) -> list[Understanding]:
    """What the digital documents of a corpus say."""
    return [understand(load(path.name, path.read_bytes())) for path in documents(corpus)]


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


def renamed(text: str, naming: Mapping[str, str]) -> str:
    """The text with other places."""
    for place, name in naming.items():
        text = text.replace(place, name)
    return text


def copied(original: Understanding, naming: dict[str, str]) -> Understanding:
    """The same document of other places, its facts with ids of their own."""
    if not naming:
        return original
    text = renamed(encode(original), naming)
    salt = "".join(naming.values())
    facts: Iterable[Figure | Indicator | Task | Passage]
    facts = (*original.figures, *original.indicators, *original.tasks, *original.passages)
    ids = {original.document.id, *(fact.id for fact in facts)}
    other = {id: sha256(f"{id}{salt}".encode()).hexdigest()[: len(id)] for id in ids}
    text = re.sub(r'"([0-9a-f]{16,64})"', lambda m: f'"{other.get(m[1], m[1])}"', text)
    return decode(Understanding, text)


def copied_file(path: Path, naming: Mapping[str, str], step: int) -> bytes:
    """The file with other places and, for every `step` above 0, other numbers; same format."""
    data = path.read_bytes()
    if not step:
        return data
    if path.suffix in (".docx", ".xlsx"):
        return _repacked(data, naming, step)
    try:
        text, coding = data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, coding = data.decode("gb18030"), "gb18030"
    pattern = _SHOWN if path.suffix == ".html" else _WHOLE
    return pattern.sub(lambda found: _moved(found[0], naming, step), text).encode(coding)


def _repacked(data: bytes, naming: Mapping[str, str], step: int) -> bytes:
    made = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for part in old.namelist():
            held = old.read(part)
            if part.startswith(_PARTS) and part.endswith(".xml"):
                root = etree.fromstring(held)
                for text in root.iter("{*}t"):
                    text.text = _moved(text.text or "", naming, step)
                held = etree.tostring(root, encoding="utf-8", xml_declaration=True)
            new.writestr(part, held)
    return made.getvalue()


def _moved(text: str, naming: Mapping[str, str], step: int) -> str:
    def other(found: re.Match[str]) -> str:
        start = len(found[0]) - 2
        return f"{found[0][:start]}{(int(found[1]) + 37 * step) % 100:02}"

    return _NUMBER.sub(other, renamed(text, naming))


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
