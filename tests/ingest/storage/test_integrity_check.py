"""verify-store: silent on what nobody touched, and every digit that was changed is found."""

import random
import re
import shutil
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.pipeline import Library
from ingest.types.library import StoreFault
from tests.support.builders import SAMPLES
from tests.support.library import open_library

FACTS = {"figures": "数据", "indicators": "指标", "tasks": "任务", "passages": "片段"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that nobody touched."""
    home = tmp_path_factory.mktemp("sound")
    with closing(open_library(home)) as library:
        assert [report.error for report in library.add([SAMPLES])] == ["", ""]
        assert library.verify() == ()
    return home


@pytest.fixture
def library(sound: Path, tmp_path: Path) -> Iterator[Library]:
    shutil.copytree(sound, tmp_path / "home")
    with closing(open_library(tmp_path / "home")) as library:
        yield library


@pytest.fixture
def database(library: Library) -> Iterator[sqlite3.Connection]:
    path = library.home.folder / "library.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def another_digit(text: str, chance: random.Random) -> str:
    place = chance.choice([found.start() for found in re.finditer("[0-9]", text)])
    return f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"


def told(library: Library) -> list[str]:
    return [fault.message for fault in library.verify()]


@pytest.mark.parametrize("seed", range(2))
def test_every_fact_with_one_digit_changed_is_found(
    library: Library, database: sqlite3.Connection, seed: int
) -> None:
    """Wherever the digit stands: in the value, the place, the year, the number it is known by."""
    chance = random.Random(seed)
    changed = Counter[str]()
    for table, name in FACTS.items():
        for number, fact in database.execute(f"SELECT number, fact FROM {table}").fetchall():
            wrong = another_digit(fact, chance)
            database.execute(f"UPDATE {table} SET fact = ? WHERE number = ?", (wrong, number))
            changed[name] += 1
    assert min(changed[name] for name in FACTS.values()) > 0
    found = Counter(words.partition("“")[0] for words in told(library))
    assert {name: found[name] for name in FACTS.values()} == changed


def test_what_a_fact_is_found_by_is_compared_and_a_fact_that_is_gone_is_missed(
    library: Library, database: sqlite3.Connection
) -> None:
    for table in FACTS:
        numbers = [n for (n,) in database.execute(f"SELECT number FROM {table} ORDER BY number")]
        for number, column in zip(numbers, ("id", "department", "year", "label"), strict=False):
            database.execute(f"UPDATE {table} SET {column} = '2019' WHERE number = ?", (number,))
        database.execute(f"DELETE FROM {table} WHERE number = ?", (numbers[-1],))
    found = told(library)
    for name in FACTS.values():
        assert len([words for words in found if words.startswith(f"{name}“")]) >= 3
        assert any(words.startswith(f"{name}少了") for words in found)


def test_an_original_with_one_byte_changed_is_found(library: Library) -> None:
    chance = random.Random(0)
    for record in library.records.documents():
        path = library.home.path_of(record.id)
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1
        path.write_bytes(data)
    assert told(library) == ["原文件与收入时不同。"] * 2


@pytest.mark.parametrize(
    "record",
    [
        "json_set(record, '$.unknown', 1)",
        "json_set(record, '$.form', 'no form')",
        "json_set(record, '$.file', 5)",
        "json_set(record, '$.id', 'of another')",
        "'[]'",
        "'{'",
    ],
)
def test_an_odd_record_is_told_and_the_others_are_checked(
    library: Library, database: sqlite3.Connection, record: str
) -> None:
    first, second = library.records.documents()
    database.execute(f"UPDATE documents SET record = {record} WHERE id = ?", (first.id,))
    library.home.remove(second.id)
    assert library.verify() == (
        StoreFault(first.id, first.file, "保存的内容已损坏，无法读出。"),
        StoreFault(second.id, second.file, "原文件不在资料库中。"),
    )


def test_a_folder_in_place_of_an_original_is_told_and_the_others_are_checked(
    library: Library,
) -> None:
    first, second = library.records.documents()
    library.home.remove(first.id)
    library.home.path_of(first.id).mkdir()
    library.home.remove(second.id)
    assert library.verify() == (
        StoreFault(first.id, first.file, f"原文件 {first.id[:12]} 无法读取，请检查磁盘和权限。"),
        StoreFault(second.id, second.file, "原文件不在资料库中。"),
    )


def test_a_fact_that_is_no_fact_is_told_and_the_others_are_checked(
    library: Library, database: sqlite3.Connection
) -> None:
    first, second = library.records.documents()
    wrong = "UPDATE figures SET fact = json_set(fact, '$.quantity.values', json('[\"a\"]'))"
    database.execute(f"{wrong} WHERE document_id = ?", (first.id,))
    library.home.remove(second.id)
    faults = library.verify()
    assert StoreFault(first.id, first.file, "保存的内容已损坏，无法读出。") in faults
    assert StoreFault(second.id, second.file, "原文件不在资料库中。") in faults


def test_a_layout_or_a_heading_changed_or_damaged_is_found(
    library: Library, database: sqlite3.Connection
) -> None:
    (first, packed), (second, _) = database.execute("SELECT number, blocks FROM documents")
    text = another_digit(zlib.decompress(packed).decode(), random.Random(0))
    write = "UPDATE documents SET blocks = ? WHERE number = ?"
    database.execute(write, (zlib.compress(text.encode(), 3), first))
    database.execute(write, (b"no blocks at all", second))
    database.execute("UPDATE documents SET figures = figures + 1 WHERE number = ?", (first,))
    assert set(told(library)) == {
        "保存的版面与原文件不一致。",
        "登记的标题、部门、年度或表种与原文件不一致。",
        "保存的内容已损坏，无法读出。",
    }


def test_what_another_version_read_need_only_stand_in_the_file(
    library: Library, database: sqlite3.Connection
) -> None:
    """Passages may be cut and cells joined otherwise; a number that is nowhere is a fault."""
    database.execute("UPDATE documents SET record = json_remove(record, '$.reader')")
    (number, fact), *_ = database.execute(
        "SELECT number, fact FROM passages WHERE fact LIKE '%1022.93%'"
    ).fetchall()
    write = "UPDATE passages SET fact = ? WHERE number = ?"
    joined = fact.replace("1022.93", "绩效指标1022.93部门名称")
    database.execute(write, (joined, number))
    assert not [words for words in told(library) if words.startswith("片段")]
    database.execute(write, (fact.replace("1022.93", "1022.94"), number))
    library._stores.records._decoded.cache_clear()
    (words,) = (words for words in told(library) if words.startswith("片段"))
    assert words.endswith("在原文件中找不到。")
