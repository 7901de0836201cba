"""Which document a file is that was read (文件归属): a new version of one, or one of its own.

Told only by what may be seen by whoever hands it in, and by what the file says: a name is not
enough, for every unit calls its form 自评表.xlsx.
"""

from dataclasses import dataclass

from ingest.errors import StoreError
from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary
from ingest.records.record_reader import RecordReader, Visible
from ingest.records.record_store import RecordStore
from ingest.records.rows import Packed
from ingest.types.library import DocumentRecord

OUT_OF_SCOPE = (
    "按内容判断，“{file}”不属于您可以收入的部门，没有入库；"
    "如果部门认错了，请交给不限部门的同事收入。"
)
KNOWN_NAME = "资料库中已有同名文件“{file}”的另一个版本，如要用新文件替换它，请确认替换后重试。"
SEVERAL = (
    "资料库中这个部门有几个文件都叫“{file}”，认不出新文件要替换哪一个，"
    "请先按编号删除旧的，再收入新文件。"
)
BESIDE = "资料库中另有同名文件，属于{department}，两个都保留。"


@dataclass(frozen=True, slots=True)
class Placement:
    """A document as it will be stored: what it says after corrections, whose version it is.

    `replaces` is the id of the version that leaves, "" for none.
    """

    packed: Packed
    lineage: str
    replaces: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What those who hand files in may see, and so may write."""

    records: RecordReader
    visible: Visible


class Placing:
    """Finds the place of each file of a batch; `replace` says that versions may be replaced."""

    def __init__(self, stored: RecordStore, part: Part, *, replace: bool) -> None:
        self.part = part
        self._stored = stored
        self._replace = replace
        self._grammar = Grammar(default_vocabulary().departments)

    def place(self, file: str, read: Packed) -> Placement | DocumentRecord:
        """Where a file goes that was read; the document itself where its bytes are stored already.

        Raises StoreError where it may not go anywhere.
        """
        known = self.part.records.document(read.record.id)
        if known is not None:
            return known
        namesakes = self.part.records.named(file)
        versions = [v for one in namesakes if (v := self._as_version(read, one))]
        if not versions:
            lineage = self._stored.corrections.lineage(read.record.id)
            beside = "、".join(sorted({one.department for one in namesakes}))
            note = BESIDE.format(department=beside) if beside else ""
            packed = self._stored.corrections.amend(read, lineage)
            return self._allowed(file, Placement(packed, lineage, note=note))
        if not self._replace:
            raise StoreError(KNOWN_NAME.format(file=file))
        if len(versions) > 1:
            raise StoreError(SEVERAL.format(file=file))
        return self._allowed(file, versions[0])

    def _as_version(self, read: Packed, old: DocumentRecord) -> Placement | None:
        """The file as a new version of a document of its name; None if it is another body's.

        What was corrected of the document counts: its department may have been.
        """
        lineage = self._stored.corrections.lineage(old.id)
        packed = self._stored.corrections.amend(read, lineage)
        if not self._grammar.may_be_same(packed.record.department, old.department):
            return None
        return Placement(packed, lineage, replaces=old.id)

    def _allowed(self, file: str, place: Placement) -> Placement:
        """The place, if nothing is written that may not be seen.

        What may not be is refused in the same words, whether others have the file or not.
        """
        record = place.packed.record
        within = all(map(self.part.visible, (record, *self._stored.kin(place.lineage))))
        if not within or self._stored.document(record.id):
            raise StoreError(OUT_OF_SCOPE.format(file=file))
        return place
