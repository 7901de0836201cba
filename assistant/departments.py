"""Names of public bodies: their parts, their short forms, and which one a text means (部门识别).

A name is places + organ (广州市 黄埔区 + 团委). A short organ is a subsequence of the full one with
the same tail, so any 局 or 委 is recognised without a list of departments.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WORD = r"[\u4e00-\u9fff]"
_LEVELS = "省市区县州旗镇"
_ORGAN_LIMIT = 20
_LINKS = "和与及跟、"


@dataclass(frozen=True, slots=True)
class Body:
    """A department taken apart; `organ` is its plainest form (团委, 人力资源和社会保障局)."""

    name: str
    places: tuple[str, ...]
    organ: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text that names departments; `names` is empty when the library has none."""

    text: str
    start: int
    end: int
    names: tuple[str, ...]
    place_only: bool = False


class Grammar:
    """How names are built, from data/lexicon/departments.toml."""

    def __init__(self, pack: Mapping[str, Any]) -> None:
        suffixes = sorted(pack["place_suffixes"], key=len, reverse=True)
        self.suffixes: tuple[str, ...] = tuple(suffixes)
        self.provinces = tuple(pack["province_suffixes"])
        self._not_places = frozenset(pack["not_places"])
        self._not_place_endings = tuple(pack["not_place_endings"])
        self.tails: dict[str, str] = dict(pack["tails"])
        self.same: dict[str, str] = dict(pack["same"])
        self.known_organs: tuple[str, ...] = tuple(
            sorted(pack["organs"]["known"], key=len, reverse=True)
        )
        self._short_forms: dict[str, str] = dict(pack["short"])
        self._frames = tuple((head, tail) for head, tail in pack["frames"]["around"])
        self.unknown_ends = _alternatives(pack["unknown"]["ends"])
        joined = "|".join(map(re.escape, suffixes))
        plain = r"[^\W\d_a-zA-Z和与及的各在是为请问有查]"
        self._place = re.compile(rf"(?:{plain}{{2,6}}?(?:{joined})|{plain}[县])")

    def ends(self, organs: Sequence[str]) -> re.Pattern[str]:
        """How these organs may end, in full or in short."""
        own = {
            tail
            for tail, short in self.tails.items()
            if any(organ.endswith((tail, short)) for organ in organs)
        }
        last = {organ[-1] for organ in organs if organ}
        return _alternatives([*own, *(self.tails[tail] for tail in own), *last])

    def is_place(self, word: str) -> bool:
        """Whether a word that ends like a place is one: 海棠区, but not 知识城片区."""
        return word not in self._not_places and not word.endswith(self._not_place_endings)

    def is_name(self, name: str) -> bool:
        """Whether a text can be a department's name: it ends like an organ, or begins with a place.

        A misread form may give any words as its department (年初预算数).
        """
        return name.endswith((*self.tails, *self.tails.values())) or bool(self.places(name)[0])

    def bare(self, place: str) -> str:
        """黄埔区 → 黄埔; a place of two characters keeps them (忠县)."""
        for suffix in self.suffixes:
            if place.endswith(suffix) and len(place) - len(suffix) >= 2:
                return place.removesuffix(suffix)
        return place

    def places(self, text: str) -> tuple[list[str], str]:
        """The places at the head of `text`, and what follows them."""
        found: list[str] = []
        while match := self._place.match(text):
            if not self.is_place(match.group()):
                break
            found.append(match.group())
            text = text[match.end() :]
        return found, text

    def body(self, name: str) -> Body:
        """A department's full or short name taken apart.

        The places may stand inside the organ: 中国共产主义青年团 东莞市 委员会.
        """
        for head, tail in self._frames:
            if name.startswith(head) and name.endswith(tail):
                inner = name.removeprefix(head).removesuffix(tail)
                places, rest = self.places(inner)
                if not rest:
                    return Body(name, tuple(places), self.plain(head + tail))
        places, organ = self.places(name)
        return Body(name, tuple(places), self.plain(organ))

    def plain(self, organ: str) -> str:
        """The plainest form of an organ: 共青团委员会, 团市委, 市团委 → 团委.

        >>> from ingest.lexicon import read_pack
        >>> Grammar(read_pack("departments")).plain("团市委")
        '团委'
        """
        organ = organ.strip("（）() 　“”")
        if organ in self.same:
            return self.same[organ]
        if inner := re.fullmatch(rf"(.{{1,3}})[{_LEVELS}](委|办)", organ):
            organ = inner[1] + inner[2]
        elif len(organ) > 2 and organ[0] in _LEVELS and self.is_place(organ[:2]):
            organ = organ[1:]
        return self.same.get(organ, organ)

    def shortest(self, organ: str) -> str:
        """The usual short form of an organ: 人力资源和社会保障局 → 人社局."""
        return self._short_forms.get(organ, organ)

    def same_body(self, one: Body, other: Body) -> bool:
        """Whether two names are one department's: the same organ of the same place."""
        return self._same_place(one, other) and self.same_organ(one.organ, other.organ)

    def _same_place(self, one: Body, other: Body) -> bool:
        if not one.places or not other.places:
            return False
        a, b = [self.bare(p) for p in one.places], [self.bare(p) for p in other.places]
        short, long = (a, b) if len(a) <= len(b) else (b, a)
        return long[-len(short) :] == short

    def is_whole(self, organ: str) -> bool:
        """Whether an organ ends like one; a place alone (石龙镇) is whole too."""
        return not organ or organ.endswith((*self.tails, *self.tails.values()))

    def begins(self, part: Body, whole: Body) -> bool:
        """Whether a name is the beginning of another's, of the same place."""
        return self._same_place(part, whole) and whole.organ.startswith(part.organ)

    def same_organ(self, short: str, full: str) -> bool:
        """Whether two organs are one: equal, or one a short form of the other."""
        if short == full:
            return True
        if len(short) > len(full):
            short, full = full, short
        if len(short) < 2 or short[0] != full[0] or len(full) > 4 * len(short):
            return False
        tail = next((t for t in sorted(self.tails, key=len, reverse=True) if full.endswith(t)), "")
        if not short.endswith((tail or full[-1], self.tails.get(tail, full[-1]))):
            return False
        rest = iter(full)
        return all(char in rest for char in short)


def _alternatives(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds every place where one of the words ends."""
    behind = "|".join(f"(?<={re.escape(word)})" for word in sorted(set(words)))
    return re.compile(behind or "(?!)")


def _one_each(
    bodies: Sequence[Body], grammar: Grammar
) -> tuple[tuple[Body, ...], dict[str, tuple[str, ...]]]:
    """The bodies without their other names, and all names of each; the fullest name stands.

    清岚市江湾区城管局 and 江湾区城管局 are 清岚市江湾区城市管理和综合执法局.
    """
    kept: list[Body] = []
    members: dict[str, tuple[str, ...]] = {}
    # A scan may have lost the end of a name (松坪区卫生健康): those come last.
    for body in sorted(bodies, key=lambda b: not grammar.is_whole(b.organ)):
        whole = grammar.is_whole(body.organ)
        alike = grammar.same_body if whole else grammar.begins
        own = [b for b in kept if alike(body, b)]
        if len(own) == 1:
            members[own[0].name] += (body.name,)
        elif whole or len(body.organ) > 1:
            kept.append(body)
            members[body.name] = (body.name,)
    return tuple(kept), members


class Directory:
    """The departments of a library, and how a text names them."""

    def __init__(self, names: Iterable[str], grammar: Grammar) -> None:
        self._grammar = grammar
        self.bodies, self._members = _one_each(
            [
                grammar.body(name)
                for name in sorted(set(names), key=lambda name: (-len(name), name))
                if grammar.is_name(name)
            ],
            grammar,
        )
        self._canonical = {
            name: canonical for canonical, names in self._members.items() for name in names
        }
        self._ends = grammar.ends([body.organ for body in self.bodies])
        self._places: dict[str, set[str]] = {}
        for body in self.bodies:
            for place in body.places:
                for form in {place, grammar.bare(place)}:
                    self._places.setdefault(form, set()).add(place)

    def canonical(self, name: str) -> str:
        """The one name of a department that documents call by several."""
        return self._canonical.get(name, name)

    def members(self, name: str) -> tuple[str, ...]:
        """All names that documents give this department."""
        return self._members.get(name, (name,))

    def places(self, name: str) -> tuple[str, ...]:
        """Where a department is, from the widest place on: 广州市, 黄埔区."""
        return self._grammar.body(self.canonical(name)).places

    def city(self, name: str) -> str:
        """The city or county a department is of; "" where its name tells no place."""
        places = self.places(name)
        return next((p for p in places if not p.endswith(self._grammar.provinces)), "")

    def mentions(self, text: str) -> list[Mention]:
        """The departments and places named in `text`, in reading order, none overlapping."""
        found: list[Mention] = []
        for step in (self._exact, self._known, self._unknown, self._bare_places):
            for mention in sorted(step(text, found), key=lambda m: m.start - m.end):
                if not any(mention.start < m.end and m.start < mention.end for m in found):
                    found.append(mention)
        return sorted(found, key=lambda m: m.start)

    def names(self, text: str) -> dict[str, str]:
        """What to call each department: as the text does where it is clear, else its short name."""
        called = {body.name: self._short(body) for body in self.bodies}
        for mention in self.mentions(text):
            if len(mention.names) == 1 and not mention.place_only:
                called[mention.names[0]] = mention.text
        return called

    def _short(self, body: Body) -> str:
        """黄埔区团委 for 中国共产主义青年团广州市黄埔区委员会, where it names one body only."""
        short = "".join(body.places[-1:]) + self._grammar.shortest(body.organ)
        fitting = [b for b in self.bodies if "".join(b.places[-1:]) == "".join(body.places[-1:])]
        alike = [b for b in fitting if self._grammar.shortest(b.organ) in short]
        return short if len(alike) == 1 and body.places else body.name

    def _exact(self, text: str, _: Sequence[Mention]) -> Iterator[Mention]:
        for name, canonical in self._canonical.items():
            for match in re.finditer(re.escape(name), text):
                yield Mention(name, match.start(), match.end(), (canonical,))

    def _known(self, text: str, taken: Sequence[Mention]) -> Iterator[Mention]:
        """Short and re-ordered names of departments of the library."""
        for start, end in self._spans(text, self._ends, taken):
            places, level, organ = self._split(text[start:end])
            if not organ or any(place in organ for place in self._places):
                continue
            if not places and self._place_before(text, start):
                continue
            names = tuple(
                body.name
                for body in self.bodies
                if self._fits(body, places, level) and self._grammar.same_organ(organ, body.organ)
            )
            if names:
                yield Mention(text[start:end], start, end, names)

    def _unknown(self, text: str, taken: Sequence[Mention]) -> Iterator[Mention]:
        """Names built like a department's that no department of the library has."""
        for start, end in self._spans(text, self._grammar.unknown_ends, taken):
            places, _, organ = self._split(text[start:end])
            if len(organ) >= 2 and self._looks_named(text, start, places, organ):
                yield Mention(text[start:end], start, end, ())

    def _spans(
        self, text: str, ends: re.Pattern[str], taken: Sequence[Mention]
    ) -> Iterator[tuple[int, int]]:
        """Stretches of Chinese characters that end like an organ and touch nothing taken."""
        for match in ends.finditer(text):
            end = match.start()
            low = max([end - _ORGAN_LIMIT, 0, *(m.end for m in taken if m.end < end)])
            if any(m.start < end <= m.end for m in taken):
                continue
            while gap := re.search(rf"(?!{_WORD}).", text[low:end]):
                low += gap.end()
            yield from ((start, end) for start in range(low, end - 1))

    def _split(self, name: str) -> tuple[tuple[str, ...], str, str]:
        """The places a mention names (bare known ones too), its level word, its organ."""
        framed = self._grammar.body(name)
        if framed.places and framed.organ in self._grammar.same.values():
            return framed.places, "", framed.organ
        places: list[str] = []
        rest = name
        while True:
            known = max((p for p in self._places if rest.startswith(p)), key=len, default="")
            if known and len(rest) > len(known):
                places.append(known)
                rest = rest.removeprefix(known)
                continue
            more, rest = self._grammar.places(rest)
            if not more:
                break
            places += more
        level = ""
        if rest and rest[0] in _LEVELS and len(rest) > 2:
            level = rest[0]
        elif inner := re.fullmatch(rf".([{_LEVELS}])委", rest):
            level = inner[1]
        if not places:
            body = self._grammar.body(name)
            return body.places, level, body.organ
        return tuple(places), level, self._grammar.plain(rest)

    def _fits(self, body: Body, places: Sequence[str], level: str) -> bool:
        """Whether the places named lead to this body: the last one named is its own."""
        bare = self._grammar.bare
        own = [bare(p) for p in body.places]
        if level and body.places and not body.places[-1].endswith(level):
            return False
        if not places:
            return True
        return all(bare(p) in own for p in places) and (not own or bare(places[-1]) == own[-1])

    def _place_before(self, text: str, start: int) -> bool:
        """Whether a place stands right before `start`, so that the name begins earlier."""
        if start and text[start] in _LEVELS and re.match(_WORD, text[start - 1]):
            return text[start - 1] not in _LINKS
        head = text[max(0, start - 8) : start]
        return any(head.endswith(p) for p in self._places) or bool(
            re.search(rf"(?:{'|'.join(self._grammar.suffixes)})$", head)
            and self._grammar.is_place(head[-3:])
        )

    def _looks_named(self, text: str, start: int, places: Sequence[str], organ: str) -> bool:
        """Whether an unknown name is one: a place before an organ, or a common organ by itself."""
        begins = start == 0 or not re.match(_WORD, text[start - 1])
        if places:
            return begins or text[start - 1] in _LINKS or places[0] in self._places
        return begins and organ in self._grammar.known_organs

    def _bare_places(self, text: str, taken: Sequence[Mention]) -> Iterator[Mention]:
        """Places named by themselves (黄埔, 清岚市各部门): all their departments."""
        last = 0
        for place in re.finditer(
            "|".join(sorted(map(re.escape, self._places), key=len, reverse=True)) or "(?!)", text
        ):
            if place.start() < last or any(m.start < place.end() <= m.end for m in taken):
                continue
            last = place.end()
            full = self._places[place.group()]
            own = tuple(b.name for b in self.bodies if b.places and b.places[-1] in full)
            within = tuple(b.name for b in self.bodies if full & set(b.places))
            yield Mention(place.group(), place.start(), place.end(), own and within, True)
