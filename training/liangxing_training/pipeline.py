"""The whole line, stage by stage: each stage leaves its output and is skipped when it is there."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import mlflow
import torch
from accelerate import PartialState
from liangxing.atomic import atomic_folder
from liangxing.errors import ConfigError
from liangxing.model.bundle import CHARGES, ROWS_BY_YEAR, TREES, load_bundle

from liangxing_training import tracking
from liangxing_training.calibrate import calibrate
from liangxing_training.config import Config
from liangxing_training.evaluation import plots, tables
from liangxing_training.evaluation.evaluate import Evaluation, evaluate, record_final_use
from liangxing_training.evaluation.record import log_evaluation
from liangxing_training.evaluation.slices import rows_by_year
from liangxing_training.export import export_bundle
from liangxing_training.finetune import MODEL_META, EncoderSettings, finetune
from liangxing_training.model_card import record_figures
from liangxing_training.prepare import REPORT, PreparedData, load_prepared, prepare
from liangxing_training.pretrain import Adaptation, load_adaptation, pretrain
from liangxing_training.pretrain_texts import collect_texts
from liangxing_training.stacking import (
    LEARNT_VALIDATION,
    TRAINED_ON,
    add_charge_grams,
    add_trees,
)
from liangxing_training.tiny import make_tiny_encoder

STATE = "run.json"

_log = logging.getLogger(__name__)


class Pipeline:
    """Runs the stages of one config in one output folder, under one parent MLflow run."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.data_folder = config.output / "data"
        self.model_folder = config.output / "model"
        self.bundle_folder = config.output / "bundle"
        self.adapted_folder = config.output / "encoder_adapted"

    def run(self) -> Evaluation:
        """All stages up to the evaluation on the validation split.

        Raises ConfigError when the output folder belongs to another config.
        """
        self._refuse_several_processes("run")
        with self._parent():
            self.prepare()
            self.finetune()
            self.export()
            self.charge_grams()
            self.trees()
            self.calibrate()
            return self.evaluate(final=False)

    def prepare(self) -> PreparedData:
        """The prepared data, made unless it is there."""
        if (self.data_folder / REPORT).is_file():
            return load_prepared(self.data_folder)
        return self._stage("prepare", lambda: prepare(self.config.data, self.data_folder))

    def pretrain(self) -> Adaptation:
        """Adapts the encoder to the texts, one slice at a time, unless that is complete.

        Fine-tuning takes the result only where `encoder.name` names its folder.
        """
        known = load_adaptation(self.adapted_folder)
        if known is not None and known.complete:
            return known
        data = load_prepared(self.data_folder)

        def work() -> Adaptation:
            texts = collect_texts(data, self.config.pretrain)
            mlflow.set_tag("data_fingerprint", data.fingerprint)
            mlflow.log_metric("texts", len(texts.train))
            done = pretrain(
                texts,
                self._encoder(data),
                self.config.pretrain,
                data.fingerprint,
                self.config.output / "pretraining",
                self.adapted_folder,
            )
            mlflow.log_metrics(
                {
                    "held_out_loss_start": done.loss_start,
                    "held_out_loss_before": done.loss_before,
                    "held_out_loss_after": done.loss_after,
                    "steps_done": done.steps,
                    "steps_in_all": done.of_steps,
                }
            )
            return done

        return self._stage("pretrain", work)

    def finetune(self) -> None:
        """Trains unless the trained model is there; goes on from a checkpoint."""
        if (self.model_folder / MODEL_META).is_file():
            return
        data = load_prepared(self.data_folder)
        if tracking.process()[0] > 0:
            self._train(data)
            return

        def work() -> None:
            for split in ("train", "validation"):
                source = mlflow.data.from_huggingface(data.splits[split], name=split)  # type: ignore[attr-defined]
                mlflow.log_input(source, context=split)
            mlflow.set_tag("data_fingerprint", data.fingerprint)
            metrics = self._train(data)
            mlflow.log_metrics({f"final_{name}": value for name, value in metrics.items()})
            history = json.loads((self.model_folder / "history.json").read_text("utf-8"))
            mlflow.log_figure(plots.learning_curve(history), "learning_curve.png")

        self._stage("finetune", work)

    def _train(self, data: PreparedData) -> dict[str, float]:
        return finetune(
            data.with_term("train"),
            data.with_term("validation"),
            self._encoder(data),
            self.config.finetune,
            self.model_folder,
        )

    def export(self) -> None:
        """Writes the uncalibrated bundle unless a bundle is there."""
        if self.bundle_folder.is_dir():
            return
        data = load_prepared(self.data_folder)
        learnt = self._splits_learnt()
        facts = {
            "fingerprint": data.fingerprint,
            "name": self.config.data.name,
            ROWS_BY_YEAR: rows_by_year([r for s in learnt for r in data.with_term(s)]),
            TRAINED_ON: learnt,
            LEARNT_VALIDATION: "validation" in learnt,
        }

        def work() -> None:
            parity = export_bundle(
                self.model_folder,
                self.bundle_folder,
                self.config.export,
                facts,
                data.facts("train", "validation"),
                data.with_term("validation"),
            )
            mlflow.log_metrics(parity)

        self._stage("export", work)

    def charge_grams(self) -> None:
        """Adds n-grams for the charge when the config asks for them and none are there."""
        settings = self.config.charge_grams
        if not settings.enabled or (self.bundle_folder / CHARGES).is_file():
            return
        data = load_prepared(self.data_folder)

        def work() -> None:
            train = [r for r in data.splits["train"].to_list() if r["text_kind"] == "fact"]
            found = add_charge_grams(
                self.bundle_folder, train, data.with_term("validation"), settings
            )
            mlflow.log_metrics(found)

        self._stage("charge-grams", work)

    def trees(self) -> None:
        """Adds boosted trees to the bundle when the config asks for them and none are there."""
        if not self.config.trees.enabled or (self.bundle_folder / TREES).is_file():
            return
        data = load_prepared(self.data_folder)

        def work() -> None:
            found = add_trees(
                self.bundle_folder,
                data.with_term("train"),
                data.with_term("validation"),
                self.config.trees,
            )
            mlflow.log_metrics(dict(found.figures))
            if found.losses:
                mlflow.log_figure(plots.mixture_loss(found.losses), "mixture_loss.png")

        self._stage("trees", work)

    def calibrate(self) -> None:
        """Fits the intervals and logs the finished bundle as a model."""
        if (self.bundle_folder / "calibration.json").is_file():
            return
        data = load_prepared(self.data_folder)

        def work() -> None:
            records = data.with_term("calibration")
            fitted = calibrate(self.bundle_folder, records, self.config.calibrate)
            mlflow.log_metric("discount", fitted.discount)
            from liangxing_training import pyfunc

            pyfunc.log_bundle(self.bundle_folder)

        self._stage("calibrate", work)

    def evaluate(self, *, final: bool) -> Evaluation:
        """Scores the bundle on validation, or with `final` on test, which is logged as a use."""
        data = load_prepared(self.data_folder)
        split = "test" if final else "validation"

        def work() -> Evaluation:
            manifest = load_bundle(self.bundle_folder).manifest
            trained_on = manifest.data.get(TRAINED_ON, ("train",))
            # On test the baselines learn from the same splits as the model.
            learnt = trained_on if final else ("train",)
            found = evaluate(
                self.bundle_folder,
                data.with_term(split),
                [row for name in learnt for row in data.with_term(name)],
                split,
                self.config.evaluate,
                calibration=data.with_term("calibration"),
                cache=self.config.output / "baselines",
                progress=_log.info,
            )
            log_evaluation(found, self.config.output / "evaluations")
            if split in trained_on:
                _log.warning(
                    "the bundle was trained on %s too: its row there is in-sample and not for "
                    "the model card; the baselines were fitted on train alone",
                    split,
                )
                mlflow.set_tag("in_sample", "true")
            else:
                record_figures(self.bundle_folder, tables.flat(found))
            if final:
                uses = record_final_use(self.config.output, found)
                mlflow.log_metric("final_evaluation_uses", uses)
            return found

        return self._stage("evaluate-final" if final else "evaluate", work)

    def evaluate_validation(self) -> Evaluation:
        """The evaluation for steering."""
        return self.evaluate(final=False)

    def evaluate_final(self) -> Evaluation:
        """The only way to the test split."""
        return self.evaluate(final=True)

    def single_stage(self, name: str) -> Any:
        """Runs one stage under the pipeline's parent run.

        Under a launcher of several processes only `finetune` runs; process 0 alone is tracked.
        """
        if name != "finetune":
            self._refuse_several_processes(name)
        elif tracking.process()[0] > 0:
            return self.finetune()
        with self._parent():
            return getattr(self, name)()

    @contextmanager
    def _parent(self) -> Iterator[None]:
        tracking.connect(self.config.tracking)
        known = self._state()
        with tracking.parent_run(self.config.tracking, self.config.output.name, known) as run:
            self._write_state(run.info.run_id)
            if run.info.run_id != known:
                tracking.log_params(self.config.model_dump(mode="json"))
            yield

    def _refuse_several_processes(self, stage: str) -> None:
        number, count = tracking.process()
        if count > 1:
            raise ConfigError(
                f"stage {stage} runs in one process, not in {count}; under a launcher use "
                f"finetune alone, after prepare (this is process {number})"
            )

    def _splits_learnt(self) -> list[str]:
        """The splits that fine-tuning learns from."""
        return ["train", "validation"] if self.config.finetune.learn_validation else ["train"]

    def _stage(self, name: str, work: Callable[[], Any]) -> Any:
        if mlflow.active_run() is None:
            raise ConfigError(
                f"stage {name} needs an MLflow run; use Pipeline.run or single_stage"
            )
        with tracking.stage_run(self.config.tracking, name):
            return work()

    def _encoder(self, data: PreparedData) -> EncoderSettings:
        if self.config.tiny is None:
            return self.config.encoder
        folder = self.config.output / "encoder"
        with PartialState(cpu=not torch.cuda.is_available()).main_process_first():
            if not folder.is_dir():
                texts = (record["fact"] for record in data.splits["train"].to_list())
                with atomic_folder(folder) as staging:
                    make_tiny_encoder(texts, self.config.tiny, staging)
        return self.config.encoder.model_copy(update={"name": str(folder)})

    def _digest(self) -> str:
        later = ("tracking", "output", "evaluate", "pretrain", "tune", "ablate")
        # These decide what a calibration shows, not what was trained.
        shown = {"minimum_suspensions", "minimum_fines"}
        settings = self.config.model_dump_json(
            exclude={**dict.fromkeys(later, True), "calibrate": shown}
        )
        return hashlib.sha256(settings.encode()).hexdigest()

    def _state(self) -> str | None:
        path = self.config.output / STATE
        if not path.is_file():
            return None
        state = json.loads(path.read_text(encoding="utf-8"))
        if state["config"] != self._digest():
            raise ConfigError(
                f"output {self.config.output} was made with another config; "
                "set another output=FOLDER or delete the folder"
            )
        return state["run_id"] if state["uri"] == self.config.tracking.uri else None

    def _write_state(self, run_id: str) -> None:
        self.config.output.mkdir(parents=True, exist_ok=True)
        state = {"run_id": run_id, "config": self._digest(), "uri": self.config.tracking.uri}
        (self.config.output / STATE).write_text(json.dumps(state), encoding="utf-8")
