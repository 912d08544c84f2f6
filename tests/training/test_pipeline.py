from pathlib import Path

import mlflow
import numpy as np
import pytest
import torch
from liangxing.errors import BundleError, ConfigError, DataError
from liangxing.model.outcomes import OutcomeGrid
from liangxing.predictor import SentencePredictor
from liangxing_training import tracking
from liangxing_training.batches import label_space
from liangxing_training.calibrate import CalibrateSettings, calibrate
from liangxing_training.config import load_config
from liangxing_training.export import ExportSettings, check_parity
from liangxing_training.finetune import build_model, finetune, load_trained
from liangxing_training.pipeline import Pipeline
from transformers import set_seed

CONFIGS = Path(__file__).parents[2] / "configs"


def test_a_finished_pipeline_does_nothing_twice(tiny_pipeline):
    before = {p: p.stat().st_mtime_ns for p in tiny_pipeline.config.output.rglob("*.onnx")}
    Pipeline(tiny_pipeline.config).run()
    assert before == {p: p.stat().st_mtime_ns for p in before}


def test_the_parent_run_holds_stages_losses_inputs_plots_and_the_model(tiny_pipeline):
    settings = tiny_pipeline.config.tracking
    client = mlflow.MlflowClient(settings.uri)
    experiment = client.get_experiment_by_name(settings.experiment)
    runs = client.search_runs([experiment.experiment_id])
    stages = {run.data.tags["stage"]: run for run in runs if "stage" in run.data.tags}
    assert {"prepare", "finetune", "export", "calibrate", "evaluate"} <= set(stages)
    training = stages["finetune"]
    assert training.data.metrics["final_cail_score"] > 0
    assert client.get_metric_history(training.info.run_id, "train_loss")
    assert {entry.dataset.name for entry in training.inputs.dataset_inputs} == {
        "train",
        "validation",
    }
    plots = {file.path for file in client.list_artifacts(stages["evaluate"].info.run_id)}
    assert {
        "validation_coverage_by_level.png",
        "validation_suspension_reliability.png",
        "validation_fines_against_actual.png",
    } <= plots
    assert client.search_logged_models([experiment.experiment_id])


def test_artifacts_lie_beside_the_store_and_not_where_the_command_runs(tiny_pipeline):
    settings = tiny_pipeline.config.tracking
    client = mlflow.MlflowClient(settings.uri)
    location = client.get_experiment_by_name(settings.experiment).artifact_location
    assert location == (tiny_pipeline.config.output.parent / "mlruns").as_uri()


def test_the_model_beats_the_constant_on_synthetic_validation_cases(tiny_pipeline):
    table = tiny_pipeline.single_stage("evaluate_validation").table
    model, constant = table["model, charge given"], table["best constant"]
    assert model["cail_score"].value > constant["cail_score"].value


def test_every_use_of_the_test_split_is_logged(tiny_pipeline):
    for uses in (1, 2):
        tiny_pipeline.single_stage("evaluate_final")
        log = tiny_pipeline.config.output / "final_evaluations.jsonl"
        assert len(log.read_text().splitlines()) == uses


def test_a_wrong_graph_fails_the_parity_gate(tiny_pipeline):
    model, _ = load_trained(tiny_pipeline.model_folder)
    windows = SentencePredictor.load(tiny_pipeline.bundle_folder).bundle.manifest.windows
    settings = ExportSettings(parity_batches=2)
    assert check_parity(model, tiny_pipeline.bundle_folder, windows, settings)
    with torch.no_grad():
        model.head_part.outcomes.bias[0] += 1
    with pytest.raises(BundleError, match="parity"):
        check_parity(model, tiny_pipeline.bundle_folder, windows, settings)


def test_predictions_equal_the_torch_model_on_the_same_text(tiny_pipeline):
    """Text to distribution by ONNX Runtime against the Trainer's own logits."""
    from liangxing.model.calibration import softmax
    from liangxing.model.tokens import WindowTokenizer
    from liangxing_training.batches import CaseDataset, Collator, LabelSpace, to_case

    data = tiny_pipeline.prepare()
    records = data.with_term("validation")[:20]
    predictor = SentencePredictor.load(tiny_pipeline.bundle_folder)
    manifest = predictor.bundle.manifest
    space = LabelSpace(
        manifest.charges, manifest.articles, predictor.bundle.grid, manifest.feature_names
    )
    tokenizer = WindowTokenizer.from_file(
        tiny_pipeline.bundle_folder / "tokenizer.json", manifest.windows
    )
    items = CaseDataset(records, tokenizer, space, 0.1, "reading")
    batch = Collator(manifest.windows.pad_id)([items[i] for i in range(len(items))])
    model, _ = load_trained(tiny_pipeline.model_folder)
    with torch.no_grad():
        logits = model(**batch)["outcome_logits"].numpy()
    ours = [found.probabilities for found in predictor.assess(map(to_case, records))]
    assert np.abs(np.stack(ours) - softmax(logits)).max() < 1e-4


def test_too_few_calibration_cases_are_refused(tiny_pipeline):
    few = tiny_pipeline.prepare().with_term("calibration")[:5]
    with pytest.raises(DataError, match="calibration split has 5"):
        calibrate(tiny_pipeline.bundle_folder, few, CalibrateSettings())


def test_how_many_verdicts_a_head_needs_may_change_after_the_training(tiny_pipeline):
    settings = tiny_pipeline.config.calibrate.model_copy(update={"minimum_suspensions": 99})
    changed = tiny_pipeline.config.model_copy(update={"calibrate": settings})
    Pipeline(changed).run()


def test_another_config_may_not_reuse_an_output_folder(tiny_pipeline):
    changed = tiny_pipeline.config.model_copy(
        update={"calibrate": CalibrateSettings(minimum_cases=7)}
    )
    with pytest.raises(ConfigError, match="another config"):
        Pipeline(changed).run()


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("finetune.epoch=1", ["finetune.epoch", "did you mean 'epochs'"]),
        ("finetune.epochs=-1", ["finetune.epochs", "greater than 0"]),
        ("data.sources=[]", ["data.sources"]),
        ("nonsense", ["key.path=value"]),
    ],
)
def test_a_wrong_setting_names_the_key_and_the_fix(override, words):
    with pytest.raises(ConfigError) as caught:
        load_config(CONFIGS / "quickstart.yaml", [override])
    assert "\n" not in str(caught.value)
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize("name", sorted(path.name for path in CONFIGS.glob("*.yaml")))
def test_every_config_of_the_repository_is_valid(name):
    assert load_config(CONFIGS / name).data.sources


def test_a_missing_encoder_is_refused_before_training(tmp_path):
    from liangxing_training.finetune import EncoderSettings, load_tokenizer

    with pytest.raises(ConfigError, match=r"encoder\.name"):
        load_tokenizer(EncoderSettings(name=str(tmp_path / "nowhere")))


def test_a_tracking_server_that_is_down_stops_the_run_at_the_start():
    settings = tracking.TrackingSettings(uri="http://127.0.0.1:9")
    with pytest.raises(ConfigError, match=r"tracking\.uri"):
        tracking.connect(settings)


def test_frozen_layers_stay_as_they_were_and_the_others_learn(tiny_pipeline, tmp_path):
    data, config = tiny_pipeline.prepare(), tiny_pipeline.config
    train, validation = data.with_term("train")[:128], data.with_term("validation")[:32]
    encoder = config.encoder.model_copy(update={"name": str(config.output / "encoder")})
    change = {"epochs": 1, "minimum_label_count": 1}
    frozen = config.finetune.model_copy(update=change | {"frozen_layers": 1})
    finetune(train, validation, encoder, frozen, tmp_path / "model")
    learnt, _ = load_trained(tmp_path / "model")
    set_seed(frozen.seed)
    start = build_model(encoder, frozen, label_space(train, OutcomeGrid(frozen.month_grid), 1))
    before, after = start.state_dict(), learnt.state_dict()
    same = {name for name, value in before.items() if torch.equal(value, after[name])}
    lowest = {name for name in before if ".embeddings." in name or ".layer.0." in name}
    assert len(lowest) > 10
    assert lowest <= same
    assert "encoder_part.attention.weight" not in same


def test_more_frozen_layers_than_the_encoder_has_are_refused(tiny_pipeline, tmp_path):
    data, config = tiny_pipeline.prepare(), tiny_pipeline.config
    encoder = config.encoder.model_copy(update={"name": str(config.output / "encoder")})
    settings = config.finetune.model_copy(update={"frozen_layers": 9})
    with pytest.raises(ConfigError, match=r"frozen_layers 9 .* 1 layers"):
        finetune(
            data.with_term("train"),
            data.with_term("validation"),
            encoder,
            settings,
            tmp_path / "model",
        )
