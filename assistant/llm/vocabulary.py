"""What a model may add in rewording and may choose from (rewording.toml and restating.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.language.packs import PackTable

NAME_PLACE = "〔〕"
"""Where the name of an indicator stands in the question that asks for one."""


@dataclass(frozen=True, slots=True)
class RewordingVocabulary:
    """Words that a model may add (`glue`, `edges`; `joining` in drafts) and may not (`findings`).

    All but `findings` are regular expressions; a sentence with one of `awkward` reads badly.
    """

    glue: tuple[str, ...]
    joining: tuple[str, ...]
    awkward: tuple[str, ...]
    edges: tuple[str, ...]
    findings: tuple[str, ...]

    @classmethod
    def from_pack(cls, pack: PackTable) -> "RewordingVocabulary":
        """The pack `rewording`; raises PackError where it is wrong."""
        patterns = {
            key: tuple(pattern.pattern for pattern in pack.patterns(key))
            for key in ("glue", "joining", "awkward", "edges")
        }
        vocabulary = cls(findings=pack.words("findings"), **patterns)
        pack.reject_unread()
        return vocabulary


@dataclass(frozen=True, slots=True)
class RestatingVocabulary:
    """What can be asked of any department and year, and the question it is asked with."""

    standard: Mapping[str, str]
    indicator: str
    """The question for an indicator, with 〔〕 for its name."""

    @classmethod
    def from_pack(cls, pack: PackTable) -> "RestatingVocabulary":
        """The pack `restating`; raises PackError where it is wrong."""
        vocabulary = cls(
            standard=pack.table("standard").texts(),
            indicator=pack.text("indicator"),
        )
        if NAME_PLACE not in vocabulary.indicator:
            pack.fail("indicator", f"没有写{NAME_PLACE}，不知道指标名称放在哪里")
        pack.reject_unread()
        return vocabulary
