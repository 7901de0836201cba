"""Twelve short documents of prose: what their figures are, whose, and of which year.

The set was written before any of it was read. It is no list of what must be right one by one, but
of how much: the shares below are what is reached.
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.extraction.understand import understand
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import default_vocabulary
from ingest.loaders import load
from ingest.types.facts import Figure, Understanding

SET = tomllib.loads((Path(__file__).parent / "prose.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def documents() -> list[tuple[dict[str, Any], Understanding]]:
    return [(d, understand(load(d["name"], d["text"].encode()))) for d in SET["documents"]]


def digits(text: str) -> str:
    return text.replace(",", "").strip("约≥")


def about(figure: Figure, keys: Sequence[str]) -> bool:
    said = squeeze(f"{figure.subject} {figure.section}")
    return all(any(word in said for word in key.split("|")) for key in keys)


def test_roles_subjects_and_years(documents: list[tuple[dict[str, Any], Understanding]]) -> None:
    right: Counter[str] = Counter()
    for document, understood in documents:
        for raw, roles, keys, year in document["figures"]:
            found = [f for f in understood.figures if digits(raw) in digits(f.quantity.raw)]
            named = [f for f in found if f.role.value in roles and about(f, keys)]
            right["all"] += 1
            right["value"] += bool(found)
            right["role"] += any(f.role.value in roles for f in found)
            right["role and subject"] += bool(named)
            right["year, too"] += any(f.year == year for f in named)
    assert right["value"] >= 0.97 * right["all"]
    assert right["role"] >= 0.88 * right["all"]
    assert right["role and subject"] >= 0.83 * right["all"]
    assert right["year, too"] >= 0.78 * right["all"]


def test_plans_are_no_results_and_rules_no_figures(
    documents: list[tuple[dict[str, Any], Understanding]],
) -> None:
    confidence = default_vocabulary().confidence
    told = [
        (raw, role)
        for document, understood in documents
        for raw, role in document.get("absent", ())
        for f in understood.figures
        if digits(raw) in digits(f.quantity.raw)
        and f.role.value == role
        and confidence.is_confirmed(f)
    ]
    assert len(told) <= 2, told


def test_rules_are_understood_though_they_are_figures_of_nobody() -> None:
    (rules,) = (d for d in SET["documents"] if "暂行办法" in d["name"])
    understood = understand(load(rules["name"], rules["text"].encode()))
    assert not any("30日" in odd.text for odd in understood.oddities)
