"""MLflow: one parent run per pipeline, one nested run per stage."""

from __future__ import annotations

import logging
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mlflow
from liangxing.errors import ConfigError
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from pydantic import BaseModel, ConfigDict

_log = logging.getLogger(__name__)


class TrackingSettings(BaseModel):
    """`uri` is an MLflow tracking URI: a sqlite file by default, or a server's address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uri: str = "sqlite:///mlflow.db"
    experiment: str = "liangxing"
    system_metrics: bool = True


def process() -> tuple[int, int]:
    """This process's number and how many a launcher (accelerate, torchrun) started; (0, 1) alone.

    Only process 0 writes to the tracking store.
    """
    return int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))


def connect(settings: TrackingSettings) -> None:
    """Selects the store and experiment; ConfigError at once if the store does not answer."""
    if settings.uri.startswith(("http://", "https://")):
        try:
            with urllib.request.urlopen(settings.uri.rstrip("/") + "/health", timeout=10):
                pass
        except (urllib.error.URLError, OSError) as error:
            raise ConfigError(
                f"tracking.uri {settings.uri} does not answer ({error}); start the MLflow server "
                "or set tracking.uri=sqlite:///mlflow.db"
            ) from error
    try:
        mlflow.set_tracking_uri(settings.uri)
        if mlflow.get_experiment_by_name(settings.experiment) is None:
            mlflow.create_experiment(
                settings.experiment, artifact_location=_artifact_location(settings.uri)
            )
        mlflow.set_experiment(settings.experiment)
    except Exception as error:
        raise ConfigError(
            f"tracking.uri {settings.uri} cannot be used ({error}); "
            "set tracking.uri=sqlite:///mlflow.db"
        ) from error


def _artifact_location(uri: str) -> str | None:
    """Beside a sqlite file, wherever the command runs; a server chooses for itself."""
    if not uri.startswith("sqlite:///"):
        return None
    return (Path(uri.removeprefix("sqlite:///")).resolve().parent / "mlruns").as_uri()


@contextmanager
def parent_run(settings: TrackingSettings, name: str, run_id: str | None) -> Iterator[Run]:
    """The run of a whole pipeline; an earlier one is continued by its id, if the store has it."""
    if run_id and not _is_known(run_id):
        _log.warning("%s does not know run %s; starting a new one", settings.uri, run_id)
        run_id = None
    with mlflow.start_run(
        run_id=run_id, run_name=None if run_id else name, log_system_metrics=False
    ) as run:
        mlflow.set_tag("git_revision", git_revision() or "unknown")
        yield run


def _is_known(run_id: str) -> bool:
    try:
        mlflow.get_run(run_id)
    except MlflowException:
        return False
    return True


@contextmanager
def stage_run(settings: TrackingSettings, stage: str) -> Iterator[Run]:
    """A nested run for one stage, with system metrics."""
    with mlflow.start_run(
        run_name=stage, nested=True, log_system_metrics=settings.system_metrics
    ) as run:
        mlflow.set_tag("stage", stage)
        yield run


def log_params(values: Mapping[str, Any]) -> None:
    """Logs a nested mapping as dotted parameters."""
    mlflow.log_params(dict(_flatten(values)))


def logged_model_id(model_sha256: str) -> str | None:
    """The id of the model logged with these model files in the active run's experiment."""
    run = mlflow.active_run()
    assert run is not None
    found = mlflow.search_logged_models(
        experiment_ids=[run.info.experiment_id],
        filter_string=f"tags.model_sha256 = '{model_sha256}'",
        max_results=1,
        output_format="list",
    )
    return found[0].model_id if found else None


def git_revision() -> str | None:
    """The commit of the source tree, with "-dirty" when it has changes; null outside git."""
    folder = Path(__file__).parent
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return described.stdout.strip()


def _flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flatten(value, name + ".")
        else:
            yield name, str(value)[:5_000]
