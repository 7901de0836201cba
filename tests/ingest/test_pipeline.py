"""The library as a whole: nothing twice, nothing half, nothing left behind."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from time import sleep
from zipfile import ZipFile

import pytest

from ingest.config import Limits
from ingest.errors import ModelError, StoreError
from ingest.extraction.understand import understand
from ingest.intake.batch_writer import PASSAGES_PER_GROUP
from ingest.loaders import load
from ingest.pipeline import Library
from ingest.records.rows import pack
from ingest.types.blocks import Form
from ingest.types.facts import Understanding
from ingest.types.library import FileReport, Outcome, Progress, Scope
from ingest.vectors.exact_search import Vectors
from tests.support.builders import FILES, ROOT, page, write
from tests.support.library import PlumbingEncoder, open_library

pytestmark = pytest.mark.usefixtures("stores")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = open_library(tmp_path / "home")
    yield opened
    opened.close()


def add(library: Library, *paths: Path, replace: bool = False) -> list[FileReport]:
    return list(library.add(paths, replace=replace))


def outcomes(reports: list[FileReport]) -> list[tuple[str, Outcome]]:
    return [(report.file, report.outcome) for report in reports]


def found(library: Library, words: str) -> set[str]:
    """The documents in whose passages the words are found."""
    hits = library.records.search(library.tokenizer.query(words), Scope(), 20)
    return {p.document_id for p in library.records.passages([id for id, _ in hits])}


def assert_absent(library: Library, document_id: str) -> None:
    """Nothing of the document is in any store."""
    scope = Scope(document_ids=(document_id,))
    assert library.records.document(document_id) is None
    assert document_id not in library._stores.records.interrupted()
    assert library.records.figures(scope) == library.records.passages_of(scope) == ()
    assert library.records.indicators(scope) == library.records.tasks(scope) == ()
    assert library._stores.records.orphan_words() == 0
    assert library.vectors.ids(document_id) == ()
    assert library.vectors.counts()[document_id] == 0
    assert document_id not in library.home.originals()
    assert library.original(document_id) is None
    assert library.verify() == ()


def test_a_file_is_added_whole(library: Library, tmp_path: Path) -> None:
    data = page()
    (report,) = add(library, write(tmp_path / "水务局.html", data))
    assert report.outcome is Outcome.ADDED
    assert report.error == report.note == ""
    assert report.id == sha256(data).hexdigest()
    assert (report.department, report.year) == ("青禾市水务局", 2022)
    assert report.form is Form.SELF_EVALUATION
    assert report.indicators == 1
    assert report.figures > 1
    assert library.original(report.id) == data
    assert library.vectors.count() == report.passages == len(library.records.passages_of())
    assert found(library, "巡查") == {report.id}
    assert library.verify() == ()


def test_the_same_bytes_twice_change_nothing(library: Library, tmp_path: Path) -> None:
    first = write(tmp_path / "甲.html", page())
    again = write(tmp_path / "乙.html", page())
    (added,) = add(library, first)
    assert outcomes(add(library, first, again)) == [
        ("甲.html", Outcome.UNCHANGED),
        ("乙.html", Outcome.UNCHANGED),
    ]
    assert [record.id for record in library.records.documents()] == [added.id]
    assert library.vectors.count() == added.passages


def test_a_new_version_waits_for_the_word_and_then_replaces(
    library: Library, tmp_path: Path
) -> None:
    path = write(tmp_path / "自评表.html", page(actual=57))
    (old,) = add(library, path)
    write(path, page(actual=83))
    (refused,) = add(library, path)
    assert refused.outcome is Outcome.FAILED
    assert "自评表.html" in refused.error
    assert "确认替换" in refused.error
    assert found(library, "57") == {old.id}
    (new,) = add(library, path, replace=True)
    assert new.outcome is Outcome.REPLACED
    assert found(library, "57") == set()
    assert found(library, "83") == {new.id}
    assert_absent(library, old.id)


def test_a_removed_document_is_found_in_no_store(library: Library, tmp_path: Path) -> None:
    kept = write(tmp_path / "留.html", page(indicator="垃圾分类"))
    gone = write(tmp_path / "删.html", page(indicator="应急演练"))
    keep, remove = add(library, kept, gone)
    library.remove(remove.id)
    assert_absent(library, remove.id)
    assert found(library, "应急演练") == set()
    assert found(library, "垃圾分类") == {keep.id}
    library.close()
    again = open_library(tmp_path / "home")
    assert_absent(again, remove.id)
    assert [report.outcome for report in add(again, gone)] == [Outcome.ADDED]
    again.close()


def test_removing_what_is_not_there_is_told(library: Library) -> None:
    with pytest.raises(StoreError, match="没有编号为"):
        library.remove("f" * 64)


def test_folders_are_walked_in_order_without_debris(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "材料"
    for name in ("2022/乙.html", "2021/甲.html"):
        write(folder / name, page(year=int(name[:4])))
    for name in (".hidden.html", "~$甲.docx", ".git/config.html", "Thumbs.db"):
        write(folder / name, b"x")
    reports = add(library, folder)
    assert outcomes(reports) == [
        ("2021/甲.html", Outcome.ADDED),
        ("2022/乙.html", Outcome.ADDED),
    ]


def test_one_name_in_two_folders_is_two_documents(library: Library, tmp_path: Path) -> None:
    first = write(tmp_path / "2021" / "自评表.html", page(year=2021))
    second = write(tmp_path / "2022" / "自评表.html", page(year=2022))
    one, two = add(library, first, second)
    assert (one.file, two.file) == ("2021/自评表.html", "2022/自评表.html")
    assert one.outcome is two.outcome is Outcome.ADDED
    library.remove(one.id)
    assert found(library, "巡查") == {two.id}
    assert library.vectors.count() == two.passages


def test_what_cannot_be_taken_in_is_named_and_the_rest_goes_on(
    library: Library, tmp_path: Path
) -> None:
    (tmp_path / "空").mkdir()
    paths = [
        tmp_path / "没有.pdf",
        tmp_path / "空",
        write(tmp_path / "坏.docx", b"PK\x03\x04 not a document"),
        write(tmp_path / "好.html", page()),
    ]
    reports = add(library, *paths)
    assert [report.outcome for report in reports] == [Outcome.FAILED] * 3 + [Outcome.ADDED]
    for report, words in zip(reports, ("找不到", "没有可入库的文件", "坏.docx"), strict=False):
        assert words in report.error
        assert report.error.endswith("。")
    assert len(library.records.documents()) == 1


def test_the_files_of_an_archive_are_documents_of_their_own(
    library: Library, tmp_path: Path
) -> None:
    path = tmp_path / "材料.zip"
    with ZipFile(path, "w") as package:
        package.writestr("2021/自评表.html", page(year=2021))
        package.writestr("2022/自评表.html", page(year=2022))
        package.writestr("坏.pdf", b"%PDF-1.4 broken")
    reports = add(library, path)
    assert outcomes(reports) == [
        ("材料.zip/2021/自评表.html", Outcome.ADDED),
        ("材料.zip/2022/自评表.html", Outcome.ADDED),
        ("材料.zip/坏.pdf", Outcome.FAILED),
    ]
    assert library.verify() == ()


def test_an_empty_archive_is_told(library: Library, tmp_path: Path) -> None:
    with ZipFile(tmp_path / "空.zip", "w"):
        pass
    (report,) = add(library, tmp_path / "空.zip")
    assert report.outcome is Outcome.FAILED
    assert report.error.endswith("。")


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home")
    library.settings = replace(library.settings, limits=Limits(file_bytes=100))
    (report,) = add(library, write(tmp_path / "大.html", page()))
    assert "超过" in report.error
    library.close()


def staged(library: Library, data: bytes, file: str = "自评表.html") -> Understanding:
    return understand(load(file, data))


@pytest.mark.parametrize("steps", range(5))
def test_a_kill_at_any_step_leaves_the_document_absent_or_whole(tmp_path: Path, steps: int) -> None:
    data = page()
    home = tmp_path / "home"
    library = open_library(home)
    given = staged(library, data)
    id = given.document.id
    done: list[Callable[[], object]] = [
        lambda: library._stores.records.stage(pack(given)),
        lambda: library.home.save(id, data),
        lambda: library._stores.write_vectors(given.passages, {id: given.document.form}),
        lambda: library._stores.records.publish(id),
    ]
    for step in done[:steps]:
        step()
    library.close()

    library = open_library(home)
    if steps == len(done):
        assert library.records.document(id) is not None
        assert library.verify() == ()
    else:
        assert_absent(library, id)
        (report,) = add(library, write(tmp_path / "自评表.html", data))
        assert report.outcome is Outcome.ADDED
    library.close()


@pytest.mark.parametrize("steps", range(6))
def test_a_kill_while_replacing_leaves_one_whole_version(tmp_path: Path, steps: int) -> None:
    home = tmp_path / "home"
    library = open_library(home)
    (old,) = add(library, write(tmp_path / "自评表.html", page(actual=57)))
    data = page(actual=83)
    given = staged(library, data)
    id = given.document.id
    done: list[Callable[[], object]] = [
        lambda: library._stores.records.stage(pack(given), replaces=old.id),
        lambda: library.home.save(id, data),
        lambda: library._stores.write_vectors(given.passages, {id: given.document.form}),
        lambda: library._stores.records.publish(id),
        lambda: library.vectors.delete(old.id),
    ]
    for step in done[:steps]:
        step()
    library.close()

    library = open_library(home)
    (record,) = library.records.documents()
    published = steps >= 4
    assert record.id == (id if published else old.id)
    assert_absent(library, old.id if published else id)
    assert found(library, "河道巡查") == {record.id}
    library.close()


def test_a_kill_while_removing_finishes_the_removal(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home")
    (report,) = add(library, write(tmp_path / "甲.html", page()))
    library._stores.records.retire(report.id)
    library.close()
    library = open_library(tmp_path / "home")
    assert_absent(library, report.id)
    library.close()


class Interrupting(PlumbingEncoder):
    """Stands for Ctrl-C while a document is being embedded, once."""

    pressed = False

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if not self.pressed:
            self.pressed = True
            raise KeyboardInterrupt
        return super().encode_passages(texts)


def test_ctrl_c_leaves_a_consistent_library(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home", Interrupting())
    path = write(tmp_path / "甲.html", page())
    with pytest.raises(KeyboardInterrupt):
        add(library, path)
    assert library.records.documents() == library._stores.records.interrupted() == ()
    assert library.home.originals() == frozenset()
    assert add(library, path)[0].outcome is Outcome.ADDED
    assert library.verify() == ()
    library.close()


def test_equal_texts_are_embedded_once(tmp_path: Path) -> None:
    encoder = PlumbingEncoder()
    library = open_library(tmp_path / "home", encoder)
    add(library, write(tmp_path / "甲.html", page()))
    before = len(encoder.encoded)
    (report,) = add(library, write(tmp_path / "乙.html", page(year=2023)))
    assert report.outcome is Outcome.ADDED
    assert len(encoder.encoded) - before < before
    assert len(encoder.encoded) == len(set(encoder.encoded))
    assert library.verify() == ()
    library.close()


class Leisurely(PlumbingEncoder):
    """So slow that the next group always waits for it, as it does for a model."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        sleep(0.5)
        return super().encode_passages(texts)


def test_texts_of_a_group_that_is_not_yet_stored_are_not_embedded_again(tmp_path: Path) -> None:
    encoder = Leisurely()
    library = open_library(tmp_path / "home", encoder)
    folder = tmp_path / "材料"
    folder.mkdir()
    body = "".join(f"\n第{n}段：{'开展巡查，' * 20}完成。" for n in range(PASSAGES_PER_GROUP))
    for name in ("甲", "乙", "丙"):
        write(folder / f"{name}.txt", f"青禾市水务局{name}类工作总结{body}".encode())
    reports = add(library, folder)
    assert [report.outcome for report in reports] == [Outcome.ADDED] * 3
    assert all(report.passages >= PASSAGES_PER_GROUP for report in reports)
    assert len(encoder.encoded) == len(set(encoder.encoded)) < 2 * PASSAGES_PER_GROUP
    assert library.verify() == ()
    library.close()


def test_without_a_model_words_and_figures_still_work_and_it_is_told_once(tmp_path: Path) -> None:
    encoder = PlumbingEncoder(broken=True)
    library = open_library(tmp_path / "home", encoder)
    one = write(tmp_path / "甲.html", page())
    two = write(tmp_path / "乙.html", page(year=2023))
    reports = add(library, one, two)
    assert [report.outcome for report in reports] == [Outcome.ADDED] * 2
    assert "向量模型文件缺失" in reports[0].note
    assert reports[1].note == ""
    assert found(library, "巡查") == {report.id for report in reports}
    assert library.records.figures() != ()
    assert any("缺少" in fault.message for fault in library.verify())

    encoder.broken = False
    assert [report.outcome for report in add(library, one)] == [Outcome.UNCHANGED]
    assert library.verify() == ()
    library.close()


class Missing(PlumbingEncoder):
    """A model whose files are not there."""

    @property
    def identity(self) -> str:
        raise ModelError("向量模型文件缺失，请重新安装。")

    @identity.setter
    def identity(self, value: str) -> None:
        pass


def test_a_missing_model_does_not_keep_the_library_shut(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home")
    path = write(tmp_path / "甲.html", page())
    (report,) = add(library, path)
    library.close()
    library = open_library(tmp_path / "home", Missing(broken=True))
    assert found(library, "巡查") == {report.id}
    library.remove(report.id)
    library.close()
    library = open_library(tmp_path / "home")
    assert_absent(library, report.id)
    library.close()


def test_another_model_reads_everything_anew_and_says_so(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home", PlumbingEncoder("模型甲"))
    (report,) = add(library, write(tmp_path / "甲.html", page()))
    library.close()
    library = open_library(tmp_path / "home", PlumbingEncoder("模型乙"))
    assert [record.id for record in library.lacking_vectors()] == [report.id]
    said: list[Progress] = []
    assert library.complete_vectors(said.append)
    assert [str(step) for step in said] == ["正在补建向量：甲.html"]
    assert library.lacking_vectors() == ()
    assert library.verify() == ()
    library.close()


def test_a_changed_dictionary_rebuilds_the_words(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home")
    add(library, write(tmp_path / "甲.html", page()))
    library._stores.records.set_meta("tokenizer", "earlier")
    library.close()
    library = open_library(tmp_path / "home")
    assert library._stores.records.meta("tokenizer") == library.tokenizer.version
    assert library.verify() == ()
    library.close()


def test_a_second_process_may_read_but_not_write(library: Library, tmp_path: Path) -> None:
    path = write(tmp_path / "甲.html", page())
    add(library, path)
    script = (
        "import sys; from pathlib import Path; from tests.support.library import open_library\n"
        "from ingest.errors import ModelError, StoreError\n"
        "second = open_library(Path(sys.argv[1]))\n"
        "print(len(second.records.documents()))\n"
        "try: list(second.add([Path(sys.argv[2])]))\n"
        "except StoreError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "home"), str(path)],
        capture_output=True,
        text=True,
        env={
            **{name: value for name, value in os.environ.items() if name.startswith("JIWEN_")},
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
        },
        check=True,
    )
    count, sentence = done.stdout.splitlines()
    assert count == "1"
    assert "另一个绩问程序" in sentence


def test_who_sees_a_part_of_the_library_may_add_to_it(library: Library, tmp_path: Path) -> None:
    add(library, write(tmp_path / "甲.html", page()))
    part = library.part(lambda record: record.file != "甲.html")
    (report,) = add(part, write(tmp_path / "乙.html", page(year=2023)))
    assert (report.outcome, report.error) == (Outcome.ADDED, "")
    assert [record.file for record in part.records.documents()] == ["乙.html"]
    assert library.verify() == ()


def test_progress_names_each_file(library: Library, tmp_path: Path) -> None:
    said: list[Progress] = []
    paths = [write(tmp_path / "甲.html", page()), write(tmp_path / "乙.html", page(year=2023))]
    list(library.add(paths, progress=said.append))
    assert [(step.file, step.number) for step in said] == [
        ("甲.html", 1),
        ("甲.html", 1),
        ("乙.html", 2),
        ("乙.html", 2),
    ]
    assert {step.total for step in said} == {2}
    assert str(said[0]) == "正在入库（1/2）：甲.html"
    assert str(said[-1]).startswith("正在入库（2/2）：乙.html，每秒")


def test_progress_names_each_page_of_a_file(library: Library) -> None:
    said: list[Progress] = []
    list(library.add([FILES / "form.pdf"], progress=said.append))
    assert [(step.page, step.page_count) for step in said] == [(0, 0), (1, 2), (2, 2), (0, 0)]
    assert str(said[1]) == "正在入库：form.pdf，第1/2页"
    assert str(said[2]).startswith("正在入库：form.pdf，第2/2页，每秒")


def test_a_file_that_another_batch_is_storing_is_told_not_stored_twice(
    library: Library, tmp_path: Path
) -> None:
    path = write(tmp_path / "甲.html", page())
    other = write(tmp_path / "又" / "甲.html", page("东明市卫健局"))
    for claim in (sha256(page()).hexdigest(), "甲.html（青禾市水务局）"):
        library._stores.busy.add(claim)
        (report,) = add(library, path)
        assert "另一批" in report.error
        assert add(library, other)[0].error == ""  # of the same name, from another department
        library._stores.busy.clear()
    assert add(library, path)[0].outcome is Outcome.ADDED


def test_a_name_comes_twice_in_one_batch_as_a_new_version(library: Library, tmp_path: Path) -> None:
    (tmp_path / "一").mkdir()
    (tmp_path / "二").mkdir()
    first = write(tmp_path / "一" / "甲.html", page(actual=57))
    again = write(tmp_path / "二" / "甲.html", page(actual=57))
    other = write(tmp_path / "二" / "乙.html", page(year=2023))
    reports = add(library, first, again, other)
    assert [report.outcome for report in reports] == [
        Outcome.ADDED,
        Outcome.UNCHANGED,
        Outcome.ADDED,
    ]
    assert library.verify() == ()


def plant(library: Library, fault: str, id: str) -> None:
    """Damages one store behind the library's back."""
    given = staged(library, page())
    figure, passage = given.figures[0], given.passages[0]
    if fault == "file":
        library.home.remove(id)
    elif fault == "stray file":
        library.home.save("e" * 64, b"")
    elif fault == "vectors":
        library.vectors.delete(id)
    elif fault == "stray vectors":
        vectors = library.embedder.encode_passages(["别处"])
        stray = replace(passage, id="stray", document_id="e" * 64)
        library.vectors.add([stray], vectors, form=Form.UNKNOWN)
    else:
        wrong = {
            "figure": replace(
                given,
                figures=(
                    replace(figure, quantity=replace(figure.quantity, raw="99999")),
                    *given.figures[1:],
                ),
            ),
            "passage": replace(
                given, passages=(replace(passage, text="从未写过的话"), *given.passages[1:])
            ),
            "blocks": replace(given, document=replace(given.document, blocks=())),
        }[fault]
        library._stores.records.retire(id)
        library._stores.records.discard(id)
        library._stores.records.stage(pack(wrong))
        library._stores.records.publish(id)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("file", "原文件不在"),
        ("stray file", "原文件中有不属于"),
        ("vectors", "向量库缺少"),
        ("stray vectors", "向量库中有不属于"),
        ("figure", "数据“99999”不在"),
        ("passage", "片段“从未写过的话”"),
        ("blocks", "版面与原文件不一致"),
    ],
)
def test_verify_finds_a_planted_fault(
    library: Library, tmp_path: Path, fault: str, words: str
) -> None:
    (report,) = add(library, write(tmp_path / "自评表.html", page()))
    assert library.verify() == ()
    plant(library, fault, report.id)
    assert any(words in found.message for found in library.verify())


def test_a_library_copied_elsewhere_still_works(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home")
    (report,) = add(library, write(tmp_path / "甲.html", page()))
    library.close()
    shutil.copytree(tmp_path / "home", tmp_path / "copy")
    copy = open_library(tmp_path / "copy")
    assert copy.verify() == ()
    assert found(copy, "巡查") == {report.id}
    copy.close()
