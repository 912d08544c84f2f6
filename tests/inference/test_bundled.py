import json

import numpy as np
import pytest
from liangxing.case import Case
from liangxing.cli import app
from liangxing.errors import BundleError
from liangxing.model import bundle as bundles
from liangxing.predictor import SentencePredictor
from typer.testing import CliRunner

FACT = "2022年5月6日，被告人赵某甲在东河市某商场窃得孙某乙的手机一部，价值人民币4200元。"
MEGABYTE = 1e6


def test_one_fact_is_predicted_without_naming_a_model():
    result = CliRunner().invoke(app, ["predict", "--fact", FACT, "--charge", "盗窃"])
    assert result.exit_code == 0
    found = json.loads(result.output)
    outer = found["bounds"]["statutory"]["outer"]
    assert outer["low"] <= found["interval"]["low"] <= found["penalty"]["months"]
    assert found["penalty"]["months"] <= found["interval"]["high"] <= outer["high"]
    assert found["charges"][0]["name"] == "盗窃"


def test_the_bundled_model_was_calibrated_against_the_law_and_reading_it_ships_with():
    """When this fails after a change to the law or the reading, calibrate the bundle again."""
    warnings = SentencePredictor.load().predict({"fact": FACT, "charges": ["盗窃"]}).warnings
    assert not any("no coverage claim" in warning for warning in warnings)
    assert not any("not calibrated" in warning for warning in warnings)
    assert not any("synthetic" in warning for warning in warnings)


def test_a_larger_amount_is_never_answered_with_a_shorter_term():
    predictor = SentencePredictor.load()
    terms = [
        predictor.predict(
            {"fact": FACT.replace("4200", amount), "charges": ["盗窃"]}
        ).penalty.months
        for amount in ("4200", "60000", "900000")
    ]
    assert None not in terms
    assert terms == sorted(terms)
    assert terms[0] < terms[-1]


def test_a_batch_on_several_threads_gives_each_case_what_it_gets_alone():
    lengths = (9, 1, 30, 4)
    cases = [{"fact": FACT * length, "charges": ["盗窃"]} for length in lengths]
    alone = SentencePredictor.load(threads=1)
    together = SentencePredictor.load(threads=3)
    for case, found in zip(cases, together.predict_many(cases), strict=True):
        expected = alone.predict(case)
        assert found.penalty == expected.penalty
        assert found.interval == expected.interval
    read = [Case.model_validate(case) for case in cases]
    np.testing.assert_array_equal(
        together.encode_texts(read).embedding,
        np.concatenate([alone.encode_texts([case]).embedding for case in read]),
    )


def test_the_bundled_model_stays_small():
    files = {path.name: path.stat().st_size for path in bundles.BUNDLED.iterdir()}
    assert sum(files.values()) <= 40 * MEGABYTE
    parts = (bundles.WIDE, bundles.GROUPS, bundles.TERMS, bundles.FINES)
    beside = (bundles.HEAD, bundles.TREES, *parts)
    assert sum(files.get(name, 0) for name in beside) <= 10 * MEGABYTE


def test_an_installation_without_a_bundled_model_says_what_to_do(monkeypatch, tmp_path):
    missing = tmp_path / "bundled"
    monkeypatch.setattr(bundles, "BUNDLED", missing)
    with pytest.raises(BundleError, match="--model"):
        bundles.load_bundle(missing)
