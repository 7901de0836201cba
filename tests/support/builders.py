"""Small documents, what is read in them, and where the files for tests lie."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

from ingest.config import DATA
from ingest.extraction.understand import understand
from ingest.loaders import load
from ingest.types.facts import Figure, Role, Understanding

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "files"
SAMPLES = DATA / "samples"

PAGE = """<html><meta charset="utf-8"><body><h1>{department}部门整体支出绩效自评表</h1>
<p>（{year}年度）</p>
<table border="1">
<tr><td>部门名称</td><td colspan="4">{department}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>{indicator}</td><td>≥{target}场</td>
<td>{actual}场</td></tr>
</table>
<p>全年开展{indicator}等工作，共{actual}场，群众反映良好。</p>
</body></html>"""


def read(file: str, data: bytes | str) -> Understanding:
    return understand(load(file, data.encode() if isinstance(data, str) else data))


def text(*lines: str) -> Understanding:
    return read("粘贴.txt", "\n".join(lines))


def said(understood: Understanding, name: str) -> dict[Role, str]:
    """What the figures of a subject print, by role."""
    return {f.role: f.quantity.raw for f in understood.figures if f.subject == name}


def html_table(body: str) -> Understanding:
    return read("表.html", f"<table>{body}</table>")


def read_rows(rows: Sequence[Sequence[object]]) -> Understanding:
    """The rows as a sheet of a workbook, understood."""
    return read("表.xlsx", sheet(*rows))


def values(understood: Understanding, role: Role) -> dict[str, str]:
    """Subject → the printed value with its unit, of the figures with a role."""

    def shown(figure: Figure) -> str:
        return f"{figure.quantity.values[0].normalize():f}{figure.quantity.unit}"

    return {f.subject: shown(f) for f in understood.figures if f.role is role and f.quantity.values}


def money(understood: Understanding) -> dict[tuple[str, Role], str]:
    """What the figures of budgets and spending print, by subject and role."""
    return {
        (f.subject, f.role): f.quantity.raw
        for f in understood.figures
        if f.role in (Role.BUDGET, Role.SPENT, Role.RATE, Role.ADJUSTMENT)
    }


def sheet(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append([*row])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def write_sheets(folder: Path, forms: Mapping[str, Sequence[Sequence[object]]]) -> None:
    """Each form as a workbook of its name in the folder."""
    for name, rows in forms.items():
        (folder / name).write_bytes(sheet(*rows))


def page(
    department: str = "青禾市水务局",
    *,
    year: int = 2022,
    indicator: str = "河道巡查",
    target: int = 40,
    actual: int = 57,
) -> bytes:
    return PAGE.format(
        department=department, year=year, indicator=indicator, target=target, actual=actual
    ).encode()


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
