"""Documents read anew from their originals (重读): what was taught since then holds for them, too.

Which documents wait for it is kept in the library, so that what was broken off goes on later.
Each is replaced in one transaction; one that cannot be read any more stays as it is.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from time import monotonic

from ingest.errors import StoreError
from ingest.intake.originals import Originals
from ingest.records.record_reader import Visible
from ingest.records.rows import Packed
from ingest.storage.stores import Stores
from ingest.types.library import DocumentRecord, FileReport, Outcome, Progress
from ingest.workers.parse_file import Parsed, Upload

logger = logging.getLogger(__name__)

WAITING = "rereading"
"""The entry of the library that says which documents wait to be read anew."""
Say = Callable[[Progress], None]
Parse = Callable[[Iterator[Upload | FileReport]], Iterator[Parsed | FileReport | Upload]]


class Rereading:
    """The documents of a library that wait to be read anew; those that `visible` is true of."""

    def __init__(self, stores: Stores, visible: Visible) -> None:
        self._stores = stores
        self._visible = visible

    def wait(self, ids: Iterable[str]) -> None:
        """Has documents wait for it."""
        with self._stores.turn:
            self._keep([*dict.fromkeys((*self._ids(), *ids))])

    def waiting(self) -> tuple[DocumentRecord, ...]:
        """The documents that wait, in the order in which they came to."""
        found = (self._stores.records.document(id) for id in self._ids())
        return tuple(record for record in found if record and self._visible(record))

    def go_on(self, parse: Parse, say: Say, *, seconds: float | None = None) -> int:
        """Reads those that wait, no new one after `seconds`; how many still wait."""
        until = None if seconds is None else monotonic() + seconds
        with self._stores.rereading:
            waiting = self.waiting()
            number = 0
            for item in parse(self._uploads(waiting, until)):
                if isinstance(item, Upload):
                    number += 1
                    say(Progress("正在重读", item.file, number, len(waiting)))
                else:
                    self._done(item)
            return len(self.waiting())

    def _uploads(
        self, records: Iterable[DocumentRecord], until: float | None
    ) -> Iterator[Upload | FileReport]:
        for record in records:
            if until is not None and monotonic() > until:
                return
            try:
                data = self._stores.home.original(record.id)
            except StoreError as error:
                logger.warning("无法重读：%s：%s", record.file, error.in_full)
                data = None
            if data is None:
                yield FileReport(record.file, Outcome.FAILED, id=record.id)
            else:
                taught = self._stores.records.templates.taught(record.department)
                yield Upload(record.file, data, taught)

    def _done(self, item: Parsed | FileReport) -> None:
        """Stores what was read, if it was; the document waits no longer."""
        if isinstance(item, FileReport):
            id = item.id
        else:
            id = sha256(item.upload.data).hexdigest()
            if item.packed is None:
                logger.warning("无法重读：%s：%s", item.upload.file, item.error)
            else:
                self._store(item.packed)
        with self._stores.turn:
            self._keep([one for one in self._ids() if one != id])

    def _store(self, read: Packed) -> None:
        """Vectors first, which take long and keep nobody from writing; then the rows."""
        stores, id = self._stores, read.record.id
        stores.write_vectors(read.passages, {id: read.record.form})
        with stores.turn:
            if stores.records.document(id) is None:  # deleted or replaced meanwhile
                stores.vectors.delete(id)
                return
            packed = stores.records.corrections.amend(read, stores.records.corrections.lineage(id))
            with stores.records.together():
                stores.records.reread(packed)
                if original := Originals(stores.records, self._visible).of(packed):
                    stores.records.link(id, original.id)
            stores.vectors.reown(packed.passages, packed.record.form)
        stores.vectors.delete(id, but={passage.id for passage in packed.passages})

    def _ids(self) -> list[str]:
        return (self._stores.records.meta(WAITING) or "").split()

    def _keep(self, ids: Iterable[str]) -> None:
        self._stores.records.set_meta(WAITING, " ".join(ids))
