"""An evaluation into MLflow and into files: figures, tables and plots."""

from __future__ import annotations

from pathlib import Path

import mlflow
from liangxing.model.legal import CHARGE_GIVEN

from liangxing_training import tracking
from liangxing_training.evaluation import plots, tables
from liangxing_training.evaluation.evaluate import GIVEN, Evaluation, pooled_coverage


def log_evaluation(found: Evaluation, folder: Path) -> None:
    """Logs to the active run, linked to the logged model, and writes the tables to `folder`."""
    mlflow.set_tag("model_sha256", found.model_sha256)
    mlflow.log_metrics(tables.flat(found), model_id=tracking.logged_model_id(found.model_sha256))
    folder.mkdir(exist_ok=True)
    for name, text in tables.artifact_files(found).items():
        (folder / name).write_text(text, encoding="utf-8")
        mlflow.log_text(text, name)
    mlflow.log_figure(
        plots.predicted_against_actual(found.truth, found.points[GIVEN]),
        f"{found.split}_predicted_against_actual.png",
    )
    mlflow.log_figure(
        plots.coverage_by_level(*pooled_coverage(found, CHARGE_GIVEN), n=len(found.truth)),
        f"{found.split}_coverage_by_level.png",
    )
    given = next(each for each in found.suspension if each.mode == CHARGE_GIVEN)
    mlflow.log_figure(
        plots.suspension_reliability(given.probability, given.suspended),
        f"{found.split}_suspension_reliability.png",
    )
    fine = next(each for each in found.fine if each.mode == CHARGE_GIVEN)
    mlflow.log_figure(
        plots.fines_against_actual(fine.actual, fine.predicted),
        f"{found.split}_fines_against_actual.png",
    )
