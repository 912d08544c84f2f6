"""What an evaluation computes; light to import, since every config holds it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from liangxing_training.evaluation.bootstrap import Resampling

BaselineName = Literal["constant", "median", "svc", "ridge", "lightgbm", "lightgbm_classes"]
ALL_BASELINES: tuple[BaselineName, ...] = get_args(BaselineName)


class EvaluateSettings(BaseModel):
    """`baselines` stand beside the model, all unless a demonstration has to be quick.

    Slices smaller than `minimum_slice` cases are left out. `charge_mix` is a file of CAIL2018
    JSON lines: the model is scored again with its cases weighted to that file's charges.
    `interval_levels` are those at which the intervals are compared with the quantile baseline's,
    `resplits` the number of random calibration/evaluation splits; both need calibration rows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    baselines: tuple[BaselineName, ...] = Field(default=ALL_BASELINES, min_length=1)
    resamples: int = Field(default=1000, ge=10)
    minimum_slice: int = Field(default=20, ge=1)
    seed: int = 17
    charge_mix: Path | None = None
    interval_levels: tuple[float, ...] = (0.9, 0.8)
    resplits: int = Field(default=20, ge=0)

    @property
    def resampling(self) -> Resampling:
        return Resampling(resamples=self.resamples, seed=self.seed)
