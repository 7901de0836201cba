"""The words that names of public bodies are made of (部门名称用语): `departments.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.language.packs import PackTable


@dataclass(frozen=True, slots=True)
class BodyWords:
    """What tells a public body's name from other words (单位名称的特征)."""

    ends: tuple[str, ...]
    """How such names end beside the tails of organs."""
    towns: tuple[str, ...]
    """How places end that are bodies themselves (红柳镇)."""
    of_towns: tuple[str, ...]
    """What may stand behind such a place without making it another body (人民政府)."""
    not_ends: tuple[str, ...]
    """How words end that end like one and are none (全部, 博览会)."""
    not_in: tuple[str, ...]
    """What no such name contains."""
    not_begin: tuple[str, ...]
    """How none begins (各, 我, 关于)."""
    words: frozenset[str]
    """Words that begin as names end: none ends inside one (部门, 校舍)."""
    seldom: tuple[str, ...]
    """How names end that are seldom a public body's."""
    selves: Mapping[str, tuple[str, ...]]
    """How a document calls the body it speaks for (我校 → 校) → how the body's name may end."""

    @classmethod
    def from_table(cls, table: PackTable) -> "BodyWords":
        """The words of a table of the pack."""
        selves = table.table("selves")
        return cls(
            ends=table.words("ends"),
            towns=table.words("towns"),
            of_towns=table.words("of_towns"),
            not_ends=table.words("not_ends"),
            not_in=table.words("not_in"),
            not_begin=table.words("not_begin"),
            words=frozenset(table.words("words")),
            seldom=table.words("seldom"),
            selves={word: selves.words(word) for word in selves},
        )


@dataclass(frozen=True, slots=True, eq=False)
class DepartmentNames:
    """Places, organs and their short forms, as the pack lists them."""

    place_suffixes: tuple[str, ...]
    """How places end (市、区), the longer ones first."""
    province_suffixes: tuple[str, ...]
    """How places of the first level end."""
    not_places: frozenset[str]
    """Words that end like a place and are none."""
    not_place_endings: tuple[str, ...]
    """How other such words end."""
    not_levels: tuple[str, ...]
    """How organs begin whose first character is no level (市场监督管理局)."""
    before_places: tuple[str, ...]
    """What may stand before the places of a name (中共)."""
    bodies: "BodyWords"
    tails: Mapping[str, str]
    """How the names of organs end, and how their short forms do."""
    short: Mapping[str, str]
    """Organ → its usual short form."""
    elsewhere: tuple[str, ...]
    """Places that may be asked about though no document is theirs."""
    after_place: tuple[str, ...]
    """What may follow the name of such a place."""
    elsewhere_ends: tuple[str, ...]
    """How organs end that may be asked about though no document is theirs."""
    frames: tuple[tuple[str, str], ...]
    """Organs whose name stands around that of their place: its beginning and its end."""
    same: Mapping[str, str]
    """Organ → its plainest name."""
    known: tuple[str, ...]
    """Organs that exist although no document is theirs."""
    sounds: Mapping[str, str]
    """Character → others of the same sound."""

    @classmethod
    def from_pack(cls, pack: PackTable) -> "DepartmentNames":
        """The words of a pack; raises PackError for what is missing, wrong or unknown."""
        unknown, frames = pack.table("unknown"), pack.table("frames")
        names = cls(
            place_suffixes=pack.words("place_suffixes"),
            province_suffixes=pack.words("province_suffixes"),
            not_places=frozenset(pack.words("not_places")),
            not_place_endings=pack.words("not_place_endings"),
            not_levels=pack.words("not_levels"),
            before_places=pack.words("before_places"),
            bodies=BodyWords.from_table(pack.table("bodies")),
            tails=pack.table("tails").texts(),
            short=pack.table("short").texts(),
            elsewhere=unknown.words("places"),
            after_place=unknown.words("after_place"),
            elsewhere_ends=unknown.words("ends"),
            frames=tuple(_frame(frames, words) for words in frames.word_lists("around")),
            same=pack.table("same").texts(),
            known=pack.table("organs").words("known"),
            sounds=pack.table("sounds").texts(),
        )
        pack.reject_unread()
        return names


def _frame(frames: PackTable, words: tuple[str, ...]) -> tuple[str, str]:
    if len(words) != 2:
        frames.fail("around", "的每一项应为名称的开头和末尾两个词")
    return words[0], words[1]
