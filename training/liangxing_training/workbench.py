"""The pipeline with the studies beside it: search, ablations, the law against verdicts."""

from __future__ import annotations

import logging
from dataclasses import asdict
from pathlib import Path

import mlflow
from liangxing.law import law_sha256

from liangxing_training.embeddings import EmbeddedData, embed
from liangxing_training.evaluation import tables
from liangxing_training.evaluation.baseline_cache import baseline_points
from liangxing_training.evaluation.law_report import LawReport, law_report, record_law_use
from liangxing_training.experiments import (
    AblationReport,
    errors_csv,
    run_ablations,
    run_tune,
)
from liangxing_training.pipeline import Pipeline
from liangxing_training.prepare import load_prepared
from liangxing_training.tune import TuneResult

_log = logging.getLogger(__name__)


class Workbench(Pipeline):
    """Studies on the prepared data of one config; none of them changes the bundle."""

    def tune(self) -> TuneResult:
        """Searches the head's settings on embedded train and validation cases; resumable."""
        folder = self.config.output / "tune"
        return self._stage("tune", lambda: run_tune(self._embedded(), self.config.tune, folder))

    def ablate(self) -> AblationReport:
        """What each part is worth on validation, fitted on train alone."""
        data = load_prepared(self.data_folder)

        def work() -> AblationReport:
            train, validation = data.with_term("train"), data.with_term("validation")
            cache = self.config.output / "baselines"
            names = self.config.evaluate.baselines
            report = run_ablations(
                self._embedded(),
                baseline_points(names, train, validation, cache, _log.info),
                self.config.trees,
                self.config.ablate,
                self.model_folder,
                self._embedded(self.adapted_folder) if self.adapted_folder.is_dir() else None,
                _log.info,
            )
            folder = self.config.output / "ablations"
            folder.mkdir(exist_ok=True)
            (folder / "ablations.json").write_text(tables.as_json(report), encoding="utf-8")
            (folder / "errors_by_charge.csv").write_text(
                errors_csv(report.by_charge), encoding="utf-8"
            )
            return report

        return self._stage("ablate", work)

    def _embedded(self, encoder: Path | None = None) -> EmbeddedData:
        data = load_prepared(self.data_folder)
        chosen = self._encoder(data)
        if encoder is not None:
            chosen = chosen.model_copy(update={"name": str(encoder)})
        return embed(
            data.with_term("train"),
            data.with_term("validation"),
            chosen,
            self.config.finetune,
            self.config.output / "embeddings",
        )

    def law_report(self, *splits: str) -> LawReport:
        """The law against the verdicts of train and validation, or of other splits."""
        data = load_prepared(self.data_folder)
        chosen = splits or ("train", "validation")

        def work() -> LawReport:
            report = law_report([row for split in chosen for row in data.with_term(split)])
            mlflow.set_tag("data_fingerprint", data.fingerprint)
            mlflow.set_tag("law_sha256", law_sha256())
            mlflow.log_param("splits", ",".join(chosen))
            figures = asdict(report.total)
            mlflow.log_metrics(
                {f"law_{name}": v for name, v in figures.items() if isinstance(v, int | float)}
            )
            mlflow.log_text(report.to_json(), "law_report.json")
            if "test" in chosen:
                record_law_use(self.config.output, report)
            return report

        return self._stage("law-report", work)

    def law_report_final(self) -> LawReport:
        """The law against the verdicts of the test split; every use is logged."""
        return self.law_report("test")
