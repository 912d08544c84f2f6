"""The command line as separate processes: killed, side by side, and tracked by a server."""

import contextlib
import json
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import mlflow
import pytest
from liangxing.predictor import SentencePredictor

pytestmark = pytest.mark.slow

CONFIG = Path(__file__).parents[2] / "configs" / "quickstart.yaml"
MODULE = ["-m", "liangxing_training.cli"]


def arguments(root, *overrides):
    return [
        "--config",
        str(CONFIG),
        f"output={root / 'run'}",
        f"tracking.uri=sqlite:///{root / 'mlflow.db'}",
        "tracking.system_metrics=false",
        "data.sources=[{format: synthetic, limit: 1200}]",
        "tiny.hidden=32",
        "tiny.layers=1",
        *overrides,
    ]


def finish(command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def waits_until(process, ready):
    """Waits while the process lives; fails when it ends before `ready`."""
    while not ready():
        with contextlib.suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the process ended with {process.wait(timeout=0.2)}")


def test_a_killed_training_goes_on_from_its_last_checkpoint(tmp_path):
    command = [sys.executable, *MODULE, "run", *arguments(tmp_path, "finetune.epochs=4")]
    model = tmp_path / "run" / "model"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    waits_until(process, lambda: list(model.glob("checkpoints/*/trainer_state.json")))
    process.kill()
    process.wait()
    assert not (model / "model.json").exists()
    saved = json.loads(next(model.glob("checkpoints/*/trainer_state.json")).read_text("utf-8"))
    finish(command)
    history = json.loads((model / "history.json").read_text("utf-8"))
    # Evaluation times are in the history, so a run from the start could not repeat it.
    assert saved["log_history"]
    assert history[: len(saved["log_history"])] == saved["log_history"]
    assert history[-1]["step"] > saved["global_step"]
    assert SentencePredictor.load(tmp_path / "run" / "bundle").bundle.calibration


def test_two_processes_train_one_model_under_one_run(tmp_path):
    given = arguments(tmp_path, "finetune.epochs=1")
    finish([sys.executable, *MODULE, "prepare", *given])
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu"]
    options = ["--num_machines=1", "--mixed_precision=no", "--dynamo_backend=no"]
    finish([*launch, "--num_processes=2", *options, *MODULE, "finetune", *given])
    finish([sys.executable, *MODULE, "run", *given])
    assert SentencePredictor.load(tmp_path / "run" / "bundle").bundle.calibration
    rows = json.loads((tmp_path / "run" / "data" / "report.json").read_text())
    train = rows["splits"]["train"]["with_term"]
    history = json.loads((tmp_path / "run" / "model" / "history.json").read_text("utf-8"))
    assert history[-1]["step"] == -(-train // (2 * 32))
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("liangxing")
    stages = [
        run.data.tags.get("stage", "whole")
        for run in client.search_runs([experiment.experiment_id])
    ]
    assert sorted(stages) == sorted(set(stages))
    assert {"whole", "finetune", "evaluate"} <= set(stages)


def test_a_run_is_tracked_by_a_real_server(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uri = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [
            *[sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1"],
            *["--port", str(port), "--workers", "1"],
            *["--backend-store-uri", f"sqlite:///{tmp_path / 'server.db'}"],
            *["--artifacts-destination", str(tmp_path / "artifacts")],
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    )

    def answers():
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{uri}/health", timeout=2):
            return True
        return False

    try:
        waits_until(server, answers)
        given = arguments(tmp_path, f"tracking.uri={uri}", "finetune.epochs=1")
        finish([sys.executable, *MODULE, "run", *given])
        client = mlflow.MlflowClient(uri)
        experiment = client.get_experiment_by_name("liangxing")
        runs = client.search_runs([experiment.experiment_id])
        stages = {run.data.tags.get("stage", "whole"): run for run in runs}
        assert {"whole", "prepare", "finetune", "export", "calibrate", "evaluate"} <= set(stages)
        assert client.list_artifacts(stages["evaluate"].info.run_id)
        assert client.search_logged_models([experiment.experiment_id])
    finally:
        server.terminate()
        server.wait()
