"""What a library holds, as lists."""

from dataclasses import replace

from assistant.helpdesk.catalogue import MAX_CATALOGUED, Held, catalogue
from assistant.types import Catalogue, State
from ingest.types.blocks import Form
from ingest.types.library import DocumentRecord


def record(file: str, year: int | None, form: Form = Form.TARGET) -> DocumentRecord:
    return DocumentRecord(file, file, file, form, "云溪县水务局", year, 0, 0, 0, 0)


HELD = Held(
    [record("a/甲.txt", 2020), record("乙.txt", 2022), record("丙.txt", 2022, Form.NOTICE)],
    {"云溪县水务局": (2020, 2022)},
    named=lambda name: name.removeprefix("云溪县"),
    canonical=lambda name: name,
)


def said(asked: Catalogue, held: Held = HELD) -> str:
    return "".join(one.text for one in catalogue(asked, held).statements)


def test_each_list_says_how_many_and_which() -> None:
    assert said(Catalogue.DEPARTMENTS) == "资料库中有1个部门的资料：水务局。"
    assert said(Catalogue.YEARS) == "资料库中有2个年度的资料：2020年、2022年。"
    assert said(Catalogue.DOCUMENTS) == "资料库中有3份文件：甲.txt、乙.txt、丙.txt。"
    assert said(Catalogue.NEWEST) == "年度最新的是2022年的2份文件：乙.txt、丙.txt。"
    assert said(Catalogue.FORMS) == "资料库中有2种文件：绩效目标表2份，通知1份。"


def test_a_long_list_is_cut_and_an_empty_library_says_so() -> None:
    many = replace(HELD, documents=[record(f"{n}号.txt", 2020) for n in range(60)])
    assert said(Catalogue.DOCUMENTS, many).endswith(f"{MAX_CATALOGUED - 1}号.txt等。")
    assert catalogue(Catalogue.YEARS, replace(HELD, documents=[])).state is State.REFUSED


def test_without_any_year_none_is_the_newest() -> None:
    assert catalogue(Catalogue.NEWEST, replace(HELD, documents=[record("丁", None)])).abstained
