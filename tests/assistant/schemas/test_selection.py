"""The document that a list, a deletion or a correction is about: one, or one clear no."""

import pytest

from assistant.errors import UnknownDocument
from assistant.schemas.selection import chosen_document, selection
from ingest.types.blocks import Form
from ingest.types.library import DocumentRecord

ID = "a" * 64


def document(id: str = ID, file: str = "2022/自评表.txt", department: str = "") -> DocumentRecord:
    return DocumentRecord(id, file, "", Form.UNKNOWN, department, 2022, 0, 0, 0, 0)


@pytest.mark.parametrize("name", [ID, "aaaaaaaa", "2022/自评表.txt", "自评表.txt"])
def test_a_document_is_found_by_id_prefix_or_file(name: str) -> None:
    assert chosen_document([document(), document("b" * 64, "甲.txt")], name) == document()
    assert selection([document()], document=name).document_ids == (ID,)


@pytest.mark.parametrize("name", ["表.txt", "a", "", "b" * 64])
def test_what_is_not_there_is_told(name: str) -> None:
    with pytest.raises(UnknownDocument, match="jiwen documents"):
        chosen_document([document()], name)


def test_an_ambiguous_name_is_told_with_the_ids() -> None:
    one = document(ID, "2021/表.txt", "云浦市应急管理局")
    other = document("a" * 63 + "b", "2022/表.txt")
    for name in ("表.txt", "aaaaaaaa"):
        with pytest.raises(UnknownDocument) as told:
            chosen_document([one, other], name)
        assert str(told.value) == (
            f"资料库中有2个文件都符合“{name}”，请改用编号指明一个："
            "aaaaaaaaaaaa（云浦市应急管理局）、aaaaaaaaaaaa（部门不明）。"
        )
    many = [document(f"{n:064x}", "表.txt") for n in range(9)]
    with pytest.raises(UnknownDocument, match=r"有9个文件.*等。$"):
        chosen_document(many, "表.txt")
