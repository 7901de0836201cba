"""Whose a document is (部门识别): candidates from labels, titles, signatures, prose and the name of
the file are weighed together, and the surest one decides.

Every place where a name stands says with some certainty that the document is that body's; places
that agree add up. What a document is addressed to (主送) is not its author.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.extraction.labelled_facts import LabelledFact, role_shares
from ingest.language.form_vocabulary import first_value
from ingest.language.name_grammar import in_place
from ingest.language.normalise import normalise, squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.language.years import DATE, find_years
from ingest.types.blocks import Block, Form, Location, TextBlock
from ingest.types.facts import Oddity

DECIDED = 0.5
"""How sure a candidate must be to be the department; below, it is only proposed."""
CLEAR = 0.85
"""How sure it must be to be the department although another candidate might be, too."""
PROPOSED = 0.2
"""How sure it must be to be proposed."""
LABELS = {"department": 0.9, "publisher": 0.75, "operator": 0.7}
"""How surely the body behind a label of each role is the one that the document is about."""
TITLE, HEADING, LEADING, SIGNED, ENDING, FILE = 0.88, 0.75, 0.6, 0.8, 0.5, 0.35
"""The same of a name that a title begins with up to its year or purpose, that stands alone near the
title, that a title begins with and nothing ends, that a date stands under, that stands alone near
the end, and that the name of the file begins with."""
INTERPRETED = 0.7
"""The same of who explains what the document lays down."""
SAID, OFTEN = 0.2, 3
"""The same of one sentence that begins with the name, and how many of them count."""
ADDRESSED, OTHER_KIND, PLACELESS, SELDOM, CUT = 0.3, 0.5, 0.9, 0.75, 0.65
"""What remains of a candidate that the document is addressed to, that cannot be what the document
calls itself (我校), that names no place, whose kind of name is seldom a public body's, or whose
name has no end."""
TOP_LINES, END_LINES = 8, 4
"""Lines near the title, and near the end."""
MAX_SENTENCES = 60
"""Sentences whose beginning is looked at."""


@dataclass(frozen=True, slots=True)
class Titled:
    """How a document is called."""

    title: str
    form: Form
    file: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whose a document is."""

    department: str
    """Empty where no candidate is sure enough."""
    labelled: tuple[str, ...]
    """The bodies that labels give as the department, in reading order: of several forms in one
    file each may have its own."""
    open: tuple[Oddity, ...]
    """The likeliest candidate, where none is sure enough."""


@dataclass(slots=True)
class _Candidate:
    """A body that the document may be of, with how surely each kind of place says so."""

    names: list[str]
    location: Location
    shares: dict[str, float] = field(default_factory=dict)

    def add(self, place: str, share: float) -> None:
        self.shares[place] = max(share, self.shares.get(place, 0.0))

    @property
    def confidence(self) -> float:
        doubt = 1.0
        for share in self.shares.values():
            doubt *= 1 - share
        return 1 - doubt


def department_of(
    blocks: Sequence[Block],
    facts: Sequence[LabelledFact],
    titled: Titled,
    vocabulary: Vocabulary,
) -> Decision:
    """Whose a document is, by all that names a body in it."""
    search = _Search(blocks, vocabulary)
    search.labels(facts)
    search.title(titled)
    search.interpreted(titled)
    search.lines()
    search.prose()
    search.file(titled.file)
    return search.decision()


class _Search:
    """Collects the candidates of one document."""

    def __init__(self, blocks: Sequence[Block], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._grammar = vocabulary.grammar
        self._words = vocabulary.departments.bodies
        self._texts = [
            (text, block.location)
            for block in blocks
            if isinstance(block, TextBlock) and (text := normalise(block.text).strip())
        ]
        self._place = blocks[0].location if blocks else Location()
        self._candidates: list[_Candidate] = []
        self._labelled: list[str] = []
        self._printed = ""
        """What the first label of the department gives, if it is more than one body's name: whose
        the document is, where no other label singles one of them out."""

    def labels(self, facts: Sequence[LabelledFact]) -> None:
        """Bodies behind labels (主管部门：某县水利局)."""
        named = [fact for fact in facts if not self._grammar.is_body(fact.label)]
        named = [fact for fact in named if self._named(fact.value)]
        for fact, shares in zip(named, role_shares(named, self._vocabulary), strict=True):
            name = self._grammar.without_government(self._named(fact.value))
            certain = shares.get("department", 0.0)
            if self._is_more(name):
                if certain < 1:
                    continue  # who takes part in a meeting (参会单位), say
                name = self._apart(name)
                if not self._labelled:
                    self._printed = name
            if certain >= DECIDED:
                self._labelled.append(name)
            weights = {role: weight * shares.get(role, 0.0) for role, weight in LABELS.items()}
            likeliest = max(weights, key=lambda role: weights[role])
            share = sum(weights.values()) * (1 if self._grammar.is_body(fact.value) else CUT)
            if share > PROPOSED:
                self._add(name, likeliest, share, fact.location)

    def _named(self, value: str) -> str:
        """What stands behind a label, as it is printed, if it names a body; "" if it does not."""
        grammar = self._grammar
        named = grammar.is_body(value) or grammar.is_cut_body(value) or self._is_more(value)
        return value if named else ""

    def _apart(self, names: str) -> str:
        """Bodies that a label joins without a mark, with one between them."""
        first = self._grammar.leading_body(names)
        rest = names.removeprefix(first)
        return f"{first}、{rest}" if first and self._grammar.is_body(rest) else names

    def _is_more(self, value: str) -> bool:
        """Whether a text joins several bodies or has more around the name of one than a name may
        have (某县水利局2023年): it is nobody's alone, so no name is cut out of it."""
        grammar = self._grammar
        if grammar.is_body(value):
            return grammar.joins(value)
        if grammar.leading_body(value):
            return True
        ends = (value[at:] for at in range(1, len(value[:MAX_ADDRESS]) - 2))
        return any(grammar.is_body(end) and grammar.body(end).places for end in ends)

    def title(self, titled: Titled) -> None:
        """The body that the title begins with."""
        name, share = self._in_title(squeeze(titled.title), titled.form)
        if name:
            self._add(name, "title", share, self._place)

    def _in_title(self, title: str, form: Form) -> tuple[str, float]:
        words = self._vocabulary.forms.titles
        key = words.leads.sub("", title)
        ends = [years[0].start] if (years := find_years(key)) else []
        ends += [found.start() for found in (words.form.search(key), _PURPOSE.search(key)) if found]
        for before in (key[:end].strip("（(") for end in sorted(ends)):
            if self._grammar.is_body(before):
                return before, TITLE
            if form is Form.SUMMARY and before and self._grammar.places(before)[1] == "":
                return before, TITLE  # a list of all departments of a place
        leading = self._grammar.leading_body(key)
        ended = leading and key[len(leading) :].startswith(("关于", "文件"))
        return leading, TITLE if ended else LEADING

    def interpreted(self, titled: Titled) -> None:
        """Who explains a regulation, and so has made it (本办法由市财政局负责解释)."""
        places = self._grammar.places(squeeze(titled.title))[0]
        for text, location in self._texts:
            if found := _INTERPRETED.search(squeeze(text)):
                name = in_place(found[1], places[0]) if places else found[1]
                if self._grammar.is_body(name):
                    self._add(name, "interpreted", INTERPRETED, location)

    def lines(self) -> None:
        """Bodies that stand alone in a line: near the title, over or under a date, at the end."""
        for at, (line, location) in enumerate(self._texts):
            name, dated = self._alone(line)
            if not name:
                continue
            beside = [text for text, _ in self._texts[max(at - 1, 0) : at + 3]]
            if dated or any(DATE.fullmatch(squeeze(text)) for text in beside):
                self._add(name, "signed", SIGNED, location)
            elif at < TOP_LINES:
                self._add(name, "heading", HEADING, location)
            elif at >= len(self._texts) - END_LINES:
                self._add(name, "ending", ENDING, location)

    def _alone(self, line: str) -> tuple[str, bool]:
        """The body that a line holds and nothing else but a date, a seal or 文件."""
        key = first_value(line)
        dated = DATE.search(key)
        rest = _IN_CHARGE.sub("", key[: dated.start()] if dated else key)
        if self._grammar.is_body(rest):
            return rest, bool(dated)
        several = [squeeze(part) for part in _BLANK.split(line)]
        if len(several) > 1 and all(map(self._grammar.is_body, several)):
            return several[0], False  # the first of those who sign together leads
        return "", False

    def prose(self) -> None:
        """Bodies that sentences begin with (某县水利局2023年…)."""
        said: dict[str, int] = {}
        places: dict[str, Location] = {}
        for sentence, location in self._sentences():
            name = self._grammar.leading_body(sentence)
            if name and self._grammar.body(name).places:
                said[name] = said.get(name, 0) + 1
                places.setdefault(name, location)
        for name, count in said.items():
            share = 1 - (1 - SAID) ** min(count, OFTEN)
            self._add(name, "said", share, places[name])

    def _sentences(self) -> Iterator[tuple[str, Location]]:
        left = MAX_SENTENCES
        for text, location in self._texts:
            for sentence in _SENTENCE_END.split(text):
                key = squeeze(sentence)
                if len(key) > 6 and not key.startswith(_PREPOSITIONS):
                    left -= 1
                    yield key, location
                if not left:
                    return

    def file(self, file: str) -> None:
        """The body that the name of the file begins with: never enough alone."""
        stem = squeeze(file.rpartition("/")[2].rpartition(".")[0])
        if name := self._grammar.leading_body(_FILE_LEAD.sub("", stem)):
            self._add(name, "file", FILE, self._place)

    def _add(self, name: str, place: str, share: float, location: Location) -> None:
        if self._grammar.is_body(name) and not self._grammar.body(name).places:
            share *= PLACELESS
        if name.endswith(self._words.seldom):
            share *= SELDOM
        for candidate in self._candidates:
            if any(self._same(name, other) for other in candidate.names):
                candidate.names.append(name)
                candidate.add(place, share)
                return
        self._candidates.append(_Candidate([name], location, {place: share}))

    def _same(self, one: str, other: str) -> bool:
        names = all(map(self._grammar.is_name, (one, other)))
        return one == other or (names and self._grammar.may_be_same(one, other))

    def decision(self) -> Decision:
        """The candidate that is surest, the first of equals."""
        addressees = self._addressees()
        kinds = self._words.selves.get(
            called_itself((text for text, _ in self._texts), self._words.selves), ()
        )
        ranked = sorted(
            ((self._sure(one, addressees, kinds), one) for one in self._candidates),
            key=lambda ranked: -ranked[0],
        )
        labelled = tuple(dict.fromkeys(self._labelled))
        singled_out = any(name in self._printed for name in labelled if name != self._printed)
        if self._printed and not singled_out:
            return Decision(self._printed, labelled, ())
        if not ranked:
            return Decision("", labelled, ())
        sure, best = ranked[0]
        if "operator" in best.shares:  # who carries out what the department reports on
            over = (one for one in ranked if one[0] >= DECIDED and "department" in one[1].shares)
            sure, best = next(over, ranked[0])
        name = self._fullest(best.names)
        likely = [
            self._fullest(one.names)
            for share, one in ranked
            if share >= DECIDED and (one is best or "operator" not in one.shares)
        ]
        rivals = [one for one in likely if not one.startswith(name) and not name.startswith(one)]
        decided = bool(likely) and (sure >= CLEAR or not rivals)
        if decided or sure < PROPOSED:
            return Decision(name if decided else "", labelled, ())
        return Decision("", labelled, (Oddity(name, NOT_DECIDED, best.location, f"部门：{name}"),))

    def _sure(self, one: _Candidate, addressees: set[str], kinds: tuple[str, ...]) -> float:
        """How surely the document is a candidate's, with what speaks against it."""
        sure = one.confidence
        if any(self._same(name, other) for name in one.names for other in addressees):
            sure *= ADDRESSED
        if kinds and not any(name.endswith(kinds) for name in one.names):
            sure *= OTHER_KIND
        return sure

    def _fullest(self, names: Sequence[str]) -> str:
        """Of the names of one body the first that says most of where it is."""
        return max(names, key=lambda name: len(self._grammar.body(name).places))

    def _addressees(self) -> set[str]:
        """Whom the document is addressed to: bodies alone in a line that ends in a colon."""
        named: set[str] = set()
        for text, _ in self._texts:
            key = squeeze(text)
            if key.endswith(("：", ":")) and len(key) < MAX_ADDRESS:
                parts = _LISTED.split(key.rstrip("：:"))
                named.update(part for part in parts if self._grammar.is_body(part))
        return named


def called_itself(texts: Iterable[str], words: Collection[str]) -> str:
    """How a document calls the body it speaks for (我校 → 校), most often; "" if it does not."""
    counted = Counter(
        word
        for text in texts
        for found in _SELF.finditer(text)
        for word in words
        if found[1].startswith(word)
    )
    return counted.most_common(1)[0][0] if counted else ""


NOT_DECIDED = "未能确定是哪个部门的文件，请核对"
"""Why a department is only proposed."""
MAX_ADDRESS = 60
"""Characters of the longest line that says whom a document is addressed to."""
_PURPOSE = re.compile("关于|文件$")
_IN_CHARGE = re.compile(r"文件$")
_BLANK = re.compile(r"[\s　、]+")
_SENTENCE_END = re.compile(r"[。；;！!]")
_INTERPRETED = re.compile(r"本[一-龥]{2,4}由([一-龥]{3,20}?)(?:会同[一-龥、]{3,40}?)?(?:负责)?解释")
_PREPOSITIONS = tuple("经由对向为从和据将在与")
_FILE_LEAD = re.compile(r"^(?:附件)?[\d\W_]*(?:年度?)?")
_LISTED = re.compile(r"[、，,；;和与及]")
_SELF = re.compile(r"(?:我|本(?=[局厅校院馆镇乡]|中心|街道))([一-龥]{1,2})")
