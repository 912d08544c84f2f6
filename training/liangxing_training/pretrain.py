"""Adapt an encoder to legal text by masked-language modelling, in slices that go on."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from liangxing.atomic import atomic_folder
from liangxing.errors import ConfigError
from liangxing.model.tokens import WindowTokenizer
from transformers import (
    AutoConfig,
    AutoModelForMaskedLM,
    AutoTokenizer,
    DataCollatorForLanguageModeling,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)

from liangxing_training.finetune import EncoderSettings, load_tokenizer
from liangxing_training.pretrain_texts import PretrainSettings, Texts, WindowDataset
from liangxing_training.training_parts import (
    LengthTrainer,
    MlflowMetrics,
    first_line,
    freeze,
    last_complete,
    shared_arguments,
    without_attention_dropout,
)

ADAPTATION, START = "adaptation.json", "start.json"
_WINDOWS_PER_TEXT = 1_000
# What may differ between the slices of one training.
_FREE = {"max_minutes", "use_partial", "save_steps"}


@dataclass(frozen=True)
class Adaptation:
    """Where a training stands. Losses are mean cross-entropies of the masked held-out pieces:
    before the first step, before this call and after it."""

    steps: int
    of_steps: int
    complete: bool
    windows: int
    loss_start: float
    loss_before: float
    loss_after: float


def pretrain(
    texts: Texts,
    encoder: EncoderSettings,
    settings: PretrainSettings,
    fingerprint: str,
    checkpoints: Path,
    adapted: Path,
) -> Adaptation:
    """Trains to the end or for `max_minutes`, going on from the last complete checkpoint.

    When all epochs are done, or with `use_partial`, the encoder is written to `adapted` in one
    step. Raises ConfigError when the encoder cannot be used, or the checkpoints belong to other
    settings or data.
    """
    set_seed(settings.seed)
    checkpoint = last_complete(checkpoints)
    start = _start(checkpoints, _identity(encoder, settings, fingerprint), checkpoint)
    backend, windows, _ = load_tokenizer(encoder)
    wrapped = AutoTokenizer.from_pretrained(encoder.name)
    if wrapped.mask_token is None:
        raise ConfigError(f"encoder.name {encoder.name!r} has no mask token; take another encoder")
    reader = WindowTokenizer(
        backend,
        windows.model_copy(
            update={
                "window": settings.window,
                "stride": settings.window,
                "max_windows": _WINDOWS_PER_TEXT,
            }
        ),
    )
    model = _model(encoder, settings, checkpoint)
    freeze(model.base_model, settings.frozen_layers, "pretrain")
    train_set = WindowDataset(texts.train, reader, "Reading train")
    trainer = LengthTrainer(
        model=model,
        args=_arguments(settings, checkpoints),
        data_collator=DataCollatorForLanguageModeling(
            wrapped, mlm_probability=settings.mask_probability
        ),
        train_dataset=train_set,
        eval_dataset=WindowDataset(texts.held_out, reader, "Reading validation"),
        callbacks=[MlflowMetrics(), _TimeLimit(settings.max_minutes)],
    )
    before = _held_out_loss(trainer, settings.seed)
    if start is None:
        start = {**_identity(encoder, settings, fingerprint), "loss": before}
        _write_json(checkpoints / START, start)
    set_seed(settings.seed)
    trainer.train(resume_from_checkpoint=checkpoint)
    result = Adaptation(
        steps=trainer.state.global_step,
        of_steps=trainer.state.max_steps,
        complete=trainer.state.global_step >= trainer.state.max_steps,
        windows=len(train_set),
        loss_start=start["loss"],
        loss_before=before,
        loss_after=_held_out_loss(trainer, settings.seed),
    )
    if result.complete or settings.use_partial:
        with atomic_folder(adapted) as staging:
            model.base_model.save_pretrained(staging)
            wrapped.save_pretrained(staging)
            facts = {"data_fingerprint": fingerprint, "settings": start["settings"]}
            _write_json(staging / ADAPTATION, {**asdict(result), **facts})
    return result


def load_adaptation(adapted: Path) -> Adaptation | None:
    """How an adapted encoder came about; null when there is none."""
    path = adapted / ADAPTATION
    if not path.is_file():
        return None
    known = json.loads(path.read_text(encoding="utf-8"))
    return Adaptation(**{name: known[name] for name in Adaptation.__dataclass_fields__})


class _TimeLimit(TrainerCallback):
    """Saves a checkpoint and stops when the time is up; never before one step is done."""

    def __init__(self, minutes: float | None) -> None:
        self._seconds = None if minutes is None else 60 * minutes
        self._started = time.monotonic()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._started = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._seconds is not None and time.monotonic() - self._started >= self._seconds:
            control.should_save = True
            control.should_training_stop = True


def _model(encoder: EncoderSettings, settings: PretrainSettings, checkpoint: str | None) -> Any:
    """Encoder and masked-language head, whose output matrix is the word embeddings."""
    try:
        config = without_attention_dropout(AutoConfig.from_pretrained(encoder.name))
        config.tie_word_embeddings = True
        if encoder.random_weights and checkpoint is None:
            model = AutoModelForMaskedLM.from_config(config, attn_implementation="sdpa")
        else:
            model = AutoModelForMaskedLM.from_pretrained(
                checkpoint or encoder.name,
                config=config,
                attn_implementation="sdpa",
                dtype=torch.float32,
            )
    except Exception as error:
        raise ConfigError(
            f"encoder.name {encoder.name!r} cannot be pretrained ({first_line(error)}); give a "
            "hub name or folder of a masked-language family (BERT, RoBERTa, XLM-R, ...)"
        ) from error
    positions = getattr(config, "max_position_embeddings", None)
    if positions is not None and settings.window > positions:
        raise ConfigError(
            f"pretrain.window {settings.window} is more than the encoder's {positions} positions"
        )
    return model


def _arguments(settings: PretrainSettings, checkpoints: Path) -> TrainingArguments:
    return TrainingArguments(
        **shared_arguments(settings, checkpoints),
        learning_rate=settings.learning_rate,
        save_steps=settings.save_steps,
        prediction_loss_only=True,
    )


def _held_out_loss(trainer: LengthTrainer, seed: int) -> float:
    # The same pieces are masked each time, or two losses could not be compared.
    set_seed(seed)
    return float(trainer.evaluate()["eval_loss"])


def _identity(
    encoder: EncoderSettings, settings: PretrainSettings, fingerprint: str
) -> dict[str, Any]:
    return {
        "encoder": encoder.model_dump(mode="json"),
        "settings": settings.model_dump(mode="json", exclude=_FREE),
        "data_fingerprint": fingerprint,
    }


def _start(
    checkpoints: Path, identity: Mapping[str, Any], checkpoint: str | None
) -> dict[str, Any] | None:
    """What is known of the first call; null when there is nothing to go on from."""
    path = checkpoints / START
    if checkpoint is None or not path.is_file():
        return None
    known = json.loads(path.read_text(encoding="utf-8"))
    if any(known[name] != value for name, value in identity.items()):
        raise ConfigError(
            f"the checkpoints in {checkpoints} come from other pretrain or encoder settings or "
            "other data; set another output=FOLDER or delete them"
        )
    return known


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(path.name + ".part")
    staged.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    staged.replace(path)
