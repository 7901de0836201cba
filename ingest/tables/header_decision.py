"""A table's head decided as a whole (整表判定表头): by words, meaning, contents and arithmetic.

Each head has a probability for every role, by the lists and by the label reader
(`ingest.semantics`); what stands below it and the sums that must hold are weighed with it. Of all
ways to give the heads roles of one kind of table the likeliest is taken. How much likelier it is
than those that give a column another role is that column's confidence.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from math import exp, log

from ingest.language.form_vocabulary import LIKE
from ingest.language.vocabulary import HeadReader, ReadText, Vocabulary
from ingest.semantics.label_reader import CONTENT, Readings
from ingest.tables.cells import ReadCell
from ingest.tables.column_evidence import Column, added_up, arithmetic
from ingest.tables.grid import Grid
from ingest.tables.head_rows import Leaf, headless, heads_at
from ingest.tables.headers import (
    SECTION_KINDS,
    HeadedColumn,
    Header,
    fulfils,
    spread_over,
)
from ingest.tables.kind_roles import (
    AMOUNTS_OF_SOURCES,
    BESIDE_MONEY,
    COUNTED,
    KINDS,
    MONEY,
    NEEDS,
    ROWS_NAMED,
    SOURCES,
    VALUES,
    WHOSE,
    WHOSE_NOT_WHAT,
)
from ingest.types.tables import ColumnRole, FormSection, How, TableKind

Roles = tuple[ColumnRole | None, ...]
LISTED, ALIKE = 0.9, 0.4
"""How much the lists count beside the label reader, for a head to the letter and for one alike."""
UNEXPLAINED = 0.02
"""How probable it is that a head plays no role in its kind of table."""
FOREIGN = 0.3
"""What a role counts that only other kinds of tables have."""
COARSER = 0.1
"""How probable it is that a head over names stands over their families, beside finer names."""
UNNAMED = 0.03
"""How probable it is at least that a head of any words stands over what names the rows."""
SHARPNESS = 0.6
"""By which logarithms are taken before they are shares: the pieces of evidence are not independent,
and what heads say is learnt from others than these. Measured on families left out."""
MIN_ROLE = 0.01
"""Roles less probable are not tried."""
AGAIN = 0.3
"""What a role counts that another column plays already, where several may."""
ANNOUNCED = 1.5
"""What the name of the block adds to its kind of table."""
BEAM = 48
"""Ways to give roles that are kept from one head to the next."""
MIN_HEADING = 0.6
"""How probable it must be that a row's texts head columns, on average."""
MEANT = 0.3
"""How probably a head alone must mean its role; else what is around it told the role."""
VAGUE, PLAIN = frozenset(("other", "quantity")), 0.8
"""What names of things are taken for over numbers; it must be so probable to be meant."""
MIN_SCORE = -1.6
"""How well a header must explain each of its heads and columns, on average (a logarithm)."""
BLANK_BELOW = 0.15
"""What a head with nothing at all below it takes from that."""
AMOUNTS = frozenset(
    {ColumnRole.INITIAL, ColumnRole.FINAL, ColumnRole.SPENT, ColumnRole.ALLOCATED, ColumnRole.FUND}
)
"""Roles of columns of money whose parts may stand beside them, each under its own name."""
IN_SUMS = AMOUNTS | {
    *(ColumnRole.RATE, ColumnRole.ADJUSTMENT, ColumnRole.LEFT),
    *(ColumnRole.ITEM, ColumnRole.PROJECT, ColumnRole.DEPARTMENT),
}
"""Roles of columns of money that sums hold between, and of what says whose the money is."""
TOLD_APART = frozenset({ColumnRole.SPENT, ColumnRole.LEFT, ColumnRole.ADJUSTMENT})
"""Roles of columns that a budget is the sum of as well: what was spent and what was left of it."""
LIKELY, BORNE_OUT = Decimal("0.7"), Decimal("0.95")
"""From which share on a role is as good as certain where the sums of its table hold, and how."""
HOLDERS = frozenset({ColumnRole.OTHER, ColumnRole.REMARK, ColumnRole.CAUSE})
"""Roles that columns play whose cells are told apart by their heads."""
BESIDE = frozenset(BESIDE_MONEY.values())
"""The same of a list of money."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A header, the first row below it, and how well it explains the heads, on average."""

    header: Header
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to give the first heads roles, in one kind of table."""

    score: float
    """The logarithm of how probable it is by words and contents."""
    roles: Roles
    sums: float = 0.0
    """What the sums that must hold add."""

    @property
    def whole(self) -> float:
        """The logarithm of how probable it is altogether."""
        return self.score + self.sums


def decide(
    grid: Grid,
    row: int,
    cells: Sequence[ReadCell],
    section: FormSection | None,
    vocabulary: Vocabulary,
) -> Decided | None:
    """The header that begins in a row, or None where none is likely; `cells` are the row's.

    `section` is the block around it.
    """
    found = [
        decided
        for leaves, end in heads_at(
            grid, row, [cell for cell in cells if _ends_with(cell, row)], vocabulary
        )
        if (decided := _decided(grid, leaves, end, section, vocabulary))
    ]
    best = max(found, key=lambda one: one.score, default=None)
    if best is None or best.score < MIN_SCORE:
        return None
    return None if _begins_below(best, grid, row, section, vocabulary) else best


def _ends_with(cell: ReadCell, row: int) -> bool:
    """Whether a cell begins in a row, or in the one above and stands beside two rows of heads."""
    return cell.row == row or (cell.row == row - 1 and cell.row_span == 2)


def _begins_below(
    best: Decided,
    grid: Grid,
    row: int,
    section: FormSection | None,
    vocabulary: Vocabulary,
) -> bool:
    """Whether the row below a head of one row is a better one, with no fewer heads."""
    if best.end != row + 1 or best.end >= len(grid.rows):
        return False
    lower = grid.begun(best.end)
    if len(lower) < len(grid.begun(row)):
        return False
    return any(
        (decided := _decided(grid, leaves, end, section, vocabulary)) is not None
        and decided.score >= best.score
        for leaves, end in heads_at(grid, best.end, lower, vocabulary)
    )


def _decided(
    grid: Grid,
    leaves: Sequence[Leaf],
    end: int,
    section: FormSection | None,
    vocabulary: Vocabulary,
) -> Decided | None:
    """The header that some heads make, if they are heads at all."""
    filled = [leaf for leaf in leaves if leaf.column.filled]
    if vocabulary.meaning is None or len(leaves) < 2 or 2 * len(filled) < len(leaves):
        return None
    reader = vocabulary.meaning()
    texts, over = [leaf.cell.text for leaf in leaves], [leaf.over for leaf in leaves]
    block = vocabulary.forms.sections.names[section] if section else ""
    below = [leaf.column.texts for leaf in leaves]
    readings: Sequence[Readings] = reader.heads(texts, over=over, section=block, below=below)
    leaves, readings = _with_upper(leaves, readings, vocabulary)
    heading = sum(1 - one.get(CONTENT, 0.0) for one in readings) / len(leaves)
    heading -= BLANK_BELOW * (len(leaves) - len(filled)) / len(leaves)
    if heading < MIN_HEADING:
        return None
    ways = [
        (way, kind) for kind in KINDS for way in _ways(leaves, readings, kind, section, vocabulary)
    ]
    if not ways:
        return None
    best, kind = max(ways, key=lambda one: one[0].whole)
    told_apart = [role in TOLD_APART for role in best.roles]
    columns_of = [leaf.column for leaf in leaves]
    added = added_up(columns_of, told_apart) if kind is TableKind.FUNDS else None
    amount = best.roles[added[0]] if added else None
    amount = ColumnRole.ALLOCATED if amount is ColumnRole.FUND else amount
    columns: dict[int, HeadedColumn] = {}
    for at, role in enumerate(best.roles):
        if role is None:
            continue
        leaf = leaves[at]
        how = _how(at, role, kind, leaf, reader, ways)
        share = _share(at, role, kind, ways)
        doubted = how is How.CONTENTS or role is ColumnRole.OTHER
        if doubted and best.sums <= 0:  # nothing that its columns come to bears it out
            share = min(share, vocabulary.confidence.contents.values)
        if best.sums > 0 and role in IN_SUMS and share >= LIKELY:
            how, share = How.ARITHMETIC, max(share, BORNE_OUT)
        if added and amount in AMOUNTS:
            # whatever their words mean: amounts that come to an amount, and what they are for
            if at == added[0] or at in added[1]:
                role, how, share = amount, How.ARITHMETIC, Decimal(1)
            elif role is ColumnRole.ITEM:
                how, share = How.ARITHMETIC, Decimal(1)
        headed = HeadedColumn(role, f"{leaf.over}{leaf.cell.text.strip()}", how, share, leaf.body)
        columns |= spread_over(leaf.cell, headed)
    bare = headless(grid, leaves, end)
    columns |= _named_again(leaves, best.roles, columns)
    score = (best.whole + bare * log(UNEXPLAINED)) / (len(leaves) + bare)
    return Decided(Header(kind, columns), end, score)


def _named_again(
    leaves: Sequence[Leaf], roles: Roles, columns: Mapping[int, HeadedColumn]
) -> dict[int, HeadedColumn]:
    """The columns that name indicators as another one does, under the same head: those of a period
    beside those of the year."""
    pairs = list(zip(leaves, roles, strict=True))
    names = {leaf.cell.content.squeezed: leaf for leaf, role in pairs if role is ColumnRole.NAME}
    again = [leaf for leaf, role in pairs if role is None]
    return {
        leaf.cell.column: columns[names[leaf.cell.content.squeezed].cell.columns[-1]]
        for leaf in again
        if leaf.cell.content.squeezed in names
    }


Ways = Sequence[tuple["_Way", TableKind]]


def _share(at: int, role: ColumnRole, kind: TableKind, ways: Ways) -> Decimal:
    """The share of all ways to give a head a role, each as probable as it is, that give it this."""
    most = max(way.whole for way, _ in ways)
    same = total = 0.0
    for way, other in ways:
        if way.roles[at] is None:
            continue
        weight = exp(SHARPNESS * (way.whole - most))
        total += weight
        same += weight if other is kind and way.roles[at] is role else 0.0
    return Decimal(f"{same / total:.3f}")


def _how(
    at: int, role: ColumnRole, kind: TableKind, leaf: Leaf, reader: HeadReader, ways: Ways
) -> How:
    """What told a role: would it be another without the sums, or without all around its head?"""
    without_sums, other = max(ways, key=lambda one: one[0].score)
    if other is not kind or without_sums.roles[at] is not role:
        return How.ARITHMETIC
    listed = max(leaf.cell.content.roles(kind), key=lambda one: one[1], default=(None, 0.0))
    if listed[0] is role and listed[1] > LIKE:
        return How.WORDS
    (alone,) = reader.heads([leaf.cell.text], over=[leaf.over], section="", below=[[]])
    shares = _shares(leaf, alone, kind)
    return How.MEANING if leaf.body or shares[role] >= MEANT else How.CONTENTS


def _with_upper(
    leaves: Sequence[Leaf], readings: Sequence[Readings], vocabulary: Vocabulary
) -> tuple[Sequence[Leaf], Sequence[Readings]]:
    """Heads that say whose their columns are, or which part of the money (其中：区级资金),
    mean what the head over them says."""
    if vocabulary.meaning is None or not any(leaf.over for leaf in leaves):
        return leaves, readings
    leaves = _with_bodies(leaves, vocabulary)
    tops = list(dict.fromkeys(leaf.over or leaf.cell.text for leaf in leaves))
    below = [
        [
            text
            for leaf in leaves
            if top in (leaf.over, leaf.cell.text)
            for text in leaf.column.texts
        ]
        for top in tops
    ]
    read = vocabulary.meaning().heads(tops, over=[""] * len(tops), section="", below=below)
    meant = dict(zip(tops, read, strict=True))
    return leaves, [
        meant[leaf.over]
        if leaf.body == leaf.cell.text.strip() or _is_part(leaf, one, meant.get(leaf.over, {}))
        else one
        for leaf, one in zip(leaves, readings, strict=True)
    ]


def _is_part(leaf: Leaf, reading: Readings, upper: Readings) -> bool:
    """Whether a head tells whose money, or for what, under one that tells which amount it is of."""
    part, amount = (max(one, key=one.__getitem__, default="") for one in (reading, upper))
    vague = part not in VALUES or (part in VAGUE and reading[part] < PLAIN)
    named = vague and leaf.column.holds_values
    return amount in AMOUNTS_OF_SOURCES and (part in SOURCES or named)


def _with_bodies(leaves: Sequence[Leaf], vocabulary: Vocabulary) -> Sequence[Leaf]:
    """The heads with whose columns they are: several names under one head, or the same heads
    under several names (目标、完成 under each county)."""
    under: dict[str, list[int]] = {}
    for at, leaf in enumerate(leaves):
        if leaf.over:
            under.setdefault(leaf.over, []).append(at)
    groups = [places for places in under.values() if len(places) > 1]
    words = {at: leaf.cell.content for at, leaf in enumerate(leaves)}
    bodies: dict[int, str] = {}
    for places in groups:
        if _are_bodies([words[at] for at in places], vocabulary):
            bodies |= {at: leaves[at].cell.text.strip() for at in places}
    alike = {tuple(words[at].squeezed for at in places) for places in groups}
    uppers = [vocabulary.read(leaves[places[0]].over) for places in groups]
    if len(groups) > 1 and len(alike) == 1 and _are_bodies(uppers, vocabulary):
        bodies = {at: leaves[at].over for places in groups for at in places}
    return [replace(leaf, body=bodies.get(at, "")) for at, leaf in enumerate(leaves)]


def _are_bodies(words: Sequence[ReadText], vocabulary: Vocabulary) -> bool:
    """Whether heads are names of whom, or when, columns are about, and say nothing else."""
    names = vocabulary.departments
    ends = (*names.place_suffixes, *names.elsewhere_ends)
    if any(word.is_known_head for word in words):
        return False
    return sum(word.squeezed.endswith(ends) or word.year > 0 for word in words) > len(words) / 2


def _ways(
    leaves: Sequence[Leaf],
    readings: Sequence[Readings],
    kind: TableKind,
    section: FormSection | None,
    vocabulary: Vocabulary,
) -> list[_Way]:
    """The likeliest ways to give heads the roles of one kind of table, with all that it needs."""
    beam = [_Way(ANNOUNCED if section and SECTION_KINDS.get(section) is kind else 0.0, ())]
    for leaf, reading in zip(leaves, readings, strict=True):
        shares = _shares(leaf, reading, kind)
        grown = [
            _Way(way.score + score, (*way.roles, role))
            for way in beam
            for role, score in _choices(leaf, shares, kind, _taken(way, leaves, leaf.body))
        ]
        beam = sorted(grown, key=lambda way: -way.score)[:BEAM]
    needs = (*NEEDS.get(kind, ()), vocabulary.forms.kinds[kind].require)
    return [
        replace(way, roles=roles, sums=_sums(roles, leaves))
        for way in beam
        for roles in [_with_budget(way.roles) if kind is TableKind.FUNDS else way.roles]
        if any(fulfils({role for role in roles if role}, need) for need in needs if need)
    ]


def _shares(leaf: Leaf, reading: Readings, kind: TableKind) -> dict[ColumnRole, float]:
    """Role → how probably the head's words mean it in a kind of table: the reader's roles that
    are one here, and what the lists say of it."""
    shares: dict[ColumnRole, float] = {}
    own, beside = KINDS[kind], BESIDE_MONEY if kind is TableKind.FUNDS else {}
    if kind is TableKind.FUNDS and leaf.is_counted:
        own = {**own, **COUNTED}
    for name, role in own.items():
        shares[role] = shares.get(role, 0.0) + reading.get(name, 0.0)
    for name, share in reading.items():
        if name not in own and name != CONTENT:
            rest = ColumnRole.OTHER if name in VALUES else ColumnRole.REMARK
            role = beside.get(name, rest)
            shares[role] = shares.get(role, 0.0) + FOREIGN * share
    if kind is TableKind.INDICATORS:
        shares[ColumnRole.LEVEL2] = max(
            shares[ColumnRole.LEVEL2], COARSER * shares[ColumnRole.NAME]
        )
    if naming := ROWS_NAMED.get(kind):
        shares[naming] = max(shares[naming], UNNAMED)
    if kind is TableKind.FUNDS:
        place = sum(reading.get(name, 0.0) for name in WHOSE)
        shares[ColumnRole.DEPARTMENT] += WHOSE_NOT_WHAT * place
    listed = dict(leaf.cell.content.roles(kind))
    if not listed:
        return shares
    surest = max(listed.values())
    trust = LISTED if surest > LIKE else ALIKE
    named = [role for role, score in listed.items() if score > LIKE or surest <= LIKE]
    shares = {role: (1 - trust) * share for role, share in shares.items()}
    for role in named:
        shares[role] = shares.get(role, 0.0) + trust / len(named)
    return shares


def _taken(way: _Way, leaves: Sequence[Leaf], body: str) -> set[ColumnRole | None]:
    """The roles that heads left of one play beside it: of one body, not those of others."""
    pairs = zip(way.roles, leaves, strict=False)
    return {role for role, leaf in pairs if body in ("", leaf.body) or not leaf.body}


def _choices(
    leaf: Leaf,
    shares: Mapping[ColumnRole, float],
    kind: TableKind,
    taken: Set[ColumnRole | None],
) -> Iterator[tuple[ColumnRole | None, float]]:
    """The roles that a head may play beside those of the heads left of it, and none."""
    yield None, log(UNEXPLAINED)
    for role, share in shares.items():
        if share < MIN_ROLE:
            continue
        again = 0.0
        held = role in HOLDERS or (kind is TableKind.FUNDS and role in BESIDE)
        if role in taken and not held:
            if kind is not TableKind.FUNDS or role not in MONEY:
                continue
            again = log(AGAIN)
        yield role, log(share) + leaf.column.fit(role) + again


def _with_budget(roles: Roles) -> Roles:
    """What was allocated is the budget where a table also tells what was spent of it."""
    taken = {*roles}
    if not taken & {ColumnRole.SPENT, ColumnRole.RATE} or ColumnRole.FINAL in taken:
        return roles
    given = (ColumnRole.FUND, ColumnRole.ALLOCATED)
    return tuple(ColumnRole.FINAL if role in given else role for role in roles)


def _sums(roles: Roles, leaves: Sequence[Leaf]) -> float:
    """What the sums add that must hold between the columns, the first of several of a role."""
    columns: dict[ColumnRole, Column] = {}
    for role, leaf in zip(roles, leaves, strict=True):
        if role is not None:
            columns.setdefault(role, leaf.column)
    return arithmetic(columns, [leaf.column for leaf in leaves])
