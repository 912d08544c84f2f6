"""Export a trained model to ONNX, check parity with torch, write the bundle."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from liangxing.atomic import atomic_folder
from liangxing.errors import BundleError
from liangxing.law import law_sha256
from liangxing.model import bundle as bundles
from liangxing.model.calibration import softmax
from liangxing.model.session import Graphs, pad_windows
from liangxing.model.tokens import WindowSettings
from liangxing.reading import READING_VERSION

from liangxing_training.contamination import SKETCHES, write_sketches
from liangxing_training.export_settings import ExportSettings
from liangxing_training.finetune import TOKENIZER, load_trained
from liangxing_training.lower_precision import lower_precision
from liangxing_training.model import SentencingModel
from liangxing_training.model_card import finish_bundle
from liangxing_training.precision_cost import Record
from liangxing_training.tracking import git_revision

OPSET = 17


def export_bundle(
    trained: Path,
    output: Path,
    settings: ExportSettings,
    data: Mapping[str, Any],
    seen_facts: Iterable[str] = (),
    validation: Sequence[Record] = (),
) -> dict[str, float]:
    """Writes an uncalibrated bundle to `output` in one step; returns the parity figures and, with
    a lower precision, what it loses on `validation`.

    Sketches of `seen_facts`, training texts first, go into the bundle, so that a benchmark can
    leave such facts out. Raises BundleError when ONNX Runtime and torch disagree, or the lower
    precision loses too much; nothing is written then.
    """
    model, meta = load_trained(trained)
    seen_facts = list(seen_facts)
    windows = WindowSettings.model_validate(meta["windows"])
    with atomic_folder(output) as folder:
        export_encoder(model, folder / bundles.ENCODER, windows)
        _export_head(model, folder / bundles.HEAD)
        shutil.copyfile(trained / TOKENIZER, folder / bundles.TOKENIZER)
        write_sketches(folder / SKETCHES, seen_facts)
        parity = check_parity(model, folder, windows, settings)
        manifest = bundles.Manifest(
            format_version=bundles.FORMAT_VERSION,
            name=settings.name,
            version=settings.version,
            files={},
            feature_names=tuple(meta["feature_names"]),
            outcome_grid=tuple(meta["settings"]["month_grid"]),
            charges=tuple(meta["charges"]),
            articles=tuple(meta["articles"]),
            labels_seen=tuple(meta["labels_seen"]),
            windows=windows,
            law_sha256=law_sha256(),
            reading_version=READING_VERSION,
            encoder=Path(meta["encoder"]["name"]).name,
            git_revision=git_revision(),
            data=data,
            metrics=parity,
            synthetic=meta["synthetic"],
            precision="fp32",
        )
        finish_bundle(folder, manifest, None)
        if settings.precision != "fp32":
            parity |= lower_precision(
                folder, model.encoder_part.encoder.config, settings, seen_facts, validation
            )
            lowered = {"precision": settings.precision, "metrics": parity}
            finish_bundle(folder, manifest.model_copy(update=lowered), None)
    return parity


def export_encoder(model: SentencingModel, path: Path, windows: WindowSettings) -> None:
    """Writes the fp32 graph of the encoder as the exporter makes it."""
    batch = pad_windows([[[windows.cls_id] * 9, [windows.cls_id] * 5], [[windows.cls_id] * 7]], 0)
    names = ["input_ids", "attention_mask", "window_case"]
    _export(
        model.encoder_part,
        tuple(torch.from_numpy(batch[name]) for name in names),
        path,
        names,
        ["embedding", "charge_logits", "article_logits"],
        {
            "input_ids": {0: "windows", 1: "tokens"},
            "attention_mask": {0: "windows", 1: "tokens"},
            "window_case": {0: "windows"},
            "embedding": {0: "cases"},
            "charge_logits": {0: "cases"},
            "article_logits": {0: "cases"},
        },
    )


def _export_head(model: SentencingModel, path: Path) -> None:
    head = model.head_part
    width = head.feature_mean.shape[0]
    embedding = model.encoder_part.norm.normalized_shape[0]
    names = ["embedding", "features", "features_present"]
    outputs = ["outcome_logits", "suspension_logit", "fine_quantiles"]
    _export(
        head,
        (torch.zeros(2, embedding), torch.zeros(2, width), torch.zeros(2, width)),
        path,
        names,
        outputs,
        {name: {0: "cases"} for name in (*names, *outputs)},
    )


def _export(
    module: torch.nn.Module,
    arguments: tuple[torch.Tensor, ...],
    path: Path,
    inputs: list[str],
    outputs: list[str],
    axes: dict[str, dict[int, str]],
) -> None:
    with warnings.catch_warnings(), torch.no_grad():
        # The tracing exporter is deprecated, yet the only one whose graph ONNX Runtime fuses.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            arguments,
            str(path),
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def check_parity(
    model: SentencingModel, folder: Path, windows: WindowSettings, settings: ExportSettings
) -> dict[str, float]:
    """Compares outcome probabilities of torch and ONNX Runtime on random batches of 1 to 6 cases
    with 1 to `max_windows` windows of 3 to `window` tokens.

    Raises BundleError when one differs by more than the tolerance, or the most probable outcome
    differs although the top two do not tie within it.
    """
    random = np.random.default_rng(settings.seed)
    graphs = Graphs(
        folder / bundles.ENCODER,
        folder / bundles.HEAD,
        pad_id=windows.pad_id,
        threads=None,
        precision="fp32",
    )
    vocabulary = int(model.encoder_part.encoder.config.vocab_size)  # type: ignore[union-attr]
    width = model.head_part.feature_mean.shape[0]
    worst = 0.0
    for _ in range(settings.parity_batches):
        cases = [
            [
                random.integers(0, vocabulary, random.integers(3, windows.window + 1)).tolist()
                for _ in range(random.integers(1, windows.max_windows + 1))
            ]
            for _ in range(random.integers(1, 7))
        ]
        values = random.normal(size=(len(cases), width)).astype(np.float32)
        present = random.integers(0, 2, size=values.shape).astype(np.float32)
        batch = {
            name: torch.from_numpy(array)
            for name, array in pad_windows(cases, windows.pad_id).items()
        }
        with torch.no_grad():
            expected = model(
                **batch,
                features=torch.from_numpy(values),
                features_present=torch.from_numpy(present),
            )
        encoding = graphs.encode(cases)
        output = graphs.decide(encoding.embedding, values, present)
        ours = softmax(output.outcome_logits.astype(np.float64))
        theirs = softmax(expected["outcome_logits"].double().numpy())
        worst = max(worst, float(np.abs(ours - theirs).max()))
        top_two = np.sort(theirs, axis=-1)[:, -2:]
        decided = top_two[:, 1] - top_two[:, 0] > settings.tolerance
        same = ours.argmax(-1) == theirs.argmax(-1)
        # Written so that NaN fails too.
        if not worst <= settings.tolerance or not (same | ~decided).all():
            raise BundleError(
                f"export parity failed: ONNX Runtime differs from torch by {worst:.2g} in an "
                f"outcome probability (limit {settings.tolerance:g}); the bundle was not written"
            )
    return {"parity_max_difference": worst}
