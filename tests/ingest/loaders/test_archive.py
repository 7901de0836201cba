"""Archives and e-mails: every file inside under its own name, Chinese names as they were typed."""

import gzip
import struct
import sys
import tarfile
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from zipfile import ZipFile
from zlib import crc32

import pytest

from ingest.config import Limits
from ingest.errors import LoadError
from ingest.loaders import load, may_be_archive, unpack
from ingest.types.blocks import TextBlock
from tests.support.compound_file import compound_file

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
    with pytest.raises(
        LoadError, match=r"“报送\.zip”：内容是压缩包或邮件，请取出其中的文件后上传。"
    ):
        load("报送.zip", packed(("a.html", PAGE)))


def tarred(*files: tuple[str, bytes], mode: str = "w:gz") -> bytes:
    stream = BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, BytesIO(data))
        link = tarfile.TarInfo("链接.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return stream.getvalue()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives(mode: str) -> None:
    data = tarred(("乡镇/自评表.html", PAGE), ("局.zip", packed(("a.html", PAGE))), mode=mode)
    assert unpack("报送.tgz", data) == (
        ("报送.tgz/乡镇/自评表.html", PAGE),
        ("报送.tgz/局.zip/a.html", PAGE),
    )
    with pytest.raises(LoadError, match="解压后超过"):
        unpack("报送.tgz", data, limits=Limits(unpacked_bytes=20))
    with pytest.raises(LoadError, match="损坏"):
        unpack("报送.tgz", data[: len(data) // 2])


def test_one_packed_file() -> None:
    assert unpack("自评表.html.gz", gzip.compress(PAGE)) == (("自评表.html.gz/自评表.html", PAGE),)


def mail(*attachments: tuple[str, bytes], html: bool = False) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "cw@sl.example", "jx@cz.example"
    message["Subject"] = "报送2023年度自评材料"
    message["Date"] = "Mon, 04 Mar 2024 09:00:00 +0800"
    text = "全年预算数为77.60万元，详见附件。"
    if html:
        page = f"<html><meta charset='gb2312'><p>{text}</p></html>"
        message.set_content(page, subtype="html", charset="gb18030")
    else:
        message.set_content(text, charset="gb18030", cte="base64")
    for name, data in attachments:
        message.add_attachment(data, "application", "octet-stream", filename=name)
    return message.as_bytes()


@pytest.mark.parametrize("html", [False, True])
def test_a_mail_is_its_text_and_its_attachments(html: bool) -> None:
    data = mail(("自评表.html", PAGE), ("材料.zip", packed(("b.html", PAGE))), html=html)
    body, *others = unpack("报送.eml", data)
    assert others == [("报送.eml/自评表.html", PAGE), ("报送.eml/材料.zip/b.html", PAGE)]
    assert body[0] == f"报送.eml/正文.{'html' if html else 'txt'}"
    text = "".join(block.text for block in load(*body).blocks if isinstance(block, TextBlock))
    assert "全年预算数为77.60万元" in text


def test_a_forwarded_mail_and_one_cut_short() -> None:
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "a@sl.example", "b@cz.example", "转发"
    outer.set_content("请阅。")
    outer.add_attachment(message_from_bytes(mail(("表.html", PAGE)), policy=policy.default))
    names = [name for name, _ in unpack("转发.eml", outer.as_bytes())]
    assert names == ["转发.eml/正文.txt", "转发.eml/附件1/正文.txt", "转发.eml/附件1/表.html"]
    whole = mail(("表.html", PAGE * 50))
    for end in range(len(whole) // 2, len(whole) - 60, 97):
        with pytest.raises(LoadError, match="不完整"):
            unpack("断.eml", whole[:end])


def test_a_mail_of_headers_without_end_is_refused_at_once() -> None:
    many = b"".join(b"X-%d: y\r\n" % number for number in range(300_000))
    with pytest.raises(LoadError):
        unpack("头.eml", mail(("表.html", PAGE)).replace(b"\n\n", b"\n" + many + b"\n", 1))


def test_a_saved_web_page_is_no_mail() -> None:
    page = (
        b"From: <Saved by Blink>\r\nSubject: x\r\nDate: Mon, 4 Mar 2024\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/html\r\n\r\n<p>95.07%</p>\r\n--b--\r\n"
    )
    assert unpack("页.mht", page) == (("页.mht", page),)


def test_an_outlook_message() -> None:
    def words(text: str) -> bytes:
        return text.encode("utf-16-le")

    attachment = {
        "__substg1.0_37010102": PAGE * 120,
        "__substg1.0_3707001F": words("自评表.html"),
    }
    data = compound_file(
        {
            "__properties_version1.0": bytes(64),
            "__substg1.0_0037001F": words("报送材料"),
            "__substg1.0_1000001F": words("全年执行数为61.30万元，见附件。"),
            "__attach_version1.0_#00000000": attachment,
        }
    )
    body, attached = unpack("报送.msg", data)
    assert body[0] == "报送.msg/正文.txt"
    assert "全年执行数为61.30万元" in body[1].decode()
    assert attached == ("报送.msg/自评表.html", PAGE * 120)
    for end in range(600, len(data), 1900):
        with suppress(LoadError):
            unpack("报送.msg", data[:end])


def test_an_outlook_message_in_the_code_page_of_its_sender() -> None:
    data = compound_file(
        {
            "__properties_version1.0": bytes(64),
            "__substg1.0_1000001E": "全年执行数为61.30万元。".encode("gb18030"),
            "__attach_version1.0_#00000000": {
                "__substg1.0_37010102": PAGE * 120,
                "__substg1.0_3704001E": "自评表.html".encode("gb18030"),
            },
        }
    )
    body, attached = unpack("报送.msg", data)
    assert body == ("报送.msg/正文.txt", "全年执行数为61.30万元。".encode())
    assert attached == ("报送.msg/自评表.html", PAGE * 120)


def rar(*files: tuple[str, bytes]) -> bytes:
    """A RAR archive whose files are stored as they are, as its format (4) is documented."""

    def block(kind: int, flags: int, body: bytes) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", crc32(head) & 0xFFFF) + head

    out = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6))
    for name, data in files:
        typed = name.encode()
        sizes = struct.pack(
            "<IIBIIBBHI", len(data), len(data), 2, crc32(data), 0, 20, 0x30, len(typed), 32
        )
        out += block(0x74, 0x8000, sizes + typed) + data
    return out + block(0x7B, 0x4000, b"")


def seven_zip(*files: tuple[str, bytes]) -> bytes:
    libarchive = pytest.importorskip("libarchive")
    parts: list[bytes] = []

    def keep(part: bytes) -> int:
        parts.append(bytes(part))
        return len(part)

    with libarchive.custom_writer(keep, "7zip") as made:
        for name, data in files:
            made.add_file_from_memory(name, len(data), data)
    return b"".join(parts)


@pytest.mark.parametrize(("name", "pack"), [("报送.7z", seven_zip), ("报送.rar", rar)])
def test_7z_and_rar_are_opened_within_the_limits(name: str, pack: Callable[..., bytes]) -> None:
    data = pack(("b/a.html", PAGE), ("c.txt", b"12"))
    assert may_be_archive(data)
    assert unpack(name, data) == ((f"{name}/b/a.html", PAGE), (f"{name}/c.txt", b"12"))
    inner = packed(("内.zip", pack(("a.html", PAGE))))
    assert unpack("外.zip", inner) == (("外.zip/内.zip/a.html", PAGE),)
    with pytest.raises(LoadError, match="文件超过 1 个"):
        unpack(name, data, limits=Limits(archive_files=1))
    with pytest.raises(LoadError, match="解压后超过 0 MB"):
        unpack(name, data, limits=Limits(unpacked_bytes=20))
    with pytest.raises(LoadError, match=rf"“{name}”：.*损坏"):
        unpack(name, data[:-30] + bytes(30))


def test_without_libarchive_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libarchive", None)
    with pytest.raises(
        LoadError, match=r"^无法读取“报送\.rar”：.*没有安装，请用 zip 重新打包.*。$"
    ):
        unpack("报送.rar", rar(("a.html", PAGE)))
