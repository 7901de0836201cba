"""Locked files are opened with the password that is given, and it is kept nowhere."""

from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from ingest.errors import LoadError
from ingest.loaders import load, unpack
from tests.support.builders import FILES, sheet
from tests.support.library import open_library

SECRET = "钥匙-secret"
PLAIN = sheet(["青禾市水务局2023年度自评表"], ["项目", "全年预算数（万元）"], ["公用经费", 86.4])


def locked(data: bytes = PLAIN, password: str = SECRET) -> bytes:
    stream = BytesIO()
    OOXMLFile(BytesIO(data)).encrypt(password, stream)
    return stream.getvalue()


def locked_zip() -> bytes:
    libarchive = pytest.importorskip("libarchive")
    parts: list[bytes] = []

    def keep(part: bytes) -> int:
        parts.append(bytes(part))
        return len(part)

    options = "zip:encryption=zipcrypt"
    with libarchive.custom_writer(keep, "zip", options=options, passphrase="abc") as made:
        made.add_file_from_memory("表.xlsx", len(PLAIN), PLAIN)
    return b"".join(parts)


def test_office_files_are_opened() -> None:
    with pytest.raises(LoadError, match=r"“表\.xlsx”：文件设有打开密码，请填写打开密码"):
        load("表.xlsx", locked())
    ((name, opened),) = unpack("表.xlsx", locked(), password=SECRET)
    assert name == "表.xlsx"
    assert load(name, opened).blocks == load(name, PLAIN).blocks
    for password in ("x", "secret" * 60):
        with pytest.raises(LoadError, match=r"“表\.xlsx”：打开密码不对，请核对密码"):
            unpack("表.xlsx", locked(), password=password)


def test_pdf_files_are_opened() -> None:
    data = (FILES / "locked.pdf").read_bytes()
    ((name, opened),) = unpack("锁.pdf", data, password="secret")
    assert load(name, opened).blocks
    with pytest.raises(LoadError, match=r"“锁\.pdf”：打开密码不对"):
        unpack("锁.pdf", data, password="x")


def test_archives_and_what_is_inside_them_are_opened() -> None:
    data = locked_zip()
    with pytest.raises(LoadError, match="压缩包设有密码，请填写打开密码"):
        unpack("包.zip", data)
    assert unpack("包.zip", data, password="abc") == (("包.zip/表.xlsx", PLAIN),)
    with pytest.raises(LoadError, match="压缩包的密码不对"):
        unpack("包.zip", data, password="abd")


def test_what_needs_no_password_is_read_all_the_same() -> None:
    for name, data in (
        ("表.xlsx", PLAIN),
        ("表.pdf", (FILES / "form.pdf").read_bytes()),
        ("旧.doc", (FILES / "report.doc").read_bytes()),
        ("坏.doc", (FILES / "report.doc").read_bytes()[:3000]),
        ("注.txt", b"12"),
    ):
        assert unpack(name, data, password=SECRET) == ((name, data),)


def test_the_library_keeps_the_opened_file_and_no_password(tmp_path: Path) -> None:
    path = tmp_path / "锁.xlsx"
    path.write_bytes(locked())
    with closing(open_library(tmp_path / "home")) as library:
        (refused,) = library.add([path])
        assert "请填写打开密码" in refused.error
        (report,) = library.add([path], password=SECRET)
        assert (report.error, report.file) == ("", "锁.xlsx")
        original = library.original(report.id)
        assert original is not None
        assert load("锁.xlsx", original).blocks == load("锁.xlsx", PLAIN).blocks
    kept = b"".join(p.read_bytes() for p in (tmp_path / "home").rglob("*") if p.is_file())
    assert SECRET.encode() not in kept
