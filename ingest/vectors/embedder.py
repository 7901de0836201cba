"""Texts to vectors (向量化) through sentence-transformers: offline, loaded when first needed."""

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.config import DATA
from ingest.errors import ModelError, place

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

EMBEDDED = DATA / "models" / "e5-small-zh"
"""The folder of the embedded model."""
CHECKSUMS = "SHA256SUMS"
"""The file in it that has the checksum of every other."""
BATCH_SIZE = 8
"""Texts that a model encodes at a time."""
EMBEDDED_BATCH_SIZE = 32
"""The same of the embedded model, which sorts them by length into smaller runs."""
QUESTIONS_KEPT = 64
"""How many questions keep their vectors: one is searched for in many scopes."""
MAX_CHARACTERS = 8192
"""Maximum number of characters of a text: models read some hundred tokens, and the tokenizer is
never given a whole book to cut."""
DEFAULT_HUB_ORGANISATION = "sentence-transformers"
"""Where sentence-transformers looks for a hub name without an organisation."""


class Embedder:
    """A sentence-transformers model: the embedded one, or `model`, a folder or a hub name.

    Vectors are float32 of length 1, so their dot product is the cosine. Nothing is ever fetched: a
    hub name must be in the local cache. Safe to use from several threads.
    """

    def __init__(self, model: str = "") -> None:
        self._name = model
        self._lock = threading.Lock()
        self._identity = ""
        self._model: SentenceTransformer | None = None
        self._questions = lru_cache(QUESTIONS_KEPT)(self._encoded)

    @property
    def identity(self) -> str:
        """The model's name and checksum: vectors of different identities do not compare."""
        if not self._identity:
            folder = self._folder()
            name = self._name.rstrip("/").rpartition("/")[2] or folder.name
            self._identity = f"{name}@{checksum(folder)[:12]}"
        return self._identity

    @property
    def dimension(self) -> int:
        """How many numbers a vector has; loads the model."""
        dimension = self._loaded().get_embedding_dimension()
        if dimension is None:
            raise ModelError(
                f"{self._label}没有声明向量维数，请换用其他 sentence-transformers 模型。"
            )
        return dimension

    @property
    def ready(self) -> bool:
        """True once the model is loaded; asking never loads it."""
        return self._model is not None

    def warm_up(self) -> None:
        """Loads the model if it is not loaded; takes seconds, so a thread of its own may do it."""
        with self._lock:
            if self._model is None:
                model = self._load()
                model.encode_query("预热", show_progress_bar=False)
                self._model = model

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, in the order given; texts of like length share a batch."""
        readable = [clean(text) for text in texts]
        model = self._loaded()
        if not readable:
            return np.empty((0, self.dimension), np.float32)
        batch = BATCH_SIZE if self._name else EMBEDDED_BATCH_SIZE
        vectors = model.encode_document(readable, batch_size=batch, show_progress_bar=False)
        return unit_rows(np.asarray(vectors, np.float32))

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a question, not to be written to: it is kept for the next search."""
        return self._questions(clean(text))

    def _encoded(self, text: str) -> NDArray[np.float32]:
        vectors = self._loaded().encode_query([text], show_progress_bar=False)
        row: NDArray[np.float32] = unit_rows(np.asarray(vectors, np.float32))[0]
        row.setflags(write=False)
        return row

    @property
    def _label(self) -> str:
        return f"向量模型{place(f'「{self._name}」')}" if self._name else "内置向量模型"

    def _loaded(self) -> "SentenceTransformer":
        self.warm_up()
        assert self._model is not None
        return self._model

    def _folder(self) -> Path:
        """The folder the model lies in, in the local cache for a hub name."""
        if not self._name:
            if not (EMBEDDED / CHECKSUMS).is_file():
                raise ModelError(f"内置向量模型缺失{place(f'（{EMBEDDED}）')}，请重新安装本软件。")
            return EMBEDDED
        folder = Path(self._name).expanduser()
        if folder.is_dir():
            return folder
        return self._cached()

    def _cached(self) -> Path:
        """The snapshot of a hub name in the local cache; no network is tried."""
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

        name = self._name if "/" in self._name else f"{DEFAULT_HUB_ORGANISATION}/{self._name}"
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError, OSError) as error:
            raise ModelError(
                f"找不到{self._label}：它既不是文件夹，也不在本机模型缓存中；"
                "请把设置 embedding_model 改为模型文件夹，或先下载该模型，或留空使用内置模型。"
            ) from error

    def _load(self) -> "SentenceTransformer":
        folder = self._folder()
        embedded = folder == EMBEDDED
        if embedded:
            check_files(EMBEDDED, "内置向量模型")
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer

        if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
            raise ModelError(
                f"{self._label}无法加载：文件夹 {place(folder)} 中没有"
                " modules.json 或 config.json，请指定完整的 sentence-transformers 模型文件夹。"
            )
        try:
            # Only the embedded model names code of its own, `onnx_encoder`, which is ours.
            return SentenceTransformer(
                str(folder), device="cpu", local_files_only=True, trust_remote_code=embedded
            )
        except (
            OSError,
            ValueError,
            RuntimeError,
            LookupError,
            TypeError,
            AttributeError,
            ImportError,
            SafetensorError,
        ) as error:
            reason = str(error).partition("\n")[0]
            raise ModelError(
                f"{self._label}无法加载{place(f'（{folder}：{reason}）')}，"
                "请检查模型文件是否完整，或将设置 embedding_model 留空使用内置模型。"
            ) from error


def check_files(folder: Path, name: str) -> None:
    """Refuses a model that ships with the program whose files are not the ones that were built."""
    try:
        sums = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ModelError(f"{name}缺失{place(f'（{folder}）')}，请重新安装本软件。") from error
    for line in sums:
        expected, _, file = line.partition("  ")
        path = folder / file
        if not path.is_file() or file_sum(path) != expected:
            raise ModelError(f"{name}的文件 {place(path)} 缺失或已损坏，请重新安装本软件。")


def clean(text: str) -> str:
    """The text as the tokenizer can take it, at most `MAX_CHARACTERS` long; never blank.

    >>> clean("预算\\x00执行\\ud800率")
    '预算 执行 率'
    """
    readable = "".join(
        " " if character < " " or "\ud800" <= character <= "\udfff" else character
        for character in text[:MAX_CHARACTERS]
    ).strip()
    if not readable:
        raise ValueError("要向量化的文本是空的。")
    return readable


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows scaled to length 1 in float32: a bf16 model's own are off by some thousandths."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    scaled: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
    return scaled


def checksum(folder: Path) -> str:
    """One sha256 for all the files of a model's folder; its SHA256SUMS already stand for them."""
    if (folder / CHECKSUMS).is_file():
        return file_sum(folder / CHECKSUMS)
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(folder).as_posix()}\n{file_sum(path)}\n".encode())
    return total.hexdigest()


def file_sum(path: Path) -> str:
    """The sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
