"""Masked-language adaptation: what it reads, in slices, and what it writes."""

import json
from dataclasses import replace
from pathlib import Path

import mlflow
import pytest
import torch
from conftest import tiny_overrides
from liangxing.errors import ConfigError, DataError
from liangxing_training.config import load_config
from liangxing_training.finetune import EncoderSettings
from liangxing_training.pipeline import Pipeline
from liangxing_training.pretrain import load_adaptation, pretrain
from liangxing_training.pretrain_texts import PretrainSettings, Texts, collect_texts
from liangxing_training.sources.synthetic import generate
from liangxing_training.tiny import TinySettings, make_tiny_encoder
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

CONFIG = Path(__file__).parents[2] / "configs" / "quickstart.yaml"
FACTS = [row["fact"] for row in generate(60, 17)]
TEXTS = Texts(FACTS[:48], FACTS[48:])
SETTINGS = PretrainSettings(
    epochs=2, batch_size=8, window=96, learning_rate=3e-3, save_steps=5, precision="fp32"
)
SLICE = {"max_minutes": 1e-6}


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder")
    make_tiny_encoder(FACTS, TinySettings(hidden=16, layers=1, heads=2), folder)
    return EncoderSettings(name=str(folder), random_weights=True)


@pytest.fixture(scope="module")
def at_a_stretch(encoder, tmp_path_factory):
    root = tmp_path_factory.mktemp("stretch")
    return run(encoder, root), root / "adapted"


def run(encoder, root, texts=TEXTS, fingerprint="made up", **change):
    settings = SETTINGS.model_copy(update=change)
    return pretrain(texts, encoder, settings, fingerprint, root / "work", root / "adapted")


def test_the_loss_on_held_out_texts_falls(at_a_stretch):
    done, _ = at_a_stretch
    assert done.complete
    assert done.steps == done.of_steps == 2 * -(-done.windows // 8)
    assert done.loss_after < done.loss_start == done.loss_before


def test_the_adapted_folder_is_an_encoder(at_a_stretch, encoder):
    _, folder = at_a_stretch
    model = AutoModel.from_pretrained(folder)
    weights = load_file(folder / "model.safetensors")
    assert torch.equal(
        model.get_input_embeddings().weight, weights["embeddings.word_embeddings.weight"]
    )
    assert not any("cls" in name for name in weights)
    ours, theirs = (
        AutoTokenizer.from_pretrained(folder),
        AutoTokenizer.from_pretrained(encoder.name),
    )
    assert ours(FACTS[0])["input_ids"] == theirs(FACTS[0])["input_ids"]


def test_slices_end_where_one_stretch_ends(at_a_stretch, encoder, tmp_path):
    whole, _ = at_a_stretch
    first = run(encoder, tmp_path, **SLICE)
    assert (first.steps, first.complete) == (1, False)
    assert not (tmp_path / "adapted").exists()
    # A checkpoint that a kill tore apart is passed over.
    (tmp_path / "work" / "checkpoint-4").mkdir()
    second = run(encoder, tmp_path, **SLICE, use_partial=True)
    assert second.steps == 2
    assert second.loss_before == pytest.approx(first.loss_after)
    assert not load_adaptation(tmp_path / "adapted").complete
    last = run(encoder, tmp_path)
    assert last.complete
    assert last.loss_start == first.loss_before
    assert last.loss_before == pytest.approx(second.loss_after)
    assert (last.steps, last.windows) == (whole.steps, whole.windows)
    # Batches are fetched one ahead, so the masks drawn after a stop are not the same ones.
    assert last.loss_after == pytest.approx(whole.loss_after, abs=0.05)
    assert last.loss_start - last.loss_after > 0.1
    assert load_adaptation(tmp_path / "adapted") == last


def test_checkpoints_of_other_settings_or_data_are_not_taken_up(encoder, tmp_path):
    run(encoder, tmp_path, **SLICE)
    for change in ({"learning_rate": 1e-5}, {"fingerprint": "other"}):
        with pytest.raises(ConfigError, match="other pretrain or encoder settings"):
            run(encoder, tmp_path, **change)


def test_frozen_layers_and_embeddings_stay(encoder, at_a_stretch, tmp_path):
    start = EncoderSettings(name=str(at_a_stretch[1]))
    run(start, tmp_path, texts=replace(TEXTS, train=FACTS[:8]), frozen_layers=1, epochs=1)
    before, after = (
        load_file(f / "model.safetensors") for f in (at_a_stretch[1], tmp_path / "adapted")
    )
    assert all(torch.equal(before[name], after[name]) for name in before)
    with pytest.raises(ConfigError, match=r"pretrain\.frozen_layers 9"):
        run(start, tmp_path / "other", frozen_layers=9)


def test_the_stage_learns_from_train_texts_alone_and_is_tracked(tmp_path):
    overrides = [
        *tiny_overrides(tmp_path),
        "data.sources=[{format: synthetic, limit: 300}]",
        "pretrain.epochs=0.2",
        "pretrain.batch_size=8",
        "pretrain.window=96",
        "pretrain.held_out=5",
    ]
    pipeline = Pipeline(load_config(CONFIG, overrides))
    data = pipeline.single_stage("prepare")
    settings = pipeline.config.pretrain
    own = {name: set(data.facts(name)) for name in data.splits}
    plain = collect_texts(data, settings)
    assert set(plain.train) == own["train"]
    assert set(plain.held_out) <= own["validation"]
    assert len(plain.held_out) == 5
    statute = tmp_path / "law.tsv"
    statute.write_text("第一条\t本法为虚构。\n\n第二条\t仅供测试。\n", encoding="utf-8")
    more = settings.model_copy(update={"validation_texts": True, "statute": statute})
    added = collect_texts(data, more).train[len(plain.train) :]
    assert added[-2:] == ["第一条 本法为虚构。", "第二条 仅供测试。"]
    assert 0 < len(set(added[:-2])) <= len(own["validation"]) - 5
    assert set(added[:-2]) <= own["validation"] - set(plain.held_out)
    with pytest.raises(DataError, match=r"pretrain\.statute"):
        collect_texts(data, settings.model_copy(update={"statute": tmp_path / "none.tsv"}))

    done = pipeline.single_stage("pretrain")
    assert pipeline.single_stage("pretrain") == done
    recorded = json.loads((pipeline.adapted_folder / "adaptation.json").read_text("utf-8"))
    assert recorded["data_fingerprint"] == data.fingerprint
    client = mlflow.MlflowClient(pipeline.config.tracking.uri)
    experiment = client.get_experiment_by_name("liangxing")
    (stage,) = (
        found
        for found in client.search_runs([experiment.experiment_id])
        if found.data.tags.get("stage") == "pretrain"
    )
    assert stage.data.metrics["held_out_loss_after"] == pytest.approx(done.loss_after)
    assert stage.data.metrics["held_out_loss_before"] == pytest.approx(done.loss_before)
