"""How sure a reading must be to count (未确认的界线), from `data/lexicon/confidence.toml`."""

from dataclasses import dataclass
from decimal import Decimal

from ingest.language.packs import PackTable
from ingest.types.tables import Told


@dataclass(frozen=True, slots=True)
class Confidence:
    """What the confidence of a reading means."""

    confirmed_from: Decimal

    @classmethod
    def from_pack(cls, pack: PackTable) -> "Confidence":
        """The pack `confidence`; raises PackError where it is wrong."""
        confidence = cls(confirmed_from=pack.decimal("confirmed_from"))
        pack.reject_unread()
        return confidence

    def is_confirmed(self, reading: Told) -> bool:
        """Whether a reading is told as a fact; others wait until a person confirms them."""
        return reading.confidence >= self.confirmed_from
