"""Running text → the figures it states: whose value, which role, where (叙述中的数据)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.language.budget_terms import Concept
from ingest.language.normalise import normalise, squeeze
from ingest.language.quantities import Found
from ingest.language.statement_vocabulary import StatementVocabulary
from ingest.language.vocabulary import Vocabulary
from ingest.language.years import YEAR
from ingest.semantics.statement_features import numbers_in
from ingest.semantics.statement_reader import NumberReading, Relation, shipped_reader
from ingest.types.facts import LEDGER_ROLES, Quantity, Role

_CHANGE = "增减额"
_OF_ANOTHER = (Relation.CHANGE, Relation.SHARE)
"""Relations of numbers that tell something of the one before them."""
LIKELY = 0.5
"""From this probability on, a number is what the reader takes it for."""
SURE = 0.7
"""From this probability on, that is told; below, it waits to be confirmed."""
AGAINST_THE_COLUMN = 0.8
"""The same where the column or block says what its numbers are."""
SHORT = 2
"""Characters of a subject that seldom says by itself what is counted, behind other clauses."""
MONEY_UNITS = ("元", "百元", "千元", "万元", "亿元")


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure stated in a text: its characters [start, end), and its sentence around it."""

    subject: str
    concept: str
    role: Role
    quantity: Quantity
    start: int
    end: int
    sentence: tuple[int, int]
    year: int | None = None
    """The year that it names, or that the sentence opens with."""
    year_before: bool = False
    """Whether it is told of the year before, for comparison (上年)."""
    relation: Relation = Relation.OWN
    is_rule: bool = False
    """Whether it is a condition or duty of a regulation, and so no figure of anybody."""
    is_cut: bool = False
    """Whether its subject is a part of what says whose it is, and the rest stands elsewhere."""
    confidence: float = 1.0


_SENTENCE = re.compile(r"[^。；;！？!?\n]+[。；;！？!?\n]*")
_CLAUSE = re.compile(r"[，,：:]")
_BRACKETED = re.compile(r"[（(][^（）()]*[)）]")
_LIST_MARK = re.compile(
    r"^\s*(?:\d+[.、．](?!\d)|[（(]?[一二三四五六七八九十]+[)）、是]|目标\d+[：:])\s*"
)
_OPENING_YEAR = re.compile(rf"{YEAR}年(?:度|起每年|起|全年)?")
"""The year that opens a statement of what a task costs: 2022年起每年…, 2022年全年…."""


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of a text as character ranges; a semicolon ends one too.

    >>> sentences("完成8次；共9场。")
    [(0, 5), (5, 9)]
    """
    return [match.span() for match in _SENTENCE.finditer(normalise_keeping_lines(text))]


def normalise_keeping_lines(text: str) -> str:
    """Normalised text in which line breaks stay visible."""
    plain = normalise(text)
    if "\n" not in text:
        return plain
    return "".join("\n" if raw == "\n" else char for raw, char in zip(text, plain, strict=True))


_YEAR_NAMED = re.compile(rf"({YEAR})年(?!(?:度|初)?(?:以来|起|至|到|—|-|～|~|、|和|及))")


def _year_in(clause: str) -> int | None:
    """The last year that a clause names; none that begins or ends a stretch of years."""
    years = _YEAR_NAMED.findall(clause)
    return int(years[-1]) if years else None


def _opening_year(sentence: str) -> int | None:
    """The year that the first clause of a sentence opens with: it goes for all of it."""
    match = _YEAR_NAMED.match(sentence.strip())
    return int(match.group(1)) if match else None


_STOP = re.compile(r"[，,：:、。；;！？!?\n（(）)]|及(?=\S)")


@dataclass(frozen=True, slots=True)
class StatementFinder:
    """Finds what running text states, by the words around each number."""

    vocabulary: Vocabulary

    @property
    def words(self) -> StatementVocabulary:
        """The words of running text."""
        return self.vocabulary.statements

    def project_in(self, sentence: str) -> str:
        """The project that a sentence opens with (草原补奖项目自评得分89.2分), or ""."""
        match = self.words.project_led.match(squeeze(sentence))
        return match.group(1) if match else ""

    def find(self, text: str, *, role: Role | None, section: str = "") -> list[Statement]:
        """The figures that a text states.

        `role` is what a number is in this part of the form unless the words around it say
        otherwise: TARGET in goals and measures, ACTUAL in results, FUND in what a task costs, None
        where the part says nothing of it. `section` is the path of headings above.
        """
        plain = normalise_keeping_lines(text)
        stated: list[Statement] = []
        quantities = self.vocabulary.read(text).quantities
        for start, end in sentences(text):
            inside = [q for q in quantities if start <= q.start and q.end <= end]
            if not inside or self._is_instruction(text[start:end]):
                continue
            planned = role is Role.TARGET
            numbers = [
                replace(number, comparator=self._compared(item.quantity, number.before).comparator)
                for item, number in zip(
                    inside,
                    numbers_in(plain, (start, end), inside, section=section, planned=planned),
                    strict=True,
                )
            ]
            read = list(shipped_reader().read(numbers))
            stated.extend(self._sentence_statements(plain, (start, end), inside, read, role))
        return list(self._parts_like_their_whole(plain, _parts_that_add_up(plain, stated)))

    def _parts_like_their_whole(
        self, plain: str, stated: Sequence[Statement]
    ) -> Iterator[Statement]:
        """Parts stated after a whole (实际支出…，其中基本支出…) are of the whole's kind."""
        words = self.words
        whole: Statement | None = None
        for item in stated:
            if item.concept not in words.parts:
                whole = item if item.concept and item.role in LEDGER_ROLES else whole
            elif whole and words.of_which in plain[whole.end : item.start]:
                item = replace(item, role=whole.role)
            yield item

    def _sentence_statements(
        self,
        plain: str,
        sentence: tuple[int, int],
        quantities: Sequence[Found],
        readings: Sequence[NumberReading],
        role: Role | None,
    ) -> list[Statement]:
        start, end = sentence
        mark = _LIST_MARK.match(plain[start:end])
        start_of_text = start + (mark.end() if mark else 0)
        stated: list[Statement] = []
        since = ""
        opened = _opening_year(plain[start_of_text:end])
        for k, (item, reading) in enumerate(zip(quantities, readings, strict=True)):
            previous = quantities[k - 1].end if k else start_of_text
            following = quantities[k + 1].start if k + 1 < len(quantities) else end
            before = self._before(plain, previous, item.start)
            after = plain[item.end : following]
            if k and previous == item.start:
                before = self._before(
                    plain,
                    quantities[k - 2].end if k > 1 else start_of_text,
                    quantities[k - 1].start,
                )
            if k + 1 < len(quantities) and not after.strip():
                after = plain[
                    quantities[k + 1].end : quantities[k + 2].start
                    if k + 2 < len(quantities)
                    else end
                ]
            opening = _OPENING_YEAR.match(before.strip())
            since = opening.group() if opening else since
            gap = plain[previous : item.start]
            between = k > 0 and not _STOP.search(gap) and bool(self._trim(gap))
            subject = self._subject(before, after, stated, between=between) or self._clause_before(
                plain, previous, item
            ) + self._tail(after, "")
            if since and not opening and stated and role is Role.FUND:
                subject = since + subject
            concept = self._concept(before, subject, item.quantity)
            other_year = self._other_year(before) or reading.relation is Relation.BEFORE
            change = concept is not None and concept.name == _CHANGE and bool(stated)
            unnamed = reading.carried or reading.relation in _OF_ANOTHER
            if unnamed and (concept is None or change):
                subject = self._carried(subject, stated)
            named = concept.name if concept and not change and not other_year else ""
            # More than 2021 by so much is no figure of 2021.
            own_year = None if reading.relation is Relation.CHANGE else _year_in(before)
            quantity = self._compared(item.quantity, before)
            told, confidence = self._role(role, quantity, reading, concept)
            if change and self._other_year(plain[start : item.start]):
                told = stated[-1].role  # a change against last year is of the kind it changes
            is_labelled = gap.rstrip().endswith(("：", ":"))  # 电费：1.2元
            follows = not is_labelled and bool(_CLAUSE.search(plain[start_of_text : item.start]))
            is_cut = (
                (between and concept is None)
                or (reading.relation in _OF_ANOTHER and bool(stated) and stated[-1].is_cut)
                or self._is_cut(before, subject, concept, stated[-1:] if follows else ())
            )
            stated.append(
                Statement(
                    subject=subject,
                    concept=named,
                    role=told,
                    quantity=quantity,
                    start=item.start,
                    end=item.end,
                    sentence=sentence,
                    year=None if role is Role.FUND else own_year or opened,
                    year_before=reading.relation is Relation.BEFORE and not named,
                    relation=reading.relation,
                    is_rule=reading.role is None
                    and reading.probability >= (AGAINST_THE_COLUMN if role else LIKELY),
                    is_cut=is_cut or (told is Role.TARGET and _is_beside(quantity, stated)),
                    confidence=confidence,
                )
            )
        return stated

    def _is_cut(
        self, before: str, subject: str, concept: Concept | None, earlier: Sequence[Statement]
    ) -> bool:
        """Whether words around a number are less than what says whose it is: they lead on to it
        (由91%), or go on with a thing that the clauses before them name (…30处，完工22处)."""
        key, terms = squeeze(subject), self.vocabulary.terms
        if self.words.leading_on.search(squeeze(before)):
            return True
        if concept is None:
            return bool(earlier) and len(key) <= SHORT
        if not earlier or concept.role not in LEDGER_ROLES or earlier[-1].concept:
            return False
        of_another = earlier[-1].relation is Relation.OWN
        return of_another and earlier[-1].quantity.unit in MONEY_UNITS and terms.is_listed(key)

    def _carried(self, subject: str, stated: Sequence[Statement]) -> str:
        """The subject of a number that goes on with that of one before: 管网, 实际建成 → both."""
        own = next((one for one in reversed(stated) if one.relation is Relation.OWN), None)
        if own is None or subject in own.subject or own.subject in subject:
            return subject
        return own.subject + subject

    def _before(self, plain: str, floor: int, start: int) -> str:
        """The words before a number, back to the last comma or the number before it."""
        stretch = plain[floor:start]
        cut = max((m.end() for m in _CLAUSE.finditer(stretch) if m.end() < len(stretch)), default=0)
        if (
            cut
            and not self._trim(stretch[cut:])
            and _CLAUSE.search(stretch[:cut].rstrip("，,：: "))
        ):
            return stretch[cut:]
        tail = stretch[cut:]
        if not self._trim(tail) and stretch[:cut].rstrip().endswith(("：", ":")):
            # 电费：1.2元 — the label before the colon is the subject.
            earlier = stretch[:cut].rstrip("：: ")
            cut = max((m.end() for m in _CLAUSE.finditer(earlier)), default=0)
            return earlier[cut:]
        return tail

    def _clause_before(self, plain: str, floor: int, item: Found) -> str:
        """The clause before the number's own, for numbers that go on: …培训班，共45名团干参加."""
        clauses = [c for c in re.split(r"[，,：:]", plain[floor : item.start])[:-1] if c.strip()]
        return self._trim(clauses[-1]) if clauses else ""

    def _compared(self, quantity: Quantity, before: str) -> Quantity:
        """The quantity with a comparator that stands apart from it."""
        match = self.words.apart.search(before.strip())
        if match is None or quantity.comparator != "=":
            return quantity
        return replace(quantity, comparator=self.vocabulary.units.comparators[match.group(1)])

    def _tail(self, after: str, core: str) -> str:
        """The thing counted, where it stands behind its number: 10个 → 职能局建团.

        Words between two numbers belong to the second, unless the first has no noun before it.
        """
        stop = _STOP.search(after)
        if stop is None and len(core) > 2:
            return ""
        tail = after[: stop.start()] if stop else after
        if tail.strip() in self.vocabulary.forms.done:
            return ""
        if self.words.target_after.match(tail.strip()):
            return ""
        return tail.strip().removeprefix("的").strip(" ，,、。")

    def _trim(self, text: str) -> str:
        """A subject without the words that only lead to it or join it to its number."""
        words = self.words
        text = text.strip()
        bare = words.joins.sub("", words.leads.sub("", text)).strip(" ，,、。")
        return text if len(bare) == 1 else bare  # 完成值 and 实有, no 值 and no 实

    def _subject(
        self, before: str, after: str, stated: Sequence[Statement], *, between: bool
    ) -> str:
        """What is counted; `between` tells that no mark parts the number from the one before it:
        the words between are that one's (12个乡镇148个行政村)."""
        words = self.words
        joined = words.joins.sub("", before.strip()).strip(" ，,、。")
        core = (
            joined
            if self.vocabulary.terms.is_listed(joined)
            else words.target_before.sub("", self._trim(before)).strip()
        )
        tail = self._tail(after, core)
        if squeeze(before) in words.totals:
            return "" if tail or not stated else squeeze(before)
        earlier = stated[-1].subject if stated else ""
        if core in words.ledger and earlier:
            for word in words.ledger:
                if earlier.endswith(word) and self.vocabulary.terms.is_listed(
                    earlier.removesuffix(word) + core
                ):
                    return earlier.removesuffix(word) + core
        core = words.leading_on.sub("", core)
        if core in words.echoes or (tail and between):
            core = ""
        return core + tail or earlier

    def _other_year(self, before: str) -> bool:
        return any(word in before for word in self.words.other_year)

    def _concept(self, before: str, subject: str, quantity: Quantity) -> Concept | None:
        joined = self.words.joins.sub("", before.strip())
        concept = self.vocabulary.terms.at_end(subject) or self.vocabulary.terms.at_end(joined)
        if concept is None:
            return None
        money = quantity.unit in MONEY_UNITS or "元/" in quantity.unit
        if concept.role in LEDGER_ROLES and not money:
            return None
        if concept.role is Role.RATE and quantity.unit != "%":
            return None
        if concept.role is Role.SCORE and quantity.unit not in ("分", ""):
            return None
        return concept

    def _role(
        self,
        given: Role | None,
        quantity: Quantity,
        reading: NumberReading,
        concept: Concept | None,
    ) -> tuple[Role, float]:
        """What a number is, and how sure that is.

        A budget term says what its number is unless that is planned; elsewhere the words around it
        say so, against what the part of the form is for only where they leave little doubt.
        """
        if given is Role.TARGET or given is Role.FUND:
            return given, 1.0
        bare = quantity.comparator == "="
        if reading.probability < (AGAINST_THE_COLUMN if given and bare else LIKELY):
            named = concept.role if concept else self.words.unit_roles.get(quantity.unit)
            sure = concept is not None or given is not None
            return named or given or Role.ACTUAL, 1.0 if sure else reading.probability
        read = reading.role or Role.TARGET
        if concept and read is not Role.TARGET:
            return concept.role, 1.0
        return read, 1.0 if given or reading.probability >= SURE else reading.probability

    def _is_instruction(self, sentence: str) -> bool:
        return bool(self.vocabulary.forms.instructions.search(squeeze(sentence)))


def _is_beside(quantity: Quantity, stated: Sequence[Statement]) -> bool:
    """Whether a target's comparator says how the result before it stands to it (88.9%，低于90%的
    目标), and not what is aimed at."""
    result = bool(stated) and stated[-1].role is Role.ACTUAL
    return result and quantity.comparator in ("<", ">")


def _parts_that_add_up(plain: str, stated: Sequence[Statement]) -> list[Statement]:
    """The statements, those in brackets right behind an amount of money of its kind where they add
    up to it (实际支出50万元（人员经费30万元、业务经费20万元）)."""
    told = list(stated)
    for at, whole in enumerate(told):
        closed = _BRACKETED.match(plain, whole.end)
        if not closed or whole.role not in LEDGER_ROLES:
            continue
        parts = [n for n in range(at + 1, len(told)) if told[n].end <= closed.end()]
        amounts = [_money(told[n].quantity) for n in parts]
        if (
            len(parts) > 1
            and None not in amounts
            and sum(filter(None, amounts)) == _money(whole.quantity)
        ):
            told[at + 1 : at + 1 + len(parts)] = [replace(told[n], role=whole.role) for n in parts]
    return told


def _money(quantity: Quantity) -> Decimal | None:
    """An amount of money in 元."""
    if quantity.unit not in MONEY_UNITS or len(quantity.values) != 1:
        return None
    values, _ = quantity.scaled
    return values[0]
