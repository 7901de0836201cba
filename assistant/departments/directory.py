"""Which department of a library a text means (部门识别), among thousands of them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations
from types import MappingProxyType

from assistant.departments.abbreviations import Abbreviations, beginnings
from ingest.language.name_grammar import LEVELS, Body, Grammar, Identity

_WORD = r"[\u4e00-\u9fff]"
_ORGAN_LIMIT = 20
_LINKS = "和与及跟、"
_ASKS = re.compile("[哪几谁]|多少|什么|怎么")
"""Words that ask, which no name holds."""
_MAX_CACHED_QUESTIONS = 256
"""A question is read several times on its way to an answer."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text that names departments; `names` is empty when the library has none."""

    text: str
    start: int
    end: int
    names: tuple[str, ...]
    place_only: bool = False
    mistyped: bool = False


@dataclass(frozen=True, slots=True)
class _Spelling:
    """The names that have one identity, and what stands for them.

    `documents` is how many documents give one of them as theirs.
    """

    body: Body
    names: list[str]
    documents: int


def _one_each(
    bodies: Sequence[Body], grammar: Grammar, documents: Mapping[str, int]
) -> tuple[tuple[Body, ...], dict[str, tuple[str, ...]]]:
    """The bodies without their other names, and all names of each.

    清岚市江湾区城管局 and 江湾区城管局 are 清岚市江湾区城市管理和综合执法局, where they can be no
    other's. The name that most documents give stands, of several the fullest: no single document
    renames those of others.
    """
    distinct: list[Body] = []
    members: dict[str, list[str]] = {}
    for spellings in _by_place(bodies, grammar, documents):
        alike = _alike(spellings, grammar)
        taken: list[_Spelling] = []
        for one in spellings:
            name = one.body.name
            if whole := name in alike:
                matches = [other for other in taken if other.body.name in alike[name]]
            else:
                matches = [other for other in taken if grammar.begins(one.body, other.body)]
            if len(matches) == 1:
                members[matches[0].body.name] += one.names
            elif whole or len(one.body.organ) > 1:
                distinct.append(one.body)
                members[name] = list(one.names)
                taken.append(one)
    distinct.sort(key=lambda b: (not grammar.is_whole(b.organ), -len(b.name), b.name))
    return tuple(distinct), {body.name: tuple(members[body.name]) for body in distinct}


def _alike(spellings: Sequence[_Spelling], grammar: Grammar) -> dict[str, set[str]]:
    """The whole names of a place, each with the other names of its body.

    A name that fits two bodies is neither's, whoever of them has more documents.
    """
    names = [one.body.name for one in spellings if grammar.is_whole(one.body.organ)]
    fitting: dict[str, set[str]] = {name: set() for name in names}
    for one, other in combinations(names, 2):
        if grammar.is_one_body(one, other):
            fitting[one].add(other)
            fitting[other].add(one)
    several = {name for name, fits in fitting.items() if any(fits - fitting[o] - {o} for o in fits)}
    return {name: set() if name in several else fits - several for name, fits in fitting.items()}


def _by_place(
    bodies: Sequence[Body], grammar: Grammar, documents: Mapping[str, int]
) -> Iterator[list[_Spelling]]:
    """The spellings of each place, for only these are compared: those of most documents first.

    A scan may have lost the end of a name (松坪区卫生健康): those come last.
    """
    spelled: dict[Identity, list[Body]] = {}
    for body in bodies:
        spelled.setdefault(grammar.identity(body.name), []).append(body)
    places: dict[str, list[_Spelling]] = {}
    for alike in spelled.values():
        alike.sort(
            key=lambda b: (
                not grammar.is_spelled_out(b),
                -documents.get(b.name, 0),
                len(b.name),  # …区民政局, not …区区民政局
                b.name,
            )
        )
        names = [body.name for body in alike]
        place = "".join(alike[0].places[-1:])
        places.setdefault(place, []).append(
            _Spelling(alike[0], names, sum(documents.get(name, 0) for name in names))
        )
    for spellings in places.values():
        spellings.sort(
            key=lambda s: (
                not grammar.is_whole(s.body.organ),
                -s.documents,
                not grammar.is_plain(s.body.name),
                -len(s.body.name),
                s.body.name,
            )
        )
        yield spellings


def _others(departments: set[str], operators: Iterable[str], grammar: Grammar) -> set[str]:
    """The operators, without those that a department is called like for short (教育局)."""
    organs = {grammar.body(name).organ for name in departments}
    placeless = [body for body in map(grammar.body, set(operators)) if not body.places]
    short = {
        body.name
        for body in placeless
        if any(grammar.same_organ(body.organ, organ) for organ in organs)
    }
    return set(operators) - (short - departments)


class Directory:
    """The departments of a library, and how a text names them.

    `documents` is how many documents give each name as that of their department; `cuts_at` says
    whether words end at a place of a text: no name of an unknown body ends inside one.
    """

    def __init__(
        self,
        names: Iterable[str],
        grammar: Grammar,
        operators: Iterable[str] = (),
        documents: Mapping[str, int] = MappingProxyType({}),
        cuts_at: Callable[[str, int], bool] = lambda text, at: True,
    ) -> None:
        self._grammar = grammar
        self._cuts_at = cuts_at
        departments = set(names)
        operators = _others(departments, operators, grammar)
        self.bodies, self._members = _one_each(
            [
                grammar.body(name)
                for name in sorted(departments | operators, key=lambda n: (-len(n), n))
                if grammar.is_name(name)
            ],
            grammar,
            documents,
        )
        self._canonical = {
            name: canonical for canonical, names in self._members.items() for name in names
        }
        self._joint = tuple(body for body in self.bodies if grammar.joins(body.name))
        self._single = tuple(body for body in self.bodies if not grammar.joins(body.name))
        self._abbreviations = Abbreviations((b.name for b in self._single), grammar.tails)
        self._ends = grammar.ends([body.organ for body in self.bodies])
        of_places = [b for b in self.bodies if departments & set(self._members[b.name])]
        self._places = _Places(self.bodies, of_places, grammar)
        self._organs: dict[str, list[Body]] = {}
        for body in self._single:
            self._organs.setdefault(body.organ, []).append(body)
        self._alike = lru_cache(maxsize=_MAX_CACHED_QUESTIONS)(self._of_organ)
        self._mentions = lru_cache(maxsize=_MAX_CACHED_QUESTIONS)(self._read)

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

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """The departments and places named in `text`, in reading order, none overlapping."""
        return self._mentions(text)

    def _read(self, text: str) -> tuple[Mention, ...]:
        mentions: list[Mention] = []
        steps = (self._exact, self._known, self._short, self._unknown)
        for step in (*steps, self._bare_places, self._elsewhere):
            for mention in sorted(step(text, mentions), key=lambda m: m.start - m.end):
                if not any(mention.start < m.end and m.start < mention.end for m in mentions):
                    mentions.append(mention)
        return tuple(sorted(self._with_places(mentions), key=lambda m: m.start))

    def _with_places(self, mentions: Sequence[Mention]) -> Iterator[Mention]:
        """The mentions, a place that only says where the one right behind it is joined to that
        (武胜 + 街子镇)."""
        bare = self._grammar.bare
        places = {m.end: m for m in mentions if m.place_only and not m.names}
        joined: set[int] = set()
        for mention in mentions:
            place = places.get(mention.start)
            places_of_names = (map(bare, self.places(name)) for name in mention.names)
            if (
                place
                and mention.names
                and all(bare(place.text) in names for names in places_of_names)
            ):
                joined.add(place.start)
                text = place.text + mention.text
                yield replace(mention, text=text, start=place.start)
            elif mention not in places.values():
                yield mention
        yield from (p for p in places.values() if p.start not in joined)

    def names(self, text: str) -> dict[str, str]:
        """What to call each department: as the text does where it is clear, else its short name."""
        called = dict(self._short_names)
        for mention in self.mentions(text):
            if len(mention.names) == 1 and not (mention.place_only or mention.mistyped):
                called[mention.names[0]] = mention.text
        return called

    @cached_property
    def _short_names(self) -> dict[str, str]:
        """黄埔区团委 for 中国共产主义青年团广州市黄埔区委员会, where it names one body only."""
        beside: dict[str, list[str]] = {}
        for body in self.bodies:
            organ = self._grammar.shortest(body.organ)
            beside.setdefault("".join(body.places[-1:]), []).append(organ)
        called: dict[str, str] = {}
        for body in self.bodies:
            place = "".join(body.places[-1:])
            short = place + self._grammar.shortest(body.organ)
            alike = [organ for organ in beside[place] if organ in short]
            called[body.name] = short if len(alike) == 1 and body.places else body.name
        return called

    def _exact(self, text: str, _: Sequence[Mention]) -> Iterator[Mention]:
        for name, canonical in self._canonical.items():
            if name in text:
                for match in re.finditer(re.escape(name), text):
                    yield Mention(name, match.start(), match.end(), (canonical,))

    def _known(self, text: str, taken: Sequence[Mention]) -> Iterator[Mention]:
        """Short and re-ordered names of departments of the library."""
        for start, end in self._spans(text, self._ends, taken):
            places, level, organ = self._split(text[start:end])
            if not organ or self._places.inside(organ):
                continue
            if not places and self._place_before(text, start):
                continue
            fitting = [body for body in self._alike(organ) if self._fits(body, places, level)]
            if fitting:
                yield Mention(text[start:end], start, end, self._called(organ, fitting))

    def _called(self, organ: str, bodies: Sequence[Body]) -> tuple[str, ...]:
        """The bodies that an organ may mean; where one of a place is called so, no other of that
        (税务局, not 税务稽查局)."""
        called = self._grammar.in_full(organ)
        places = {body.places for body in bodies if self._grammar.in_full(body.organ) == called}
        return tuple(
            body.name
            for body in bodies
            if body.places not in places or self._grammar.in_full(body.organ) == called
        )

    def _of_organ(self, organ: str) -> tuple[Body, ...]:
        """The bodies whose organ is this one, in full or in short; else those that it begins."""
        alike = {known for known in self._organs if self._grammar.same_organ(organ, known)}
        if not alike:
            return tuple(body for body in self._joint if body.organ.startswith(organ))
        return tuple(body for body in self._single if body.organ in alike)

    def _short(self, text: str, taken: Sequence[Mention]) -> Iterator[Mention]:
        """Names with characters left out, which no rule of building names tells."""
        for start in beginnings(text, (m.end for m in taken)):
            if any(m.start <= start < m.end for m in taken):
                continue
            end, names = self._abbreviations.find(text, start)
            if self._places.only(text[start:end]):
                continue  # 南屿市 alone is all of the city
            if names and not any(m.start < end and start < m.end for m in taken):
                yield Mention(text[start:end], start, end, names)

    def _unknown(self, text: str, taken: Sequence[Mention]) -> Iterator[Mention]:
        """Names built like a department's that no department of the library has."""
        for start, end in self._spans(text, self._grammar.unknown_ends, taken):
            if not self._cuts_at(text[start : end + 2], end - start):
                continue  # its end begins another word: 管理办 + 法
            if _ASKS.search(text, start, end):
                continue  # 最低的是哪个局
            places, level, organ = self._split(text[start:end])
            if len(organ) >= 2 and self._looks_named(text, start, places, organ):
                names = self._heard(places, level, organ) if places else ()
                yield Mention(text[start:end], start, end, names, mistyped=bool(names))

    def _heard(self, places: Sequence[str], level: str, organ: str) -> tuple[str, ...]:
        """The one department of these places that sounds like an organ that none of them has."""
        alike = {known for known in self._organs if self._grammar.sounds_like(organ, known)}
        bodies = (body for known in alike for body in self._organs[known])
        names = tuple(body.name for body in bodies if self._fits(body, places, level))
        return names if len(names) == 1 else ()

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
            known = self._places.before(rest)
            if known and len(rest) > len(known):
                places.append(known)
                rest = rest.removeprefix(known)
                continue
            more, rest = self._grammar.places(rest)
            if not more:
                break
            places += more
        level = ""
        if rest and rest[0] in LEVELS and len(rest) > 2:
            level = rest[0]
        elif inner := re.fullmatch(rf".([{LEVELS}])委", rest):
            level = inner[1]
        if not places:
            body = self._grammar.body(name)
            return body.places, level, body.organ
        return tuple(places), level, self._grammar.plain(rest)

    def _fits(self, body: Body, places: Sequence[str], level: str) -> bool:
        """Whether the places named lead to this body: the last one named is its own."""
        if level and body.places and not body.places[-1].endswith(level):
            return False
        if not places:
            return True
        bare = self._grammar.bare
        body_places = [bare(p) for p in body.places]
        return (not body_places or bare(places[-1]) == body_places[-1]) and all(
            bare(p) in body_places for p in places
        )

    def _place_before(self, text: str, start: int) -> bool:
        """Whether a place stands right before `start`, so that the name begins earlier."""
        if start and text[start] in LEVELS and re.match(_WORD, text[start - 1]):
            return text[start - 1] not in _LINKS
        head = text[max(0, start - 8) : start]
        return self._places.closes(head) or bool(
            re.search(rf"(?:{'|'.join(self._grammar.suffixes)})$", head)
            and self._grammar.is_place(head[-3:])
        )

    def _looks_named(self, text: str, start: int, places: Sequence[str], organ: str) -> bool:
        """Whether an unknown name is one: a place before an organ, or a common organ by itself."""
        begins = start == 0 or not re.match(_WORD, text[start - 1])
        if places:
            return begins or text[start - 1] in _LINKS or places[0] in self._places.full
        return begins and organ in self._grammar.known_organs

    def _bare_places(self, text: str, taken: Sequence[Mention]) -> Iterator[Mention]:
        """Places named by themselves (黄埔, 清岚市各部门): all their departments."""
        at = 0
        while at < len(text):
            place = self._places.before(text[at:])
            end = at + len(place)
            if place and not any(m.start < end <= m.end for m in taken):
                of_place, within = self._places.bodies(place)
                yield Mention(place, at, end, of_place and within, True)
            at = end if place else at + 1

    def _elsewhere(self, text: str, _: Sequence[Mention]) -> Iterator[Mention]:
        """Well-known places named by themselves of which the library has no department."""
        for match in self._grammar.elsewhere.finditer(text):
            yield Mention(match.group(), match.start(), match.end(), ())


class _Places:
    """The places that departments are in, in full or bare (黄埔区, 黄埔), found by their length."""

    def __init__(self, bodies: Sequence[Body], departments: Sequence[Body], grammar: Grammar):
        """Of a place with `departments`, no other body is named by the place alone."""
        self.full: dict[str, set[str]] = {}
        self._last: dict[str, list[str]] = {}
        self._within: dict[str, dict[str, int]] = {}
        taken = {place for body in departments for place in body.places}
        department_names = {body.name for body in departments}
        for number, body in enumerate(bodies):
            for place in body.places:
                for form in {place, grammar.bare(place)}:
                    self.full.setdefault(form, set()).add(place)
                if body.name in department_names or place not in taken:
                    self._within.setdefault(place, {})[body.name] = number
            for place in body.places[-1:]:
                if body.name in department_names or place not in taken:
                    self._last.setdefault(place, []).append(body.name)
        self._sizes = sorted({len(place) for place in self.full}, reverse=True)

    def before(self, text: str) -> str:
        """The longest place that a text begins with, "" for none."""
        return next((text[:n] for n in self._sizes if text[:n] in self.full), "")

    def only(self, text: str) -> bool:
        """Whether a text is places and nothing else."""
        while place := self.before(text):
            text = text.removeprefix(place)
        return not text

    def closes(self, text: str) -> bool:
        """Whether a text ends with a place."""
        return any(text[-n:] in self.full for n in self._sizes)

    def inside(self, text: str) -> bool:
        """Whether a place stands anywhere in a text."""
        return any(self.before(text[start:]) for start in range(len(text)))

    def bodies(self, form: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The departments of a place itself, and all within it, each in the library's order."""
        places = self.full[form]
        of_place = tuple(name for place in places for name in self._last.get(place, ()))
        within: dict[str, int] = {}
        for place in places:
            within |= self._within[place]
        return of_place, tuple(sorted(within, key=lambda name: within[name]))
