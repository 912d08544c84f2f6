"""What makes a benchmark: a reader, the official scores, and what to know of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from liangxing_training.evaluation.benchmarks.items import Answer, Item, Loaded
from liangxing_training.evaluation.bootstrap import (
    Estimate,
    Resampling,
    Statistic,
    bootstrap,
    mean_of,
)
from liangxing_training.evaluation.outcomes import Floats


@dataclass(frozen=True)
class Score:
    """One official figure: a statistic over the `n` rows it counts."""

    statistic: Statistic
    n: int

    @property
    def value(self) -> float:
        return float(self.statistic(np.arange(self.n)[None, :])[0]) if self.n else np.nan

    def estimate(self, how: Resampling) -> Estimate:
        return bootstrap(self.statistic, self.n, how)


Scorer = Callable[[Sequence[Item], Sequence[Answer]], Mapping[str, Score]]


@dataclass(frozen=True)
class Suite:
    """A benchmark. `headline` is the official figure that decides; larger is better.

    `level` is that of the intervals asked of the model. `anchors` names the table of published
    figures; `quirks` are what a reader of the figures has to know.
    """

    name: str
    title: str
    headline: str
    level: float
    read: Callable[[Path], Loaded]
    score: Scorer
    quirks: tuple[str, ...]


def mean_score(scores: Floats) -> Score:
    """The mean of the scores that count; NaN marks a row that does not.

    >>> mean_score(np.array([1.0, 0.0, np.nan])).value
    0.5
    """
    counted = scores[~np.isnan(scores)]
    return Score(mean_of(counted), len(counted))
