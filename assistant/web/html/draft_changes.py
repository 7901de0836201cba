"""What changed between two versions of a draft (版本比较) as HTML: what went and came, marked.

Every text of a draft is escaped here.
"""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from assistant.drafting.comparison import Change, Piece, compared
from assistant.drafting.types import SavedDraft


def changes(old: SavedDraft, new: SavedDraft) -> str:
    """Both versions as one text; what they say alike is folded to a line."""
    told = compared(old.draft, new.draft)
    return (
        f'<section class="draft-changes"><header><h3>第{old.version}版 → 第{new.version}版</h3>'
        f'<p role="status">{_counts(told)}</p>'
        '<button type="button" data-close-comparison>关闭比较</button></header>'
        f'<ol tabindex="0" aria-label="改动">{"".join(_lines(told))}</ol></section>'
    )


def _counts(told: Sequence[Change]) -> str:
    added = sum(change.old_number is None for change in told)
    gone = sum(change.new_number is None for change in told)
    changed = sum(not change.same for change in told) - added - gone
    counts = ((changed, "改动"), (added, "增加"), (gone, "删去"))
    return "，".join(f"{word}{count}处" for count, word in counts if count) or "两版文字相同"


def _lines(told: Iterable[Change]) -> Iterable[str]:
    for same, group in groupby(told, key=lambda change: change.same):
        if same:
            numbers = [change.new_number for change in group if change.new_number]
            ends = dict.fromkeys((numbers[0], numbers[-1]))
            yield f'<li class="same">第{"至".join(map(str, ends))}段没有改动</li>'
        else:
            yield from map(_line, group)


def _line(change: Change) -> str:
    number = change.new_number or change.old_number
    kind = "删去" if change.new_number is None else "增加" if change.old_number is None else "改动"
    words = "".join(map(_piece, change.pieces))
    return f"<li><b>第{number}段 {kind}</b><p>{words}</p></li>"


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    if piece.old and piece.new:
        return text
    return f"<del>{text}</del>" if piece.old else f"<ins>{text}</ins>"
