"""The studies beside the pipeline: search over the head, ablations, learning curve."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import torch
from liangxing.model.calibration import softmax
from liangxing.model.outcomes import OutcomeGrid
from liangxing.model.tokens import WindowSettings, WindowTokenizer
from optuna.visualization import matplotlib as optuna_plots
from rich.progress import track
from torch.utils.data import DataLoader

from liangxing_training.ablations import (
    AblateSettings,
    CurvePoint,
    System,
    ablate,
    learning_curve,
)
from liangxing_training.batches import CaseDataset, Collator, LabelSpace
from liangxing_training.embeddings import EmbeddedData
from liangxing_training.evaluation import plots
from liangxing_training.evaluation.bootstrap import Estimate, PairedDifference
from liangxing_training.evaluation.outcomes import Outcomes
from liangxing_training.evaluation.tables import as_json, metric_name
from liangxing_training.finetune import TOKENIZER, load_trained
from liangxing_training.trees import TreeSettings
from liangxing_training.tune import TuneResult, TuneSettings, tune

Record = Mapping[str, Any]


@dataclass(frozen=True)
class ChargeError:
    """`lost` is the charge's share of all points of `cail_score` that the system lost."""

    charge: str
    cases: int
    cail_score: float
    lost: float


@dataclass(frozen=True)
class AblationReport:
    """Rows with their intervals; `gains` the paired difference to the row before, where both are
    distributions; `by_charge` of the last row, the costliest charge first."""

    table: dict[str, Estimate]
    losses: dict[str, float | None]
    seeds: dict[str, int]
    gains: dict[str, PairedDifference]
    curve: list[CurvePoint]
    by_charge: list[ChargeError]


def run_tune(data: EmbeddedData, settings: TuneSettings, folder: Path) -> TuneResult:
    """Searches inside the active MLflow run and logs the best trial with its plots."""
    found = tune(data, settings, folder)
    mlflow.log_params({f"best_{name}": value for name, value in found.settings.items()})
    mlflow.log_metrics(
        {"best_loss": found.loss, "finished": found.finished, "pruned": found.pruned}
    )
    axes = optuna_plots.plot_optimization_history(found.study)
    mlflow.log_figure(axes.figure, "history.png")
    if found.finished > 1:
        axes = optuna_plots.plot_param_importances(found.study)
        mlflow.log_figure(axes.figure, "importances.png")
    return found


def run_ablations(
    data: EmbeddedData,
    baselines: dict[str, Outcomes],
    trees: TreeSettings,
    settings: AblateSettings,
    model: Path,
    adapted: EmbeddedData | None,
    say: Any,
) -> AblationReport:
    """All rows and the learning curve, each row a nested MLflow run of the active one. `model` is
    the folder of a fine-tuned model, which is left out where there is none."""
    records = data.validation.records
    finetuned = finetuned_distribution(model, records, data.space.grid) if model.is_dir() else None
    rows = ablate(data, baselines, trees, settings, finetuned, adapted, say)
    how = settings.resampling
    gains: dict[str, PairedDifference] = {}
    for before, row in pairwise(rows):
        if before.loss is not None and row.loss is not None:
            gains[row.name] = row.minus(before, how)
    report = AblationReport(
        table={row.name: row.estimate(how) for row in rows},
        losses={row.name: row.loss for row in rows},
        seeds={row.name: row.seeds for row in rows},
        gains=gains,
        curve=learning_curve(data, trees, settings, say),
        by_charge=errors_by_charge(records, rows[-1]),
    )
    _log(report)
    return report


def finetuned_distribution(
    folder: Path, records: Sequence[Record], grid: OutcomeGrid
) -> np.ndarray:
    """[cases, outcomes] of a trained model, before any bound."""
    model, meta = load_trained(folder)
    windows = WindowSettings.model_validate(meta["windows"])
    space = LabelSpace(
        tuple(meta["charges"]), tuple(meta["articles"]), grid, tuple(meta["feature_names"])
    )
    reader = WindowTokenizer.from_file(folder / TOKENIZER, windows)
    cases = CaseDataset(records, reader, space, 0.1, "Reading validation")
    order = np.argsort(cases.lengths, kind="stable")
    batches = DataLoader(
        torch.utils.data.Subset(cases, order.tolist()),
        batch_size=16,
        collate_fn=Collator(windows.pad_id),
    )
    found = np.zeros((len(cases), len(grid)))
    done = 0
    with torch.inference_mode():
        for batch in track(batches, description="Fine-tuned model", transient=True):
            inputs = {name: part for name, part in batch.items() if "label" not in name}
            logits = model(**inputs)["outcome_logits"].double().numpy()
            found[order[done : done + len(logits)]] = softmax(logits)
            done += len(logits)
    return found


def errors_by_charge(records: Sequence[Record], system: System) -> list[ChargeError]:
    """Where a system loses its points: cases with several charges count under the first."""
    lost = 100 - system.scores
    charges = [record["charges"][0] if record["charges"] else "none" for record in records]
    rows = [
        ChargeError(
            charge,
            int(held.sum()),
            float(system.scores[held].mean()),
            float(lost[held].sum() / max(lost.sum(), 1e-9)),
        )
        for charge in sorted(set(charges))
        for held in [np.array([c == charge for c in charges])]
    ]
    return sorted(rows, key=lambda row: -row.lost)


def errors_csv(rows: Sequence[ChargeError]) -> str:
    """A line per charge."""
    out = io.StringIO()
    writer = csv.DictWriter(out, ["charge", "cases", "cail_score", "lost"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    return out.getvalue()


def _log(report: AblationReport) -> None:
    for name, estimate in report.table.items():
        with mlflow.start_run(run_name=name, nested=True):
            figures = {
                "cail_score": estimate.value,
                "cail_score_low": estimate.low,
                "cail_score_high": estimate.high,
                "loss": report.losses[name],
                "seeds": report.seeds[name],
            }
            mlflow.log_metrics({k: float(v) for k, v in figures.items() if v is not None})
        mlflow.log_metric(f"{metric_name(name)}/cail_score", estimate.value)
    mlflow.log_text(as_json(report), "ablations.json")
    mlflow.log_text(errors_csv(report.by_charge), "errors_by_charge.csv")
    mlflow.log_figure(plots.data_curve(report.curve), "data_curve.png")
