"""Search over the head's settings on embedded cases: Optuna, one nested MLflow run per trial."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import optuna
from pydantic import BaseModel, ConfigDict, Field
from rich.progress import Progress

from liangxing_training.embeddings import EmbeddedData
from liangxing_training.heads import HeadSettings, TrainedHead, train_head

STUDY = "tune.db"
_NAME = "head"
_DONE = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)


class TuneSettings(BaseModel):
    """`trials` counts those of earlier runs too. Every trial trains with each of `seeds`; it is
    pruned when its mean so far is worse than the median of earlier trials after as many seeds.
    Ranges are the ends of what is searched; learning rate and weight decay on a log scale."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trials: int = Field(default=30, ge=1)
    seeds: tuple[int, ...] = Field(default=(17, 18, 19), min_length=1)
    sampler_seed: int = 17
    startup_trials: int = Field(default=8, ge=1)
    widths: tuple[int, ...] = (64, 128, 256, 512)
    dropout: tuple[float, float] = (0.0, 0.5)
    learning_rate: tuple[float, float] = (3e-4, 5e-3)
    weight_decay: tuple[float, float] = (1e-4, 0.3)
    bandwidth: tuple[float, float] = (0.05, 0.3)
    epochs: int = Field(default=15, ge=1)


@dataclass(frozen=True)
class TuneResult:
    """The best trial: its settings and mean validation loss (nats) over the seeds."""

    settings: Mapping[str, Any]
    loss: float
    finished: int
    pruned: int
    study: optuna.Study

    def overrides(self) -> list[str]:
        """The settings as overrides of a config's fine-tuning."""
        names = {"width": "head_width", "learning_rate": "head_learning_rate"}
        return [
            f"finetune.{names.get(name, name)}={value:.4g}"
            for name, value in self.settings.items()
        ]


def tune(data: EmbeddedData, settings: TuneSettings, folder: Path) -> TuneResult:
    """Searches until the study in `folder` has `trials` finished trials; a killed search goes on
    there. The loss is that of the outcome nearest to the verdict, so that the soft labels'
    bandwidth can be searched too."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        study_name=_NAME,
        storage=f"sqlite:///{folder / STUDY}",
        sampler=optuna.samplers.TPESampler(seed=settings.sampler_seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=settings.startup_trials),
        load_if_exists=True,
    )
    with Progress(transient=True) as progress:
        bar = progress.add_task("Searching", total=settings.trials, completed=_finished(study))
        study.optimize(
            lambda trial: _objective(trial, data, settings),
            n_trials=max(0, settings.trials - _finished(study)),
            callbacks=[lambda _, __: progress.advance(bar)],
        )
    best = study.best_trial
    assert best.value is not None
    return TuneResult(
        best.params,
        best.value,
        len(study.get_trials(states=[optuna.trial.TrialState.COMPLETE])),
        len(study.get_trials(states=[optuna.trial.TrialState.PRUNED])),
        study,
    )


def _finished(study: optuna.Study) -> int:
    """Trials that came to an end; one that was killed does not count."""
    return len(study.get_trials(deepcopy=False, states=list(_DONE)))


def _objective(trial: optuna.Trial, data: EmbeddedData, settings: TuneSettings) -> float:
    chosen = HeadSettings(
        width=trial.suggest_categorical("width", settings.widths),
        dropout=trial.suggest_float("dropout", *settings.dropout),
        learning_rate=trial.suggest_float("learning_rate", *settings.learning_rate, log=True),
        weight_decay=trial.suggest_float("weight_decay", *settings.weight_decay, log=True),
        bandwidth=trial.suggest_float("bandwidth", *settings.bandwidth),
        epochs=settings.epochs,
    )
    with mlflow.start_run(run_name=f"trial {trial.number}", nested=True):
        mlflow.log_params(chosen.model_dump())
        found: list[TrainedHead] = []
        for step, seed in enumerate(settings.seeds):
            found.append(train_head(data, chosen, seed))
            loss = sum(one.loss for one in found) / len(found)
            mlflow.log_metrics({"loss": loss, "best_epoch": found[-1].epoch}, step=step)
            trial.report(loss, step)
            if step < len(settings.seeds) - 1 and trial.should_prune():
                mlflow.set_tag("pruned", "true")
                raise optuna.TrialPruned
        return loss


logging.getLogger("alembic").setLevel(logging.WARNING)
