"""Calibration of the suspension and fine heads, fitted on the calibration split.

Suspension: Platt scaling of the head's logit. Fine: conformalised quantile regression (Romano et
al., arXiv 1905.03222) on log1p yuan with scores of its own for each end, so that fines above and
below the range are equally rare.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from liangxing.model.outcomes import Floats

POOLED = "pooled"
# Of the fine's range, as of the head's outer quantiles.
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
class FineScores:
    """Rising conformity scores of both ends by group, from `cases` verdicts: charges with enough
    of them, and "pooled". Without groups where they were too few."""

    cases: int
    low: Mapping[str, Sequence[float]]
    high: Mapping[str, Sequence[float]]

    def range(
        self, quantiles: Floats, charge: str | None, level: float = FINE_LEVEL
    ) -> tuple[float, float] | None:
        """Ends of the range at `level` in log1p yuan; null where too few cases were known.

        The head's median always lies inside, which only adds to the coverage.
        """
        if not self.low:
            return None
        group = charge if charge is not None and charge in self.low else POOLED
        low, middle, high = ordered(quantiles)
        low -= _share(self.low[group], level)
        high += _share(self.high[group], level)
        return min(max(low, 0.0), middle), max(high, middle)


def end_scores(quantiles: Floats, yuan: float) -> tuple[float, float]:
    """How far a fine lies below the head's lower quantile and above its upper one, log1p yuan."""
    low, _, high = ordered(quantiles)
    actual = math.log1p(yuan)
    return low - actual, actual - high


def ordered(quantiles: Floats) -> tuple[float, float, float]:
    """A head's quantiles [3] in log1p yuan, rising and never below no fine at all."""
    low, middle, high = np.sort(np.maximum(np.asarray(quantiles, dtype=np.float64), 0.0))
    return float(low), float(middle), float(high)


def _share(scores: Sequence[float], level: float) -> float:
    """The score that a new case exceeds with the probability left to one end, (1 - level) / 2.

    The largest finite one where that is infinite, with few cases or many verdicts outside the
    law's bounds: a range without an end would say nothing.
    """
    rank = math.ceil((len(scores) + 1) * (1 + level) / 2 - 1e-9)
    if rank <= len(scores) and math.isfinite(scores[rank - 1]):
        return scores[rank - 1]
    return max((score for score in scores if math.isfinite(score)), default=0.0)
