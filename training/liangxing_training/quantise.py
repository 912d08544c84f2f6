"""Fuse an exported encoder and quantise it to int8, keeping what loses most in fp32."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from liangxing.errors import BundleError
from liangxing.model.session import open_session, pad_windows
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from rich.progress import track

from liangxing_training.packing import pack_tokens

Windows = Sequence[Sequence[int]]

# Operators whose weights become int8 and that are heavy enough to be weighed one by one.
_WEIGHED = ("Attention", "MatMul")


def fuse(
    plain: Path, fused: Path, *, layers: int, heads: int, hidden: int, packed: bool = False
) -> None:
    """Writes the graph of `plain` with its attentions fused and, for CPUs, its tokens `packed`.

    Raises BundleError unless all of `layers` were: a lower precision gains little otherwise.
    """
    logging.getLogger("onnxruntime.transformers").setLevel(logging.ERROR)
    graph = optimizer.optimize_model(
        str(plain), model_type="bert", num_heads=heads, hidden_size=hidden, opt_level=0
    )
    attentions = sum(node.op_type == "Attention" for node in graph.model.graph.node)
    if attentions != layers:
        raise BundleError(
            f"{attentions} of {layers} attentions were fused; this encoder cannot be reduced "
            "well, set export.int8=false and export.fp16=false"
        )
    if packed:
        pack_tokens(graph.model, hidden)
    graph.save_model_to_file(str(fused))


def quantise(fused: Path, output: Path, kept: Sequence[str] = ()) -> None:
    """Writes `fused` with int8 weights per channel; nodes named in `kept` stay fp32."""
    _to_int8(fused, output, exclude=list(kept))


def by_loss(fused: Path, windows: Sequence[Windows], pad_id: int) -> list[str]:
    """The nodes with weights, the one that loses most alone in int8 first.

    Loss is 1 - the mean cosine of the embeddings with those of fp32 on `windows`, cases of
    token ids.
    """
    exact = embeddings(fused, windows, pad_id)
    losses: dict[str, float] = {}
    with tempfile.TemporaryDirectory(dir=fused.parent) as temporary:
        candidate = Path(temporary) / "one.onnx"
        for name in track(_weighed(fused), description="Weighing operators", transient=True):
            _to_int8(fused, candidate, only=[name])
            losses[name] = 1 - float(cosines(exact, candidate, windows, pad_id).mean())
    return sorted(losses, key=lambda name: -losses[name])


def cosines(
    exact: np.ndarray, encoder: Path, windows: Sequence[Windows], pad_id: int
) -> np.ndarray:
    """[cases]: cosine of the encoder's embeddings with `exact` [cases, d]."""
    other = embeddings(encoder, windows, pad_id)
    lengths = np.linalg.norm(exact, axis=1) * np.linalg.norm(other, axis=1)
    return (exact * other).sum(1) / lengths


def embeddings(encoder: Path, windows: Sequence[Windows], pad_id: int) -> np.ndarray:
    """[cases, d], one case a run as in use."""
    session = open_session(encoder, None)
    found = [session.run(["embedding"], pad_windows([case], pad_id))[0][0] for case in windows]
    return np.stack(found)


def _weighed(fused: Path) -> list[str]:
    """Names of the nodes that int8 touches: heavy operators with a constant weight."""
    graph = onnx.load(str(fused)).graph
    constants = {tensor.name for tensor in graph.initializer}
    return [
        node.name for node in graph.node if node.op_type in _WEIGHED and node.input[1] in constants
    ]


def _to_int8(
    fused: Path, output: Path, *, only: list[str] | None = None, exclude: list[str] | None = None
) -> None:
    with _quiet():
        quantize_dynamic(
            str(fused),
            str(output),
            per_channel=True,
            weight_type=QuantType.QInt8,
            nodes_to_quantize=only,
            nodes_to_exclude=exclude,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """The quantiser warns, through the root logger, of steps that fusing has done already."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)
