"""Which stored document a file repeats that was read (副本的原件): told by what the two say."""

from functools import lru_cache

from ingest.records.duplicates import (
    MIN_FIGURES,
    MIN_SHARED_FIGURES,
    ContentProfile,
    content_profile,
    same_contents,
    same_department,
)
from ingest.records.record_reader import Visible
from ingest.records.record_store import RecordStore
from ingest.records.rows import Packed
from ingest.types.library import Certainty, DocumentRecord, Scope

MAX_PROFILES_CACHED = 128
"""How many documents' profiles are kept at hand to tell copies by."""


class Originals:
    """Finds the originals of copies among the documents that `visible` is true of."""

    def __init__(self, records: RecordStore, visible: Visible) -> None:
        self._records = records
        self._visible = visible
        self._profile = lru_cache(maxsize=MAX_PROFILES_CACHED)(self._profile_of)

    def of(self, packed: Packed, *, replaces: str = "") -> DocumentRecord | None:
        """The stored document that says the same as this one, other than what it `replaces`."""
        record, profile = packed.record, packed.profile
        if record.figures < MIN_FIGURES:
            return None
        for other in self._records.alike(record, share=MIN_SHARED_FIGURES):
            if other.id == replaces or not (
                self._visible(other) and same_department(other.department, profile.department)
            ):
                continue
            if same_contents(profile, self._profile(other.id, other.department)):
                return other
        return None

    def _profile_of(self, document_id: str, department: str) -> ContentProfile:
        scope = Scope(document_ids=(document_id,), certainty=Certainty.EVERY)
        return content_profile(department, self._records.figures(scope))
