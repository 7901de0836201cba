"""How names of public bodies are built: places, then an organ (部门名称的构成), and short forms.

A name is places + organ (广州市 黄埔区 + 团委). A short organ is a subsequence of the full one with
the same tail, so any 局 or 委 is recognised without a list of departments.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.language.department_names import DepartmentNames
from ingest.language.normalise import squeeze

LEVELS = "省市区县州旗镇"


@dataclass(frozen=True, slots=True)
class Body:
    """A department taken apart; `organ` is its plainest form (团委, 人力资源和社会保障局)."""

    name: str
    places: tuple[str, ...]
    organ: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a body from all others, however its name is written: two names that have it in
    common are one body's for certain. A name that is not wholly places and one organ is its own."""

    places: tuple[str, ...]
    organ: str


class Grammar:
    """How names are built, by the words that they are made of."""

    def __init__(self, names: DepartmentNames) -> None:
        suffixes = sorted(names.place_suffixes, key=len, reverse=True)
        self.suffixes: tuple[str, ...] = tuple(suffixes)
        self.provinces = names.province_suffixes
        self._not_places = names.not_places
        self._not_place_endings = names.not_place_endings
        self.tails = names.tails
        self._longest_tails = sorted(names.tails, key=len, reverse=True)
        self.same = names.same
        self.known_organs: tuple[str, ...] = tuple(sorted(names.known, key=len, reverse=True))
        self._sounds = names.sounds
        self._short_forms = names.short
        self._aliases = {_unlinked(organ): plain for organ, plain in names.same.items()}
        self._readings: dict[str, set[str]] = {}
        for full, short in names.short.items():
            reading = _unlinked(names.same.get(full, full))
            self._readings.setdefault(names.same.get(short, short), set()).add(reading)
        self._frames = names.frames
        self._not_levels = names.not_levels
        self._before_places = names.before_places
        self._bodies = names.bodies
        self._ends = (*names.tails, *names.tails.values(), *names.bodies.ends)
        self._not_in = re.compile("|".join(map(re.escape, names.bodies.not_in)))
        self.unknown_ends = alternatives(names.elsewhere_ends)
        cities, after = "|".join(names.elsewhere), "|".join(names.after_place)
        self.elsewhere = re.compile(rf"(?<![\u4e00-\u9fff])(?:{cities})[市区]?(?={after})")
        joined = "|".join(map(re.escape, suffixes))
        plain = r"[^\W\d_a-zA-Z和与及的各在是为请问有查]"
        self._place = re.compile(rf"(?:{plain}{{2,6}}?(?:{joined})|{plain}[县])")
        self._joint = _joint(names.tails, rf"{plain}{{2,6}}?(?:{joined})")
        self.identity = lru_cache(maxsize=MAX_IDENTITIES)(self._identity)

    def ends(self, organs: Sequence[str]) -> re.Pattern[str]:
        """How these organs may end, in full or in short."""
        used_tails = {
            tail
            for tail, short in self.tails.items()
            if any(organ.endswith((tail, short)) for organ in organs)
        }
        last = {organ[-1] for organ in organs if organ}
        return alternatives([*used_tails, *(self.tails[tail] for tail in used_tails), *last])

    def is_place(self, word: str) -> bool:
        """Whether a word that ends like a place is one: 海棠区, but not 知识城片区."""
        return word not in self._not_places and not word.endswith(self._not_place_endings)

    def is_name(self, name: str) -> bool:
        """Whether a text can be a department's name: it ends like an organ, or begins with a place.

        A misread form may give any words as its department (年初预算数).
        """
        return name.endswith((*self.tails, *self.tails.values())) or bool(self.places(name)[0])

    def is_body(self, text: str) -> bool:
        """Whether a text, as it stands, can be the name of one public body, and is no other word.

        >>> from ingest.language.vocabulary import default_vocabulary
        >>> grammar = Grammar(default_vocabulary().departments)
        >>> grammar.is_body("下陆区市场监督管理局"), grammar.is_body("云浦县双桥镇")
        (True, True)
        >>> grammar.is_body("云浦县财政局关于下达"), grammar.is_body("全部")
        (False, False)
        """
        name = _SECOND_NAME.sub("", text)
        if not name.endswith(self._ends) or name.endswith(self._bodies.not_ends):
            return False
        if not self._may_be_body(name):
            return False
        places, organ = self.places(self._without_lead(name))
        return bool(places) or len(organ) > 2

    def is_cut_body(self, text: str) -> bool:
        """Whether a text can be the beginning of a body's name, as a scan may leave it
        (云浦县卫生健康): a place and more, but no end."""
        places, organ = self.places(text)
        return bool(places) and len(organ) > 1 and self._may_be_body(text)

    def _may_be_body(self, name: str) -> bool:
        """Whether nothing in a text speaks against its being a body's name, its end aside."""
        wrong = self._not_in.search(name) or name.startswith(self._bodies.not_begin)
        return bool(_BODY.fullmatch(name)) and not wrong and not self.joins(name)

    def leading_body(self, text: str) -> str:
        """The name that a text begins with, "" where it begins with none: the longest, one that
        ends as most do before one that ends in a single character as other words do, too.

        >>> from ingest.language.vocabulary import default_vocabulary
        >>> grammar = Grammar(default_vocabulary().departments)
        >>> grammar.leading_body("云浦市财政局关于下达补助资金的通知")
        '云浦市财政局'
        """
        text = text[:MAX_LEADING_LENGTH]
        ends = [e for e in range(len(text), 2, -1) if text[e - 1 : e + 1] not in self._bodies.words]
        found = [text[:end] for end in ends if self.is_body(text[:end])]
        return next((name for name in found if self._ends_clearly(name)), found[0] if found else "")

    def _ends_clearly(self, name: str) -> bool:
        return name[-1] in _CLEAR or any(len(t) > 1 and name.endswith(t) for t in self.tails)

    def joins(self, name: str) -> bool:
        """Whether a name joins those of several bodies, and so is the name of none of them.

        >>> from ingest.language.vocabulary import default_vocabulary
        >>> grammar = Grammar(default_vocabulary().departments)
        >>> grammar.joins("云浦市民政局、岭安市教育局"), grammar.joins("云浦市民政局和教育局")
        (True, True)
        >>> grammar.joins("云浦市人力资源和社会保障局"), grammar.joins("云浦市公安局交警支队")
        (False, False)
        >>> grammar.joins("双桥区人民政府石井街道办事处")
        False
        """
        return bool(self._joint.search(name)) and not _STREET_OFFICE.fullmatch(name)

    def without_government(self, name: str) -> str:
        """The office of a government in a street, without the government: by both it is called.

        >>> from ingest.language.vocabulary import default_vocabulary
        >>> grammar = Grammar(default_vocabulary().departments)
        >>> grammar.without_government("双桥区人民政府石井街道办事处")
        '双桥区石井街道办事处'
        """
        return name.replace("人民政府", "", 1) if _STREET_OFFICE.fullmatch(name) else name

    def is_plain(self, name: str) -> bool:
        """Whether a name is words alone, without marks, brackets or numbers."""
        return bool(_WORDS.fullmatch(name))

    def _identity(self, name: str) -> Identity:
        """The places and the organ of a name in full: of an alias, of a listed short form that has
        one reading (卫健局), of a town with its government, of a level said twice (…区区民政局).

        >>> from ingest.language.vocabulary import default_vocabulary
        >>> grammar = Grammar(default_vocabulary().departments)
        >>> grammar.identity("共青团云浦市委") == grammar.identity("中国共产主义青年团云浦市委员会")
        True
        >>> grammar.identity("云浦市税务局") == grammar.identity("云浦市税务稽查局")
        False
        """
        name = squeeze(name)
        body = self.body(name)
        own = Identity((), name)
        if not body.places or not self.is_plain(name) or self.joins(name):
            return own
        bare = self._without_lead(name)
        places, organ = self.places(bare)
        level = self._without_level(organ)[0] if organ not in self.same else ""
        if tuple(places) == body.places and (
            not self.is_whole(organ)
            or not body.places[-1].endswith(level)
            or (bare != name and not organ.startswith("委"))
        ):
            return own
        return Identity(body.places, self.in_full(self._town(body).organ))

    def in_full(self, organ: str) -> str:
        """The one organ that an alias or a listed short form means, without 和 between words."""
        organ = _unlinked(_COMMITTEE.sub("委", organ))
        organ = self._aliases.get(organ, organ)
        readings = self._readings.get(organ, set())
        return next(iter(readings)) if len(readings) == 1 else organ

    def is_spelled_out(self, body: Body) -> bool:
        """Whether a name is the full form of a listed short one: not …区区民政局 for …区民政局."""
        organ = self.places(body.name)[1]
        framed = any(organ.startswith(h) and organ.endswith(t) for h, t in self._frames)
        plainer = len(self.same.get(organ, organ)) < len(organ)
        return framed or plainer or organ in self._short_forms

    def bare(self, place: str) -> str:
        """黄埔区 → 黄埔; a place of two characters keeps them (忠县)."""
        for suffix in self.suffixes:
            if place.endswith(suffix) and len(place) - len(suffix) >= 2:
                return place.removesuffix(suffix)
        return place

    def places(self, text: str) -> tuple[list[str], str]:
        """The places at the head of `text`, and what follows them."""
        places: list[str] = []
        while match := self._place.match(text):
            if not self.is_place(match.group()):
                break
            places.append(match.group())
            text = text[match.end() :]
        return places, text

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
        places, organ = self.places(self._without_lead(name))
        return Body(name, tuple(places), self.plain(organ))

    def _without_lead(self, name: str) -> str:
        """中共云溪县委组织部 → 云溪县委组织部."""
        for lead in self._before_places:
            if name.startswith(lead) and self.places(name.removeprefix(lead))[0]:
                return name.removeprefix(lead)
        return name

    def plain(self, organ: str) -> str:
        """The plainest form of an organ: 共青团委员会, 团市委, 市团委 → 团委.

        >>> from ingest.language.vocabulary import default_vocabulary
        >>> Grammar(default_vocabulary().departments).plain("团市委")
        '团委'
        """
        organ = organ.strip("（）() 　“”")
        if organ in self.same:
            return self.same[organ]
        organ = self._without_level(organ)[1]
        return self.same.get(organ, organ)

    def _without_level(self, organ: str) -> tuple[str, str]:
        """The level that is written in an organ's name, "" for none, and the rest of it."""
        if inner := re.fullmatch(rf"(.{{1,3}})([{LEVELS}])(委|办)", organ):
            return inner[2], inner[1] + inner[3]
        return (organ[0], organ[1:]) if self._has_level(organ) else ("", organ)

    def _has_level(self, organ: str) -> bool:
        """Whether an organ begins with its level: 县教育局, but not 市场监督管理局."""
        return (
            len(organ) > 2
            and organ[0] in LEVELS
            and self.is_place(organ[:2])
            and not organ.startswith(self._not_levels)
        )

    def shortest(self, organ: str) -> str:
        """The usual short form of an organ: 人力资源和社会保障局 → 人社局."""
        return self._short_forms.get(organ, organ)

    def sounds_like(self, asked: str, organ: str) -> bool:
        """Whether an organ that nobody has is another with one character of the same sound.

        >>> from ingest.language.vocabulary import default_vocabulary
        >>> grammar = Grammar(default_vocabulary().departments)
        >>> grammar.sounds_like("水力局", "水利局"), grammar.sounds_like("税务局", "水务局")
        (True, False)
        """
        if len(asked) < 3 or asked in self.known_organs:
            return False
        forms = (f for f in (organ, self.shortest(organ)) if len(f) == len(asked))
        return any(
            [b in self._sounds.get(a, "") for a, b in zip(f, asked, strict=True) if a != b]
            == [True]
            for f in forms
        )

    def is_one_body(self, one: str, other: str) -> bool:
        """Whether two names can only be one body's: of equal places, of which one may leave out
        the wider ones, and of one organ. Which of several bodies a name means, it does not tell."""
        a, b = self.identity(one), self.identity(other)
        if a == b:
            return True
        # One without places is no name told for certain: it is nested in none.
        return _nested(a.places, b.places) and self._is_one_organ(
            self.body(squeeze(one)), self.body(squeeze(other))
        )

    def _is_one_organ(self, one: Body, other: Body) -> bool:
        a, b = self._town(one).organ, self._town(other).organ
        same = self.in_full(a) == self.in_full(b)
        return same or self._shortens(a, b) or self._shortens(b, a)

    def _shortens(self, short: str, full: str) -> bool:
        """Whether an organ is a short form of another: a listed one, else one that keeps the
        first syllable of every word and is no organ's own name (教体局 of 教育体育局)."""
        if short in self._readings:
            return self.in_full(full) in self._readings[short]
        return short not in self.known_organs and self._keeps_every_word(short, full)

    def _keeps_every_word(self, short: str, full: str) -> bool:
        tail = self._tail(full)
        end = next((e for e in (tail, self.tails.get(tail, "")) if e and short.endswith(e)), "")
        kept, words = short.removesuffix(end), _unlinked(full).removesuffix(tail)
        one_each = "".join(f"{re.escape(first)}.{{1,2}}" for first in kept)
        return bool(end) and len(kept) > 1 and bool(re.fullmatch(one_each, words))

    def _tail(self, organ: str) -> str:
        """The longest tail that an organ ends with, "" for none."""
        return next((tail for tail in self._longest_tails if organ.endswith(tail)), "")

    def may_mean(self, name: str, other: str) -> bool:
        """Whether a name as it is written may be meant for a body, likely or not: by its organ, or
        by the first syllable of every word of it, the wider places said or not."""
        a, b = self.body(squeeze(name)), self.body(squeeze(other))
        return _nested(a.places, b.places) and (
            self._is_one_organ(a, b) or self._keeps_every_word(a.organ, b.organ)
        )

    def _town(self, body: Body) -> Body:
        """红柳镇人民政府 → 红柳镇."""
        town = "".join(body.places[-1:]).endswith(self._bodies.towns)
        return replace(body, organ="") if town and body.organ in self._bodies.of_towns else body

    def may_be_same(self, one: str, other: str) -> bool:
        """Whether two names may be one department's, each as a document prints it: a place may be
        left out, and what is no name (not read, or misread) may be any.

        >>> from ingest.language.vocabulary import default_vocabulary
        >>> grammar = Grammar(default_vocabulary().departments)
        >>> grammar.may_be_same("应急局", "云浦市应急管理局"), grammar.may_be_same("年初预算数", "")
        (True, True)
        >>> grammar.may_be_same("云浦市财政局", "云浦市龙汇区财政局")
        False
        """
        if one == other or not all(map(self.is_name, (one, other))):
            return True
        a, b = self.body(one), self.body(other)
        placed = a.places and b.places
        return self.is_one_body(one, other) if placed else self._is_one_organ(a, b)

    def is_whole(self, organ: str) -> bool:
        """Whether an organ ends like one; a place alone (石龙镇) is whole too."""
        return not organ or organ.endswith((*self.tails, *self.tails.values()))

    def begins(self, part: Body, whole: Body) -> bool:
        """Whether a name is the beginning of another's, of the same place."""
        return _nested(part.places, whole.places) and whole.organ.startswith(part.organ)

    def same_organ(self, short: str, full: str) -> bool:
        """Whether an organ may be meant by another's name in a question: equal, or some of its
        characters in order. That never makes one body of two."""
        if short == full:
            return True
        if len(short) > len(full):
            short, full = full, short
        if len(short) < 2 or short[0] != full[0] or len(full) > 4 * len(short):
            return False
        tail = self._tail(full)
        if not short.endswith((tail or full[-1], self.tails.get(tail, full[-1]))):
            return False
        rest = iter(full)
        return all(char in rest for char in short) and not self._joint.search(full)


_STREET_OFFICE = re.compile(r"[一-龥]{2,12}人民政府[一-龥]{2,6}(?:街道|地区)办事处")
"""The office of a government in one of its streets: one body, although a place stands inside."""
_BODY = re.compile(r"[\u4e00-\u9fff“”·\d（）()]{3,40}")
_SECOND_NAME = re.compile(r"(?<=.)[（(][^（）()]*[)）]$")
"""A second name of the same body behind its first (农业农村局（乡村振兴局）)."""
_CLEAR = "局厅"
"""Single characters that hardly any word ends in but such names."""
MAX_IDENTITIES = 16_384
"""How many names are kept with the body that they tell."""
MAX_LEADING_LENGTH = 32
"""Characters at the start of a text in which a name is looked for."""
_WORDS = re.compile(r"[\u4e00-\u9fff]+(?:[（(]集团[)）][\u4e00-\u9fff]+)?")


_COMMITTEE = re.compile("^委员会(?=.)")
"""中国共产党云溪县委员会组织部 is 中共云溪县委组织部."""
_LINK = re.compile(r"(?<=..)[和与](?=.{3,})")


def _unlinked(organ: str) -> str:
    """住房和城乡建设局 → 住房城乡建设局: both are written."""
    return _LINK.sub("", organ)


def _nested(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two names say the same place, of which one may leave out the wider ones."""
    short, long = sorted((tuple(one), tuple(other)), key=len)
    return bool(short) and long[-len(short) :] == short


def in_place(name: str, place: str) -> str:
    """A name that begins with the kind of a place (市财政局), by the place's own: 云浦市财政局."""
    inside = name[:1] == place[-1:] and 1 < len(place) < MAX_PLACE_LENGTH
    return place[:-1] + name if inside else name


MAX_PLACE_LENGTH = 6
"""Characters of the longest name of a place that stands for its kind."""


def _joint(tails: Iterable[str], place: str) -> re.Pattern[str]:
    """Where a name goes on to another body: at a mark, at a link or a place behind an organ, or at
    a 局 that another 局 follows (民政局教育局). A second name in brackets is the body's own
    (农业农村局（乡村振兴局）)."""
    ends = "|".join(
        [
            *sorted((t for t in tails if len(t) > 1), key=len, reverse=True),
            "[局厅办]|(?<![市区县])委",
        ]
    )
    return re.compile(
        rf"[、，,；;/／&＆+＋|]|(?:{ends})(?:以及|[和与及暨兼])(?=.)"
        rf"|(?:{ends})[^\w]*(?!驻){place}.+(?<!分局)(?<!支队)(?<!大队)$"
        r"|[局厅][^（(]*(?<!分)[局厅]$",
        re.DOTALL,
    )


def alternatives(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds every place where one of the words ends."""
    behind = "|".join(f"(?<={re.escape(word)})" for word in sorted(set(words)))
    return re.compile(behind or "(?!)")
