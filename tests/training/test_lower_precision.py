from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from liangxing.errors import BundleError, ConfigError, DataError
from liangxing.model import bundle as bundles
from liangxing.model.session import ENCODER_OUTPUTS, open_session, pad_windows
from liangxing.predictor import SentencePredictor
from liangxing_training import lower_precision as lowering
from liangxing_training.calibrate import nearest_outcome
from liangxing_training.config import load_config
from liangxing_training.export import export_bundle
from liangxing_training.export_settings import ExportSettings
from liangxing_training.model_card import model_card
from liangxing_training.precision_cost import Answers, Cost, answers, measure_cost
from liangxing_training.prepare import load_prepared
from liangxing_training.quantise import by_loss, cosines, embeddings, fuse, quantise

INT8 = ExportSettings(
    int8=True, parity_batches=1, quantised_texts=8, weighed_texts=2, minimum_cosine=0.5
)
# The tiny model's answers are no measure of what real int8 loses.
ANY_LOSS = INT8.model_copy(update={"max_cail_loss": 100.0, "max_coverage_loss": 100.0})
ONE_LAYER = {"layers": 1, "heads": 4, "hidden": 32}


@pytest.fixture(scope="module")
def data(tiny_pipeline):
    return load_prepared(tiny_pipeline.data_folder)


@pytest.fixture(scope="module")
def validation(data):
    return data.with_term("validation")[:60]


@pytest.fixture(scope="module")
def fused(tiny_pipeline, tmp_path_factory):
    path = tmp_path_factory.mktemp("fused") / "fused.onnx"
    fuse(tiny_pipeline.bundle_folder / bundles.ENCODER, path, **ONE_LAYER)
    return path


@pytest.fixture(scope="module")
def packed(tiny_pipeline, tmp_path_factory):
    path = tmp_path_factory.mktemp("packed") / "packed.onnx"
    fuse(tiny_pipeline.bundle_folder / bundles.ENCODER, path, **ONE_LAYER, packed=True)
    return path


@pytest.fixture(scope="module")
def windows(tiny_pipeline, data):
    predictor = SentencePredictor.load(tiny_pipeline.bundle_folder)
    return [predictor.windows(fact) for fact in list(data.facts("train"))[:6]]


def export(pipeline, output, settings, validation):
    facts = list(load_prepared(pipeline.data_folder).facts("train"))[:8]
    return export_bundle(pipeline.model_folder, output, settings, {"name": "t"}, facts, validation)


def break_weights(fused, output, kept=()):
    """A quantiser with a bug: it scales what the last layer norm gives by -30."""
    quantise(fused, output, kept)
    graph = onnx.load(str(output))
    norm = [node for node in graph.graph.node if node.op_type == "LayerNormalization"][-1]
    (scale,) = [tensor for tensor in graph.graph.initializer if tensor.name == norm.input[1]]
    values = -30 * onnx.numpy_helper.to_array(scale)
    scale.CopyFrom(onnx.numpy_helper.from_array(values, scale.name))
    onnx.save(graph, str(output))


def test_int8_shrinks_the_encoder_and_the_bundle_says_what_it_costs(
    tiny_pipeline, validation, tmp_path
):
    figures = export(tiny_pipeline, tmp_path / "bundle", ANY_LOSS, validation)
    found = bundles.load_bundle(tmp_path / "bundle")
    size = (tmp_path / "bundle" / bundles.ENCODER).stat().st_size
    assert size < 0.6 * (tiny_pipeline.bundle_folder / bundles.ENCODER).stat().st_size
    assert found.manifest.precision == "int8"
    assert figures["int8_fused_attentions"] == 1
    assert 0.5 < figures["int8_lowest_cosine"] <= figures["int8_mean_cosine"] < 1
    assert figures["int8_cases"] == 60
    assert {"int8_cail_loss", "int8_coverage_loss"} <= set(found.manifest.metrics)
    card = model_card(found.manifest, None)
    assert f"{figures['int8_cail_loss']:.2f} points of cail_score" in card


def test_a_broken_quantisation_is_refused_with_its_figures_and_nothing_is_written(
    tiny_pipeline, validation, tmp_path, monkeypatch
):
    monkeypatch.setattr(lowering, "quantise", break_weights)
    settings = INT8.model_copy(update={"int8_kept": ()})
    with pytest.raises(BundleError) as caught:
        export(tiny_pipeline, tmp_path / "bundle", settings, validation)
    for words in ("export.int8 is refused", "cail_score", "coverage", "max_cail_loss=0.3"):
        assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_int8_that_loses_too_much_is_tried_again_with_its_worst_operators_in_fp32(
    tiny_pipeline, validation, tmp_path, monkeypatch
):
    def first_broken(fused, output, kept=()):
        (quantise if kept else break_weights)(fused, output, kept)

    monkeypatch.setattr(lowering, "quantise", first_broken)
    limits = {"max_cail_loss": 1.0, "max_coverage_loss": 5.0, "int8_kept": (2,)}
    settings = INT8.model_copy(update=limits)
    figures = export(tiny_pipeline, tmp_path / "bundle", settings, validation)
    assert figures["int8_kept_operators"] == 2
    assert figures["int8_cail_loss"] <= 1.0


def test_an_embedding_that_turns_too_far_is_refused_whatever_the_score(
    tiny_pipeline, validation, tmp_path
):
    strict = ANY_LOSS.model_copy(update={"minimum_cosine": 0.99999})
    with pytest.raises(BundleError, match=r"export\.minimum_cosine=0\.99999"):
        export(tiny_pipeline, tmp_path / "bundle", strict, validation)
    assert list(tmp_path.iterdir()) == []


def test_int8_that_turns_an_embedding_too_far_is_tried_again(
    tiny_pipeline, validation, tmp_path, monkeypatch
):
    def first_broken(fused, output, kept=()):
        (quantise if kept else break_weights)(fused, output, kept)

    monkeypatch.setattr(lowering, "quantise", first_broken)
    settings = ANY_LOSS.model_copy(update={"int8_kept": (2,)})
    figures = export(tiny_pipeline, tmp_path / "bundle", settings, validation)
    assert figures["int8_kept_operators"] == 2
    assert figures["int8_lowest_cosine"] >= settings.minimum_cosine


def test_operators_kept_in_fp32_bring_the_embeddings_nearer(fused, windows, tmp_path):
    exact = embeddings(fused, windows, 0)
    worst = by_loss(fused, windows, 0)
    quantise(fused, tmp_path / "whole.onnx")
    quantise(fused, tmp_path / "kept.onnx", worst)
    whole = cosines(exact, tmp_path / "whole.onnx", windows, 0).mean()
    assert len(worst) >= 4
    assert whole < cosines(exact, tmp_path / "kept.onnx", windows, 0).mean() < 1


def test_a_packed_encoder_answers_like_the_plain_one(tiny_pipeline, packed, windows):
    lengths = ((40, 7), (3,), (25, 31), (12,))
    cases = [[row[0][:cut] for cut in cuts] for row, cuts in zip(windows, lengths, strict=False)]
    for batch in (cases, cases[:1], cases[1:2]):
        feed = pad_windows(batch, 0)
        plain, ours = (
            open_session(path, 1).run(ENCODER_OUTPUTS, feed)
            for path in (tiny_pipeline.bundle_folder / bundles.ENCODER, packed)
        )
        for expected, found in zip(plain, ours, strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-5)


def test_padding_does_not_coarsen_a_packed_int8_encoder(packed, windows, tmp_path):
    """int8 scales activations by what lies in a run: padding must be no part of it."""
    quantise(packed, tmp_path / "int8.onnx")
    session = open_session(tmp_path / "int8.onnx", 1)
    short = pad_windows([[windows[0][0][:30]]], 0)
    padded = {
        "input_ids": np.pad(short["input_ids"], ((0, 0), (0, 50))),
        "attention_mask": np.pad(short["attention_mask"], ((0, 0), (0, 50))),
        "window_case": short["window_case"],
    }
    for one, other in zip(
        session.run(ENCODER_OUTPUTS, short), session.run(ENCODER_OUTPUTS, padded), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_an_encoder_whose_attentions_do_not_fuse_is_refused(tiny_pipeline, tmp_path):
    plain = tiny_pipeline.bundle_folder / bundles.ENCODER
    with pytest.raises(BundleError, match="1 of 2 attentions"):
        fuse(plain, tmp_path / "fused.onnx", **(ONE_LAYER | {"layers": 2}))


def test_the_same_answers_cost_nothing_and_worse_ones_cost_score_and_coverage(
    tiny_pipeline, validation
):
    grid = bundles.load_bundle(tiny_pipeline.bundle_folder).grid
    found = answers(tiny_pipeline.bundle_folder, validation, "")
    # A clairvoyant, spread a little, and one who takes the grid from its other end.
    right = np.array([np.eye(len(grid))[nearest_outcome(grid, r)] for r in validation]) + 1e-3
    clairvoyant, lost = (
        Answers(
            [
                replace(one, probabilities=row / row.sum())
                for one, row in zip(found.assessments, rows, strict=True)
            ],
            found.charges,
        )
        for rows in (right, right[:, ::-1])
    )
    same = measure_cost(clairvoyant, clairvoyant, validation, grid)
    assert (same.cail_loss, same.coverage_loss, same.charges_kept) == (0, 0, 1)
    worse = measure_cost(clairvoyant, lost, validation, grid)
    assert worse.cail_loss > 20
    assert worse.coverage_loss > 5
    assert not worse.within(0.3, 1.0)


def test_a_loss_that_is_not_a_number_is_never_allowed():
    cost = Cost(10, 50.0, float("nan"), 90.0, 90.0, 1.0)
    assert not cost.within(100, 100)


def test_int8_without_validation_cases_is_refused(tiny_pipeline, tmp_path):
    with pytest.raises(DataError, match=r"export\.int8 is checked on the validation split"):
        export(tiny_pipeline, tmp_path / "bundle", INT8, [])


def test_fp16_without_a_gpu_is_refused_at_export_and_at_loading(
    tiny_pipeline, bundle_copy, validation, tmp_path, monkeypatch
):
    monkeypatch.setattr(lowering, "gpu_providers", lambda: [])
    monkeypatch.setattr("liangxing.model.session.gpu_providers", lambda: [])
    settings = ExportSettings(fp16=True, parity_batches=1)
    with pytest.raises(ConfigError, match="onnxruntime-gpu"):
        export(tiny_pipeline, tmp_path / "bundle", settings, validation)
    manifest = bundles.load_bundle(bundle_copy).manifest
    bundles.write_manifest(bundle_copy, manifest.model_copy(update={"precision": "fp16"}))
    with pytest.raises(BundleError, match="GPU"):
        SentencePredictor.load(bundle_copy)


def test_fp16_halves_the_graph_and_answers_alike(fused, windows, tmp_path):
    """On a CPU, which computes fp16 graphs slowly but computes them."""
    lowering.to_fp16(fused, tmp_path / "half.onnx")
    assert (tmp_path / "half.onnx").stat().st_size < 0.7 * Path(fused).stat().st_size
    exact = embeddings(fused, windows, 0)
    assert cosines(exact, tmp_path / "half.onnx", windows, 0).min() > 0.9999


def test_int8_and_fp16_together_are_a_config_error():
    config = Path(__file__).parents[2] / "configs" / "quickstart.yaml"
    with pytest.raises(ConfigError, match="exclude each other"):
        load_config(config, ["export.int8=true", "export.fp16=true"])


def test_fp32_answers_do_not_depend_on_the_cases_beside(tiny_pipeline, data, tmp_path):
    """fp32 bundles run several cases at once, sorted by length, under the cap of tokens."""
    predictor = SentencePredictor.load(tiny_pipeline.bundle_folder)
    assert predictor.bundle.manifest.precision == "fp32"
    facts = list(data.facts("train"))[:12]
    cases = [{"fact": fact * (1 + place % 3)} for place, fact in enumerate(facts)]
    together = [p.to_dict() for p in predictor.predict_many(cases, batch_size=12)]
    for case, beside in zip(cases, together, strict=True):
        alone = predictor.predict(case).to_dict()
        assert alone["penalty"] == beside["penalty"]
        probabilities = (alone["distribution"]["bins"], beside["distribution"]["bins"])
        assert probabilities[0] == pytest.approx(probabilities[1], abs=1e-5)
