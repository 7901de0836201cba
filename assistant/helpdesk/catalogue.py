"""What a library holds (资料库目录): its departments, years, documents, the newest, the forms."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from assistant.grounding.calculations import count
from assistant.grounding.citations import Statement
from assistant.grounding.composition import Composition, refuse
from assistant.types import Catalogue
from ingest.types.blocks import Form
from ingest.types.library import DocumentRecord

MAX_CATALOGUED = 40
"""Maximum number of departments, years or files that a catalogue lists."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a catalogue is made of; `named` words a department."""

    documents: Sequence[DocumentRecord]
    covered: Mapping[str, Sequence[int]]
    named: Callable[[str], str]
    canonical: Callable[[str], str]


def catalogue(asked: Catalogue, held: Held, departments: Collection[str] = ()) -> Composition:
    """The list that is asked for, of some departments if any are named."""
    if not held.documents:
        return refuse("资料库中还没有文件，请先入库。")
    covered = {n: years for n, years in held.covered.items() if not departments or n in departments}
    documents = [
        record
        for record in held.documents
        if not departments or held.canonical(record.department) in covered
    ]
    match asked:
        case Catalogue.DEPARTMENTS:
            return _listed("个部门", "的资料", [held.named(name) for name in covered])
        case Catalogue.YEARS:
            years = sorted({year for years in covered.values() for year in years})
            return _listed("个年度", "的资料", [f"{year}年" for year in years])
        case Catalogue.DOCUMENTS:
            return _listed("份文件", "", _names(documents))
        case Catalogue.FORMS:
            return _by_form(documents)
        case Catalogue.NEWEST:
            latest = max((record.year for record in documents if record.year), default=None)
            if latest is None:
                return refuse("资料库里的文件没有认出年度，说不出哪份最新。")
            newest = _names([record for record in documents if record.year == latest])
            return _listed("份文件", "", newest, lead=f"年度最新的是{latest}年的")
        case _:
            assert_never(asked)


def _by_form(documents: Sequence[DocumentRecord]) -> Composition:
    """资料库中有2种文件：绩效目标表1份，绩效自评报告3份。"""
    forms: dict[Form, list[str]] = {}
    for record in documents:
        forms.setdefault(record.form, []).append(record.file)
    ordered = sorted(forms.items(), key=lambda one: -len(one[1]))
    shown = "，".join(f"{form}{len(files)}份" for form, files in ordered)
    counts = tuple(count(str(form), files, unit="份") for form, files in ordered)
    kinds = count("资料库中的文件种类", [str(form) for form in forms], unit="种")
    return Composition((Statement(f"资料库中有{len(forms)}种文件：{shown}。"),), (kinds, *counts))


def _names(documents: Sequence[DocumentRecord]) -> list[str]:
    return [record.file.rpartition("/")[2] for record in documents]


def _listed(unit: str, what: str, things: Sequence[str], lead: str = "资料库中有") -> Composition:
    """资料库中有3个部门的资料：…。"""
    calculation = count(f"资料库中的{unit[1:]}", things, unit=unit)
    shown = "、".join(things[:MAX_CATALOGUED]) + ("等" if len(things) > MAX_CATALOGUED else "")
    return Composition((Statement(f"{lead}{len(things)}{unit}{what}：{shown}。"),), (calculation,))
