"""Lower the precision of an exported bundle's encoder, if the validation split allows it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from liangxing.errors import BundleError, ConfigError, DataError
from liangxing.model import bundle as bundles
from liangxing.model.session import gpu_providers
from liangxing.model.tokens import WindowTokenizer
from onnxruntime.transformers.float16 import convert_float_to_float16

from liangxing_training.export_settings import ExportSettings
from liangxing_training.precision_cost import Answers, Cost, Record, answers, measure_cost
from liangxing_training.quantise import Windows, by_loss, cosines, embeddings, fuse, quantise


def lower_precision(
    folder: Path,
    encoder: Any,
    settings: ExportSettings,
    texts: Sequence[str],
    validation: Sequence[Record],
) -> dict[str, float]:
    """Replaces encoder.onnx of the fp32 bundle in `folder`; the manifest is the caller's to renew.

    `encoder` is the configuration of the Hugging Face encoder; `texts` come from the training
    split. Returns what was lost. Raises BundleError with the figures when every try loses more
    or turns an embedding further than the settings allow, or an attention is not fused; the folder
    is then not to be used.
    """
    precision = settings.precision
    if precision == "fp16" and not gpu_providers():
        raise ConfigError(
            "export.fp16 needs a GPU provider of ONNX Runtime, and this one has none; install "
            "onnxruntime-gpu, or set export.fp16=false (export.int8=true is for CPUs)"
        )
    if not validation or not texts:
        raise DataError(
            f"export.{precision} is checked on the validation split and needs texts of the "
            f"training split; one of them is empty, prepare more data or set "
            f"export.{precision}=false"
        )
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".precision-") as temporary:
        fused = Path(temporary) / "fused.onnx"
        layers = int(encoder.num_hidden_layers)
        fuse(
            folder / bundles.ENCODER,
            fused,
            layers=layers,
            heads=int(encoder.num_attention_heads),
            hidden=int(encoder.hidden_size),
            packed=precision == "int8",
        )
        trial = Path(shutil.copytree(folder, Path(temporary) / "bundle"))
        windows = _windows(folder, texts[: settings.quantised_texts])
        found = _first_within(folder, trial, fused, settings, windows, validation)
        shutil.copyfile(trial / bundles.ENCODER, folder / bundles.ENCODER)
    return {
        f"{precision}_fused_attentions": float(layers),
        f"{precision}_kept_operators": float(found.kept),
        f"{precision}_lowest_cosine": float(found.similar.min()),
        f"{precision}_mean_cosine": float(found.similar.mean()),
        **found.cost.figures(precision),
    }


@dataclass(frozen=True)
class _Try:
    """What a lowered encoder costs, with `kept` operators in fp32; `similar` [texts] are the
    cosines of its embeddings with those of fp32."""

    cost: Cost
    similar: np.ndarray
    kept: int

    def within(self, settings: ExportSettings) -> bool:
        # Written so that NaN fails too.
        near = bool(self.similar.min() >= settings.minimum_cosine)
        return near and self.cost.within(settings.max_cail_loss, settings.max_coverage_loss)

    def __str__(self) -> str:
        return (
            f"{self.cost}, lowest cosine {self.similar.min():.3f} with {self.kept} operators left "
            "in fp32"
        )


def to_fp16(fused: Path, output: Path) -> None:
    """Writes `fused` with halved weights and activations; inputs and outputs stay as they are."""
    onnx.save(convert_float_to_float16(onnx.load(str(fused)), keep_io_types=True), str(output))


def _first_within(
    folder: Path,
    trial: Path,
    fused: Path,
    settings: ExportSettings,
    windows: Sequence[Windows],
    validation: Sequence[Record],
) -> _Try:
    """The first try within the limits, which `trial` then holds."""
    found = bundles.load_bundle(folder)
    pad_id = found.manifest.windows.pad_id
    exact: Answers = answers(folder, validation, "Validation in fp32")
    embedded = embeddings(fused, windows, pad_id)
    encoder = trial / bundles.ENCODER
    tried: list[_Try] = []
    for kept in _tries(fused, encoder, settings, windows, pad_id):
        bundles.write_manifest(
            trial, found.manifest.model_copy(update={"precision": settings.precision})
        )
        lowered = answers(trial, validation, f"Validation in {settings.precision}")
        cost = measure_cost(exact, lowered, validation, found.grid)
        tried.append(_Try(cost, cosines(embedded, encoder, windows, pad_id), kept))
        if tried[-1].within(settings):
            return tried[-1]
    raise BundleError(
        f"export.{settings.precision} is refused: it loses more than "
        f"export.max_cail_loss={settings.max_cail_loss:g} or "
        f"export.max_coverage_loss={settings.max_coverage_loss:g} points (validation, head "
        f"alone), or an embedding has a cosine with that of fp32 below "
        f"export.minimum_cosine={settings.minimum_cosine:g}: {'; '.join(map(str, tried))}. Set "
        f"export.{settings.precision}=false or move the limit; the bundle was not written"
    )


def _tries(
    fused: Path,
    encoder: Path,
    settings: ExportSettings,
    windows: Sequence[Windows],
    pad_id: int,
) -> Iterator[int]:
    """Writes one encoder after the other, yielding how many operators it leaves in fp32."""
    if settings.precision == "fp16":
        to_fp16(fused, encoder)
        yield 0
        return
    quantise(fused, encoder)
    yield 0
    worst = by_loss(fused, windows[: settings.weighed_texts], pad_id)
    for kept in settings.int8_kept:
        if kept < len(worst):
            quantise(fused, encoder, worst[:kept])
            yield kept


def _windows(folder: Path, texts: Sequence[str]) -> list[Windows]:
    settings = bundles.load_bundle(folder).manifest.windows
    tokenizer = WindowTokenizer.from_file(folder / bundles.TOKENIZER, settings)
    return [tokenizer.windows(text, None)[0] for text in texts]
