"""verify-store (资料库核对): what is stored against the original files and against each index."""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from ingest.config import IngestSettings
from ingest.errors import StoreError
from ingest.records.codec import decode
from ingest.records.document_rows import StoredRows
from ingest.records.engines import storable
from ingest.records.record_store import RecordStore
from ingest.records.rows import FACT_NAMES, DocumentRow, FactRow, Packed, unpacked
from ingest.storage.home import Home
from ingest.types.blocks import Block, Location, Run, TextBlock
from ingest.types.facts import Figure, Passage
from ingest.types.library import (
    Certainty,
    DocumentRecord,
    FileReport,
    Outcome,
    Scope,
    StoreFault,
)
from ingest.vectors.vector_store import VectorStore
from ingest.workers.parse_file import Parsed, Upload
from ingest.workers.pool import parse_all

MISSING = "原文件不在资料库中。"
CHANGED = "原文件与收入时不同。"
DAMAGED = "保存的内容已损坏，无法读出。"
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
    zlib.error,
)
"""What decoding a damaged row, or using what it was decoded to, raises."""
NUMBER = re.compile(r"\d[\d.,]*")
SHORTEST_PART = 2
"""Minimum number of characters of which a part of a passage is told to stand in a file."""


def check_library(
    home: Home, records: RecordStore, vectors: VectorStore, settings: IngestSettings
) -> Iterator[StoreFault]:
    """Every disagreement between the stores and the files; nothing when all is well."""
    documents: list[DocumentRecord] = []
    stored: set[str] = set()
    for id, file, written in records.listed():
        stored.add(id)
        if (record := _record(id, file, written)) is None:
            yield StoreFault(id, file, DAMAGED)
        else:
            documents.append(record)
    for document, read in zip(
        documents, _read_anew(documents, home, records, settings), strict=True
    ):
        try:
            yield from _against_file(document, read, records)
            yield from _against_indexes(document, records, vectors)
        except UNREADABLE:
            yield _fault(document, DAMAGED)
    for ids, place in (
        (home.originals() - stored, "原文件"),
        (vectors.documents() - stored, "向量库"),
    ):
        for document_id in sorted(ids):
            yield StoreFault(document_id, "", f"{place}中有不属于任何文件的内容。")
    if entries := records.orphan_words():
        yield StoreFault("", "", f"词语索引中有{entries}条不属于任何文件的内容。")


def _record(id: str, file: str, written: str) -> DocumentRecord | None:
    """A document's record; None where it cannot be read, or is about another one."""
    try:
        record = decode(DocumentRecord, written)
    except UNREADABLE:
        return None
    return record if (record.id, record.file) == (id, file) else None


def _read_anew(
    documents: Iterable[DocumentRecord],
    home: Home,
    records: RecordStore,
    settings: IngestSettings,
) -> Iterator[Parsed | FileReport]:
    """Each original as it is read today, in processes of their own as when it was taken in."""

    def kept() -> Iterator[Upload | FileReport]:
        for document in documents:
            try:
                data, lacking = home.original(document.id), MISSING
            except StoreError as error:
                data, lacking = None, str(error)
            if data is None:
                yield FileReport(document.file, Outcome.FAILED, error=lacking)
            else:
                yield Upload(document.file, data, records.templates.taught(document.department))

    for item in parse_all(
        kept(),
        keep_contacts=settings.keep_contacts,
        limits=settings.limits,
        workers=settings.workers,
    ):
        if not isinstance(item, Upload):
            yield item


def _against_file(
    document: DocumentRecord, read: Parsed | FileReport, records: RecordStore
) -> Iterator[StoreFault]:
    """What is stored against what the original says when it is read again.

    The same reader finds the same: every row is compared. What another version of the program read
    need not be what this one reads, but must stand in the file.
    """
    if isinstance(read, FileReport):
        yield _fault(document, read.error)
    elif sha256(read.upload.data).hexdigest() != document.id:
        yield _fault(document, CHANGED)
    elif read.packed is None:
        yield _fault(document, f"原文件已无法读取：{read.error}")
    elif read.packed.record.reader == document.reader:
        lineage = records.corrections.lineage(document.id)
        expected = records.corrections.amend(read.packed, lineage)
        yield from _differing(document, expected, records.rows_of(document.id))
    else:
        yield from _not_printed(document, unpacked(read.packed.document["blocks"]), records)


def _differing(document: DocumentRecord, read: Packed, stored: StoredRows) -> Iterator[StoreFault]:
    """Each row that is not as it was read and corrected."""
    if zlib.decompress(stored.document["blocks"]) != zlib.decompress(read.document["blocks"]):
        yield _fault(document, "保存的版面与原文件不一致。")
    if _listed(stored.document) != _listed(read.document) or stored.coverage != {
        (row["department"], row["year"]) for row in read.coverage
    }:
        yield _fault(document, "登记的标题、部门、年度或表种与原文件不一致。")
    for name, right, rows in zip(FACT_NAMES, read.facts, stored.facts, strict=True):
        lacking = Counter(map(_values, right))
        lacking.subtract(map(_values, rows))
        wrong = [row for row in rows if lacking[_values(row)] < 0]
        for row in wrong:
            yield _fault(document, f"{name}“{_words(row)}”不在原文件里，或与那里的不同。")
        if (count := lacking.total()) > 0:
            yield _fault(document, f"{name}少了{count}条。")


def _listed(row: DocumentRow) -> tuple[object, ...]:
    """What listings and searches find of a document; which one it repeats is not its own."""
    record = replace(decode(DocumentRecord, row["record"]), copy_of="")
    return row["file"], row["form"], row["year"], row["figures"], record


def _values(row: FactRow) -> tuple[object, ...]:
    """A row as any database keeps it."""
    values = (row[name] for name in sorted(row))
    return tuple(storable(value) if isinstance(value, str) else value for value in values)


def _words(row: FactRow) -> str:
    """How a fact that is not right is named, as far as it can still be told."""
    for words in (r'"raw":"((?:[^"\\]|\\.)*)', r'"(?:text|name)":"((?:[^"\\]|\\.)*)'):
        if found := re.search(words, str(row["fact"])):
            return found[1][:20]
    return str(row["id"])


def _not_printed(
    document: DocumentRecord, blocks: Iterable[Block], records: RecordStore
) -> Iterator[StoreFault]:
    """Figures and passages that stand nowhere in the file."""
    scope = Scope(document_ids=(document.id,), certainty=Certainty.EVERY)
    shown = [(run.location, _squeezed(run.text)) for run in runs_of(blocks)]
    whole = "".join(text for _, text in shown)
    printed = records.corrections.printed(document.id)
    for figure in records.figures(scope):
        if not _stands(printed.get(figure.id, figure), shown):
            yield _fault(document, f"数据“{figure.quantity.raw}”不在其标注的位置。")
    for passage in records.passages_of(scope):
        if not _quoted(passage, shown, whole):
            yield _fault(document, f"片段“{passage.text[:20]}”在原文件中找不到。")


def _against_indexes(
    document: DocumentRecord, records: RecordStore, vectors: VectorStore
) -> Iterator[StoreFault]:
    facts = records.document(document.id)
    scope = Scope(document_ids=(document.id,), certainty=Certainty.EVERY)
    read = records.passages_of(scope)
    passages = {passage.id for passage in read}
    counts = (
        ("指标", facts and facts.indicators, len(records.indicators(scope))),
        ("数据", facts and facts.figures, len(records.figures(scope))),
        ("片段", facts and facts.passages, len(passages)),
    )
    for name, expected, actual in counts:
        if expected != actual:
            yield _fault(document, f"登记的{name}有{expected}条，实际存有{actual}条。")
    if unindexed := records.unindexed(document.id):
        yield _fault(
            document, f"词语索引缺少或写错了{len(unindexed)}个片段，请运行 jiwen rebuild。"
        )
    with_vector = set(vectors.ids(document.id))
    if missing := passages - with_vector:
        yield _fault(document, f"向量库缺少{len(missing)}个片段，请运行 jiwen rebuild。")
    if strays := with_vector - passages:
        yield _fault(document, f"向量库多出{len(strays)}个片段，请运行 jiwen rebuild。")
    if misowned := vectors.misowned(read, document.form):
        yield _fault(document, f"向量库有{misowned}个片段归属不对，请运行 jiwen rebuild。")


def runs_of(blocks: Iterable[Block]) -> Iterator[Run]:
    """Every run of text, in the order the file shows them."""
    for block in blocks:
        if isinstance(block, TextBlock):
            yield from block.runs
        else:
            for cell in block.cells:
                yield from cell.runs


def _stands(figure: Figure, shown: list[tuple[Location, str]]) -> bool:
    """The figure's raw text is what the file shows at its place."""
    text = "".join(text for place, text in shown if overlap(place, figure.location))
    return _squeezed(figure.quantity.raw) in text


def _quoted(passage: Passage, shown: list[tuple[Location, str]], whole: str) -> bool:
    """The passage's place exists, its numbers are in the file, and so is all else part by part.

    A passage is put together of cells and lines that the file may show far apart.
    """
    return any(overlap(place, passage.location) for place, _ in shown) and all(
        part in whole
        for piece in passage.text.split()
        for part in (*NUMBER.findall(piece), *_parts(piece, whole))
    )


def _parts(piece: str, whole: str) -> Iterator[str]:
    """A stretch without blanks, cut where the file no longer shows it in one."""
    start = 0
    while start < len(piece):
        end = start + SHORTEST_PART
        while end < len(piece) and piece[start : end + 1] in whole:
            end += 1
        yield piece[start:end]
        start = end


def overlap(one: Location, other: Location) -> bool:
    """Whether two places share something; what either leaves open does not part them."""
    for name in ("page", "sheet", "table", "row", "column"):
        a, b = getattr(one, name), getattr(other, name)
        if a is not None and b is not None and a != b:
            return False
    if one.line_start is not None and other.line_start is not None:
        ends = (one.line_end or one.line_start, other.line_end or other.line_start)
        if one.line_start > ends[1] or other.line_start > ends[0]:
            return False
    if one.bbox is not None and other.bbox is not None:
        (left, top, right, bottom), (left2, top2, right2, bottom2) = one.bbox, other.bbox
        return left <= right2 and left2 <= right and top <= bottom2 and top2 <= bottom
    return True


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _fault(document: DocumentRecord, message: str) -> StoreFault:
    return StoreFault(document.id, document.file, message)
