"""How often what is read with a confidence is right (置信度的校准).

    python -m benchmarks.confidence FOLDER [--every 1] [--hide 0]

FOLDER holds `docs/` and what stands in them: `figures.jsonl`, or `gold/figures.jsonl`, an object a
line with `file`, `value`, `unit`, and `role` (a list) and `subject`, or `field` and `path`. Reads
every n-th file and prints for each how and tenth of confidence: how many figures, the mean told,
the share that is right. A figure is right where one of the same value, role and name is labelled;
one whose value is nowhere labelled is counted apart, for labels may be incomplete.
`--hide 33` makes so many of a hundred heads of tables unknown in each file, by chance.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ingest.errors import IngestError
from ingest.extraction.understand import understand
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import ReadText
from ingest.loaders import load
from ingest.types.facts import Figure, Quantity, Role
from ingest.types.tables import ColumnRole, How, TableKind

MIN_SHARED = 0.6
"""The share of a labelled name's characters that a right figure's name and section have."""
SCANS = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
Gold = Mapping[str, Any]


class Verdict(StrEnum):
    """What a figure is by the labels."""

    RIGHT = "right"
    WRONG = "wrong"
    UNLABELLED = "unlabelled"


def labelled(folder: Path) -> dict[str, list[Gold]]:
    """The labelled figures by the names of their files."""
    path = folder / "figures.jsonl"
    path = path if path.exists() else folder / "gold" / "figures.jsonl"
    by_file: dict[str, list[Gold]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        if gold.get("kind", "figure") == "figure" and gold.get("value") is not None:
            by_file[Path(gold["file"]).name].append(gold)
    return by_file


def verdict(figure: Figure, labels: Sequence[Gold]) -> Verdict:
    """Whether a figure is labelled, with this role and name."""
    same = [gold for gold in labels if _same_value(figure.quantity, gold)]
    if not same:
        return Verdict.UNLABELLED
    right = any(_same_role(figure.role, gold) and _same_name(figure, gold) for gold in same)
    return Verdict.RIGHT if right else Verdict.WRONG


def _same_value(quantity: Quantity, gold: Gold) -> bool:
    value = Decimal(str(gold["value"]).replace(",", ""))
    wanted = Quantity("", (value,), unit=gold.get("unit") or "").scaled[0]
    return quantity.scaled[0][:1] == wanted or value in quantity.values


def _same_role(role: Role, gold: Gold) -> bool:
    if "role" in gold:
        return not gold["role"] or role.value in gold["role"]
    field = str(gold["field"]).replace("score.full", "weight")
    return role.value in field or not any(other.value in field for other in Role)


def _same_name(figure: Figure, gold: Gold) -> bool:
    names = [gold["subject"]] if gold.get("subject") else (gold.get("path") or [""])[-1:]
    wanted, told = squeeze(names[0]), squeeze(figure.section + figure.subject)
    shared = sum((Counter(wanted) & Counter(told)).values())
    return not wanted or wanted in told or shared >= MIN_SHARED * len(wanted)


def read(path: Path, labels: Sequence[Gold]) -> Iterator[tuple[Figure, Verdict]]:
    """Every figure with a number in a file, judged by its labels."""
    try:
        understood = understand(load(path.name, path.read_bytes()))
    except IngestError as error:
        print(f"{path.name}：{error}")
        return
    for figure in understood.figures:
        if figure.quantity.values:
            yield figure, verdict(figure, labels)


Roles = tuple[tuple[ColumnRole, float], ...]
KNOWN = ReadText.roles


def hiding(share: int, file: str) -> Callable[[ReadText, TableKind], Roles]:
    """The roles of heads, none of so many of a hundred, which are others in each file."""

    def roles(text: ReadText, kind: TableKind) -> Roles:
        chance = int(sha256((file + text.head_key).encode()).hexdigest(), 16) % 100
        return () if chance < share else KNOWN(text, kind)

    return roles


def main() -> None:
    """Reads a labelled folder and prints the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--hide", type=int, default=0)
    given = parser.parse_args()
    labels = labelled(given.folder)
    found = {path.name: path for path in sorted((given.folder / "docs").rglob("*"))}
    paths = [p for name, p in found.items() if name in labels and p.suffix.lower() not in SCANS]
    curve: dict[tuple[How, int], list[tuple[Decimal, Verdict]]] = defaultdict(list)
    for path in paths[:: given.every]:
        with patch.object(ReadText, "roles", hiding(given.hide, path.name)):
            for figure, judged in read(path, labels[path.name]):
                tenth = min(int(figure.confidence * 10), 9)
                curve[figure.how, tenth].append((figure.confidence, judged))
    for (how, tenth), told in sorted(curve.items()):
        counts = Counter(judged for _, judged in told)
        decided = counts[Verdict.RIGHT] + counts[Verdict.WRONG]
        mean = sum(confidence for confidence, _ in told) / len(told)
        share = f"{counts[Verdict.RIGHT] / decided:.3f}" if decided else "–"
        row = f"{how.value:10} from {tenth / 10:.1f}: told {mean:.2f}, right {share} of {decided}"
        print(f"{row}, {counts[Verdict.UNLABELLED]} unlabelled")


if __name__ == "__main__":
    main()
