"""Whether a text can name an indicator (指标名称): values, states of work and heads name none."""

import re

from ingest.language.vocabulary import ReadText
from ingest.semantics.state_reader import shipped_state_reader
from ingest.types.blocks import Form
from ingest.types.tables import TableKind

_SENTENCE = re.compile(r"[。；;？?！!]\S")
_COMPARED = re.compile(r"[≥≤]|[＞＜><]=?(?:[\d零一二两三四五六七八九十百]|$)")
"""Of < and >, which may also be brackets, only one that a value follows, or that is cut off."""


def why_not(name: ReadText) -> str:
    """Why a text names no indicator, "" where it may name one."""
    if name.value is not None or not re.search("[一-龥A-Za-z]{2}", name.squeezed):
        return "是数值或页码，不是指标名称"
    if name.section or name.label or name.is_listed_head(TableKind.INDICATORS):
        return "是表头或表块，不是指标名称"
    if name.form is not Form.UNKNOWN:
        return "是表的标题，不是指标名称"
    if name.is_people_line or name.is_instruction or _SENTENCE.search(name.squeezed):
        return "是一段话，不是指标名称"
    if shipped_state_reader().is_state(name.squeezed):
        return "是完成情况，不是指标名称"
    return ""


def is_doubtful(name: ReadText) -> bool:
    """Whether a name seems to hold more than a name: a comparator, with what it compares."""
    return bool(_COMPARED.search(name.squeezed))
