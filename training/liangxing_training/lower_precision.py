"""Lower the precision of an exported bundle's encoder, if the validation split allows it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

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
    than the settings allow, an embedding turns too far, or an attention is not fused; the folder
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
        cost, kept = _first_within(folder, trial, fused, settings, windows, validation)
        similar = cosines(
            embeddings(fused, windows, _pad_id(folder)),
            trial / bundles.ENCODER,
            windows,
            _pad_id(folder),
        )
        if not similar.min() >= settings.minimum_cosine:
            raise BundleError(
                f"export.{precision} is refused: an embedding has a cosine of "
                f"{similar.min():.3f} with that of fp32, the limit is "
                f"export.minimum_cosine={settings.minimum_cosine:g}; lower it or set "
                f"export.{precision}=false"
            )
        shutil.copyfile(trial / bundles.ENCODER, folder / bundles.ENCODER)
    return {
        f"{precision}_fused_attentions": float(layers),
        f"{precision}_kept_operators": float(kept),
        f"{precision}_lowest_cosine": float(similar.min()),
        f"{precision}_mean_cosine": float(similar.mean()),
        **cost.figures(precision),
    }


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
) -> tuple[Cost, int]:
    """The cost of the first try within the limits, which `trial` then holds, and the number of
    operators that it left in fp32."""
    found = bundles.load_bundle(folder)
    exact: Answers = answers(folder, validation, "Validation in fp32")
    tried: list[str] = []
    for kept in _tries(fused, trial / bundles.ENCODER, settings, windows, _pad_id(folder)):
        bundles.write_manifest(
            trial, found.manifest.model_copy(update={"precision": settings.precision})
        )
        lowered = answers(trial, validation, f"Validation in {settings.precision}")
        cost = measure_cost(exact, lowered, validation, found.grid)
        if cost.within(settings.max_cail_loss, settings.max_coverage_loss):
            return cost, kept
        tried.append(f"{cost} with {kept} operators left in fp32")
    raise BundleError(
        f"export.{settings.precision} is refused: it loses more than "
        f"export.max_cail_loss={settings.max_cail_loss:g} or "
        f"export.max_coverage_loss={settings.max_coverage_loss:g} points (validation, head "
        f"alone): {'; '.join(tried)}. Set export.{settings.precision}=false or raise the limit; "
        "the bundle was not written"
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


def _pad_id(folder: Path) -> int:
    return bundles.load_bundle(folder).manifest.windows.pad_id
