"""Fuse and quantise an exported encoder to int8, and measure what that costs."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from liangxing.errors import BundleError
from liangxing.model.bundle import ENCODER, HEAD, TOKENIZER
from liangxing.model.session import Graphs, pad_windows
from liangxing.model.tokens import WindowSettings, WindowTokenizer
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from rich.progress import track

from liangxing_training.model import SentencingModel


def quantise(
    model: SentencingModel,
    folder: Path,
    windows: WindowSettings,
    texts: Sequence[str],
    minimum_cosine: float,
) -> dict[str, float]:
    """Replaces encoder.onnx in `folder` by its fused graph with int8 weights per channel.

    Returns the number of fused attentions and the lowest and mean cosine of the embeddings with
    those of torch on `texts`. Raises BundleError when an attention is not fused or the lowest
    cosine is below the minimum; the folder is then not to be used.
    """
    path = folder / ENCODER
    config = model.encoder_part.encoder.config
    layers = int(config.num_hidden_layers)  # type: ignore[union-attr, arg-type]
    logging.getLogger("onnxruntime.transformers").setLevel(logging.ERROR)
    fused = optimizer.optimize_model(
        str(path),
        model_type="bert",
        num_heads=int(config.num_attention_heads),  # type: ignore[union-attr, arg-type]
        hidden_size=int(config.hidden_size),  # type: ignore[union-attr, arg-type]
        opt_level=0,
    )
    attentions = sum(node.op_type == "Attention" for node in fused.model.graph.node)
    if attentions != layers:
        raise BundleError(
            f"int8: {attentions} of {layers} attentions were fused; this encoder cannot be "
            "quantised well, set export.int8=false"
        )
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        plain = Path(temporary) / ENCODER
        fused.save_model_to_file(str(plain))
        quantize_dynamic(
            str(plain),
            str(path),
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    cosines = _cosines(model, folder, windows, texts)
    if not cosines.min() >= minimum_cosine:
        raise BundleError(
            f"int8: an embedding has a cosine of {cosines.min():.3f} with torch's, the limit is "
            f"export.minimum_cosine={minimum_cosine:g}; lower it or set export.int8=false"
        )
    return {
        "int8_fused_attentions": float(attentions),
        "int8_lowest_cosine": float(cosines.min()),
        "int8_mean_cosine": float(cosines.mean()),
    }


def _cosines(
    model: SentencingModel, folder: Path, windows: WindowSettings, texts: Sequence[str]
) -> np.ndarray:
    graphs = Graphs(folder / ENCODER, folder / HEAD, pad_id=windows.pad_id, threads=None)
    tokenizer = WindowTokenizer.from_file(folder / TOKENIZER, windows)
    found: list[float] = []
    for text in track(texts, description="Comparing int8 with torch", transient=True):
        cut = tokenizer.windows(text, None)[0]
        batch = pad_windows([cut], windows.pad_id)
        with torch.no_grad():
            expected, _, _ = model.encoder_part(*(torch.from_numpy(batch[name]) for name in batch))
        one, other = expected[0].numpy(), graphs.encode([cut]).embedding[0]
        found.append(float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other))))
    return np.asarray(found)
