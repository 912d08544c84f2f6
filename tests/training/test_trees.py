import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import CONFIG, tiny_overrides
from liangxing.errors import BundleError, ConfigError
from liangxing.law import law_sha256
from liangxing.model import bundle as bundles
from liangxing.model.trees import TreePart, mixture
from liangxing.predictor import SentencePredictor
from liangxing_training.batches import to_case
from liangxing_training.calibrate import CalibrateSettings, calibrate
from liangxing_training.config import load_config
from liangxing_training.fine_trees import FineTreeSettings, fit_fine_trees
from liangxing_training.pipeline import Pipeline
from liangxing_training.prepare import load_prepared
from liangxing_training.registry import register
from liangxing_training.stacking import TRAINED_ON, add_trees
from liangxing_training.trees import TreeSettings, choose_weight, read_rows

FAST = TreeSettings(
    bits=12,
    kept_ngrams=50,
    classes=6,
    rounds=10,
    fines=FineTreeSettings(minimum_fines=10),
    weights=(0.0, 0.5, 1.0),
)


@pytest.fixture(scope="module")
def data(tiny_pipeline):
    return load_prepared(tiny_pipeline.data_folder)


@pytest.fixture(scope="module")
def stacked(tiny_pipeline, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trees") / "bundle"
    shutil.copytree(tiny_pipeline.bundle_folder, folder)
    found = add_trees(folder, data.with_term("train"), data.with_term("validation"), FAST)
    return folder, found


def test_a_bundle_with_trees_answers_the_mixture_of_both(tiny_pipeline, stacked, data):
    folder, found = stacked
    plain, mixed = (SentencePredictor.load(f) for f in (tiny_pipeline.bundle_folder, folder))
    cases = [to_case(record) for record in data.with_term("calibration")[:8]]
    heads = np.stack([a.probabilities for a in plain.assess(cases)])
    answers = np.stack([a.probabilities for a in mixed.assess(cases)])
    assert answers.sum(1) == pytest.approx(1)
    if found.weight > 0:
        assert not np.allclose(heads, answers, atol=1e-3)
    else:
        assert heads == pytest.approx(answers, abs=1e-6)


def test_the_median_fine_is_that_of_the_trees_and_the_ends_keep_their_distance(
    tiny_pipeline, stacked, data
):
    folder, _ = stacked
    plain, mixed = (SentencePredictor.load(f) for f in (tiny_pipeline.bundle_folder, folder))
    records = data.with_term("calibration")[:8]
    manifest = mixed.bundle.manifest
    rows = read_rows(
        records, manifest.feature_names, mixed.grid, 0.1, mask=True, description="Reading"
    )
    part = TreePart(folder, manifest.files, manifest.feature_names, 1)
    said = part.opinion(rows.texts, rows.values, rows.present).fines
    cases = [to_case(record) for record in records]
    heads = np.sort([a.fine_quantiles for a in plain.assess(cases)], axis=1)
    answers = np.stack([a.fine_quantiles for a in mixed.assess(cases)])
    assert answers[:, 1] == pytest.approx(said, abs=1e-4)
    assert np.diff(answers) == pytest.approx(np.diff(heads), abs=1e-4)


def test_trees_over_fines_follow_what_the_known_fines_follow():
    amounts = np.random.default_rng(3).uniform(7, 14, (400, 1))
    fines = np.where(np.arange(400) % 4 == 0, np.nan, amounts[:, 0] - 1)
    trees = fit_fine_trees(amounts, fines, FineTreeSettings(), {"verbose": -1, "n_jobs": 1})
    found = trees.predict(np.array([[8.0], [10.0], [13.0]]))
    assert found == pytest.approx([7, 9, 12], abs=0.3)


def test_too_few_fines_give_no_trees_over_them():
    fines = np.where(np.arange(400) < 99, 8.0, np.nan)
    assert fit_fine_trees(np.zeros((400, 1)), fines, FineTreeSettings(), {}) is None


def test_the_chosen_share_is_the_one_with_the_lowest_loss(stacked):
    _, found = stacked
    assert found.losses[found.weight] == min(found.losses.values())
    assert set(found.losses) == set(FAST.weights)


def test_trees_void_a_calibration_and_a_new_one_fits(stacked, data, tmp_path):
    folder = Path(shutil.copytree(stacked[0], tmp_path / "bundle"))
    assert bundles.load_bundle(folder).calibration is None
    calibrate(folder, data.with_term("calibration"), CalibrateSettings(minimum_cases=20))
    prediction = SentencePredictor.load(folder).predict({"fact": "被告人盗窃手机一部。"})
    assert prediction.interval.level == 0.9
    assert not any("not calibrated" in warning for warning in prediction.warnings)


def test_a_changed_tree_file_is_refused_by_name(stacked, tmp_path):
    folder = Path(shutil.copytree(stacked[0], tmp_path / "bundle"))
    with (folder / bundles.TREES).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(BundleError, match=r"trees\.onnx"):
        SentencePredictor.load(folder)


def test_the_ends_of_the_mixture_are_its_parts():
    head, trees = np.array([[0.2, 0.8]]), np.array([[0.6, 0.4]])
    assert mixture(head, trees, 0.0) == pytest.approx(head)
    assert mixture(head, trees, 1.0) == pytest.approx(trees)
    assert head[0, 0] < mixture(head, trees, 0.5)[0, 0] < trees[0, 0]


def test_validation_gives_all_weight_to_the_part_that_is_right():
    right, wrong = np.array([[0.9, 0.1]] * 4), np.array([[0.1, 0.9]] * 4)
    truth = np.array([[1.0, 0.0]] * 4)
    assert choose_weight(wrong, right, truth, (0.0, 0.5, 1.0))[0] == 1.0
    assert choose_weight(right, wrong, truth, (0.0, 0.5, 1.0))[0] == 0.0


def test_a_calibration_names_the_law_it_was_fitted_against(stacked, data, tmp_path):
    folder = Path(shutil.copytree(stacked[0], tmp_path / "bundle"))
    manifest = bundles.load_bundle(folder).manifest
    bundles.write_manifest(folder, manifest.model_copy(update={"law_sha256": "0" * 64}))
    calibrate(folder, data.with_term("calibration"), CalibrateSettings(minimum_cases=20))
    assert bundles.load_bundle(folder).manifest.law_sha256 == law_sha256()


def test_a_bundle_names_the_splits_its_trees_have_seen(stacked):
    assert bundles.load_bundle(stacked[0]).manifest.data[TRAINED_ON] == ["train", "validation"]


def test_a_bundle_that_has_seen_validation_is_not_registered_by_its_figures_there(
    stacked, tmp_path
):
    overrides = [*tiny_overrides(tmp_path), f"output={tmp_path}"]
    pipeline = Pipeline(load_config(CONFIG, overrides))
    shutil.copytree(stacked[0], pipeline.bundle_folder)
    with pytest.raises(ConfigError, match="--final"):
        register(pipeline, "test-model")
