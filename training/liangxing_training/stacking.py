"""Add boosted trees to an exported bundle, with the share that validation gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from liangxing.errors import BundleError
from liangxing.model import bundle as bundles
from liangxing.model.trees import TreePart
from liangxing.predictor import SentencePredictor
from rich.progress import track

from liangxing_training.batches import to_case
from liangxing_training.model_card import finish_bundle, revised_bundle
from liangxing_training.trees import Rows, TreeSettings, choose_weight, fit_trees, read_rows

_TOLERANCE = 1e-4
# Key of the manifest's data: splits whose labels the bundle has seen.
TRAINED_ON = "trained_on"


@dataclass(frozen=True)
class Stacking:
    """`weight` of the trees; `losses` by weight (nats); `figures` to track."""

    weight: float
    losses: Mapping[float, float]
    figures: Mapping[str, float]


def add_trees(
    folder: Path,
    train: Sequence[Mapping[str, Any]],
    validation: Sequence[Mapping[str, Any]],
    settings: TreeSettings,
) -> Stacking:
    """Fits trees on `train`, chooses their weight on `validation`, fits them again on both and
    writes them into the bundle in one step; a calibration, now void, is dropped.

    Raises BundleError when ONNX Runtime disagrees with LightGBM; nothing is written then.
    """
    predictor = SentencePredictor.load(folder)
    manifest, grid = predictor.bundle.manifest, predictor.bundle.grid
    names = manifest.feature_names
    rows: dict[str, Rows] = {
        split: read_rows(
            records,
            names,
            grid,
            settings.bandwidth,
            mask=manifest.windows.mask_verdicts,
            description=f"Reading {split}",
        )
        for split, records in (("train", train), ("validation", validation))
    }
    cases = (to_case(record) for record in validation)
    head = np.stack(
        [
            found.probabilities
            for found in track(
                predictor.assess(cases),
                description="Head on validation",
                total=len(validation),
                transient=True,
            )
        ]
    )
    known = rows["validation"]
    trees = fit_trees(rows["train"], names, grid, settings).probabilities(known)
    weight, losses = choose_weight(head, trees, known.outcomes, settings.weights)
    fitted = fit_trees(rows["train"] + known, names, grid, settings)
    fitted = replace(fitted, wide=replace(fitted.wide, weight=np.float32(weight)))
    with revised_bundle(folder, without={bundles.CALIBRATION}) as staging:
        fitted.write(staging / bundles.TREES, staging / bundles.WIDE)
        part = TreePart(staging / bundles.TREES, staging / bundles.WIDE, names, None)
        served = part.probabilities(known.texts, known.values, known.present)
        worst = float(np.abs(served - fitted.probabilities(known)).max())
        if not worst <= _TOLERANCE:
            raise BundleError(
                f"trees.onnx differs from LightGBM by {worst:.2g} in an outcome probability "
                f"(limit {_TOLERANCE:g}); the trees were not added"
            )
        figures = {
            "trees_weight": weight,
            "trees_parity_max_difference": worst,
            "loss_head": losses[0.0] if 0.0 in losses else float("nan"),
            "loss_trees": losses[1.0] if 1.0 in losses else float("nan"),
            "loss_mixture": losses[weight],
        }
        metrics = {**manifest.metrics, **figures}
        data = {**manifest.data, TRAINED_ON: ["train", "validation"]}
        manifest = manifest.model_copy(update={"metrics": metrics, "data": data})
        finish_bundle(staging, manifest, None)
    return Stacking(weight, losses, figures)
