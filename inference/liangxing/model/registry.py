"""Bundles from an MLflow model registry: the one module that imports mlflow, and only on use.

`mlflow-skinny` (extra `registry`) is enough for a registry behind an http server. It cannot open
a database itself; the error then says what to install or to start.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

from liangxing.errors import BundleError

SCHEME = "models:/"
_MANIFEST = "manifest.json"
_DATABASES = ("sqlite:", "postgresql", "mysql", "mssql")


def local_folder(path_or_uri: str | Path) -> Path:
    """The folder of a bundle: a path as it is, `models:/NAME@ALIAS` or `models:/NAME/VERSION`
    downloaded from the registry that MLFLOW_TRACKING_URI (or MLFLOW_REGISTRY_URI) names.

    Raises BundleError when mlflow is missing, the registry cannot be opened or does not know the
    model, or the model holds no bundle.
    """
    uri = str(path_or_uri)
    if not uri.startswith(SCHEME):
        return Path(path_or_uri)
    mlflow = _mlflow(uri)
    registry = str(mlflow.get_registry_uri())
    if registry.startswith(_DATABASES) and importlib.util.find_spec("sqlalchemy") is None:
        raise BundleError(
            f"{uri}: mlflow-skinny cannot open the registry {registry}; either install mlflow, or "
            f"start `mlflow server --backend-store-uri {registry}` and set "
            "MLFLOW_TRACKING_URI=http://HOST:PORT"
        )
    try:
        root = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri))
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BundleError(
            f"{uri} cannot be fetched from the registry {registry} ({reason}); check the name, "
            "the alias and MLFLOW_TRACKING_URI"
        ) from error
    found = sorted((root / "artifacts").rglob(_MANIFEST))
    if len(found) != 1:
        raise BundleError(
            f"{uri} holds {len(found)} files {_MANIFEST} below artifacts/, one is needed; "
            "register a bundle with liangxing-train register"
        )
    return found[0].parent


def registered_version(uri: str) -> str:
    """The version that `models:/NAME@ALIAS` names now, without downloading it; the URI itself
    where it names a version. Raises BundleError when the registry does not answer.
    """
    name, at, alias = uri.removeprefix(SCHEME).partition("@")
    if not at:
        return uri
    try:
        return str(_mlflow(uri).MlflowClient().get_model_version_by_alias(name, alias).version)
    except BundleError:
        raise
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BundleError(f"{uri}: the registry does not answer ({reason})") from error


def _mlflow(uri: str) -> Any:
    try:
        return importlib.import_module("mlflow")
    except ImportError as error:
        raise BundleError(
            f"{uri} needs the extra 'registry': pip install 'liangxing[registry]'"
        ) from error
