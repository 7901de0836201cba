"""Makes the files of this folder that no test makes itself.

Run by hand, with xlwt, reportlab, chromium and LibreOffice at hand:

    python tests/files/make.py
"""

import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def make_xls() -> None:
    """summary.xls: an old spreadsheet with a merged title, a percent, a date and equal cells."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("汇总")
    sheet.write_merge(0, 0, 0, 3, "2023年度部门整体支出绩效自评情况汇总表")
    formats = ("#,##0.00", "0.00%", 'yyyy"年"m"月"d"日"')
    for column, (value, code) in enumerate(zip((6637.27, 0.9507, 45376), formats, strict=True)):
        sheet.write(2, column + 1, value, xlwt.easyxf(num_format_str=code))
    sheet.write(3, 1, "350万元")
    sheet.write(3, 2, "350万元")
    book.save(str(HERE / "summary.xls"))


def make_calculated() -> None:
    """calculated.xlsx: formulas that carry the results a spreadsheet program left in them."""
    from io import BytesIO
    from zipfile import ZIP_DEFLATED, ZipFile

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"], sheet["A2"] = 47.43, 114.88
    sheet["A3"], sheet["A4"] = "=SUM(A1:A2)", "=1022.93/1103.35"
    sheet["A4"].number_format = "0.00%"
    stream = BytesIO()
    book.save(stream)
    results = {b"SUM(A1:A2)</f><v": b"162.31", b"1022.93/1103.35</f><v": b"0.927112883"}
    with ZipFile(stream) as made, ZipFile(HERE / "calculated.xlsx", "w", ZIP_DEFLATED) as kept:
        for name in made.namelist():
            content = made.read(name).replace(b"<v />", b"<v></v>").replace(b"<v/>", b"<v></v>")
            for formula, result in results.items():
                content = content.replace(formula + b">", formula + b">" + result)
            kept.writestr(name, content)


STYLE = """
<meta charset="utf-8"><style>
@page { size: A4; margin: 2cm; @bottom-center { content: "- " counter(page) " -"; } }
body { font-family: "Noto Sans CJK SC"; font-size: 12pt; margin: 0; }
h1 { text-align: center; font-size: 18pt; }
p { text-indent: 2em; margin: 0.4em 0; text-align: left; }
table { border-collapse: collapse; width: 100%; }
td { border: 1px solid #000; padding: 4px; text-align: center; }
</style>
"""


def make_form() -> None:
    """form.pdf: a form whose merged cell is cut by a page break, in a font that maps common
    characters to radical code points, with a wrapped paragraph and three numbers in one cell."""
    rows = "".join(
        f"<tr>{'<td rowspan=26>产出指标</td>' if n == 0 else ''}"
        f"<td>走访长者第{n + 1}批</td><td>{1200 + n}人次</td><td>{1200 + n}人次</td></tr>"
        for n in range(26)
    )
    _print(
        "form.pdf",
        "<h1>青岭县民政局整体支出绩效自评表</h1>"
        "<p>根据工作要求，我单位认真开展自评，一支队伍，人大、青年、长者、车马费用门类齐全，"
        "全年预算数为1103.35万元，实际支出1022.93万元，预算完成率为92.71%，其中"
        "走访长者共计服务12345678.25人次。</p><p>资金情况见下表。</p>"
        "<table><tr><td>一级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td></tr>"
        f"{rows}<tr><td colspan=2>合计</td><td style='width: 36px'>158<br>226<br>163</td>"
        "<td>547人</td></tr></table><p>填报人：周岚</p>",
    )


def make_cut() -> None:
    """cut.pdf: a long cell that runs over a page break in the middle of its text."""
    goal = "走访长者达到16000人次以上。" * 40
    _print(
        "cut.pdf",
        "<div style='height: 560px'></div><table><tr><td style='width: 90px'>年度总体目标</td>"
        f"<td style='text-align: left; font-size: 16pt'>{goal}</td></tr>"
        "<tr><td>满意度</td><td>≥95%</td></tr></table>",
    )


def make_sideways() -> None:
    """sideways.pdf: a table printed lying on an upright page."""
    _print(
        "sideways.pdf",
        "<div style='transform: rotate(90deg); transform-origin: 0 0; position: absolute; "
        "left: 400px; width: 600px'><p>单位：万元</p><table><tr><td>年初预算数</td>"
        "<td>全年执行数</td></tr><tr><td>111.59</td><td>70.44</td></tr></table></div>",
    )


def _print(name: str, body: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(STYLE + body, encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]
        command += ["--no-pdf-header-footer", f"--print-to-pdf={HERE / name}", str(page)]
        subprocess.run(command, check=True, capture_output=True)


def make_locked() -> None:
    """locked.pdf: opens only with a password."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(HERE / "locked.pdf"), encrypt="secret")
    canvas.drawString(72, 720, "95.07%")
    canvas.save()


def make_old_word() -> None:
    """report.doc: a paragraph and a table with a merged cell, in the old format."""
    from docx import Document

    word = Document()
    word.add_paragraph("青岭县水利局2023年度部门整体支出绩效自评报告")
    table = word.add_table(rows=2, cols=3, style="Table Grid")
    texts = ("项目", "全年预算数", "执行率", "合计", "", "92.71%")
    for cell, text in zip((c for row in table.rows for c in row.cells), texts, strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(1, 1))
    word.add_paragraph("填报人：周岚")  # a table at the very end does not survive in .doc
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.docx"
        word.save(str(source))
        command = ["soffice", "--headless", "--convert-to", "doc", "--outdir", str(HERE)]
        subprocess.run([*command, str(source)], check=True, capture_output=True)


if __name__ == "__main__":
    make_old_word()
    make_xls()
    make_form()
    make_cut()
    make_sideways()
    make_locked()
    make_calculated()
