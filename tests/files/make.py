"""Makes the files of this folder that no test makes itself. Run by hand; needs xlwt and chromium.

python tests/files/make.py
"""

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

    book = Workbook()
    sheet = book.active
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


if __name__ == "__main__":
    make_xls()
    make_calculated()
