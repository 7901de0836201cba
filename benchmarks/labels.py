"""How well the label reader reads families of forms that it has not seen (留一族).

    python -m benchmarks.labels [--folds 0] [--first 0] [--tasks …] [--misses 40]

Each family of data/labels is left out in turn, or in `--folds` groups of several; the reader is
trained on the others and asked for the heads, labels and block names of what was left out. Prints
the share whose likeliest role is right, of all texts and of those that stand in no other family,
and how often each probability is right (the calibration).
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest.config import DATA
from tools.train_labels import TASKS, Example, examples, seen, text_vectors, trained


def left_out(told: Sequence[Example], folds: int) -> list[set[str]]:
    """The families, in as many groups as wanted; 0 is each alone."""
    families = sorted({one.family for one in told})
    count = folds or len(families)
    return [set(families[start::count]) for start in range(count)]


def main() -> None:
    """Measures all three tasks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, default=DATA / "labels")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--misses", type=int, default=40)
    parser.add_argument("--first", type=int, default=0, help="so many groups only")
    parser.add_argument("--tasks", nargs="+", default=TASKS, choices=TASKS)
    given = parser.parse_args()
    told = examples(given.labels)
    vectors = text_vectors(told)
    result: dict[str, object] = {"families": len({one.family for one in told})}
    for task in given.tasks:
        own = [one for one in told if one.task == task]
        data = seen(own, vectors)
        right: list[tuple[bool, bool, float]] = []
        missed: Counter[tuple[str, str]] = Counter()
        samples: list[str] = []
        for group in left_out(own, given.folds)[: given.first or None]:
            kept = [at for at, one in enumerate(own) if one.family not in group]
            held = [at for at, one in enumerate(own) if one.family in group and one.decided]
            known = {own[at].label.text for at in kept if own[at].decided}
            layer = trained(data[kept], [own[at] for at in kept])
            for at, row in zip(held, layer.predict_proba(data[held]), strict=True):
                best = str(layer.classes_[np.argmax(row)])
                hit = best == own[at].role
                right.append((hit, own[at].label.text in known, float(row.max())))
                if not hit:
                    missed[own[at].role, best] += 1
                    samples.append(f"{own[at].label.text} {own[at].role}→{best} {row.max():.2f}")
        result[task] = {
            "texts": len(right),
            "top1": round(float(np.mean([hit for hit, _, _ in right])), 4),
            "new_texts": sum(not known for _, known, _ in right),
            "top1_of_new": round(float(np.mean([hit for hit, known, _ in right if not known])), 4),
            "calibration": calibration([(share, hit) for hit, _, share in right]),
        }
        print(task, missed.most_common(given.misses))
        print("\n".join(samples[:: max(1, len(samples) // (given.misses or 1))]))
    print(json.dumps(result, ensure_ascii=False))


def calibration(told: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """For each tenth of probability: the mean told, the share that is right, how many."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for share, hit in told:
        bins[min(int(share * 10), 9)].append((share, hit))
    return [
        (
            round(float(np.mean([p for p, _ in one])), 3),
            round(float(np.mean([hit for _, hit in one])), 3),
            len(one),
        )
        for one in bins
        if one
    ]


if __name__ == "__main__":
    main()
