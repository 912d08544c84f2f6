"""What fine-tuning and pretraining share: precision, frozen layers, checkpoints, tracking."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

import mlflow
import torch
from liangxing.errors import ConfigError
from transformers import Trainer, TrainerCallback

from liangxing_training.batches import SimilarLengthSampler

_log = logging.getLogger(__name__)

# What the encoder families call the dropout of attention weights.
_ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout")


class LengthTrainer(Trainer):
    """The Trainer, told the length of each item by the dataset's `lengths`."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        dataset: Any = train_dataset if train_dataset is not None else self.train_dataset
        return SimilarLengthSampler(dataset.lengths, self.args.train_batch_size, self.args.seed)


class MlflowMetrics(TrainerCallback):
    """Sends every logged number to the active MLflow run, by step."""

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if state.is_world_process_zero and mlflow.active_run() is not None:
            numbers: dict[str, float] = {
                name.removeprefix("eval_") if name.startswith("eval_") else f"train_{name}": value
                for name, value in (logs or {}).items()
                if isinstance(value, (int, float))
            }
            mlflow.log_metrics(numbers, step=state.global_step)


def without_attention_dropout(config: Any) -> Any:
    """The layout with no dropout of attention weights, which would rule out the fused kernels."""
    for name in _ATTENTION_DROPOUT:
        if hasattr(config, name):
            setattr(config, name, 0.0)
    return config


def freeze(encoder: torch.nn.Module, count: int, section: str) -> None:
    """Stops gradient and dropout below layer `count`.

    Raises ConfigError, naming the config `section`, when there are fewer layers.
    """
    if count == 0:
        return
    layers = next((m for m in encoder.modules() if isinstance(m, torch.nn.ModuleList)), [])
    if count > len(layers):
        raise ConfigError(
            f"{section}.frozen_layers {count} is more than the encoder's {len(layers)} layers"
        )
    for part in (encoder.get_submodule("embeddings"), *layers[:count]):
        part.requires_grad_(False)
        for module in part.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0


def bf16_is_right(precision: str, *, cpu: bool) -> bool:
    """Whether to compute in bf16: as asked, or by `auto` where the hardware can."""
    if precision != "auto":
        return precision == "bf16"
    if cpu:
        capable = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
        return bool(capable())
    return torch.cuda.is_bf16_supported()


def shared_arguments(settings: Any, checkpoints: Path) -> dict[str, Any]:
    """The TrainingArguments that do not depend on what is learnt; `settings` are those of
    fine-tuning or of pretraining."""
    cpu = not torch.cuda.is_available()
    return {
        "output_dir": str(checkpoints),
        "seed": settings.seed,
        "num_train_epochs": settings.epochs,
        "per_device_train_batch_size": settings.batch_size,
        "per_device_eval_batch_size": settings.batch_size,
        "gradient_accumulation_steps": settings.gradient_accumulation,
        "weight_decay": settings.weight_decay,
        "warmup_steps": settings.warmup_ratio,
        "bf16": bf16_is_right(settings.precision, cpu=cpu),
        "use_cpu": cpu,
        "save_strategy": "steps",
        "logging_steps": 10,
        "save_total_limit": 2,
        "report_to": "none",
        "dataloader_pin_memory": not cpu,
        "logging_nan_inf_filter": False,
    }


def last_complete(checkpoints: Path) -> str | None:
    """The newest checkpoint that was written to its end; a torn one is removed."""
    found = sorted(
        checkpoints.glob("checkpoint-*"), key=lambda path: int(path.name.rsplit("-", 1)[1])
    )
    while found:
        newest = found.pop()
        # The Trainer writes its state last.
        if (newest / "trainer_state.json").is_file():
            _log.info("resuming from %s", newest)
            return str(newest)
        shutil.rmtree(newest, ignore_errors=True)
    return None


def first_line(error: Exception) -> str:
    """What went wrong, short enough for a message of ours."""
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
