"""Running text → the figures it states: whose value, which role, where (叙述中的数据)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.language.budget_terms import Concept
from ingest.language.normalise import normalise, squeeze
from ingest.language.quantities import Found
from ingest.language.statement_vocabulary import StatementVocabulary
from ingest.language.vocabulary import Vocabulary
from ingest.language.years import YEAR
from ingest.types.facts import LEDGER_ROLES, Quantity, Role

_CHANGE = "增减额"
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


_SENTENCE = re.compile(r"[^。；;！？!?\n]+[。；;！？!?\n]*")
_CLAUSE = re.compile(r"[，,：:]")
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

    def find(self, text: str, *, role: Role) -> list[Statement]:
        """The figures that a text states.

        `role` is what a number is in this part of the form unless the words around it say
        otherwise: TARGET in goals and measures, ACTUAL in results, FUND in what a task costs.
        """
        plain = normalise_keeping_lines(text)
        stated: list[Statement] = []
        quantities = self.vocabulary.read(text).quantities
        for start, end in sentences(text):
            if self._is_instruction(text[start:end]):
                continue
            inside = [q for q in quantities if start <= q.start and q.end <= end]
            stated.extend(self._sentence_statements(plain, (start, end), inside, role))
        return list(self._parts_like_their_whole(plain, stated))

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
        self, plain: str, sentence: tuple[int, int], quantities: Sequence[Found], role: Role
    ) -> list[Statement]:
        start, end = sentence
        mark = _LIST_MARK.match(plain[start:end])
        start_of_text = start + (mark.end() if mark else 0)
        stated: list[Statement] = []
        since = ""
        for k, item in enumerate(quantities):
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
            subject = self._subject(before, after, stated) or self._clause_before(
                plain, previous, item
            ) + self._tail(after, "")
            if since and not opening and stated and role is Role.FUND:
                subject = since + subject
            concept = self._concept(before, subject, item.quantity)
            change = concept is not None and concept.name == _CHANGE and bool(stated)
            stated.append(
                Statement(
                    subject=subject,
                    concept=concept.name
                    if concept and not change and not self._other_year(before)
                    else "",
                    # A change against last year is a figure of the kind it changes.
                    role=stated[-1].role
                    if change and self._other_year(plain[start : item.start])
                    else self._role(
                        role, before, plain[item.end : end], concept, item.quantity, subject
                    ),
                    quantity=self._compared(item.quantity, before),
                    start=item.start,
                    end=item.end,
                    sentence=sentence,
                )
            )
        return stated

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
        return words.joins.sub("", words.leads.sub("", text)).strip(" ，,、。")

    def _subject(self, before: str, after: str, stated: Sequence[Statement]) -> str:
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
        if core in words.echoes:
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
        default: Role,
        before: str,
        behind: str,
        concept: Concept | None,
        quantity: Quantity,
        subject: str,
    ) -> Role:
        words = self.words
        if default is Role.TARGET or default is Role.FUND:
            return default
        here = before.strip()
        if words.target_before.search(here) or words.apart.search(here):
            return Role.TARGET
        if words.target_after.match(behind.strip()):
            return Role.TARGET
        if concept:
            return concept.role
        if quantity.unit in MONEY_UNITS:
            return next((role for role, led in words.money if led.search(here)), default)
        points = "满意" not in subject or words.scored.search(here)
        if quantity.unit in words.unit_roles and points:
            return words.unit_roles[quantity.unit]
        return default

    def _is_instruction(self, sentence: str) -> bool:
        return bool(self.vocabulary.forms.instructions.search(squeeze(sentence)))
