"""How sure a reading must be to count (未确认的界线), from `data/lexicon/confidence.toml`."""

from dataclasses import dataclass
from decimal import Decimal

from ingest.language.packs import PackTable
from ingest.types.tables import Told


@dataclass(frozen=True, slots=True)
class ContentsConfidence:
    """How often columns that only their contents tell are what they are taken for (按内容认列)."""

    values: Decimal
    """At most, a column whose head alone does not mean its role."""
    names_and_values: Decimal
    """What seems to name an indicator and holds a comparator with its value as well."""
    unnamed: Decimal
    """The values of a row where a state of work, a head or a sentence stands for a name."""
    nameless: Decimal
    """Values of which nothing says whose they are."""
    cut: Decimal
    """Values of running text whose subject is a part of what says whose they are."""
    others: Decimal
    """Values beside those that a form asks for, under words of their own."""
    headless: Decimal
    """Cells beside each other under no header that is known: a value and what stands before it."""
    numbers: Decimal
    """Numbers, each under its column's words, in a table that no form has."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """What the confidence of a reading means, and that of readings by contents."""

    confirmed_from: Decimal
    told_from: Decimal
    contents: ContentsConfidence

    @classmethod
    def from_pack(cls, pack: PackTable) -> "Confidence":
        """The pack `confidence`; raises PackError where it is wrong."""
        shares = pack.table("contents")
        confidence = cls(
            confirmed_from=pack.decimal("confirmed_from"),
            told_from=pack.decimal("told_from"),
            contents=ContentsConfidence(
                values=shares.decimal("values"),
                names_and_values=shares.decimal("names_and_values"),
                unnamed=shares.decimal("unnamed"),
                nameless=shares.decimal("nameless"),
                cut=shares.decimal("cut"),
                others=shares.decimal("others"),
                headless=shares.decimal("headless"),
                numbers=shares.decimal("numbers"),
            ),
        )
        pack.reject_unread()
        return confidence

    def is_confirmed(self, reading: Told) -> bool:
        """Whether a reading is told as a fact; others wait until a person confirms them."""
        return self.is_enough(reading.confidence)

    def is_likely(self, reading: Told) -> bool:
        """Whether an answer may tell a reading, marked as not confirmed where it is not."""
        return reading.confidence >= self.told_from

    def is_enough(self, confidence: Decimal) -> bool:
        """Whether what is read so surely counts."""
        return confidence >= self.confirmed_from
