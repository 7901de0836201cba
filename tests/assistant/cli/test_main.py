"""`jiwen` from argument to output: real library, real files, exit status and one-line errors."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import output
from assistant.cli.main import main
from assistant.service import Assistant
from assistant.types import Answer
from ingest.types.blocks import Location
from ingest.types.facts import Oddity
from ingest.types.library import FileReport, Outcome
from tests.support.builders import SAMPLES

HEAVY = (
    *("torch", "gradio", "sentence_transformers", "transformers", "onnxruntime", "pandas"),
    *("chromadb", "langsmith"),
)

Printed = pytest.CaptureFixture[str]


def jsons(printed: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.splitlines()]


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of one sample document that a test may change."""
    source = next(path for path in sorted(SAMPLES.iterdir()) if "黄埔" in path.name)
    copy = tmp_path / "papers" / source.name
    copy.parent.mkdir()
    copy.write_bytes(source.read_bytes())
    return copy


def test_add_reports_every_file_once(sample: Path, capsys: Printed) -> None:
    assert main(["add", "--json", str(sample.parent)]) == 0
    (line,) = json.loads(capsys.readouterr().out)["documents"]
    assert (line["status"], line["file"], line["year"]) == ("added", sample.name, 2021)
    assert line["figures"] > 0
    assert main(["--json", "add", str(sample)]) == 0
    (line,) = json.loads(capsys.readouterr().out)["documents"]
    assert line["status"] == "unchanged"


def test_a_changed_file_replaces_the_old_one_only_when_told(sample: Path, capsys: Printed) -> None:
    main(["add", str(sample)])
    sample.write_text(sample.read_text(encoding="utf-8").replace("1022.93", "1011.11"), "utf-8")
    capsys.readouterr()
    assert main(["add", "--json", str(sample)]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["documents"][0]["status"] == "failed"
    assert "--replace" in err
    assert main(["add", "--json", "--replace", str(sample)]) == 0
    assert json.loads(capsys.readouterr().out)["documents"][0]["status"] == "replaced"
    assert main(["figures", "--json"]) == 0
    raws = [figure["raw"] for figure in jsons(capsys.readouterr().out)]
    assert "1011.11" in raws
    assert "1022.93" not in raws


def test_bad_files_are_named_and_the_others_go_in(sample: Path, capsys: Printed) -> None:
    folder = sample.parent
    (folder / "空文件.txt").write_bytes(b"")
    (folder / "乱码.txt").write_bytes(bytes(range(128, 256)) * 40)
    (folder / "程序.pdf").write_bytes(b"MZ\x90\x00\x03\x00\x00\x00" + bytes(2000))
    assert main(["add", "--json", str(folder)]) == 1
    out, err = capsys.readouterr()
    lines = json.loads(out)["documents"]
    assert {line["file"]: line["status"] for line in lines} == {
        sample.name: "added",
        "空文件.txt": "failed",
        "乱码.txt": "failed",
        "程序.pdf": "failed",
    }
    complaints = err.strip().splitlines()
    assert len(complaints) == 3
    for line in lines:
        if line["status"] == "failed":
            assert is_one_chinese_sentence(line["error"])
            assert any(line["file"] in complaint for complaint in complaints)


def test_a_folder_without_documents_is_said(tmp_path: Path, capsys: Printed) -> None:
    folder = tmp_path / "空文件夹"
    folder.mkdir()
    assert main(["add", str(folder)]) == 1
    complaint = capsys.readouterr().err
    assert "空文件夹" in complaint
    assert is_one_chinese_sentence(complaint)


def test_a_missing_path_is_said_and_the_rest_goes_in(sample: Path, capsys: Printed) -> None:
    assert main(["add", "--json", str(sample.parent / "没有.txt"), str(sample)]) == 1
    out, err = capsys.readouterr()
    statuses = [line["status"] for line in json.loads(out)["documents"]]
    assert sorted(statuses) == ["added", "failed"]
    assert "没有.txt" in err


def is_one_chinese_sentence(text: str) -> bool:
    text = text.strip()
    return (
        "\n" not in text
        and bool(re.search(r"[一-鿿]{4}", text))
        and "Traceback" not in text
        and "Error" not in text
    )


def test_what_was_not_understood_is_shown_with_its_place() -> None:
    oddities = tuple(
        Oddity(f"怪\x1b[31m词{n}", "没有数值", Location(page=n, table=1, row=2))
        for n in range(1, 6)
    )
    line = FileReport("a.pdf", Outcome.ADDED, department="某局", year=2021, oddities=oddities)
    screen = output.console()
    with screen.capture() as captured:
        screen.print(output.report(line))
    shown = captured.get()
    assert "第2页 表1 第2行：怪 [31m词2（没有数值）" in shown
    assert "另有2处" in shown
    assert "\x1b[31m" not in shown


def test_documents_then_remove(sample: Path, capsys: Printed) -> None:
    main(["add", str(sample)])
    capsys.readouterr()
    main(["documents", "--json"])
    (record,) = jsons(capsys.readouterr().out)
    assert (record["file"], record["form"]) == (sample.name, "部门整体支出绩效自评表")
    assert main(["remove", sample.name]) == 0
    assert sample.name in capsys.readouterr().out
    assert main(["documents"]) == 0
    assert "空" in capsys.readouterr().out
    assert main(["remove", str(record["id"])]) == 1
    assert is_one_chinese_sentence(capsys.readouterr().err)


def test_verify_store_finds_nothing_wrong(library_home: Path, capsys: Printed) -> None:
    assert main(["verify-store", "--json", "--home", str(library_home)]) == 0
    assert json.loads(capsys.readouterr().out) == {"faults": []}


def test_ask_for_people(library_home: Path, capsys: Printed) -> None:
    assert main(["--home", str(library_home), "ask", "临港片区志愿服务队有多少人？"]) == 0
    shown = capsys.readouterr().out
    assert "226" in shown
    assert re.search(r"\[1\] .*自评表.*第\d+", shown)


def test_ask_for_programs(library_home: Path, capsys: Printed) -> None:
    question = "临港片区志愿服务队有多少人？"
    assert main(["ask", question, "--json", "--home", str(library_home)]) == 0
    (answer,) = jsons(capsys.readouterr().out)
    assert answer["abstained"] is False
    assert "226" in str(answer["text"])
    assert "226" in str(answer["citations"])


@pytest.mark.parametrize("name", ["黄埔区团委", "中国共产主义青年团广州市黄埔区委员会"])
def test_a_department_may_be_chosen_by_any_of_its_names(
    name: str, library_home: Path, capsys: Printed
) -> None:
    home = ["--home", str(library_home)]
    assert main(["ask", "实际支出数是多少？", "--department", name, *home]) == 0
    assert "1022.93" in capsys.readouterr().out
    assert main(["figures", "--json", "--department", name, *home]) == 0
    assert {row["year"] for row in jsons(capsys.readouterr().out)} == {2021}


def test_a_form_limits_a_question(library_home: Path, tmp_path: Path, capsys: Printed) -> None:
    asked = ["ask", "黄埔区团委2021年实际支出数是多少？", "--home", str(library_home), "--json"]
    assert main([*asked, "--form", "部门整体支出绩效自评表"]) == 0
    (answer,) = jsons(capsys.readouterr().out)
    assert "1022.93" in str(answer["text"])
    assert main([*asked, "--form", "绩效目标表"]) == 0
    (answer,) = jsons(capsys.readouterr().out)
    assert (answer["abstained"], answer["citations"]) == (True, [])
    assert "只查了绩效目标表" in str(answer["text"])
    batch = tmp_path / "questions.jsonl"
    batch.write_text(json.dumps({"question": asked[1], "form": "绩效目标表"}), encoding="utf-8")
    assert main(["ask", "--batch", str(batch), *asked[2:]]) == 0
    (again,) = jsons(capsys.readouterr().out)
    assert again["text"] == answer["text"]


def test_a_batch_answers_in_order(library_home: Path, tmp_path: Path, capsys: Printed) -> None:
    batch = tmp_path / "questions.jsonl"
    lines = [
        {"id": "a", "question": "黄埔区团委2021年实际支出数是多少？", "turns": []},
        {"id": "b", "question": "年度预算数呢？", "turns": ["黄埔区团委2021年实际支出数是多少？"]},
        {"id": "c", "question": "黄埔区团委2019年实际支出数是多少？"},
    ]
    batch.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n", encoding="utf-8")
    assert main(["ask", "--batch", str(batch), "--json", "--home", str(library_home)]) == 0
    answers = jsons(capsys.readouterr().out)
    assert [answer["id"] for answer in answers] == ["a", "b", "c"]
    assert "1022.93" in str(answers[0]["text"])
    assert "1103.35" in str(answers[1]["text"])
    assert answers[2]["abstained"] is True
    assert answers[2]["citations"] == []


def test_a_defect_at_one_question_leaves_the_others_of_a_file(
    library_home: Path, tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Assistant.ask

    def failing(self: Assistant, question: str, **how: Any) -> Answer:
        if question == "坏":
            raise IndexError("tuple index out of range")
        return ask(self, question, **how)

    monkeypatch.setattr(Assistant, "ask", failing)
    batch = tmp_path / "questions.jsonl"
    lines = [
        {"id": "a", "question": "坏"},
        {"id": "b", "question": "东莞市团委2022年预算数是多少？"},
    ]
    batch.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert main(["ask", "--batch", str(batch), "--json", "--home", str(library_home)]) == 1
    printed = capsys.readouterr()
    assert [answer["id"] for answer in jsons(printed.out)] == ["b"]
    assert "a：程序遇到意外错误（IndexError" in printed.err


def test_history_completes_a_question(library_home: Path, tmp_path: Path, capsys: Printed) -> None:
    history = tmp_path / "history.txt"
    history.write_text('{"question": "黄埔区团委2021年实际支出数是多少？"}\n', encoding="utf-8")
    asked = ["ask", "年度预算数呢？", "--history", str(history), "--home", str(library_home)]
    assert main(asked) == 0
    assert "1103.35" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"question": "x"}\n{oops}\n', "第2行"),
        (b'{"id": "a"}\n', "question"),
        (b'["x"]\n', "JSON"),
        (b'{"question": "x", "turns": "y"}\n', "turns"),
        (b'{"question": "x", "year": "Y"}\n', "year"),
        (b'{"question": "x", "form": "Y"}\n', "form"),
        (b'{"question": "\xff"}\n', "UTF-8"),
    ],
)
def test_a_bad_batch_is_refused_as_a_whole(
    content: bytes, said: str, tmp_path: Path, capsys: Printed
) -> None:
    batch = tmp_path / "bad.jsonl"
    batch.write_bytes(content)
    assert main(["ask", "--batch", str(batch)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert len(err.splitlines()) == 1


def test_figures_and_indicators(library_home: Path, capsys: Printed) -> None:
    home = ["--home", str(library_home)]
    assert main(["figures", "--json", "--year", "2021", "--name", "年初预算", *home]) == 0
    figures = jsons(capsys.readouterr().out)
    assert [figure["value"] for figure in figures] == [1133.01]
    assert main(["indicators", "--json", *home]) == 0
    indicators = jsons(capsys.readouterr().out)
    assert {indicator["year"] for indicator in indicators} == {2021, 2022}
    main(["documents", "--json", *home])
    document = next(r for r in jsons(capsys.readouterr().out) if r["year"] == 2022)
    main(["indicators", "--json", "--document", str(document["file"]), *home])
    shown = jsons(capsys.readouterr().out)
    assert {indicator["document_id"] for indicator in shown} == {document["id"]}
    for command in ("figures", "indicators"):
        assert main([command, *home]) == 0
        assert "中国共产主义青年团东莞市委员会 2022年" in capsys.readouterr().out


def test_an_unknown_document_is_said(library_home: Path, capsys: Printed) -> None:
    home = ["--home", str(library_home)]
    assert main(["figures", "--document", "没有.txt", *home]) == 1
    assert "没有.txt" in capsys.readouterr().err


@pytest.mark.parametrize(
    "call",
    [
        [],
        ["nonsense"],
        ["ask"],
        ["ask", "问", "--batch", "x"],
        ["add"],
        ["figures", "--year", "21年"],
        ["ask", "问", "--form", "没有这种表"],
        ["serve", "--port", "99999"],
        ["documents", "--nope"],
        ["remove"],
    ],
)
def test_a_wrong_call_is_one_chinese_line(call: list[str], capsys: Printed) -> None:
    status: object
    try:
        status = main(call)
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert is_one_chinese_sentence(err)


def test_a_bad_setting_is_one_chinese_line(
    monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.setenv("JIWEN_PORT", "门")
    assert main(["documents"]) == 1
    assert "JIWEN_PORT" in capsys.readouterr().err


def test_documents_imports_nothing_heavy(library_home: Path) -> None:
    script = (
        "import sys; from assistant.cli.main import main;"
        f"main(['documents', '--home', {str(library_home)!r}]);"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


def test_the_module_is_the_command(library_home: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "assistant", "documents", "--home", str(library_home)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "东莞市" in run.stdout


def test_a_closed_pipe_is_no_error(library_home: Path) -> None:
    command = f"{sys.executable} -m assistant figures --json --home '{library_home}' | head -n 1"
    run = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    assert json.loads(run.stdout)["document_id"]
