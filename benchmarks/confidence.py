"""How often what is read with a confidence is right (置信度的校准), and what is certain and wrong.

    python -m benchmarks.confidence FOLDER... [--every 1] [--hide 0] [--wrong]

A FOLDER holds `docs/` and what stands in them: `figures.jsonl`, or `gold/figures.jsonl`, an object
a line with `file`, `value`, `unit`, and `role` (a list) and `subject`, or `field` and `path`; with
`kind` also `indicator` (`target`, `actual`, `weight`, `score`) and `absent` (what must not be
read). Reads every n-th file and prints for each how and tenth of confidence: how many figures and
indicators, the mean told, the share that is right; then, of what is confirmed, how much is wrong,
and with `--wrong` each of it. A figure is right where one of the same value, role and name is
labelled, an indicator where target and actual of that name are; wrong, where nothing else reads
that label right. What is nowhere labelled is counted apart, for labels may be incomplete.
`--hide 33` makes so many of a hundred heads of tables unknown in each file, by chance.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ingest.errors import IngestError
from ingest.extraction.understand import understand
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import ReadText, default_vocabulary
from ingest.loaders import load
from ingest.types.facts import Figure, Indicator, Quantity, Role
from ingest.types.tables import ColumnRole, How, TableKind

MIN_SHARED = 0.6
"""The share of a labelled name's characters that a right figure's name and section have."""
ROLES_OF_FIELDS = {
    "score.full": "weight",
    "budget.adjust_amount": "adjustment",
    "task.done_rate": "actual or rate",
}
"""Fields of labels whose names hold another role's than theirs."""
SCANS = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
Gold = Mapping[str, Any]
SIDES = (Role.TARGET, Role.ACTUAL, Role.WEIGHT, Role.SCORE)


class Verdict(StrEnum):
    """What a reading is by the labels."""

    RIGHT = "right"
    WRONG = "wrong"
    UNLABELLED = "unlabelled"


@dataclass(frozen=True)
class Judged:
    """A figure or an indicator with what it is by the labels."""

    reading: Figure | Indicator
    verdict: Verdict

    @property
    def shown(self) -> str:
        """The reading in a line."""
        one = self.reading
        if isinstance(one, Figure):
            return f"{one.role.value} {one.section} | {one.subject} | {one.quantity.raw}"
        sides = [side.raw if side else "–" for side in (one.target, one.actual)]
        return f"indicator {one.name} | {' | '.join(sides)}"


def labelled(folder: Path) -> dict[str, list[Gold]]:
    """What is labelled, by the names of the files; figures of indicators among the figures."""
    path = folder / "figures.jsonl"
    path = path if path.exists() else folder / "gold" / "figures.jsonl"
    by_file: dict[str, list[Gold]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        kind, here = gold.setdefault("kind", "figure"), by_file[Path(gold["file"]).name]
        if kind != "figure" or gold.get("value") is not None:
            here.append(gold)
        for side in SIDES if kind == "indicator" else ():
            value = gold.get(f"{side.value}_value", gold.get(side.value))
            if _number(value) is not None:
                here.append({"value": value, "role": [side.value], "subject": gold["subject"]})
    return by_file


def _number(value: object) -> Decimal | None:
    plain = str(value).replace(",", "")
    return Decimal(plain) if plain.replace(".", "", 1).removeprefix("-").isdigit() else None


def verdicts(figures: Sequence[Figure], labels: Sequence[Gold]) -> Iterator[Verdict]:
    """Whether each figure of a document is labelled, with its role and name. What has the value of
    labels that others read right is another number that happens to be the same."""
    named = [gold for gold in labels if gold.get("kind", "figure") == "figure"]
    same = [[g for g in named if _same_value(f.quantity, g["value"], g)] for f in figures]
    right = [
        [g for g in golds if _same_role(figure.role, g) and _same_name(figure, g)]
        for figure, golds in zip(figures, same, strict=True)
    ]
    read = {id(gold) for golds in right for gold in golds}
    absent = [gold for gold in labels if gold.get("kind") == "absent"]
    for figure, golds, mine in zip(figures, same, right, strict=True):
        missed = any(id(gold) not in read for gold in golds)
        if any(_must_not_be(figure, gold) for gold in absent) or (missed and not mine):
            yield Verdict.WRONG
        else:
            yield Verdict.RIGHT if mine else Verdict.UNLABELLED


def indicator_verdict(indicator: Indicator, labels: Sequence[Gold]) -> Verdict:
    """Whether an indicator is labelled, with this target and this actual value."""
    name = squeeze(indicator.name)
    same = [
        gold
        for gold in labels
        if gold.get("kind") == "indicator"
        and (squeeze(gold["subject"]).endswith(name) or squeeze(gold["subject"]) in name)
    ]
    if not same:
        return Verdict.UNLABELLED
    read = {"target": indicator.target, "actual": indicator.actual}
    right = any(all(_same_side(read[side], gold, side) for side in read) for gold in same)
    return Verdict.RIGHT if right else Verdict.WRONG


def _same_side(read: Quantity | None, gold: Gold, side: str) -> bool:
    printed, value = gold.get(side), gold.get(f"{side}_value")
    if printed is None or read is None:
        return printed is None and read is None
    if value is not None:
        return _same_value(read, value, {"unit": read.unit if "万" not in printed else "万"})
    return any(squeeze(one) == squeeze(read.raw) for one in str(printed).split("|"))


def _must_not_be(figure: Figure, gold: Gold) -> bool:
    quantity = figure.quantity
    told = {
        "subject_has": gold.get("subject_has", "") in figure.subject,
        "raw": squeeze(quantity.raw) == squeeze(gold.get("raw", "")),
        "value": _number(gold.get("value")) in quantity.values,
        "role": figure.role.value == gold.get("role"),
        "department": figure.department == gold.get("department"),
    }
    return all(same for key, same in told.items() if key in gold)


def _same_value(quantity: Quantity, printed: object, gold: Gold) -> bool:
    value = _number(printed)
    if value is None or not quantity.values:
        return False
    wanted = Quantity("", (value,), unit=gold.get("unit") or "").scaled[0]
    in_tens = str(gold.get("unit") or "").startswith("万") and value * 10000 in quantity.values
    return quantity.scaled[0][:1] == wanted or value in quantity.values or in_tens


def _same_role(role: Role, gold: Gold) -> bool:
    if "role" in gold:
        wanted = gold["role"]
        planned = role is Role.PERIOD_TARGET and Role.TARGET.value in wanted
        return not wanted or planned or role.value in wanted
    field = str(gold["field"])
    field = ROLES_OF_FIELDS.get(field, field)
    return role.value in field or not any(other.value in field for other in Role)


def _same_name(figure: Figure, gold: Gold) -> bool:
    names = [gold["subject"]] if gold.get("subject") else (gold.get("path") or [""])[-1:]
    wanted, told = squeeze(names[0]), squeeze(figure.section + figure.subject)
    if gold.get("keys"):
        return all(any(squeeze(k) in told for k in key.split("|")) for key in gold["keys"])
    shared = sum((Counter(wanted) & Counter(told)).values())
    return not wanted or wanted in told or shared >= MIN_SHARED * len(wanted)


def read(path: Path, labels: Sequence[Gold]) -> Iterator[Judged]:
    """Every figure with a number and every indicator of a file, judged by its labels."""
    try:
        understood = understand(load(path.name, path.read_bytes()))
    except IngestError as error:
        print(f"{path.name}：{error}")
        return
    figures = [figure for figure in understood.figures if figure.quantity.values]
    for figure, judged in zip(figures, verdicts(figures, labels), strict=True):
        yield Judged(figure, judged)
    for indicator in understood.indicators:
        yield Judged(indicator, indicator_verdict(indicator, labels))


Roles = tuple[tuple[ColumnRole, float], ...]
KNOWN = ReadText.roles


def hiding(share: int, file: str) -> Callable[[ReadText, TableKind], Roles]:
    """The roles of heads, none of so many of a hundred, which are others in each file."""

    def roles(text: ReadText, kind: TableKind) -> Roles:
        chance = int(sha256((file + text.head_key).encode()).hexdigest(), 16) % 100
        return () if chance < share else KNOWN(text, kind)

    return roles


def of_folder(folder: Path, *, every: int, hide: int) -> Iterator[tuple[str, Judged]]:
    """What is read of a labelled folder, each with the name of its file."""
    labels = labelled(folder)
    found = {path.name: path for path in sorted((folder / "docs").rglob("*"))}
    paths = [p for name, p in found.items() if name in labels and p.suffix.lower() not in SCANS]
    for path in paths[::every]:
        with patch.object(ReadText, "roles", hiding(hide, path.name)):
            for judged in read(path, labels[path.name]):
                yield path.name, judged


def main() -> None:
    """Reads labelled folders; prints the curve, and what is confirmed and wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--hide", type=int, default=0)
    parser.add_argument("--wrong", action="store_true")
    given = parser.parse_args()
    curve: dict[tuple[How, int], list[Judged]] = defaultdict(list)
    certain: dict[tuple[str, str], Counter[Verdict]] = defaultdict(Counter)
    for folder in given.folders:
        for file, judged in of_folder(folder, every=given.every, hide=given.hide):
            one = judged.reading
            curve[one.how, min(int(one.confidence * 10), 9)].append(judged)
            if not default_vocabulary().confidence.is_confirmed(one):
                continue
            certain[folder.name, type(one).__name__][judged.verdict] += 1
            if given.wrong and judged.verdict is Verdict.WRONG:
                print(f"{file}: {judged.shown} ({one.how.value})")
    for (how, tenth), told in sorted(curve.items()):
        counts = Counter(one.verdict for one in told)
        mean = sum(one.reading.confidence for one in told) / len(told)
        print(f"{how.value:10} from {tenth / 10:.1f}: told {mean:.2f}, {_shares(counts)}")
    for (name, what), counts in certain.items():
        print(f"confirmed in {name}, {what}: {_shares(counts)}")


def _shares(counts: Mapping[Verdict, int]) -> str:
    right, wrong = counts[Verdict.RIGHT], counts[Verdict.WRONG]
    share = f"{right / (right + wrong):.3f}" if right + wrong else "–"
    return (
        f"right {share}, wrong {wrong} of {right + wrong}, {counts[Verdict.UNLABELLED]} unlabelled"
    )


if __name__ == "__main__":
    main()
