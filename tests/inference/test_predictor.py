import json
import subprocess
import sys
import threading

import pytest
from liangxing.errors import BundleError, CaseError
from liangxing.model.bundle import load_bundle, write_manifest
from liangxing.predictor import SentencePredictor

FACT = (
    "2022年5月6日下午，被告人赵某甲在东河市某商场趁无人之机窃得孙某乙的手机一部，"
    "经鉴定价值人民币4200元。被告人赵某甲到案后如实供述自己的罪行。"
)
CASE = {"fact": FACT, "charges": ["盗窃"], "defendant": "赵某甲"}


@pytest.fixture(scope="module")
def predictor(bundle_folder):
    return SentencePredictor.load(bundle_folder)


def test_a_prediction_keeps_its_contract(predictor):
    prediction = json.loads(predictor.predict(CASE | {"id": "a"}).to_json())
    assert prediction["id"] == "a"
    outer = prediction["bounds"]["statutory"]["outer"]
    assert outer["low"] <= prediction["penalty"]["months"] <= outer["high"]
    interval = prediction["interval"]
    assert outer["low"] <= interval["low"] <= interval["high"] <= outer["high"]
    distribution = prediction["distribution"]
    total = sum(distribution["bins"].values()) + distribution["life"] + distribution["death"]
    assert total == pytest.approx(1)
    assert prediction["trace"][0]["source"] == "《刑法》第264条"


def test_a_higher_level_gives_a_wider_interval(predictor):
    narrow, wide = (predictor.predict(CASE, level=level).interval for level in (0.5, 0.95))
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


def test_an_unknown_charge_gives_general_bounds_and_a_warning(predictor):
    prediction = predictor.predict({"fact": FACT, "charges": ["虚构的罪"]})
    assert prediction.bounds.statutory.death
    assert any("虚构的罪" in warning for warning in prediction.warnings)


def test_a_bad_level_or_case_is_refused(predictor):
    with pytest.raises(CaseError, match="level"):
        predictor.predict(CASE, level=90)
    with pytest.raises(CaseError, match="'fact'"):
        predictor.predict({"fact": ""})


def test_batches_and_threads_answer_like_single_cases(predictor):
    cases = [CASE, {"fact": FACT * 12}, {"fact": "被告人王某" + FACT, "charges": ["诈骗"]}]
    alone = [predictor.predict(case) for case in cases]
    batched = list(predictor.predict_many(cases, batch_size=3))
    results = {}
    threads = [
        threading.Thread(target=lambda i=i: results.update({i: predictor.predict(cases[i])}))
        for i in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index in range(3):
        assert batched[index].penalty == alone[index].penalty == results[index].penalty
        assert batched[index].interval == alone[index].interval
    assert any("过长" in warning for warning in alone[1].warnings)


@pytest.mark.parametrize("name", ["encoder.onnx", "head.onnx", "tokenizer.json"])
def test_a_changed_byte_is_refused_by_file_name(bundle_copy, name):
    content = bytearray((bundle_copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle_copy / name).write_bytes(content)
    with pytest.raises(BundleError, match=name):
        load_bundle(bundle_copy)


def test_a_missing_folder_or_file_is_refused(bundle_copy, tmp_path):
    with pytest.raises(BundleError, match="does not exist"):
        load_bundle(tmp_path / "nowhere")
    (bundle_copy / "head.onnx").unlink()
    with pytest.raises(BundleError, match=r"head\.onnx is missing"):
        load_bundle(bundle_copy)


def test_other_law_data_still_predicts_without_a_coverage_claim(bundle_copy):
    path = bundle_copy / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"law_sha256": "0" * 64}))
    prediction = SentencePredictor.load(bundle_copy).predict(CASE)
    assert any("no coverage claim" in warning for warning in prediction.warnings)


def test_a_calibration_of_earlier_intervals_still_predicts_without_a_coverage_claim(bundle_copy):
    assert not any("no coverage claim" in w for w in _warnings(bundle_copy))
    manifest = load_bundle(bundle_copy).manifest
    path = bundle_copy / "calibration.json"
    content = json.loads(path.read_text())
    assert content.pop("sets") == "central"
    path.write_text(json.dumps(content))
    write_manifest(bundle_copy, manifest)
    assert any("no coverage claim" in w for w in _warnings(bundle_copy))


def _warnings(folder):
    return SentencePredictor.load(folder).predict(CASE).warnings


def test_prediction_needs_none_of_the_training_libraries(bundle_folder):
    code = f"""
import sys
for name in ("torch", "transformers", "datasets", "sklearn", "mlflow", "pandas", "scipy"):
    sys.modules[name] = None
import liangxing.cli
from liangxing.predictor import SentencePredictor
print(SentencePredictor.load({str(bundle_folder)!r}).predict({{"fact": {FACT!r}}}).penalty.kind)
assert not any(name.startswith("liangxing_training") for name in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_law_decides_who_may_be_suspended_and_for_how_long(predictor):
    """Arts. 73 and 74: probation is no shorter than the term, a recidivist has none."""
    case = {"fact": "被告人赵某盗窃现金2000元。", "charges": ["盗窃"]}
    found = predictor.predict(case)
    assert found.penalty.months <= 36
    assert found.suspension.eligible
    assert found.suspension.probation_months.low >= found.penalty.months
    barred = predictor.predict({**case, "circumstances": {"recidivist": True}})
    assert not barred.suspension.eligible
    assert barred.suspension.probability == 0
    assert "累犯，不适用缓刑" in barred.trace[-1].rule


def test_a_remembered_text_is_encoded_once_and_answered_the_same(predictor, monkeypatch):
    cases = [CASE, CASE | {"charges": []}, {"fact": FACT + "另查明，赵某系累犯。"}]
    fresh = [prediction.to_dict() for prediction in predictor.predict_many(cases)]
    encoded = []
    encode = predictor.parts.graphs.encode
    monkeypatch.setattr(predictor.parts.graphs, "encode", lambda t: encoded.extend(t) or encode(t))
    with predictor.remembering():
        for _ in range(2):
            again = [prediction.to_dict() for prediction in predictor.predict_many(cases)]
    assert len(encoded) == 2
    assert [p["penalty"] for p in again] == [p["penalty"] for p in fresh]
    assert [p["interval"] for p in again] == [p["interval"] for p in fresh]
