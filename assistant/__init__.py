"""Answers out: plan, retrieve, compute, compose, cite and verify.

What a program needs that embeds JiWen (绩问) can be imported from here, and stays as it is within a
major version; all other modules may change.

>>> from contextlib import closing
>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from assistant import Assistant, Scope, Settings
>>> from ingest.config import DATA
>>> with (
...     TemporaryDirectory() as home,
...     closing(Assistant(Settings(home=Path(home)))) as assistant,
... ):
...     reports = list(assistant.add([DATA / "samples"]))
...     answer = assistant.ask("黄埔区团委2021年实际支出数是多少？")
...     figures = assistant.figures(Scope(years=(2021,)), name="年度预算数")
>>> [report.error for report in reports]
['', '']
>>> answer.text
'黄埔区团委2021年实际支出数为1022.93万元[1]。'
>>> [(citation.marker, citation.quote) for citation in answer.citations]
[(1, '实际支出数 | 1022.93')]
>>> [(figure.subject, figure.quantity.raw, figure.quantity.unit) for figure in figures]
[('整体支出年度预算数', '1103.35', '万元')]

`Assistant` does everything, as `Settings` say. `add` yields a `FileReport` a file, with its
`Outcome`; `documents` gives a `DocumentRecord` for each. Facts are asked for in a `Scope`: `Figure`
and `Indicator` have `Quantity`, `Role`, `Form` and `Location`, and an `IndicatorStatus` says which
`Status` follows. An `Answer` has a `Mode`, `Citation`, `Calculation` and `CheckedFigure` with its
`Verdict`. `audit` gives `Finding` by `Severity`, `totals` gives `DepartmentTotals`, `draft` makes a
`Draft` of a `Section`. What fails raises `AssistantError` or `IngestError`, of which
`SettingsError`, `UnknownDocument`, `DraftError`, `LoadError` and `StoreError` are the ones to tell
apart.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.assessment.department_totals import DepartmentTotals
    from assistant.config import Settings
    from assistant.drafting.types import Draft, Section
    from assistant.errors import AssistantError, DraftError, SettingsError, UnknownDocument
    from assistant.service import Assistant
    from assistant.types import (
        Answer,
        Calculation,
        CheckedFigure,
        Citation,
        Finding,
        IndicatorStatus,
        Mode,
        Severity,
        Status,
        Verdict,
    )
    from ingest.errors import IngestError, LoadError, StoreError
    from ingest.types.blocks import Form, Location
    from ingest.types.facts import Figure, Indicator, Quantity, Role
    from ingest.types.library import DocumentRecord, FileReport, Outcome, Scope

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "Calculation",
    "CheckedFigure",
    "Citation",
    "DepartmentTotals",
    "DocumentRecord",
    "Draft",
    "DraftError",
    "Figure",
    "FileReport",
    "Finding",
    "Form",
    "Indicator",
    "IndicatorStatus",
    "IngestError",
    "LoadError",
    "Location",
    "Mode",
    "Outcome",
    "Quantity",
    "Role",
    "Scope",
    "Section",
    "Settings",
    "SettingsError",
    "Severity",
    "Status",
    "StoreError",
    "UnknownDocument",
    "Verdict",
]

_NAMES = {
    "assistant.assessment.department_totals": "DepartmentTotals",
    "assistant.config": "Settings",
    "assistant.drafting.types": "Draft Section",
    "assistant.errors": "AssistantError DraftError SettingsError UnknownDocument",
    "assistant.service": "Assistant",
    "assistant.types": "Answer Calculation CheckedFigure Citation Finding IndicatorStatus Mode "
    "Severity Status Verdict",
    "ingest.errors": "IngestError LoadError StoreError",
    "ingest.types.blocks": "Form Location",
    "ingest.types.facts": "Figure Indicator Quantity Role",
    "ingest.types.library": "DocumentRecord FileReport Outcome Scope",
}
"""The modules of these names, which are imported with the first use of one of them: every module of
ours imports this package, and `jiwen` must start without all the others."""


if not TYPE_CHECKING:  # a type checker would take any name for granted

    def __getattr__(name: str) -> object:
        """A name of the list, from the module that defines it."""
        for module, names in _NAMES.items():
            if name in names.split():
                return getattr(import_module(module), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
