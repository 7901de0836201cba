"""Zip archives: every file inside under its own name, Chinese names as they were typed."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from ingest.config import Limits
from ingest.errors import LoadError
from ingest.loaders import load, unpack

PAGE = "<html><p>执行率95.07%</p></html>".encode()


def packed(*files: tuple[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as package:
        for name, data in files:
            package.writestr(name, data)
    return stream.getvalue()


def test_files_come_out_with_the_path_they_were_packed_under() -> None:
    data = packed(("2023/水利局.html", PAGE), ("说明.txt", b"1"))
    assert [name for name, _ in unpack("报送.zip", data)] == [
        "报送.zip/2023/水利局.html",
        "报送.zip/说明.txt",
    ]
    assert load(*unpack("报送.zip", data)[0]).blocks[0].location.line_start == 1


def test_names_packed_in_gbk_are_read() -> None:
    typed = "自评表.html".encode("gbk")
    data = packed(("x" * len(typed), PAGE)).replace(b"x" * len(typed), typed)
    assert [name for name, _ in unpack("报送.zip", data)] == ["报送.zip/自评表.html"]


def test_archives_inside_are_opened_and_litter_is_left_out() -> None:
    inner = packed(("a.html", PAGE), ("__MACOSX/._a.html", b"x"), ("~$a.docx", b"x"))
    data = packed(("局.zip", inner), (".DS_Store", b"x"))
    assert unpack("报送.zip", data) == (("报送.zip/局.zip/a.html", PAGE),)


def test_what_is_no_archive_comes_back_as_it_was() -> None:
    assert unpack("a.html", PAGE) == (("a.html", PAGE),)
    assert unpack("空.pdf", b"") == (("空.pdf", b""),)


def test_a_damaged_archive_is_refused_by_name() -> None:
    data = packed(("a.html", PAGE * 50))
    damaged = data.replace(b"95.07", b"00.00", 1)
    for broken in (data[:80], damaged):
        with pytest.raises(LoadError, match=r"“报送\.zip”：.*损坏"):
            unpack("报送.zip", broken)


def test_a_locked_archive_is_refused() -> None:
    data = bytearray(packed(("a.html", PAGE)))
    for header in (b"PK\x03\x04", b"PK\x01\x02"):
        data[data.index(header) + (6 if header == b"PK\x03\x04" else 8)] |= 1
    with pytest.raises(LoadError, match="压缩包设有密码"):
        unpack("报送.zip", bytes(data))


def test_too_many_too_large_or_too_deep_archives_are_refused() -> None:
    many = packed(*((f"{n}.txt", b"1") for n in range(3)))
    with pytest.raises(LoadError, match="文件超过 2 个"):
        unpack("报送.zip", many, limits=Limits(archive_files=2))
    with pytest.raises(LoadError, match="解压后超过 0 MB"):
        unpack("报送.zip", many, limits=Limits(unpacked_bytes=2))
    deep = packed(("a.txt", b"1"))
    for _ in range(9):
        deep = packed(("下.zip", deep))
    with pytest.raises(LoadError, match="嵌套过深"):
        unpack("报送.zip", deep)


def test_an_archive_is_unpacked_before_it_is_loaded() -> None:
    with pytest.raises(LoadError, match=r"“报送\.zip”：内容是压缩包，请解压后上传。"):
        load("报送.zip", packed(("a.html", PAGE)))
