"""What somebody says the columns of a head mean, checked before it is kept (核对表样)."""

from collections.abc import Sequence

from ingest.errors import CorrectionError
from ingest.language.vocabulary import Vocabulary
from ingest.templates.types import KIND_NAMES, ROLE_NAMES
from ingest.types.layouts import Heads, Roles
from ingest.types.tables import AMOUNTS, ColumnRole, TableKind

REPEATED = AMOUNTS | {
    ColumnRole.NUMBER,
    ColumnRole.CAUSE,
    ColumnRole.OTHER,
    ColumnRole.REMARK,
}
"""Roles that several columns of one table may play."""


def checked(kind: TableKind, roles: Roles, heads: Heads, vocabulary: Vocabulary) -> Roles:
    """The roles, if a table of this kind can be read by them; raises CorrectionError."""
    if len(roles) != len(heads):
        raise CorrectionError(f"这个表头有{len(heads)}列，却给了{len(roles)}个角色，请刷新后重试。")
    given = [role for role in roles if role]
    if unknown := [role.value for role in given if role not in ROLE_NAMES]:
        raise CorrectionError(f"“{unknown[0]}”不能作为一列的角色。")
    whose = bodies(heads, roles)
    played = [(role, body) for role, body in zip(roles, whose, strict=True) if role]
    twice = [role for role, body in played if played.count((role, body)) > 1]
    if wrong := [role for role in twice if role not in REPEATED]:
        raise CorrectionError(f"有几列都选成了“{ROLE_NAMES[wrong[0]]}”，每个角色只能选给一列。")
    for group in _needed(kind, vocabulary):
        if not set(given) & group:
            names = "、".join(name for role, name in ROLE_NAMES.items() if role in group)
            raise CorrectionError(f"读成{KIND_NAMES[kind]}表，要有一列是：{names}。")
    return roles


def bodies(heads: Heads, roles: Roles) -> tuple[str, ...]:
    """Whose each column is, where columns of one role stand under or over heads that differ.

    >>> bodies((("区域目标", "东区"), ("区域目标", "西区")), (ColumnRole.TARGET, ColumnRole.TARGET))
    ('东区', '西区')
    """
    whose = [""] * len(heads)
    for role in dict.fromkeys(role for role in roles if role and role not in REPEATED):
        alike = [place for place, played in enumerate(roles) if played is role]
        depths = {len(heads[place]) for place in alike}
        if len(alike) < 2 or depths == {1} or len(depths) > 1:
            continue
        for place in alike:
            whose[place] = "".join(
                text
                for level, text in enumerate(heads[place])
                if len({heads[other][level] for other in alike}) > 1
            )
    return tuple(whose)


def _needed(kind: TableKind, vocabulary: Vocabulary) -> Sequence[frozenset[ColumnRole]]:
    """Groups of roles of each of which a table of this kind needs one."""
    if kind is TableKind.NUMBERS:
        return (frozenset({ColumnRole.NUMBER, ColumnRole.OTHER}),)
    return tuple(dict.fromkeys(vocabulary.forms.kinds[kind].require))
