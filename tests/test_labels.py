"""The data that teaches the label reader: what it must be, and that its weights are made of it."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from ingest.config import DATA
from ingest.semantics.label_features import HASHED, TextVectors
from ingest.semantics.label_reader import WEIGHTS
from ingest.vectors.embedder import EMBEDDED
from ingest.vectors.token_vectors import TokenVectors
from tools.train_labels import TASKS, examples, seen, trained

FAMILIES = sorted((DATA / "labels").glob("*.toml"))
KINDS = {
    *("indicators", "tasks", "funds", "goals", "allocation"),
    *("monitoring", "score_sheet", "list"),
}


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
def test_every_table_of_a_family_has_its_heads_and_rows(path: Path) -> None:
    family = tomllib.loads(path.read_text(encoding="utf-8"))
    assert family["tables"]
    for table in family["tables"]:
        assert table["kind"] in KINDS
        assert table["form"]
        assert sum(bool(head.strip()) for head, _ in table["heads"]) >= 2
        assert table["rows"]
        assert {len(row) for row in table["rows"]} == {len(table["heads"])}
    assert all(label.strip() for label, _, _ in family["facts"])
    assert all(name.strip() for name, _ in family["sections"])


def test_roles_are_those_of_several_families() -> None:
    told = examples(DATA / "labels")
    for task in TASKS:
        families: dict[str, set[str]] = {}
        for one in told:
            if one.task == task:
                families.setdefault(one.role, set()).add(one.family)
        alone = {role for role, who in families.items() if len(who) < 3}
        assert not alone, task


def test_what_is_shipped_is_what_the_data_make() -> None:
    told = [one for one in examples(DATA / "labels") if one.task == "section"]
    with np.load(WEIGHTS / "weights.npz") as shipped:
        vectors = TextVectors(TokenVectors(EMBEDDED), shipped["mean"], most=len(told))
        runs = shipped["section.runs"].astype(np.float32)
    layer = trained(seen(told, vectors), told)
    made = layer.coef_[:, -HASHED:]
    assert np.corrcoef(runs.ravel(), made.ravel())[0, 1] > 0.99
