"""Writes a benchmark's files, and logs them as an MLflow run linked to the model."""

from __future__ import annotations

import math
from pathlib import Path

import mlflow

from liangxing_training import tracking
from liangxing_training.evaluation.benchmarks.report import html_report, results_json
from liangxing_training.evaluation.benchmarks.run import BenchmarkResult
from liangxing_training.evaluation.tables import metric_name

RESULTS, REPORT = "results.json", "report.html"


def write_files(result: BenchmarkResult, folder: Path) -> tuple[Path, Path]:
    """`results.json` and `report.html` in `folder`, which is made; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    results, report = folder / RESULTS, folder / REPORT
    results.write_text(results_json(result), encoding="utf-8")
    report.write_text(html_report(result), encoding="utf-8")
    return results, report


def log_run(result: BenchmarkResult, folder: Path, settings: tracking.TrackingSettings) -> str:
    """A run with the figures and both files; returns its id. ConfigError without a store."""
    tracking.connect(settings)
    with mlflow.start_run(run_name=f"benchmark {result.suite.name}") as run:
        mlflow.set_tags(
            {
                "stage": "benchmark",
                "suite": result.suite.name,
                "data_sha256": result.data_sha256,
                "model_sha256": result.model_sha256 or "not ours",
                "git_revision": tracking.git_revision() or "unknown",
            }
        )
        model = tracking.logged_model_id(result.model_sha256) if result.model_sha256 else None
        mlflow.log_metrics(_figures(result), model_id=model)
        for name in (RESULTS, REPORT):
            mlflow.log_artifact(str(folder / name))
        return run.info.run_id


def _figures(result: BenchmarkResult) -> dict[str, float]:
    figures = {
        f"{result.suite.name}/{metric_name(system)}/{name}": estimate.value
        for system, found in result.systems.items()
        for name, estimate in (found.metrics | found.official).items()
    }
    return {name: value for name, value in figures.items() if not math.isnan(value)}
