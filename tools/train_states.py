"""Trains what tells states of work from names of indicators (状态识别), from data/labels.

    python -m tools.train_states [--labels data/labels] [--out data/models/state-reader]

Names are what stands in columns of names, states what stands in words in columns of values. Prints
how well files that were left out are read; nothing is drawn by chance.
"""

import argparse
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from ingest.config import DATA
from ingest.semantics.state_reader import BIAS, MAX_LENGTH, STATE_FROM, WEIGHTS, StateReader, runs
from tools.model_files import seal

NAMES = {"name"}
STATES = {
    *("actual", "actual_forecast", "target", "task_completion", "goal_completion"),
    *("grade", "likelihood"),
}
_WORDS = re.compile(rf"(?=.*[一-龥]{{2}})[^\d]{{2,{MAX_LENGTH}}}")
GROUPS = 8
"""Groups of files that are left out in turn."""

Example = tuple[str, bool, str]
"""A text, whether it is a state, and its file."""


def examples(folder: Path) -> list[Example]:
    """Every name and every state that the files of a folder hold, once a file."""
    told = [one for path in sorted(folder.glob("*.toml")) for one in _of_file(path)]
    return list(dict.fromkeys(told))


def _of_file(path: Path) -> Iterator[Example]:
    for table in tomllib.loads(path.read_text(encoding="utf-8")).get("tables", ()):
        for row in table["rows"]:
            for (_, role), cell in zip(table["heads"], row, strict=True):
                text = "".join(cell.split())
                if role in NAMES | STATES and _WORDS.fullmatch(text):
                    yield text, role in STATES, path.stem


def trained(told: Sequence[Example]) -> StateReader:
    """A reader trained on examples."""
    return StateReader(_weights(told))


def _weights(told: Sequence[Example]) -> dict[str, float]:
    known = {run: at for at, run in enumerate(dict.fromkeys(r for t, *_ in told for r in runs(t)))}
    cells = {(row, known[run]) for row, (text, *_) in enumerate(told) for run in runs(text)}
    rows, columns = zip(*sorted(cells), strict=True)
    data = csr_matrix((np.ones(len(rows)), (rows, columns)), (len(told), len(known)))
    layer = LogisticRegression(C=3.0, max_iter=500).fit(data, [state for _, state, _ in told])
    weights = {run: round(float(layer.coef_[0, at]), 3) for run, at in known.items()}
    kept = {run: weight for run, weight in sorted(weights.items()) if weight}
    return {BIAS: round(float(layer.intercept_[0]), 3)} | kept


def left_out(told: Sequence[Example]) -> list[tuple[bool, bool]]:
    """Of every example, whether it is a state and whether it is read as one by the other files."""
    files = sorted({file for *_, file in told})
    read: list[tuple[bool, bool]] = []
    for start in range(GROUPS):
        held = set(files[start::GROUPS])
        reader = trained([one for one in told if one[2] not in held])
        read += [(state, reader.is_state(text)) for text, state, file in told if file in held]
    return read


def main() -> None:
    """Trains on all files and writes the weights with their checksum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, default=DATA / "labels")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    told = examples(given.labels)
    given.out.mkdir(parents=True, exist_ok=True)
    weights = json.dumps(_weights(told), ensure_ascii=False, indent=0) + "\n"
    (given.out / "weights.json").write_text(weights, encoding="utf-8")
    seal(given.out, "weights.json")
    read = left_out(told)
    right = sum(state and found for state, found in read)
    print(
        f"from {STATE_FROM}: {right} of {sum(state for state, _ in read)} states found,"
        f" {sum(found and not state for state, found in read)} of"
        f" {sum(not state for state, _ in read)} names taken for one"
    )


if __name__ == "__main__":
    main()
