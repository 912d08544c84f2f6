"""Add n-grams for the charge and boosted trees to an exported bundle, with the shares that
validation gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from liangxing.errors import BundleError, ConfigError
from liangxing.model import bundle as bundles
from liangxing.model.tokens import encoder_text
from liangxing.model.trees import TreePart
from liangxing.predictor import SentencePredictor
from rich.progress import track

from liangxing_training.batches import to_case
from liangxing_training.charge_grams import ChargeGramSettings, choose_shares, fit_charge_grams
from liangxing_training.model_card import finish_bundle, revised_bundle
from liangxing_training.trees import Rows, TreeSettings, choose_weight, fit_trees, read_rows

_TOLERANCE = 1e-4
# In log1p yuan: a thousandth of a fine.
_FINE_TOLERANCE = 1e-3
# Key of the manifest's data: splits whose labels the bundle has seen.
TRAINED_ON = "trained_on"
# Key of the manifest's data: the encoder has learnt from validation too.
LEARNT_VALIDATION = "learnt_validation"


def add_charge_grams(
    folder: Path,
    train: Sequence[Mapping[str, Any]],
    validation: Sequence[Mapping[str, Any]],
    settings: ChargeGramSettings,
) -> dict[str, float]:
    """Fits n-grams for the charge on `train`, chooses on `validation` what they count beside the
    encoder, fits them again on both and writes them into the bundle in one step; a calibration,
    now void, is dropped. Returns figures to track.

    Raises ConfigError when the encoder learnt from validation and the settings leave the choice.
    """
    predictor = SentencePredictor.load(folder)
    manifest = predictor.bundle.manifest
    names, mask = manifest.charges, manifest.windows.mask_verdicts
    figures: dict[str, float] = {}
    if settings.shares is None:
        _refuse_to_choose(manifest, "charge_grams.shares")
        known = [record for record in validation if record["charges"]]
        encoded = [
            predictor.encode_texts([to_case(record)]).charge_logits[0]
            for record in track(known, description="Charges on validation", transient=True)
        ]
        part, figures = choose_shares(
            fit_charge_grams(train, names, settings, mask=mask),
            np.stack(encoded),
            [encoder_text(record["fact"], mask=mask) for record in known],
            [[names.index(c) for c in record["charges"] if c in names] for record in known],
        )
        settings = settings.model_copy(update={"shares": tuple(part.shares.tolist())})
    fitted = fit_charge_grams([*train, *validation], names, settings, mask=mask)
    figures["charge_share_encoder"], figures["charge_share_grams"] = fitted.shares.tolist()
    with revised_bundle(folder, without={bundles.CALIBRATION}) as staging:
        fitted.save(staging / bundles.CHARGES)
        metrics = {**manifest.metrics, **figures}
        data = {**manifest.data, TRAINED_ON: ["train", "validation"]}
        finish_bundle(
            staging, manifest.model_copy(update={"metrics": metrics, "data": data}), None
        )
    return figures


def _refuse_to_choose(manifest: bundles.Manifest, setting: str) -> None:
    if manifest.data.get(LEARNT_VALIDATION):
        raise ConfigError(
            f"{setting} leaves a choice to the validation split, which the encoder has learnt "
            "from; set the one value that a run without finetune.learn_validation chose"
        )


@dataclass(frozen=True)
class Stacking:
    """`weight` of the trees; `losses` by weight (nats), empty where the weight was given;
    `figures` to track."""

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
    writes them into the bundle in one step; a calibration, now void, is dropped. A single weight
    in the settings is taken as it is.

    Raises BundleError when ONNX Runtime disagrees with LightGBM, and ConfigError when the encoder
    learnt from validation and the settings leave the choice; nothing is written then.
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
    known = rows["validation"]
    weight, losses = settings.weights[0], dict[float, float]()
    if len(settings.weights) > 1:
        _refuse_to_choose(manifest, "trees.weights")
        trees = fit_trees(rows["train"], names, grid, settings).opinion(known).outcomes
        head = _head_alone(predictor, validation)
        weight, losses = choose_weight(head, trees, known.outcomes, settings.weights)
    learnt = rows["train"] + known
    fitted = fit_trees(learnt, names, grid, settings)
    fitted = replace(fitted, wide=replace(fitted.wide, weight=np.float32(weight)))
    with revised_bundle(folder, without={bundles.CALIBRATION}) as staging:
        part = TreePart(staging, fitted.write(staging), names, None)
        served = part.opinion(known.texts, known.values, known.present)
        expected = fitted.opinion(known)
        worst = float(np.abs(served.outcomes - expected.outcomes).max())
        if not worst <= _TOLERANCE:
            raise BundleError(
                f"trees.onnx differs from LightGBM by {worst:.2g} in an outcome probability "
                f"(limit {_TOLERANCE:g}); the trees were not added"
            )
        if served.fines is not None and expected.fines is not None:
            off = float(np.abs(served.fines - expected.fines).max())
            if not off <= _FINE_TOLERANCE:
                raise BundleError(
                    f"fines.onnx differs from LightGBM by {off:.2g} in log1p yuan "
                    f"(limit {_FINE_TOLERANCE:g}); the trees were not added"
                )
        figures = {"trees_weight": weight, "trees_parity_max_difference": worst}
        if fitted.fines is not None:
            figures["fine_trees_verdicts"] = float((~np.isnan(learnt.fines)).sum())
        if fitted.groups is not None:
            figures["verdict_groups"] = float(len(fitted.groups.charges))
        named = (("loss_head", 0.0), ("loss_trees", 1.0), ("loss_mixture", weight))
        figures |= {name: losses[share] for name, share in named if share in losses}
        metrics = {**manifest.metrics, **figures}
        data = {**manifest.data, TRAINED_ON: ["train", "validation"]}
        manifest = manifest.model_copy(update={"metrics": metrics, "data": data})
        finish_bundle(staging, manifest, None)
    return Stacking(weight, losses, figures)


def _head_alone(
    predictor: SentencePredictor, validation: Sequence[Mapping[str, Any]]
) -> np.ndarray:
    cases = (to_case(record) for record in validation)
    found = track(
        predictor.assess(cases),
        description="Head on validation",
        total=len(validation),
        transient=True,
    )
    return np.stack([one.probabilities for one in found])
