"""Which documents a list is about (范围): chosen by document, department and year."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath

from assistant.errors import UnknownDocument
from ingest.language.vocabulary import default_vocabulary
from ingest.types.facts import Figure, Indicator
from ingest.types.library import Certainty, DocumentRecord, Scope

ID_PREFIX = re.compile(r"[0-9a-f]{6,64}")
"""A document's id, or as much of it as people type."""
MAX_NAMED = 5
"""Maximum number of documents of one name that are told by their ids."""


def chosen_document(records: Sequence[DocumentRecord], id_or_file: str) -> DocumentRecord:
    """The one document of this id, beginning of an id, file or file name.

    Raises UnknownDocument where there is none, or several: then it says how to name one.
    """
    tests: tuple[Callable[[DocumentRecord], bool], ...] = (
        lambda record: record.id == id_or_file,
        lambda record: record.file == id_or_file,
        lambda record: PurePosixPath(record.file).name == id_or_file,
        lambda record: bool(ID_PREFIX.fullmatch(id_or_file)) and record.id.startswith(id_or_file),
    )
    for fits in tests:
        match [record for record in records if fits(record)]:
            case []:
                continue
            case [record]:
                return record
            case several:
                raise UnknownDocument(_several(id_or_file, several))
    raise UnknownDocument(f"资料库中没有“{id_or_file}”，请用 jiwen documents 查看编号和文件名。")


def selection(
    records: Sequence[DocumentRecord],
    *,
    document: str = "",
    department: str = "",
    year: int | None = None,
    certainty: Certainty = Certainty.CONFIRMED,
) -> Scope:
    """The scope of what is chosen; raises UnknownDocument as `chosen_document` does."""
    return Scope(
        document_ids=(chosen_document(records, document).id,) if document else (),
        departments=(department,) if department else (),
        years=(year,) if year else (),
        certainty=certainty,
    )


def listed(*, unconfirmed: bool) -> Certainty:
    """What lists of figures and indicators show: all there is, or only what waits for a person."""
    return Certainty.UNCONFIRMED if unconfirmed else Certainty.EVERY


def is_confirmed(fact: Figure | Indicator) -> bool:
    """Whether a figure or an indicator counts, or waits for a person."""
    return default_vocabulary().confidence.is_confirmed(fact)


def file_names(records: Iterable[DocumentRecord]) -> dict[str, str]:
    """The name of each document's file by the document's id."""
    return {record.id: record.file for record in records}


def _several(named: str, records: Sequence[DocumentRecord]) -> str:
    told = "、".join(f"{r.id[:12]}（{r.department or '部门不明'}）" for r in records[:MAX_NAMED])
    more = "等" if len(records) > MAX_NAMED else ""
    return f"资料库中有{len(records)}个文件都符合“{named}”，请改用编号指明一个：{told}{more}。"
