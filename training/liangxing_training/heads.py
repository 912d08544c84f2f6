"""Train the head alone on embedded cases: seconds instead of an hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from liangxing.model.outcomes import OutcomeGrid
from pydantic import BaseModel, ConfigDict, Field

from liangxing_training.batches import feature_moments
from liangxing_training.embeddings import EmbeddedData, EmbeddedSplit
from liangxing_training.model import HeadPart

_TINY = 1e-9


class HeadSettings(BaseModel):
    """One training of a head. `bandwidth` is the soft label's, in log1p months."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int = Field(default=256, ge=8)
    dropout: float = Field(default=0.1, ge=0, lt=1)
    learning_rate: float = Field(default=1e-3, gt=0)
    weight_decay: float = Field(default=0.01, ge=0)
    bandwidth: float = Field(default=0.1, gt=0)
    epochs: int = Field(default=15, ge=1)
    batch_size: int = Field(default=64, ge=1)
    text: bool = True
    legal_features: bool = True


@dataclass(frozen=True)
class TrainedHead:
    """The epoch with the lowest validation loss: its `probabilities` [validation, outcomes]."""

    probabilities: np.ndarray
    loss: float
    epoch: int


def train_head(data: EmbeddedData, settings: HeadSettings, seed: int) -> TrainedHead:
    """Trains on `data.train`, keeps the best epoch on `data.validation`."""
    torch.manual_seed(seed)
    grid = data.space.grid
    inputs = _inputs(data.train, settings)
    head = HeadPart(
        inputs[0].shape[1], inputs[1].shape[1], len(grid), settings.width, settings.dropout
    )
    mean, scale = feature_moments(data.train.features, data.train.present)
    head.feature_mean.copy_(mean)
    head.feature_scale.copy_(scale)
    centre, spread = inputs[0].mean(0), inputs[0].std(0).clamp(min=1e-3)
    held_out = _inputs(data.validation, settings)
    target = torch.from_numpy(data.train.soft_outcomes(grid, settings.bandwidth)).float()
    optimizer = torch.optim.AdamW(
        head.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    steps = -(-len(target) // settings.batch_size) * settings.epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=steps
    )
    generator = torch.Generator().manual_seed(seed)
    best: TrainedHead | None = None
    for epoch in range(settings.epochs):
        head.train()
        for batch in torch.randperm(len(target), generator=generator).split(settings.batch_size):
            embedding, features, present = (part[batch] for part in inputs)
            logits, _, _ = head((embedding - centre) / spread, features, present)
            loss = -(target[batch] * logits.log_softmax(-1)).sum(-1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        head.eval()
        with torch.no_grad():
            logits, _, _ = head((held_out[0] - centre) / spread, *held_out[1:])
        probabilities = logits.double().softmax(-1).numpy()
        loss_now = outcome_loss(probabilities, data.validation.truth)
        if best is None or loss_now < best.loss:
            best = TrainedHead(probabilities, loss_now, epoch)
    assert best is not None
    return best


def outcome_loss(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """Mean negative log probability of the outcome nearest to each verdict, in nats."""
    known = truth >= 0
    chosen = probabilities[known, truth[known]]
    return float(-np.log(np.maximum(chosen, _TINY)).mean())


def expected_best(probabilities: np.ndarray, grid: OutcomeGrid) -> np.ndarray:
    """[n] the outcome of highest expected `cail_score`, without bounds."""
    return np.argmax(probabilities @ grid.cail_scores.T, axis=1)


def _inputs(split: EmbeddedSplit, settings: HeadSettings) -> tuple[Any, Any, Any]:
    """Embedding, features and their presence; what is switched off is all zero."""
    text, legal = np.float32(settings.text), np.float32(settings.legal_features)
    return (
        torch.from_numpy(split.embeddings * text).float(),
        torch.from_numpy(split.features * legal).float(),
        torch.from_numpy(split.present * legal).float(),
    )
