"""The bundle as an MLflow model: rows of cases in, predictions out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
from liangxing.model.bundle import load_bundle, model_sha256
from mlflow.pyfunc import PythonModel  # type: ignore[attr-defined]


class BundleModel(PythonModel):
    """Loads the bundle among its artifacts and predicts rows of cases."""

    def load_context(self, context: Any) -> None:
        from liangxing.predictor import SentencePredictor

        self._predictor = SentencePredictor.load(context.artifacts["bundle"])

    def predict(self, context: Any, model_input: Any, params: Any = None) -> list[dict[str, Any]]:
        rows = model_input.to_dict("records") if hasattr(model_input, "to_dict") else model_input
        return [prediction.to_dict() for prediction in self._predictor.predict_many(rows)]


def log_bundle(bundle: Path) -> None:
    """Logs the bundle as a model of the active run, tagged with the hash of its model files."""
    files = load_bundle(bundle).manifest.files
    mlflow.pyfunc.log_model(
        name="bundle",
        python_model=BundleModel(),
        artifacts={"bundle": str(bundle)},
        pip_requirements=["liangxing"],
        tags={"model_sha256": model_sha256(files)},
    )
