"""A library for tests: real stores in a temporary folder, vectors without meaning."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from langchain_core.embeddings import DeterministicFakeEmbedding

from assistant.config import Settings
from assistant.service import Assistant
from ingest.errors import ModelError
from ingest.pipeline import Library
from ingest.vectors.exact_search import Vectors
from tests.support.builders import write_sheets


class PlumbingEncoder:
    """Gives each text its own vector; remembers what it was asked to encode."""

    def __init__(self, identity: str = "plumbing", *, broken: bool = False) -> None:
        self.identity = identity
        self.broken = broken
        self.encoded: list[str] = []
        self._model = DeterministicFakeEmbedding(size=16)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise ModelError("向量模型文件缺失，请重新安装。")
        self.encoded += texts
        vectors = np.asarray(self._model.embed_documents(list(texts)), np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def open_library(home: Path, encoder: PlumbingEncoder | None = None) -> Library:
    """A library in this folder, or on the servers that the environment names (see `stores`)."""
    settings = Settings.from_environment(os.environ, home=home).ingest
    return Library.open(settings, encoder or PlumbingEncoder())


@contextmanager
def assistant_over(
    forms: Mapping[str, Sequence[Sequence[object]]], folder: Path
) -> Iterator[Assistant]:
    """An assistant whose library holds each form as a workbook of its name; kept in a folder."""
    source = folder / "forms"
    source.mkdir()
    write_sheets(source, forms)
    settings = Settings.from_environment({}, home=folder / "home")
    with closing(Assistant(settings)) as opened:
        assert len(list(opened.add([source]))) == len(forms)
        yield opened
