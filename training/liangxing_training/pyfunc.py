"""Logs a bundle as an MLflow model; `bundle_model.py` is the code that goes with it."""

from __future__ import annotations

from pathlib import Path

import mlflow
from liangxing.model.bundle import load_bundle, model_sha256
from mlflow.models import ModelSignature
from mlflow.models.model import ModelInfo
from mlflow.types import ParamSchema, ParamSpec

_CODE = Path(__file__).with_name("bundle_model.py")
# Columns are not pinned: whatever a case may hold comes through.
_SIGNATURE = ModelSignature(
    params=ParamSchema([ParamSpec("level", "double", 0.9), ParamSpec("as_json", "boolean", False)])
)


def log_bundle(bundle: Path, registered_name: str | None = None) -> ModelInfo:
    """Logs the bundle as a model of the active run, tagged with the hash of its model files; with
    a name it becomes a new version in the registry too."""
    files = load_bundle(bundle).manifest.files
    return mlflow.pyfunc.log_model(
        name="bundle",
        python_model=str(_CODE),
        artifacts={"bundle": str(bundle)},
        signature=_SIGNATURE,
        pip_requirements=["liangxing"],
        tags={"model_sha256": model_sha256(files)},
        registered_model_name=registered_name,
    )
