import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import CONFIG, tiny_overrides
from liangxing.errors import BundleError, ConfigError
from liangxing.model import bundle as bundles
from liangxing.model.charge_grams import ChargeGrams
from liangxing.predictor import SentencePredictor
from liangxing_training.batches import to_case
from liangxing_training.charge_grams import (
    ChargeGramSettings,
    choose_shares,
    fit_charge_grams,
)
from liangxing_training.config import load_config
from liangxing_training.finetune import finetune, load_trained
from liangxing_training.model_card import revised_bundle
from liangxing_training.pipeline import Pipeline
from liangxing_training.prepare import load_prepared
from liangxing_training.stacking import LEARNT_VALIDATION, add_charge_grams, add_trees
from liangxing_training.trees import TreeSettings

SMALL = ChargeGramSettings(bits=12, kept=500, enabled=True)
TOLD = {
    "盗窃": "被告人{n}窃得手机一部",
    "诈骗": "被告人{n}虚构事实骗取货款",
    "抢劫": "被告人{n}持刀抢得钱包",
}


def facts(names):
    return [
        {"fact": text.format(n=n), "charges": [charge]}
        for n in names
        for charge, text in TOLD.items()
    ]


@pytest.fixture(scope="module")
def part():
    return fit_charge_grams(facts("甲乙丙丁戊己"), tuple(TOLD), SMALL, mask=True)


@pytest.fixture(scope="module")
def data(tiny_pipeline):
    return load_prepared(tiny_pipeline.data_folder)


@pytest.fixture(scope="module")
def told(tiny_pipeline, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("charges") / "bundle"
    shutil.copytree(tiny_pipeline.bundle_folder, folder)
    figures = add_charge_grams(
        folder, data.with_term("train"), data.with_term("validation"), SMALL
    )
    return folder, figures


def test_words_tell_the_charge(part):
    for charge, column in zip(TOLD, range(3), strict=True):
        logits = part.logits(TOLD[charge].format(n="庚"))
        assert int(np.argmax(logits)) == column


def test_a_file_gives_the_same_answers(part, tmp_path):
    part.save(tmp_path / "charges.npz")
    text = TOLD["诈骗"].format(n="辛")
    assert ChargeGrams.from_file(tmp_path / "charges.npz").logits(text) == pytest.approx(
        part.logits(text)
    )


def test_a_torn_file_is_named(tmp_path):
    (tmp_path / "charges.npz").write_bytes(b"PK")
    with pytest.raises(BundleError, match=r"charges\.npz"):
        ChargeGrams.from_file(tmp_path / "charges.npz")


def test_a_charge_without_rows_is_never_the_likeliest():
    part = fit_charge_grams(facts("甲乙丙丁"), (*TOLD, "放火"), SMALL, mask=True)
    for text in (*TOLD.values(), "被告人壬放火烧毁房屋"):
        assert int(np.argmax(part.logits(text.format(n="壬")))) != 3


def test_two_charges_are_told_apart_too():
    pair = tuple(TOLD)[:2]
    part = fit_charge_grams(facts("甲乙丙丁"), pair, SMALL, mask=True)
    assert [int(np.argmax(part.logits(TOLD[c].format(n="癸")))) for c in pair] == [0, 1]


def test_an_encoder_that_knows_nothing_gets_next_to_no_share(part):
    rows = facts("子丑寅卯辰巳午未申酉")
    columns = [[list(TOLD).index(row["charges"][0])] for row in rows]
    noise = np.random.default_rng(3).normal(size=(len(rows), 3))
    found, figures = choose_shares(part, noise, [row["fact"] for row in rows], columns)
    assert found.shares[1] > 5 * found.shares[0]
    assert figures["charge_loss_pooled"] < figures["charge_loss_encoder"]


def test_the_pool_on_validation_is_no_worse_than_the_encoder(told):
    _, figures = told
    assert figures["charge_loss_pooled"] <= figures["charge_loss_encoder"] + 1e-6


def test_a_bundle_with_charge_grams_answers_the_pool(tiny_pipeline, told, data):
    plain, pooled = (SentencePredictor.load(f) for f in (tiny_pipeline.bundle_folder, told[0]))
    part = ChargeGrams.from_file(told[0] / bundles.CHARGES)
    case = to_case(data.with_term("calibration")[0]).model_copy(update={"charges": ()})
    before, after = (p.run([case]).texts.encoding.charge_logits for p in (plain, pooled))
    assert after[0] == pytest.approx(part.pooled(before[0], part.logits(case.fact)), abs=1e-4)
    assert not np.allclose(before, after)


def test_a_changed_charge_file_is_refused_by_name(told, tmp_path):
    folder = Path(shutil.copytree(told[0], tmp_path / "bundle"))
    with (folder / bundles.CHARGES).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(BundleError, match=r"charges\.npz"):
        SentencePredictor.load(folder)


def test_validation_chooses_nothing_once_it_was_learnt_from(tiny_pipeline, data, tmp_path):
    folder = Path(shutil.copytree(tiny_pipeline.bundle_folder, tmp_path / "bundle"))
    manifest = bundles.load_bundle(folder).manifest
    learnt = {**manifest.data, LEARNT_VALIDATION: True}
    with revised_bundle(folder) as staging:
        bundles.write_manifest(staging, manifest.model_copy(update={"data": learnt}))
    train, validation = data.with_term("train"), data.with_term("validation")
    with pytest.raises(ConfigError, match=r"charge_grams\.shares"):
        add_charge_grams(folder, train, validation, SMALL)
    with pytest.raises(ConfigError, match=r"trees\.weights"):
        add_trees(folder, train, validation, TreeSettings(weights=(0.4, 0.6)))
    given = SMALL.model_copy(update={"shares": (0.5, 2.0)})
    figures = add_charge_grams(folder, train, validation, given)
    assert figures == {"charge_share_encoder": 0.5, "charge_share_grams": 2.0}


def test_a_model_that_ships_learns_from_validation_too(tiny_pipeline, data, tmp_path):
    config = tiny_pipeline.config
    encoder = config.encoder.model_copy(update={"name": str(config.output / "encoder")})
    settings = config.finetune.model_copy(
        update={"epochs": 1, "minimum_label_count": 1, "learn_validation": True}
    )
    train, validation = data.with_term("train")[:48], data.with_term("validation")[:24]
    only = [{**row, "charges": ["放火"]} for row in validation]
    metrics = finetune(train, only, encoder, settings, tmp_path / "model")
    assert set(metrics) == {"train_loss"}
    _, meta = load_trained(tmp_path / "model")
    assert "放火" in meta["charges"]


def test_the_export_says_what_was_learnt_from(tmp_path, tiny_pipeline):
    assert bundles.load_bundle(tiny_pipeline.bundle_folder).manifest.data["trained_on"] == [
        "train"
    ]
    config = load_config(CONFIG, [*tiny_overrides(tmp_path), "finetune.learn_validation=true"])
    assert Pipeline(config)._splits_learnt() == ["train", "validation"]
