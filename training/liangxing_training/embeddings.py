"""The cheap stage: one vector per case from an encoder that is not trained further, kept on disk.

Features, head and trees are settled here in minutes before an encoder is fine-tuned for an hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from liangxing.model.outcomes import OutcomeGrid, soft_labels
from liangxing.model.tokens import WindowTokenizer
from transformers import set_seed

from liangxing_training.batches import CaseDataset, LabelSpace, label_space
from liangxing_training.finetune import (
    EncoderSettings,
    FinetuneSettings,
    build_model,
    load_tokenizer,
    soft_truth,
)
from liangxing_training.hidden_cache import pooled_states

Record = Mapping[str, Any]


@dataclass(frozen=True)
class EmbeddedSplit:
    """Cases of one split: `embeddings` [n, 2 * hidden], `features` and `present` [n, k], `truth`
    [n] the index of the grid outcome nearest to each verdict."""

    records: Sequence[Record]
    embeddings: np.ndarray
    features: np.ndarray
    present: np.ndarray
    truth: np.ndarray

    def __len__(self) -> int:
        return len(self.records)

    def take(self, indices: np.ndarray) -> Self:
        """The cases at `indices`."""
        return replace(
            self,
            records=[self.records[i] for i in indices],
            embeddings=self.embeddings[indices],
            features=self.features[indices],
            present=self.present[indices],
            truth=self.truth[indices],
        )

    def soft_outcomes(self, grid: OutcomeGrid, bandwidth: float) -> np.ndarray:
        """Soft labels [n, outcomes]; `bandwidth` in log1p months."""
        return soft_labels(
            grid,
            [r["months"] for r in self.records],
            [bool(r["life"]) for r in self.records],
            [bool(r["death"]) for r in self.records],
            bandwidth,
        )


@dataclass(frozen=True)
class EmbeddedData:
    """Train and validation through one encoder, with the label space they share."""

    space: LabelSpace
    train: EmbeddedSplit
    validation: EmbeddedSplit


def embed(
    train: Sequence[Record],
    validation: Sequence[Record],
    encoder: EncoderSettings,
    settings: FinetuneSettings,
    folder: Path,
) -> EmbeddedData:
    """Embeds both splits; vectors of the same texts and weights are taken from `folder`.

    Raises ConfigError when the encoder cannot be loaded.
    """
    tokenizer, windows, _ = load_tokenizer(encoder)
    space = label_space(train, OutcomeGrid(settings.month_grid), settings.minimum_label_count)
    # An encoder without weights starts from the same random ones every time.
    set_seed(settings.seed)
    model = build_model(encoder, settings, space, attention="sdpa").encoder_part.encoder
    if torch.cuda.is_available():
        model.cuda()
    reader = WindowTokenizer(tokenizer, windows)
    splits: list[EmbeddedSplit] = []
    for name, records in (("train", train), ("validation", validation)):
        cases = CaseDataset(records, reader, space, settings.bandwidth, f"Reading {name}")
        vectors = pooled_states(model, cases.windows, windows.pad_id, folder, f"Embedding {name}")
        items = [cases[index] for index in range(len(cases))]
        splits.append(
            EmbeddedSplit(
                records,
                vectors,
                np.stack([item["features"] for item in items]),
                np.stack([item["features_present"] for item in items]),
                soft_truth(records, space.grid),
            )
        )
    return EmbeddedData(space, *splits)
