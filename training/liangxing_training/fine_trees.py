"""Trees over fines: the estimate that takes the place of the head's median."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
from pydantic import BaseModel, ConfigDict, Field


class FineTreeSettings(BaseModel):
    """Trees over the median of log1p yuan; none are fitted on fewer than `minimum_fines`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    minimum_fines: int = Field(default=100, ge=1)
    rounds: int = Field(default=200, ge=1)
    learning_rate: float = Field(default=0.05, gt=0)
    leaves: int = Field(default=7, ge=2)
    minimum_leaf: int = Field(default=10, ge=1)


def fit_fine_trees(
    table: np.ndarray, fines: np.ndarray, settings: FineTreeSettings, shared: dict[str, Any]
) -> Any | None:
    """Trees on the rows of `table` [cases, columns] whose entry in `fines` (log1p yuan) is known,
    not NaN; null where these are too few. `shared` are LightGBM's other parameters."""
    known = ~np.isnan(fines)
    if not settings.enabled or known.sum() < settings.minimum_fines:
        return None
    own: dict[str, Any] = {
        "objective": "quantile",
        "alpha": 0.5,
        "n_estimators": settings.rounds,
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_child_samples": settings.minimum_leaf,
    }
    return lightgbm.LGBMRegressor(**shared | own).fit(table[known], fines[known])
