"""Calibration of the suspension and fine heads, fitted on the calibration split.

Suspension: Platt scaling of the head's logit. Fine: a conformal predictive system (Vovk et al.
2017) on log1p yuan, whose point and range are quantiles of what verdicts lay above the estimated
median (the trees', else the head's), in the case's group. The head's outer quantiles take no part:
where records have gaps, its lower one lies at no fine at all.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from liangxing.model.outcomes import Floats

POOLED = "pooled"
# Groups of a charge with too few fines: where the article demands one, and where it does not.
REQUIRED, OPTIONAL = "fine required", "fine optional"
FINE_LEVEL = 0.8


@dataclass(frozen=True)
class SuspensionScaling:
    """Fitted on `cases` eligible verdicts, `suspended` of them suspended; without a slope where
    they were too few. A slope is never negative, so that the order of cases is the head's."""

    cases: int
    suspended: int
    slope: float | None = None
    intercept: float | None = None

    def probability(self, logit: float) -> float | None:
        """Probability that an eligible term is suspended; null where too few cases were known."""
        if self.slope is None or self.intercept is None:
            return None
        return float(1 / (1 + np.exp(-(self.slope * logit + self.intercept))))


@dataclass(frozen=True)
class FineResiduals:
    """Rising residuals in log1p yuan by group, from `cases` verdicts: the verdict less `share` of
    the estimated median. Groups are charges with enough verdicts, whether the article demands a
    fine, and "pooled"; there are none where verdicts were too few."""

    cases: int
    share: float
    groups: Mapping[str, Sequence[float]]

    def figures(
        self, quantiles: Floats, charge: str | None, *, required: bool, level: float = FINE_LEVEL
    ) -> tuple[float, float, float] | None:
        """Low end, median and high end at `level` in log1p yuan; null where verdicts were too few.

        A new verdict lies beyond either end with a probability of (1 - level) / 2 at most.
        """
        if not self.groups:
            return None
        names = (charge or POOLED, REQUIRED if required else OPTIONAL, POOLED)
        residuals = self.groups[next(name for name in names if name in self.groups)]
        count = len(residuals)
        rank = min(math.ceil((count + 1) * (1 + level) / 2 - 1e-9), count)
        place = self.share * ordered(quantiles)[1]
        found = residuals[count - rank], statistics.median(residuals), residuals[rank - 1]
        low, middle, high = (max(place + residual, 0.0) for residual in found)
        return low, middle, high


def ordered(quantiles: Floats) -> tuple[float, float, float]:
    """A head's quantiles [3] in log1p yuan, rising and never below no fine at all."""
    low, middle, high = np.sort(np.maximum(np.asarray(quantiles, dtype=np.float64), 0.0))
    return float(low), float(middle), float(high)
