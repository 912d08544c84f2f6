"""A tiny model trained once per test session on synthetic cases, and what hangs on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Machines differ in speed; a slow draw or example is no failure.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

CONFIG = Path(__file__).parent.parent / "configs" / "quickstart.yaml"


@pytest.fixture(scope="session")
def tiny_pipeline(tmp_path_factory):
    """The whole line on synthetic cases: prepared data, trained model, calibrated bundle."""
    from liangxing_training.config import load_config
    from liangxing_training.pipeline import Pipeline

    root = tmp_path_factory.mktemp("pipeline")
    config = load_config(CONFIG, tiny_overrides(root))
    pipeline = Pipeline(config)
    pipeline.run()
    return pipeline


def tiny_overrides(root: Path) -> list[str]:
    return [
        f"output={root / 'run'}",
        f"tracking.uri=sqlite:///{root / 'mlflow.db'}",
        "tracking.system_metrics=false",
        "data.sources=[{format: synthetic, limit: 1200}]",
        "finetune.epochs=1",
        "tiny.hidden=32",
        "tiny.layers=1",
        "calibrate.minimum_suspensions=15",
        "calibrate.minimum_fines=50",
    ]


@pytest.fixture(scope="session")
def bundle_folder(tiny_pipeline) -> Path:
    return tiny_pipeline.bundle_folder


@pytest.fixture
def bundle_copy(bundle_folder, tmp_path) -> Path:
    """A bundle that a test may damage."""
    return Path(shutil.copytree(bundle_folder, tmp_path / "bundle"))
