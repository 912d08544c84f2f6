"""Register a bundle in the MLflow registry, and make it the champion if it passes every gate."""

from __future__ import annotations

from dataclasses import dataclass

import mlflow
from liangxing.errors import BundleError, ConfigError
from liangxing.model.bundle import load_bundle
from liangxing.model.registry import local_folder
from liangxing.predictor import SentencePredictor
from mlflow.exceptions import MlflowException

from liangxing_training import pyfunc, tracking
from liangxing_training.evaluation.bootstrap import PairedDifference, compare_systems
from liangxing_training.evaluation.evaluate import GIVEN, Evaluation
from liangxing_training.evaluation.model_run import LEVEL, predict_records
from liangxing_training.evaluation.outcomes import Outcomes
from liangxing_training.gates import Gate, coverage_gate, parity_gate, win_gate
from liangxing_training.pipeline import Pipeline
from liangxing_training.prepare import load_prepared
from liangxing_training.stacking import TRAINED_ON

CHAMPION, CHALLENGER = "champion", "challenger"
_CONSTANT = "best constant"


@dataclass(frozen=True)
class Registration:
    """A new version in the registry; `promoted` when it passed every gate."""

    name: str
    version: str
    gates: tuple[Gate, ...]

    @property
    def failed(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.gates if not gate.passed)

    @property
    def promoted(self) -> bool:
        return not self.failed


def register(pipeline: Pipeline, name: str, *, final: bool = False) -> Registration:
    """Evaluates the pipeline's bundle, registers it as a version of `name` with the alias
    `challenger`, and moves `champion` to it if it passes the gates.

    It is compared with the champion on the validation split, or with `final` on the test split,
    whose every use is logged; where there is no champion yet, with the best constant. Raises
    ConfigError when the bundle or the champion was trained on the split of the comparison.
    """
    manifest = load_bundle(pipeline.bundle_folder).manifest
    if not final and "validation" in manifest.data.get(TRAINED_ON, ()):
        raise ConfigError(
            "the bundle was trained on the validation split; register it with --final"
        )
    found = pipeline.single_stage("evaluate_final" if final else "evaluate_validation")
    tracking.connect(pipeline.config.tracking)
    client = mlflow.MlflowClient()
    with mlflow.start_run(run_name="register"):
        mlflow.set_tags({"stage": "register", "model_sha256": found.model_sha256})
        opponent, difference = _against(pipeline, found, client, name)
        gates = (
            win_gate(difference, opponent),
            coverage_gate(found.coverage, LEVEL),
            parity_gate(
                manifest.metrics.get("parity_max_difference"), pipeline.config.export.tolerance
            ),
        )
        model = pyfunc.log_bundle(pipeline.bundle_folder, name)
        version = str(model.registered_model_version)
        for gate in gates:
            mlflow.set_tag(
                f"gate {gate.name}", f"{'passed' if gate.passed else 'FAILED'}: {gate.detail}"
            )
    client.set_registered_model_alias(name, CHALLENGER, version)
    registration = Registration(name, version, gates)
    if registration.promoted:
        client.set_registered_model_alias(name, CHAMPION, version)
    return registration


def _against(
    pipeline: Pipeline, found: Evaluation, client: mlflow.MlflowClient, name: str
) -> tuple[str, PairedDifference]:
    """The opponent in words, and the challenger minus it on the same cases."""
    try:
        champion = client.get_model_version_by_alias(name, CHAMPION)
    except MlflowException:
        if _CONSTANT not in found.differences:
            raise ConfigError(
                "evaluate.baselines must name constant: there is no champion"
            ) from None
        return "the best constant, there being no champion", found.differences[_CONSTANT][
            "cail_score"
        ]
    try:
        predictor = SentencePredictor.load(local_folder(f"models:/{name}/{champion.version}"))
    except BundleError as error:
        raise BundleError(f"the champion cannot be loaded: {error}") from error
    if found.split in predictor.bundle.manifest.data.get(TRAINED_ON, ()):
        raise ConfigError(
            f"the champion was trained on the {found.split} split; register with --final"
        )
    records = load_prepared(pipeline.data_folder).with_term(found.split)
    made = predict_records(predictor, records, LEVEL, charge_given=True)
    how = pipeline.config.evaluate.resampling
    differences = compare_systems(
        found.truth, found.points[GIVEN], Outcomes.from_predictions(made), how
    )
    return f"champion version {champion.version}", differences["cail_score"]
