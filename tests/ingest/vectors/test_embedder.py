"""The embedded model: whole, offline, with its prompts, meaning kept, rubbish survived."""

import hashlib
import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.retrieval.langchain_adapter import LibraryEmbeddings
from ingest.errors import ModelError
from ingest.vectors.embedder import EMBEDDED, MAX_CHARACTERS, Embedder, clean

QUESTION = "临港街道2022年预算执行率是多少？"
PASSAGE = "临港街道办事处2022年度全年预算数1103.35万元，全年执行数1022.93万元，预算执行率92.71%。"
UNRELATED = "大熊猫主要栖息在四川、陕西和甘肃的山区，以竹子为食，是中国特有的珍稀动物。"


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every attempt to reach out is refused and written down."""
    attempts: list[object] = []

    def refuse(*target: object) -> None:
        attempts.append(target)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return attempts


def test_files_are_the_ones_that_were_built_and_small() -> None:
    lines = (EMBEDDED / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: expected for expected, name in (line.split("  ") for line in lines)}
    files = [path for path in EMBEDDED.rglob("*") if path.is_file()]
    assert {path.relative_to(EMBEDDED).as_posix() for path in files} == {*sums, "SHA256SUMS"}
    for name, expected in sums.items():
        assert hashlib.sha256((EMBEDDED / name).read_bytes()).hexdigest() == expected, name
    assert sum(path.stat().st_size for path in files) <= 40_000_000


def test_loads_without_network_and_without_being_asked_twice(offline: list[object]) -> None:
    fresh = Embedder()
    assert not fresh.ready
    threads = [threading.Thread(target=fresh.warm_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fresh.ready
    assert fresh.dimension == 384
    assert offline == []


def test_import_is_light() -> None:
    program = "import sys, ingest.vectors.embedder as e; e.Embedder().identity; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=EMBEDDED.parents[2],
    )
    assert not {"torch", "sentence_transformers", "onnxruntime"} & set(done.stdout.split())


def test_identity_is_stable_and_tells_models_apart(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text("{}", encoding="utf-8")
    first = Embedder(str(other)).identity
    assert Embedder().identity == Embedder().identity
    assert Embedder().identity.startswith("e5-small-zh@")
    assert Embedder(str(other) + "/").identity == first
    (other / "config.json").write_text("{ }", encoding="utf-8")
    assert Embedder(str(other)).identity != first


def test_vectors_are_float32_of_length_1(embedder: Embedder) -> None:
    passages = embedder.encode_passages([PASSAGE, UNRELATED])
    question = embedder.encode_query(QUESTION)
    assert (passages.shape, passages.dtype) == ((2, 384), np.float32)
    assert (question.shape, question.dtype) == ((384,), np.float32)
    lengths = np.linalg.norm([*passages, question], axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-6)


def test_langchain_is_given_the_same_vectors(embedder: Embedder) -> None:
    langchain = LibraryEmbeddings(embedder)
    assert langchain.embed_documents([PASSAGE]) == embedder.encode_passages([PASSAGE]).tolist()
    assert langchain.embed_query(QUESTION) == embedder.encode_query(QUESTION).tolist()
    assert langchain.embed_documents([]) == []


def test_prompts_are_applied(embedder: Embedder) -> None:
    """A query and a passage of the same words differ, each as if its prefix were written."""
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(EMBEDDED), device="cpu", trust_remote_code=True)
    assert plain.prompts == {"query": "query: ", "document": "passage: "}
    asked, stated = embedder.encode_query(PASSAGE), embedder.encode_passages([PASSAGE])[0]
    assert asked @ stated < 0.999
    for vector, prefix in ((asked, "query: "), (stated, "passage: ")):
        np.testing.assert_allclose(vector, plain.encode(prefix + PASSAGE), atol=1e-5)


def test_a_vector_does_not_depend_on_its_batch(embedder: Embedder) -> None:
    texts = [PASSAGE[:length] for length in range(3, 60)] + [UNRELATED * 9, QUESTION]
    together = embedder.encode_passages(texts)
    for index in (0, 7, 20, 56, 57, 58):
        alone = embedder.encode_passages([texts[index]])[0]
        np.testing.assert_allclose(together[index], alone, atol=1e-5)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        (QUESTION, PASSAGE, UNRELATED),
        ("志愿者队伍有多少人", "全年共组建志愿服务队547人", "设备采购合同按期签订"),
        ("哪些工作没有完成？", "受疫情影响，该项活动暂停，未能按计划开展", "水费由自来水公司代收"),
        ("群众满不满意", "服务对象满意度达到96%", "道路养护里程35公里"),
        ("怎么改进", "下一步将加强预算编制管理，细化绩效目标", "本单位内设机构12个"),
        ("energy saving ratio", "单位能耗下降 5%，节约用电", "召开党员大会四次"),
    ],
)
def test_meaning(embedder: Embedder, question: str, near: str, far: str) -> None:
    nearer, further = embedder.encode_passages([near, far]) @ embedder.encode_query(question)
    assert nearer > further


@pytest.mark.parametrize(
    "rubbish",
    [
        "预算\x00执行",
        "预算\ud800执行\udfff",
        "\ufdfa" * 1000,
        "😀🏽\u200b\u202e預算\ue000",
        "\x01\x02率\x7f",
        "ﷺ①㎡‰≥≤½Ⅳ",
        "𠀀𪚥",
        "—" * 20_000,
        "预算绩效" * 50_000,
    ],
)
def test_rubbish_gives_a_finite_vector(embedder: Embedder, rubbish: str) -> None:
    vector = embedder.encode_passages([rubbish])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("blank", ["", "  \n\t", "\u3000", "\x00", "\ud800"])
def test_blank_text_is_refused(embedder: Embedder, blank: str) -> None:
    with pytest.raises(ValueError, match="空"):
        embedder.encode_query(blank)
    with pytest.raises(ValueError, match="空"):
        embedder.encode_passages([PASSAGE, blank])


def test_clean_keeps_what_is_readable() -> None:
    assert clean(PASSAGE) == PASSAGE
    assert len(clean("长" * 2 * MAX_CHARACTERS)) == MAX_CHARACTERS


def test_chinese_and_figures_are_known_to_the_vocabulary() -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(EMBEDDED / "tokenizer.json"))
    text = PASSAGE + "≥95%，≤48小时；35㎡、5‰、±3℃【备注】《办法》①Ⅳ￥120.5/a-z_QJXZ+qjxz"
    assert "<unk>" not in tokenizer.encode(text).tokens


@pytest.mark.parametrize(
    "model", ["no-such-model", "nobody/no-such-model", "/no/such/folder", "a b"]
)
def test_a_model_that_is_not_there(model: str, offline: list[object]) -> None:
    uses: list[Callable[[Embedder], object]] = [
        lambda e: e.identity,
        lambda e: e.warm_up(),
        lambda e: e.encode_query("预算"),
    ]
    for use in uses:
        with pytest.raises(ModelError, match="找不到向量模型：") as told:
            use(Embedder(model))
        assert f"找不到向量模型「{model}」" in told.value.in_full
    assert offline == []


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"modules\.json"):
        Embedder(str(tmp_path)).warm_up()


def test_a_broken_model_folder_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    broken = Embedder(str(tmp_path))
    with pytest.raises(ModelError, match="embedding_model"):
        broken.warm_up()
    assert not broken.ready


def test_a_foreign_model_may_not_bring_code(tmp_path: Path) -> None:
    """Only the embedded model is trusted to name a class outside sentence-transformers."""
    folder = tmp_path / "copy"
    shutil.copytree(EMBEDDED, folder)
    with pytest.raises(ModelError, match="无法加载"):
        Embedder(str(folder)).warm_up()


def test_another_model_uses_its_own_prompts(tmp_path: Path) -> None:
    """A model folder of plain sentence-transformers modules, with prompts of its own."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {character: index for index, character in enumerate("?预算执行率问答")}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    weights = np.random.default_rng(7).normal(size=(len(vocabulary), 16)).astype(np.float32)
    made = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=weights)],
        prompts={"query": "问", "document": ""},
        device="cpu",
    )
    made.save(str(tmp_path / "tiny"))
    tiny = Embedder(str(tmp_path / "tiny"))
    assert tiny.dimension == 16
    assert tiny.identity.startswith("tiny@")
    np.testing.assert_allclose(
        tiny.encode_query("预算"), tiny.encode_passages(["问预算"])[0], atol=1e-6
    )
    assert json.loads((tmp_path / "tiny" / "modules.json").read_text(encoding="utf-8"))
