"""An answer as Markdown: its text, its tables and the passages it quotes (回答的文字形式)."""

from collections.abc import Iterator, Sequence

from assistant.types import Answer, AnswerBlock, BlockKind


def markdown(answer: Answer) -> str:
    """The text, and below it what else the answer shows."""
    return "\n\n".join([answer.text, *map(_block, answer.blocks)])


def readable(answer: Answer) -> str:
    """The text with the passages that it announces, for whoever reads the text and no blocks."""
    quotes = (one for one in answer.blocks if one.kind is BlockKind.QUOTE)
    return "\n\n".join([answer.text, *(_lines(one, one.text) for one in quotes)])


def _block(block: AnswerBlock) -> str:
    match block.kind:
        case BlockKind.TEXT:
            return block.text
        case BlockKind.QUOTE:
            return _quote(block)
        case BlockKind.TABLE | BlockKind.CHART:
            return "\n".join(_table(block))


def _quote(block: AnswerBlock) -> str:
    """The passage behind the sign of a quotation, the words that answer in bold."""
    start, end = block.span or (0, 0)
    words = block.text[start:end]
    text = f"{block.text[:start]}**{words}**{block.text[end:]}" if words.strip() else block.text
    return _lines(block, text)


def _lines(block: AnswerBlock, text: str) -> str:
    marker = f"[{block.marker}]" if block.marker else ""
    return "\n".join(f"> {line}" for line in f"{text}{marker}".splitlines())


def _table(block: AnswerBlock) -> Iterator[str]:
    yield _row(block.columns)
    yield _row(["---"] * len(block.columns))
    yield from map(_row, block.rows)


def _row(cells: Sequence[str]) -> str:
    """A row; a bar or a line break in a cell would end it.

    >>> _row(["甲｜乙", "a|b"])
    '| 甲｜乙 | a\\\\|b |'
    """
    plain = (" ".join(cell.split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(plain)} |"
