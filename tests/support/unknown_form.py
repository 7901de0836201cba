"""A form of which no list has a word: what has to be taught once."""

from collections.abc import Sequence

from ingest.types.tables import ColumnRole

ROLES = (
    ColumnRole.NUMBER,
    ColumnRole.NAME,
    ColumnRole.ACTUAL,
    ColumnRole.TARGET,
    ColumnRole.REMARK,
)
"""What its columns mean: no order or word tells that the results come first."""
HEAD = ("号码", "事由", "甲栏", "乙栏", "附言")


def unknown_form(
    unit: str = "水务局", head: Sequence[object] = HEAD, river: int = 120
) -> list[Sequence[object]]:
    return [
        (f"临江区{unit}2023年度履职成效报告表",),
        (f"填报单位：临江区{unit}",),
        head,
        (1, "巡查河道长度", f"{river + 3}公里", f"{river}公里", ""),
        (2, "投诉办结比例", "97%", "95%", ""),
        (3, "培训网格员人数", "241人", "240人", ""),
    ]
