"""verify-store (资料库核对): what is stored against the original files and against each index."""

from collections.abc import Iterable, Iterator

from ingest.config import IngestSettings
from ingest.records.record_store import RecordStore
from ingest.records.rows import unpacked
from ingest.storage.home import Home
from ingest.types.blocks import Block, Location, Run, TextBlock
from ingest.types.facts import Figure, Passage
from ingest.types.library import DocumentRecord, FileReport, Outcome, Scope, StoreFault
from ingest.vectors.vector_store import VectorStore
from ingest.workers.parse_file import Parsed, Upload
from ingest.workers.pool import parse_all

MISSING = "原文件不在资料库中，请重新入库。"


def check_library(
    home: Home, records: RecordStore, vectors: VectorStore, settings: IngestSettings
) -> Iterator[StoreFault]:
    """Every disagreement between the stores and the files; nothing when all is well."""
    documents = records.documents()
    for document, read in zip(documents, _read_anew(documents, home, settings), strict=True):
        yield from _against_file(document, read, records)
        yield from _against_indexes(document, records, vectors)
    stored = {document.id for document in documents}
    for ids, place in (
        (home.originals() - stored, "原文件"),
        (vectors.documents() - stored, "向量库"),
    ):
        for document_id in sorted(ids):
            yield StoreFault(document_id, "", f"{place}中有不属于任何文件的内容。")
    if entries := records.orphan_words():
        yield StoreFault("", "", f"词语索引中有{entries}条不属于任何文件的内容。")


def _read_anew(
    documents: Iterable[DocumentRecord], home: Home, settings: IngestSettings
) -> Iterator[Parsed | FileReport]:
    """Each original as it is read today, in processes of their own as when it was taken in."""

    def kept() -> Iterator[Upload | FileReport]:
        for document in documents:
            data = home.original(document.id)
            missing = FileReport(document.file, Outcome.FAILED, error=MISSING)
            yield missing if data is None else Upload(document.file, data)

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
    if isinstance(read, FileReport):
        yield _fault(document, read.error)
        return
    if read.packed is None:
        yield _fault(document, f"原文件已无法读取：{read.error}")
        return
    blocks = unpacked(read.packed.document["blocks"])
    if blocks != records.blocks(document.id):
        yield _fault(document, "保存的版面与原文件不一致，请删除后重新入库。")
    scope = Scope(document_ids=(document.id,))
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
    scope = Scope(document_ids=(document.id,))
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
    """The passage's place exists, and each of its stretches without blanks is in the file.

    A row's passage sets its cells apart by blanks, and merged cells stand on other rows.
    """
    return any(overlap(place, passage.location) for place, _ in shown) and all(
        piece in whole for piece in passage.text.split()
    )


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
