"""Which documents a list is about (范围): chosen by document, department and year."""

from collections.abc import Iterable, Sequence

from assistant.errors import UnknownDocument
from ingest.types.library import DocumentRecord, Scope


def selection(
    records: Sequence[DocumentRecord],
    *,
    document: str = "",
    department: str = "",
    year: int | None = None,
) -> Scope:
    """The scope of what is chosen; `document` is an id, its first 12 digits or a file name."""
    ids: tuple[str, ...] = ()
    if document:
        ids = tuple(r.id for r in records if document in (r.id, r.id[:12], r.file))
        if not ids:
            raise UnknownDocument(
                f"资料库中没有“{document}”，请用 jiwen documents 查看编号和文件名。"
            )
    return Scope(
        document_ids=ids,
        departments=(department,) if department else (),
        years=(year,) if year else (),
    )


def file_names(records: Iterable[DocumentRecord]) -> dict[str, str]:
    """The name of each document's file by the document's id."""
    return {record.id: record.file for record in records}
