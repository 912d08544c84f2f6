"""Fine-tune an encoder and head with the Hugging Face Trainer; resumes after a kill."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from liangxing.errors import ConfigError, DataError
from liangxing.model.outcomes import OutcomeGrid
from liangxing.model.tokens import WindowSettings, WindowTokenizer
from pydantic import BaseModel, ConfigDict, Field
from safetensors.torch import load_model, save_model
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    EarlyStoppingCallback,
    EvalPrediction,
    TrainingArguments,
    set_seed,
)

from liangxing_training.batches import (
    CaseDataset,
    Collator,
    LabelSpace,
    label_space,
)
from liangxing_training.fine_labels import fine_of_record
from liangxing_training.hidden_cache import hidden_states, split_encoder
from liangxing_training.model import EncoderPart, HeadPart, LossWeights, SentencingModel
from liangxing_training.training_parts import (
    LengthTrainer,
    MlflowMetrics,
    first_line,
    freeze,
    last_complete,
    shared_arguments,
    without_attention_dropout,
)

MODEL_STATE, MODEL_META, TOKENIZER = "model.safetensors", "model.json", "tokenizer.json"


class EncoderSettings(BaseModel):
    """`name` is a hub name or a folder; a layout without weights starts from random ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    window: int = Field(default=320, ge=32)
    stride: int = Field(default=256, ge=16)
    max_windows: int = Field(default=4, ge=1)
    mask_verdicts: bool = True
    random_weights: bool = False


class FinetuneSettings(BaseModel):
    """Training of one model. `bandwidth` is the soft label's, in log1p months.

    `frozen_layers` keeps the embeddings and the lowest layers as they were pretrained: no gradient
    runs through them, which saves up to two thirds of the time. `cache_frozen` also keeps what
    they give on disk (about 0.8 kB a token for 384 dimensions), so that they run only once.
    `learn_validation` is for the model that ships: it learns from the validation split too, so
    that nothing can be chosen there and the last step is kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 17
    epochs: float = Field(default=2.0, gt=0)
    batch_size: int = Field(default=16, ge=1)
    gradient_accumulation: int = Field(default=1, ge=1)
    encoder_learning_rate: float = Field(default=5e-5, gt=0)
    head_learning_rate: float = Field(default=1e-3, gt=0)
    frozen_layers: int = Field(default=0, ge=0)
    cache_frozen: bool = False
    weight_decay: float = 0.01
    warmup_ratio: float = 0.06
    head_width: int = 256
    dropout: float = 0.1
    bandwidth: float = Field(default=0.1, gt=0)
    minimum_label_count: int = Field(default=3, ge=1)
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    evaluations_per_epoch: int = Field(default=2, ge=1)
    patience: int = Field(default=4, ge=1)
    learn_validation: bool = False
    month_grid: tuple[float, ...]


def finetune(
    train: Sequence[Mapping[str, Any]],
    validation: Sequence[Mapping[str, Any]],
    encoder: EncoderSettings,
    settings: FinetuneSettings,
    output: Path,
) -> dict[str, float]:
    """Trains, keeps the best checkpoint by validation `cail_score`, writes it to `output`.

    With `learn_validation` both splits are learnt from and the last step is kept. A run that was
    killed goes on from its last complete checkpoint. Returns the metrics of the kept model.
    Raises ConfigError when the encoder cannot be loaded.
    """
    if not train or not validation:
        raise DataError("train or validation split is empty; give more data or other fractions")
    set_seed(settings.seed)
    if settings.learn_validation:
        train, validation = [*train, *validation], []
    tokenizer, windows, files = load_tokenizer(encoder)
    space = label_space(train, OutcomeGrid(settings.month_grid), settings.minimum_label_count)
    if not space.charges:
        raise DataError(
            "no charge occurs often enough to learn; lower finetune.minimum_label_count"
        )
    # The fused attention trains faster, on a CPU too; the exporter needs the plain one.
    model = build_model(encoder, settings, space, attention="sdpa")
    whole = model.encoder_part.encoder
    freeze(whole, settings.frozen_layers, "finetune")
    reader = WindowTokenizer(tokenizer, windows)
    train_set = CaseDataset(train, reader, space, settings.bandwidth, "Reading train")
    validation_set = (
        CaseDataset(validation, reader, space, settings.bandwidth, "Reading validation")
        if validation
        else None
    )
    mean, scale = train_set.feature_moments()
    model.head_part.feature_mean.copy_(mean)
    model.head_part.feature_scale.copy_(scale)
    fines = train_set.fine_quantiles()
    if fines is not None:
        # From zero, the logs of thousands of yuan are further than an hour's steps.
        model.head_part.fine.bias.data.copy_(fines)

    cache = output / "frozen"
    if settings.cache_frozen and settings.frozen_layers:
        lower, model.encoder_part.encoder = split_encoder(whole, settings.frozen_layers)
        for split, name in ((train_set, "train"), (validation_set, "validation")):
            if split is None:
                continue
            description = f"Frozen layers on {name}"
            split.attach(hidden_states(lower, split.windows, windows.pad_id, cache, description))
    checkpoints = output / "checkpoints"
    trainer = _CaseTrainer(
        model=model,
        args=_arguments(settings, checkpoints, len(train_set)),
        data_collator=Collator(windows.pad_id),
        train_dataset=train_set,
        eval_dataset=validation_set,
        compute_metrics=_metrics(validation, space.grid) if validation else None,
        optimizers=(_optimizer(model, settings), None),  # type: ignore[arg-type]
        callbacks=[MlflowMetrics()],
    )
    if validation:
        trainer.add_callback(EarlyStoppingCallback(settings.patience))
    trained = trainer.train(resume_from_checkpoint=last_complete(checkpoints))
    found = trainer.evaluate() if validation else {"train_loss": trained.training_loss}
    metrics = {name.removeprefix("eval_"): float(value) for name, value in found.items()}
    model.encoder_part.encoder = whole
    if trainer.is_world_process_zero():
        shutil.rmtree(cache, ignore_errors=True)
        save_trained(output, model, encoder, settings, space, windows, files, train)
        history = list(trainer.state.log_history)
        (output / "history.json").write_text(json.dumps(history), encoding="utf-8")
    return metrics


def load_tokenizer(encoder: EncoderSettings) -> tuple[Any, WindowSettings, str]:
    """The fast tokenizer, the window settings with its special ids, and its JSON text."""
    try:
        wrapped = AutoTokenizer.from_pretrained(encoder.name)
    except Exception as error:
        raise ConfigError(
            f"encoder.name {encoder.name!r} cannot be loaded ({first_line(error)}); give a hub "
            "name or a folder with config.json, model.safetensors and tokenizer.json"
        ) from error
    backend = getattr(wrapped, "backend_tokenizer", None)
    if backend is None:
        raise ConfigError(f"encoder.name {encoder.name!r} has no fast tokenizer (tokenizer.json)")
    backend.no_truncation()
    backend.no_padding()
    windows = WindowSettings(
        window=encoder.window,
        stride=encoder.stride,
        max_windows=encoder.max_windows,
        cls_id=wrapped.cls_token_id,
        sep_id=wrapped.sep_token_id,
        pad_id=wrapped.pad_token_id,
        mask_verdicts=encoder.mask_verdicts,
    )
    return backend, windows, backend.to_str()


def build_model(
    encoder: EncoderSettings,
    settings: FinetuneSettings,
    space: LabelSpace,
    attention: Literal["eager", "sdpa"] = "eager",
) -> SentencingModel:
    """The model with the encoder's pretrained weights, and no dropout of attention weights, which
    would rule out the fused kernels."""
    try:
        config = without_attention_dropout(AutoConfig.from_pretrained(encoder.name))
        if encoder.random_weights:
            base = AutoModel.from_config(config, attn_implementation=attention)
        else:
            base = AutoModel.from_pretrained(
                encoder.name, config=config, attn_implementation=attention, dtype=torch.float32
            )
    except Exception as error:
        raise ConfigError(
            f"encoder.name {encoder.name!r} cannot be loaded ({first_line(error)}); give a hub "
            "name or a folder with config.json and model.safetensors"
        ) from error
    positions = getattr(config, "max_position_embeddings", None)
    if positions is not None and encoder.window > positions:
        raise ConfigError(
            f"encoder.window {encoder.window} is more than the encoder's {positions} positions"
        )
    if hasattr(base, "pooler"):
        base.pooler = None
    hidden = int(config.hidden_size)
    return SentencingModel(
        EncoderPart(base, hidden, len(space.charges), len(space.articles)),
        HeadPart(
            2 * hidden,
            len(space.feature_names),
            len(space.grid),
            settings.head_width,
            settings.dropout,
        ),
        LossWeights(),
    )


def save_trained(
    output: Path,
    model: SentencingModel,
    encoder: EncoderSettings,
    settings: FinetuneSettings,
    space: LabelSpace,
    windows: WindowSettings,
    tokenizer_json: str,
    train: Sequence[Mapping[str, Any]],
) -> None:
    """Writes the trained model; the meta file comes last and marks it as complete."""
    output.mkdir(parents=True, exist_ok=True)
    save_model(model, str(output / MODEL_STATE))
    (output / TOKENIZER).write_text(tokenizer_json, encoding="utf-8")
    meta = {
        "encoder": encoder.model_dump(),
        "settings": settings.model_dump(),
        "charges": space.charges,
        "articles": space.articles,
        "feature_names": space.feature_names,
        "windows": windows.model_dump(),
        "labels_seen": _labels_seen(train),
        "weights": asdict(model.weights),
        "synthetic": all(record.get("synthetic") for record in train),
    }
    staged = output / (MODEL_META + ".part")
    staged.write_text(json.dumps(meta, ensure_ascii=False, indent=1), encoding="utf-8")
    staged.replace(output / MODEL_META)


def load_trained(folder: Path) -> tuple[SentencingModel, dict[str, Any]]:
    """The trained model in evaluation mode and its meta data; DataError when it is not there."""
    path = folder / MODEL_META
    if not path.is_file():
        raise DataError(f"{folder} holds no trained model; run liangxing-train finetune first")
    meta = json.loads(path.read_text(encoding="utf-8"))
    settings = FinetuneSettings.model_validate(meta["settings"])
    encoder = EncoderSettings.model_validate(meta["encoder"])
    space = LabelSpace(
        tuple(meta["charges"]),
        tuple(meta["articles"]),
        OutcomeGrid(settings.month_grid),
        tuple(meta["feature_names"]),
    )
    model = build_model(encoder.model_copy(update={"random_weights": True}), settings, space)
    load_model(model, str(folder / MODEL_STATE))
    return model.eval(), meta


def _labels_seen(train: Sequence[Mapping[str, Any]]) -> list[str]:
    seen = ["outcome", "charges", "articles"]
    if any(record.get("suspension") is not None for record in train):
        seen.append("suspension")
    if any(fine_of_record(record) is not None for record in train):
        seen.append("fine")
    return seen


def _optimizer(model: SentencingModel, settings: FinetuneSettings) -> torch.optim.Optimizer:
    known = {id(parameter) for parameter in model.encoder_part.encoder.parameters()}
    pretrained = [p for p in model.encoder_part.encoder.parameters() if p.requires_grad]
    fresh = [parameter for parameter in model.parameters() if id(parameter) not in known]
    return torch.optim.AdamW(
        [
            {"params": pretrained, "lr": settings.encoder_learning_rate},
            {"params": fresh, "lr": settings.head_learning_rate},
        ],
        weight_decay=settings.weight_decay,
    )


def _arguments(
    settings: FinetuneSettings, checkpoints: Path, train_size: int
) -> TrainingArguments:
    per_step = settings.batch_size * settings.gradient_accumulation
    # Whole batches, so that the last evaluation falls on the last step.
    steps = max(1, math.ceil(train_size / per_step) // settings.evaluations_per_epoch)
    choice: dict[str, Any] = {
        "eval_strategy": "steps",
        "eval_steps": steps,
        "load_best_model_at_end": True,
        "metric_for_best_model": "cail_score",
        "greater_is_better": True,
    }
    return TrainingArguments(
        **shared_arguments(settings, checkpoints),
        **({} if settings.learn_validation else choice),
        save_steps=steps,
        remove_unused_columns=False,
        label_names=["outcome_labels"],
        ddp_find_unused_parameters=False,
    )


class _CaseTrainer(LengthTrainer):
    """The Trainer, told to hand back outcome logits alone."""

    def prediction_step(
        self, model: Any, inputs: Any, prediction_loss_only: bool, ignore_keys: Any = None
    ) -> tuple[Any, Any, Any]:
        inputs = self._prepare_inputs(inputs)
        with torch.no_grad(), self.compute_loss_context_manager():
            outputs = model(**inputs)
        return (
            outputs["loss"].mean().detach(),
            outputs["outcome_logits"].float().detach(),
            inputs["outcome_labels"],
        )


def _metrics(validation: Sequence[Mapping[str, Any]], grid: OutcomeGrid) -> Any:
    """Validation `cail_score` of the unbounded best point, times 100."""
    truth = soft_truth(validation, grid)

    def compute(prediction: EvalPrediction) -> dict[str, float]:
        logits = np.asarray(prediction.predictions, dtype=np.float64)
        shifted = np.exp(logits - logits.max(-1, keepdims=True))
        probabilities = shifted / shifted.sum(-1, keepdims=True)
        points = np.argmax(probabilities @ grid.cail_scores.T, axis=-1)
        labelled = truth >= 0
        scores = grid.cail_scores[points[labelled], truth[labelled]]
        return {"cail_score": 100 * float(scores.mean())}

    return compute


def soft_truth(records: Sequence[Mapping[str, Any]], grid: OutcomeGrid) -> np.ndarray:
    """Index of the grid outcome nearest to each verdict; -1 where none is known."""
    logs = np.log1p(grid.values)
    truth = np.full(len(records), -1)
    for row, record in enumerate(records):
        if record["death"]:
            truth[row] = grid.death
        elif record["life"]:
            truth[row] = grid.life
        elif record["months"] is not None:
            truth[row] = int(np.argmin(np.abs(logs - np.log1p(record["months"]))))
    return truth
