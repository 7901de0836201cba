"""What waits for a person to confirm or correct it (待确认): read with too much doubt to count."""

from collections.abc import Iterator, Mapping, Sequence

from ingest.corrections.types import ROLE_NAMES
from ingest.language.confidence import Confidence
from ingest.language.normalise import one_line
from ingest.types.facts import Figure, Indicator, Oddity
from ingest.types.tables import How, Told

REASONS: Mapping[How, str] = {
    How.WORDS: "按表上的词认出",
    How.MEANING: "按近似的词推断",
    How.CONTENTS: "只按内容推断",
    How.ARITHMETIC: "按算术关系推断",
    How.TEMPLATE: "按表样认出",
    How.PERSON: "人工更正",
    How.HIDDEN: "在隐藏的工作表、行或列里",
}


def pending(
    figures: Sequence[Figure], indicators: Sequence[Indicator], confidence: Confidence
) -> tuple[Oddity, ...]:
    """Each unconfirmed figure with what it would be, and each such indicator that has none."""
    return tuple(_pending(figures, indicators, confidence))


def _pending(
    figures: Sequence[Figure], indicators: Sequence[Indicator], confidence: Confidence
) -> Iterator[Oddity]:
    waiting: set[str] = set()
    for figure in figures:
        if not confidence.is_confirmed(figure):
            waiting.add(figure.id)
            raw = one_line(figure.quantity.raw)
            unit = figure.quantity.unit if figure.quantity.unit not in raw else ""
            proposal = f"“{figure.subject}”的{ROLE_NAMES[figure.role]}：{raw}{unit}"
            yield Oddity(raw, _reason(figure), figure.location, proposal)
    for row in indicators:
        if not confidence.is_confirmed(row) and not waiting.intersection(row.figure_ids):
            yield Oddity(row.name, _reason(row), row.location, f"指标“{row.name}”")


def _reason(reading: Told) -> str:
    return f"{REASONS[reading.how]}，把握{reading.confidence:.0%}，请核对"
