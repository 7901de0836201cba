"""The reader's network for training (torch): the encoder's lower layers, and heads upon them.

`started` takes the weights out of the embedded encoder's ONNX file; `write_onnx` writes a trained
network as `build_model` writes the encoder: word rows in 4 bits as they were, layers in int8.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from assistant.reading.pairs import KINDS
from ingest.vectors.embedder import EMBEDDED
from tools.build_model import BLOCK, Blocks, Graph, Shape, Source, encode_tokens, finished

LAYERS = 8
"""How many of the encoder's twelve layers are kept, the lowest: all would take half as long again,
and the highest know most about vectors of whole texts."""
HIDDEN, HEADS, WIDE, EPSILON = 384, 12, 1536, 1e-12
PARTS = ("ao", "aln", "fi", "fo", "oln")
"""Of a layer, beside its `qkv`."""


class Layer(nn.Module):
    """One BERT layer; attention written out, which bfloat16 on a processor does fastest."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.ao = nn.Linear(HIDDEN, HIDDEN)
        self.aln = nn.LayerNorm(HIDDEN, EPSILON)
        self.fi = nn.Linear(HIDDEN, WIDE)
        self.fo = nn.Linear(WIDE, HIDDEN)
        self.oln = nn.LayerNorm(HIDDEN, EPSILON)

    def forward(self, state: Tensor, hidden: Tensor) -> Tensor:
        batch, tokens, _ = state.shape
        size = HIDDEN // HEADS
        cut = self.qkv(state).view(batch, tokens, 3, HEADS, size).permute(2, 0, 3, 1, 4)
        query, key, value = cut.reshape(3, batch * HEADS, tokens, size)
        weights = torch.bmm(query, key.transpose(1, 2)) * size**-0.5
        shares = torch.softmax(weights.view(batch, HEADS, tokens, tokens) + hidden, dim=-1)
        mixed = torch.bmm(shares.view(batch * HEADS, tokens, tokens), value)
        mixed = mixed.view(batch, HEADS, tokens, size).transpose(1, 2).reshape(state.shape)
        middle = self.aln(state + self.ao(mixed))
        out: Tensor = self.oln(middle + self.fo(functional.gelu(self.fi(middle))))
        return out


class Network(nn.Module):
    """Tokens of pairs → how far the text answers, and a start and an end at each token."""

    def __init__(self, words: Tensor, layers: int = LAYERS) -> None:
        super().__init__()
        self.register_buffer("words", words, persistent=False)
        self.places = nn.Parameter(torch.zeros(512, HIDDEN))
        self.kinds = nn.Parameter(torch.zeros(KINDS, HIDDEN))
        self.ln = nn.LayerNorm(HIDDEN, EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.pooled = nn.Linear(HIDDEN, HIDDEN)
        self.answers = nn.Linear(HIDDEN, 1)
        self.spans = nn.Linear(HIDDEN, 2)

    def states(self, ids: Tensor, mask: Tensor, kinds: Tensor) -> Tensor:
        """The vectors of the tokens."""
        words = self.get_buffer("words")[ids].to(self.places.dtype)
        state: Tensor = self.ln(words + self.places[: ids.shape[1]] + self.kinds[kinds])
        hidden = ((1 - mask) * -1e4).to(state.dtype)[:, None, None, :]
        for layer in self.layers:
            state = layer(state, hidden)
        return state

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor]:
        state = self.states(ids, mask, kinds)
        pooled = torch.tanh(self.pooled(state[:, 0]))
        return self.answers(pooled)[:, 0].float(), self.spans(state).float()


class EncoderFile:
    """The constants of the embedded encoder's ONNX file."""

    def __init__(self, folder: Path = EMBEDDED) -> None:
        graph = onnx.load(str(folder / "model.onnx")).graph
        self._held = {one.name: one for one in graph.initializer}

    def array(self, name: str) -> NDArray[np.float32]:
        """A float constant."""
        return np.array(onnx.numpy_helper.to_array(self._held[name]), np.float32)

    def matrix(self, name: str) -> NDArray[np.float32]:
        """The weights of a layer's part, out × in, from their integers."""
        whole = onnx.numpy_helper.to_array(self._held[f"{name}.w"]).T.astype(np.float32)
        weights: NDArray[np.float32] = whole * self.array(f"{name}.s")[:, None]
        return weights

    def words(self) -> Blocks:
        """The word rows, in their blocks of 4 bits."""
        held = self._held["emb.word.w"]
        bytes_ = np.frombuffer(held.raw_data, np.uint8)
        codes = np.stack([bytes_ & 15, bytes_ >> 4], axis=1).astype(np.int8)
        codes = np.where(codes > 7, codes - 16, codes).astype(np.int8)
        scales = onnx.numpy_helper.to_array(self._held["emb.word.s"])
        return Blocks(codes.reshape(-1, BLOCK), scales.astype(np.float16).reshape(-1))


def started(layers: int = LAYERS) -> Network:
    """A network that knows what the encoder knows; its heads know nothing yet."""
    held = EncoderFile()
    words = torch.from_numpy(held.words().floats().reshape(-1, HIDDEN))
    network = Network(words.to(torch.bfloat16), layers)

    def fill(target: Tensor, values: NDArray[np.float32]) -> None:
        target.data.copy_(torch.from_numpy(values))

    fill(network.places, held.array("emb.pos.w"))
    fill(network.ln.weight, held.array("emb.ln.w"))
    fill(network.ln.bias, held.array("emb.ln.b"))
    for at, layer in enumerate(network.layers):
        name = f"l{at}"
        fill(
            layer.get_parameter("qkv.weight"),
            np.concatenate([held.matrix(f"{name}.{p}") for p in "qkv"]),
        )
        fill(layer.get_parameter("qkv.bias"), held.array(f"{name}.qkv.b"))
        for part in PARTS:
            normed = part.endswith("ln")
            weights = held.array(f"{name}.{part}.w") if normed else held.matrix(f"{name}.{part}")
            fill(layer.get_parameter(f"{part}.weight"), weights)
            fill(layer.get_parameter(f"{part}.bias"), held.array(f"{name}.{part}.b"))
    return network


def write_onnx(network: Network, file: Path) -> None:
    """Writes the network: word rows as the encoder has them, layers in int8, heads in float."""
    words = EncoderFile().words()
    source = Source(
        Shape(HIDDEN, len(network.layers), HEADS, WIDE, network.places.shape[0], EPSILON),
        (),
        (),
        dict(exported(network)),
        {"emb.word": words},
    )
    graph = Graph(fused_norms=False)
    encode_tokens(graph, source, np.arange(words.values.size // HIDDEN), "states")

    def dense(name: str, values: str) -> str:
        weights = graph.constant(f"{name}.w", source.matrix(name).T)
        product = graph.node("MatMul", [values, weights], f"{name}.product")
        bias = graph.constant(f"{name}.b", source.plain[f"{name}.b"])
        return graph.node("Add", [product, bias], name)

    row = graph.node("Gather", ["states", "zero"], "first_row", axis=1)
    first = graph.node("Squeeze", [row, "second"], "first_state")
    bent = graph.node("Tanh", [dense("pooled", first)], "bent")
    graph.node("Squeeze", [dense("answers", bent), "second"], "scores")
    dense("spans", "states")
    inputs = ("input_ids", "attention_mask", "kinds")
    onnx.save(finished(graph, "reader", inputs, {"scores": (), "spans": (2,)}), str(file))


def exported(network: Network) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The weights by the names that `build_model` knows."""
    held = {name: value.detach().numpy() for name, value in network.named_parameters()}
    yield "emb.pos", held["places"]
    yield "emb.kinds", held["kinds"]
    yield "emb.type", np.zeros(HIDDEN, np.float32)
    named = {"emb.ln": "ln", **{head: head for head in ("pooled", "answers", "spans")}}
    named |= {f"l{at}.{p}": f"layers.{at}.{p}" for at in range(len(network.layers)) for p in PARTS}
    for name, part in named.items():
        yield f"{name}.w", held[f"{part}.weight"]
        yield f"{name}.b", held[f"{part}.bias"]
    for at in range(len(network.layers)):
        for short, kind in (("w", "weight"), ("b", "bias")):
            thirds = np.split(held[f"layers.{at}.qkv.{kind}"], 3)
            for letter, third in zip("qkv", thirds, strict=True):
                yield f"l{at}.{letter}.{short}", third
