"""How well questions are read that no line of data/questions taught (留一组).

    python -m benchmarks.operations [--aside FILE] [--misses 40]

Each family of data/questions is left out in turn; the reader is trained on the others and asked for
its questions. `--aside` is a file of the same form that is only asked. Prints, for each head, the
share whose likeliest kind is right, for each operation how many are found and how many that were
told are right, and of the threshold below which nothing is called small talk, how many questions
about documents would be.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from assistant.questions.operations import HEADS, Operation
from ingest.semantics.label_features import TextVectors
from tools.train_operations import (
    QUESTIONS,
    Example,
    examples,
    of_file,
    seen,
    text_vectors,
    trained,
)

OUTSIDE = (Operation.HELP, Operation.OTHER)
THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
ASIDE = Path(__file__).with_name("questions_aside.toml")

Told = tuple[Example, dict[str, float]]
"""A question and the probabilities that a head gives it."""


def left_out(
    told: Sequence[Example], aside: Sequence[Example], task: str, vectors: TextVectors
) -> Iterator[tuple[str, list[Told]]]:
    """For each family, and for what is set aside, its questions as a head reads them."""
    own = [one for one in told if task in one.wants]
    apart = [one for one in aside if task in one.wants]
    for family in sorted({one.family for one in own}):
        held = [one for one in own if one.family == family]
        texts = {one.text for one in held}
        kept = [one for one in own if one.text not in texts]
        yield family, asked(held, kept, task, vectors)
    yield "set aside", asked(apart, own, task, vectors)


def asked(
    held: Sequence[Example], kept: Sequence[Example], task: str, vectors: TextVectors
) -> list[Told]:
    """What was held back, read by a head that the others taught."""
    layer = trained(seen(kept, vectors), [one.wants[task] for one in kept], task)
    names = list(map(str, layer.classes_))
    shares = layer.predict_proba(seen(held, vectors))
    return [
        (one, dict(zip(names, map(float, row), strict=True)))
        for one, row in zip(held, shares, strict=True)
    ]


def likeliest(shares: dict[str, float]) -> str:
    """The likeliest kind."""
    return max(shares, key=lambda kind: shares[kind])


def by_kind(read: Sequence[Told], task: str) -> dict[str, tuple[int, float, float]]:
    """For each kind: how many there are, the share found, the share of those told it that are."""
    wanted = Counter(one.wants[task] for one, _ in read)
    told = Counter(likeliest(shares) for _, shares in read)
    right = Counter(one.wants[task] for one, s in read if likeliest(s) == one.wants[task])
    return {
        kind: (count, round(right[kind] / count, 3), round(right[kind] / max(told[kind], 1), 3))
        for kind, count in wanted.most_common()
    }


def outside(read: Sequence[Told]) -> list[tuple[float, float, float]]:
    """For each threshold: the share of what is outside that is found, and of the rest taken for
    it."""
    shares = np.array([sum(s.get(kind, 0.0) for kind in OUTSIDE) for _, s in read])
    is_outside = np.array([one.wants["operation"] in OUTSIDE for one, _ in read])
    return [
        (
            threshold,
            round(float((shares[is_outside] >= threshold).mean()), 4),
            round(float((shares[~is_outside] >= threshold).mean()), 4),
        )
        for threshold in THRESHOLDS
    ]


def main() -> None:
    """Measures all heads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--aside", type=Path, default=ASIDE)
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--tasks", nargs="+", default=list(HEADS), choices=list(HEADS))
    given = parser.parse_args()
    told, aside = examples(given.questions), list(of_file(given.aside))
    vectors = text_vectors([*told, *aside])
    for task in given.tasks:
        every: list[Told] = []
        for family, read in left_out(told, aside, task, vectors):
            missed = [(one, s) for one, s in read if likeliest(s) != one.wants[task]]
            print(f"{task} {family}: {1 - len(missed) / len(read):.3f} of {len(read)}")
            every += read
            for one, shares in missed[: given.misses]:
                best = likeliest(shares)
                print(f"  {one.text} {one.wants[task]}→{best} {shares[best]:.2f}")
        print(json.dumps(by_kind(every, task), ensure_ascii=False))
        if task == "operation":
            print("outside (threshold, found, taken for it):", outside(every))


if __name__ == "__main__":
    main()
