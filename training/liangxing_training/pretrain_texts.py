"""What pretraining learns from and measures on, and its settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from liangxing.errors import DataError
from liangxing.model.tokens import WindowTokenizer
from pydantic import BaseModel, ConfigDict, Field
from rich.progress import track
from torch.utils.data import Dataset

from liangxing_training.prepare import PreparedData
from liangxing_training.training_parts import first_line


class PretrainSettings(BaseModel):
    """Masked-language modelling of the encoder on the texts of the train split.

    `window` is in tokens. `max_minutes` ends a call at a checkpoint, and the next call goes on
    until `epochs` are done; `use_partial` writes the encoder after every such slice too. `statute`
    is a file with one article a line, number and text separated by a tab. `held_out` texts of the
    validation split measure the loss; with `validation_texts` the others are learnt from, but for
    near-duplicates of the measured ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 17
    epochs: float = Field(default=2.0, gt=0)
    batch_size: int = Field(default=16, ge=1)
    gradient_accumulation: int = Field(default=1, ge=1)
    learning_rate: float = Field(default=1e-4, gt=0)
    weight_decay: float = 0.01
    warmup_ratio: float = Field(default=0.06, ge=0, lt=1)
    window: int = Field(default=320, ge=32)
    mask_probability: float = Field(default=0.15, gt=0, lt=1)
    frozen_layers: int = Field(default=0, ge=0)
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    save_steps: int = Field(default=200, ge=1)
    max_minutes: float | None = Field(default=None, gt=0)
    use_partial: bool = False
    statute: Path | None = None
    validation_texts: bool = False
    held_out: int = Field(default=200, ge=1)


@dataclass(frozen=True)
class Texts:
    """What is learnt from, and the validation texts that only measure."""

    train: list[str]
    held_out: list[str]


def collect_texts(data: PreparedData, settings: PretrainSettings) -> Texts:
    """Texts of the train split, without and with a known outcome, and the statute's articles.

    No text of calibration or test is read. Raises DataError when a part is empty or unreadable.
    """
    train = list(data.facts("train"))
    validation = data.splits["validation"].select_columns(["fact", "cluster"]).to_list()
    measured, others = validation[: settings.held_out], validation[settings.held_out :]
    if settings.validation_texts:
        clusters = {row["cluster"] for row in measured}
        train += [row["fact"] for row in others if row["cluster"] not in clusters]
    if settings.statute is not None:
        train += _articles(settings.statute)
    if not train or not measured:
        raise DataError("train or validation split is empty; give more data or other fractions")
    return Texts(train, [row["fact"] for row in measured])


class WindowDataset(Dataset[dict[str, Any]]):
    """Windows of token ids that cover each text once."""

    def __init__(self, texts: Iterable[str], reader: WindowTokenizer, description: str) -> None:
        self._windows = [
            np.asarray(window, dtype=np.int32)
            for text in track(list(texts), description=description, transient=True)
            for window in reader.windows(text, None)[0]
        ]
        self.lengths = [len(window) for window in self._windows]

    def __len__(self) -> int:
        return len(self._windows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        ids = self._windows[index].tolist()
        special = [1] + [0] * (len(ids) - 2) + [1]
        return {"input_ids": ids, "attention_mask": [1] * len(ids), "special_tokens_mask": special}


def _articles(path: Path) -> Iterator[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"pretrain.statute {path} cannot be read ({first_line(error)}); give a UTF-8 file "
            "with one article a line"
        ) from error
    return (" ".join(line.split("\t")) for line in lines if line.strip())
