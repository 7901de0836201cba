"""Running text → the figures it states: whose value, which role, where (叙述中的数据)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ingest.language.budget_terms import Concept, concept_at_end, is_term
from ingest.language.lexicon import longest_first, read_pack
from ingest.language.normalise import normalise, squeeze
from ingest.language.quantities import Found, comparator_of, find_quantities
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


@dataclass(frozen=True, slots=True)
class _Words:
    joins: re.Pattern[str]
    leads: re.Pattern[str]
    echoes: frozenset[str]
    totals: frozenset[str]
    ledger: tuple[str, ...]
    target_before: re.Pattern[str]
    target_after: re.Pattern[str]
    apart: re.Pattern[str]
    other_year: tuple[str, ...]
    of_which: str
    parts: frozenset[str]
    scored: re.Pattern[str]
    money: tuple[tuple[Role, re.Pattern[str]], ...]
    unit_roles: dict[str, Role]
    instructions: re.Pattern[str]
    completion: frozenset[str]
    project_led: re.Pattern[str]


@cache
def _words() -> _Words:
    pack = read_pack("statements")
    joined = "|".join(re.escape(w) for w in longest_first(pack["joins"]))
    leading = "|".join(re.escape(w) for w in longest_first(pack["leads"]))
    return _Words(
        joins=re.compile(rf"(?:{joined}|\s)+$"),
        leads=re.compile(rf"^(?:{leading}|\s)+"),
        echoes=frozenset(pack["echoes"]),
        totals=frozenset(pack["totals"]),
        ledger=tuple(longest_first(pack["ledger"])),
        target_before=re.compile(pack["target_before"]),
        target_after=re.compile(pack["target_after"]),
        apart=re.compile(pack["apart"]),
        other_year=tuple(pack["other_year"]),
        of_which=pack["of_which"],
        parts=frozenset(pack["parts"]),
        scored=re.compile(pack["scored"]),
        money=(
            (Role.SPENT, re.compile(pack["spent_before"])),
            (Role.BUDGET, re.compile(pack["budget_before"])),
        ),
        unit_roles={unit: Role(role) for unit, role in pack["unit_roles"].items()},
        completion=frozenset(read_pack("forms")["completion"]["done"]),
        project_led=re.compile(pack["project_led"]),
        instructions=re.compile(
            "|".join(map(re.escape, read_pack("forms")["instructions"]["cues"]))
        ),
    )


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


def is_instruction(sentence: str) -> bool:
    """Whether a sentence tells how to fill in the form: its numbers are no figures."""
    return bool(_words().instructions.search(squeeze(sentence)))


def project_in(sentence: str) -> str:
    """The project that a sentence opens with (草原补奖项目自评得分89.2分), or ""."""
    match = _words().project_led.match(squeeze(sentence))
    return match.group(1) if match else ""


def find_statements(text: str, *, role: Role) -> list[Statement]:
    """The figures that a text states. `role` is what a number is in this part of the form unless
    the words around it say otherwise: TARGET in goals and measures, ACTUAL in results, FUND in
    what a task costs.
    """
    plain = normalise_keeping_lines(text)
    stated: list[Statement] = []
    quantities = find_quantities(text)
    for start, end in sentences(text):
        if is_instruction(text[start:end]):
            continue
        inside = [q for q in quantities if start <= q.start and q.end <= end]
        stated.extend(_sentence_statements(plain, (start, end), inside, role))
    return list(_parts_like_their_whole(plain, stated))


def _parts_like_their_whole(plain: str, stated: Sequence[Statement]) -> Iterator[Statement]:
    """Parts stated after a whole (实际支出…，其中基本支出…) are of the whole's kind."""
    words = _words()
    whole: Statement | None = None
    for item in stated:
        if item.concept not in words.parts:
            whole = item if item.concept and item.role in LEDGER_ROLES else whole
        elif whole and words.of_which in plain[whole.end : item.start]:
            item = replace(item, role=whole.role)
        yield item


def _sentence_statements(
    plain: str, sentence: tuple[int, int], quantities: Sequence[Found], role: Role
) -> list[Statement]:
    start, end = sentence
    mark = _LIST_MARK.match(plain[start:end])
    start_of_text = start + (mark.end() if mark else 0)
    stated: list[Statement] = []
    since = ""
    for k, item in enumerate(quantities):
        previous = quantities[k - 1].end if k else start_of_text
        following = quantities[k + 1].start if k + 1 < len(quantities) else end
        before = _before(plain, previous, item.start)
        after = plain[item.end : following]
        if k and previous == item.start:
            before = _before(
                plain, quantities[k - 2].end if k > 1 else start_of_text, quantities[k - 1].start
            )
        if k + 1 < len(quantities) and not after.strip():
            after = plain[
                quantities[k + 1].end : quantities[k + 2].start if k + 2 < len(quantities) else end
            ]
        opening = _OPENING_YEAR.match(before.strip())
        since = opening.group() if opening else since
        subject = _subject(before, after, stated) or _clause_before(plain, previous, item) + _tail(
            after, ""
        )
        if since and not opening and stated and role is Role.FUND:
            subject = since + subject
        concept = _concept(before, subject, item.quantity)
        change = concept is not None and concept.name == _CHANGE and bool(stated)
        stated.append(
            Statement(
                subject=subject,
                concept=concept.name if concept and not change and not _other_year(before) else "",
                # A change against last year is a figure of the kind it changes.
                role=stated[-1].role
                if change and _other_year(plain[start : item.start])
                else _role(role, before, plain[item.end : end], concept, item.quantity, subject),
                quantity=_compared(item.quantity, before),
                start=item.start,
                end=item.end,
                sentence=sentence,
            )
        )
    return stated


def _before(plain: str, floor: int, start: int) -> str:
    """The words before a number, back to the last comma or the number before it."""
    stretch = plain[floor:start]
    cut = max((m.end() for m in _CLAUSE.finditer(stretch) if m.end() < len(stretch)), default=0)
    if cut and not _trim(stretch[cut:]) and _CLAUSE.search(stretch[:cut].rstrip("，,：: ")):
        return stretch[cut:]
    tail = stretch[cut:]
    if not _trim(tail) and stretch[:cut].rstrip().endswith(("：", ":")):
        # 电费：1.2元 — the label before the colon is the subject.
        earlier = stretch[:cut].rstrip("：: ")
        cut = max((m.end() for m in _CLAUSE.finditer(earlier)), default=0)
        return earlier[cut:]
    return tail


def _clause_before(plain: str, floor: int, item: Found) -> str:
    """The clause before the number's own, for numbers that only go on: …培训班，共45名团干参加."""
    clauses = [c for c in re.split(r"[，,：:]", plain[floor : item.start])[:-1] if c.strip()]
    return _trim(clauses[-1]) if clauses else ""


def _compared(quantity: Quantity, before: str) -> Quantity:
    """The quantity with a comparator that stands apart from it."""
    match = _words().apart.search(before.strip())
    if match is None or quantity.comparator != "=":
        return quantity
    return replace(quantity, comparator=comparator_of(match.group(1)))


_STOP = re.compile(r"[，,：:、。；;！？!?\n（(）)]|及(?=\S)")


def _tail(after: str, core: str) -> str:
    """The thing counted, where it stands behind its number: 10个 → 职能局建团.

    Words between two numbers belong to the second, unless the first has no noun before it.
    """
    stop = _STOP.search(after)
    if stop is None and len(core) > 2:
        return ""
    tail = after[: stop.start()] if stop else after
    if tail.strip() in _words().completion:
        return ""
    if _words().target_after.match(tail.strip()):
        return ""
    return tail.strip().removeprefix("的").strip(" ，,、。")


def _trim(text: str) -> str:
    """A subject without the words that only lead to it or join it to its number."""
    words = _words()
    text = text.strip()
    return words.joins.sub("", words.leads.sub("", text)).strip(" ，,、。")


def _subject(before: str, after: str, stated: Sequence[Statement]) -> str:
    words = _words()
    joined = words.joins.sub("", before.strip()).strip(" ，,、。")
    core = joined if is_term(joined) else words.target_before.sub("", _trim(before)).strip()
    tail = _tail(after, core)
    if squeeze(before) in words.totals:
        return "" if tail or not stated else squeeze(before)
    earlier = stated[-1].subject if stated else ""
    if core in words.ledger and earlier:
        for word in words.ledger:
            if earlier.endswith(word) and is_term(earlier.removesuffix(word) + core):
                return earlier.removesuffix(word) + core
    if core in words.echoes:
        core = ""
    return core + tail or earlier


def _other_year(before: str) -> bool:
    return any(word in before for word in _words().other_year)


def _concept(before: str, subject: str, quantity: Quantity) -> Concept | None:
    joined = _words().joins.sub("", before.strip())
    concept = concept_at_end(subject) or concept_at_end(joined)
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
    default: Role,
    before: str,
    behind: str,
    concept: Concept | None,
    quantity: Quantity,
    subject: str,
) -> Role:
    words = _words()
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
