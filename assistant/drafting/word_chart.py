"""The amounts of a table as bars that Word draws and edits, with the workbook behind (图)."""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.chartspace import ChartContainer, ChartSpace, ExternalData
from openpyxl.chart.data_source import NumData, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.xml.functions import tostring

from assistant.drafting.types import DraftTable
from assistant.drafting.word_text import W
from assistant.grounding.verification import MARKER
from assistant.language.numbers import find_numbers

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph as WordParagraph

WIDTH, HEIGHT = 5_400_000, 2_500_000
"""In EMU: 15 by 7 cm."""
MAX_LABELLED = 3
"""Maximum number of rows whose bars show their values; of more these would overlap."""
_OFFICE = "application/vnd.openxmlformats-officedocument"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def amounts(table: DraftTable) -> tuple[list[str], list[list[float]], list[str], str] | None:
    """The columns of amounts in one unit, by row: names of columns, values, rows, unit.

    None where the table has no such columns.
    """
    units: dict[int, set[str]] = {}
    values: dict[int, list[float]] = {}
    for row in table.rows:
        for column, cell in enumerate(row[1:], 1):
            number = next(find_numbers(MARKER.sub("", cell)), None)
            units.setdefault(column, set()).add(number.unit if number else "")
            values.setdefault(column, []).append(float(number.value) if number else 0)
    money = [column for column, found in units.items() if len(found) == 1 and "元" in min(found)]
    if not money or len({min(units[column]) for column in money}) > 1:
        return None
    rows = [MARKER.sub("", row[0]) for row in table.rows]
    names = [table.columns[column] for column in money]
    return names, [values[column] for column in money], rows, min(units[money[0]])


def add_chart(word: "Word", paragraph: "WordParagraph", table: DraftTable, number: int) -> bool:
    """Draws the amounts of a table into a paragraph; False where it has none."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    shown = amounts(table)
    if shown is None:
        return False
    names, values, rows, unit = shown
    book, chart = _drawn(names, values, rows, unit)
    package = word.part.package
    sheet = Part(
        PackURI(f"/word/embeddings/chart{number}.xlsx"),
        f"{_OFFICE}.spreadsheetml.sheet",
        book,
        package,
    )
    part = Part(
        PackURI(f"/word/charts/chart{number}.xml"), f"{_OFFICE}.drawingml.chart+xml", b"", package
    )
    link = part.relate_to(sheet, f"{_RELATIONS}/package")
    chart.externalData = ExternalData(autoUpdate=False, id=link)
    drawn: str | bytes = tostring(chart.to_tree())  # bytes where openpyxl uses lxml
    part._blob = drawn.encode() if isinstance(drawn, str) else drawn
    relation = word.part.relate_to(part, f"{_RELATIONS}/chart")
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    run = paragraph.add_run()
    run._r.append(
        parse_xml(
            f'<w:drawing xmlns:w="{W}">'
            f'<wp:inline xmlns:wp="{drawing}/wordprocessingDrawing">'
            f'<wp:extent cx="{WIDTH}" cy="{HEIGHT}"/><wp:docPr id="{number}" name="图{number}"/>'
            f'<a:graphic xmlns:a="{drawing}/main"><a:graphicData uri="{_CHART}">'
            f'<c:chart xmlns:c="{_CHART}" xmlns:r="{_RELATIONS}" r:id="{relation}"/>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing>"
        )
    )
    return True


def _drawn(
    names: Sequence[str], values: Sequence[Sequence[float]], rows: Sequence[str], unit: str
) -> tuple[bytes, ChartSpace]:
    """The workbook with the values, and the chart over its cells with what it shows at first."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "数据"
    sheet.append([f"单位：{unit}", *names])
    for position, row in enumerate(rows):
        sheet.append([row, *(column[position] for column in values)])
    chart = BarChart()
    last = len(rows) + 1
    chart.add_data(
        Reference(sheet, min_col=2, max_col=len(names) + 1, min_row=1, max_row=last),
        titles_from_data=True,
    )
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    for series, name, column in zip(chart.series, names, values, strict=True):
        series.tx.strRef.strCache = StrData(ptCount=1, pt=[StrVal(0, name)])
        points = [NumVal(idx=i, v=str(value)) for i, value in enumerate(column)]
        series.val.numRef.numCache = NumData(ptCount=len(points), pt=points)
        texts = [StrVal(i, row) for i, row in enumerate(rows)]
        series.cat.numRef, series.cat.strRef = None, _texts(series.cat.numRef.f, texts)
    chart.dataLabels = DataLabelList(showVal=len(rows) <= MAX_LABELLED)
    chart.gapWidth, chart.y_axis.scaling.min = 60, 0
    for flag in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(chart.dataLabels, flag, False)
    chart.y_axis.title, chart.legend.position = unit, "b"
    chart.x_axis.delete = chart.y_axis.delete = False
    out = BytesIO()
    book.save(out)
    container = ChartContainer(plotArea=chart.plot_area, legend=chart.legend)
    chart.plot_area._charts = [chart]
    return out.getvalue(), ChartSpace(chart=container, roundedCorners=False)


def _texts(cells: str, texts: Sequence[StrVal]) -> StrRef:
    return StrRef(f=cells, strCache=StrData(ptCount=len(texts), pt=list(texts)))
