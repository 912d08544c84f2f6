"""Percentile bootstrap over cases: intervals of a figure, and the difference of two systems.

A statistic takes a block of resampled case indices, shape [resamples, n], and gives one figure
per row; so a mean and a macro F1 are resampled alike, without a loop over resamples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from liangxing_training.evaluation.metrics import (
    MACRO_SCORES,
    POINT_SCORES,
    check_pair,
    interval_case_scores,
    macro_scores,
)
from liangxing_training.evaluation.outcomes import Floats, Intervals, Ints, Outcomes

Statistic = Callable[[Ints], Floats]

# Keeps a block of indices below some 30 MB however many cases there are.
_BLOCK = 4_000_000


@dataclass(frozen=True)
class Resampling:
    """How to resample: `level` is that of the percentile interval."""

    resamples: int = 1000
    level: float = 0.95
    seed: int = 0


DEFAULT = Resampling()


@dataclass(frozen=True)
class Estimate:
    """A figure with its percentile interval; `n` cases count in it. NaN where none does."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"


@dataclass(frozen=True)
class PairedDifference:
    """First minus second on the same cases. `p_value` is two-sided, against no difference."""

    difference: float
    low: float
    high: float
    p_value: float
    n: int


def mean_of(scores: Floats) -> Statistic:
    """The mean of per-case scores; NaN marks a case that does not count.

    >>> mean_of(np.array([1.0, 3.0, np.nan]))(np.array([[0, 1, 2], [0, 0, 2]])).tolist()
    [2.0, 1.0]
    """
    counts = ~np.isnan(scores)
    filled = np.where(counts, scores, 0.0)
    everyone = bool(counts.all())

    def statistic(indices: Ints) -> Floats:
        if everyone:
            return filled[indices].mean(axis=-1)
        counted = counts[indices].sum(axis=-1)
        total = filled[indices].sum(axis=-1)
        return np.divide(total, counted, out=np.full(total.shape, np.nan), where=counted > 0)

    return statistic


def macro_of(name: str, truth: Outcomes, predicted: Outcomes) -> Statistic:
    """`macro_precision`, `macro_recall` or `macro_f1` over term bins."""
    place = MACRO_SCORES.index(name)
    real, said = truth.bins(), predicted.bins()
    return lambda indices: macro_scores(real[indices], said[indices])[place]


def bootstrap(statistic: Statistic, n: int, how: Resampling = DEFAULT) -> Estimate:
    """The statistic of all `n` cases with its percentile interval.

    >>> bootstrap(mean_of(np.ones(9)), 9)
    Estimate(value=1.0, low=1.0, high=1.0, n=9)
    """
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    low, high = _percentiles(_resampled(statistic, n, how), how.level)
    return Estimate(_on_all(statistic, n), low, high, n)


def bootstrap_mean(scores: Floats, how: Resampling = DEFAULT) -> Estimate:
    """Mean of the per-case scores that count; `n` is their number."""
    counted = scores[~np.isnan(scores)]
    return bootstrap(mean_of(counted), len(counted), how)


def paired_bootstrap(
    first: Statistic, second: Statistic, n: int, how: Resampling = DEFAULT
) -> PairedDifference:
    """First minus second, both resampled on the same cases.

    The p-value is twice the smaller share of resamples on either side of zero, each count plus
    one (Davison & Hinkley 1997, eq. 4.11), at most 1.

    >>> better, worse = mean_of(np.array([2.0, 3.0, 4.0])), mean_of(np.array([1.0, 2.0, 3.0]))
    >>> result = paired_bootstrap(better, worse, 3)
    >>> result.difference, round(result.p_value, 3)
    (1.0, 0.002)
    """
    if n == 0:
        return PairedDifference(np.nan, np.nan, np.nan, np.nan, 0)

    def gap(indices: Ints) -> Floats:
        return first(indices) - second(indices)

    draws = _resampled(gap, n, how)
    low, high = _percentiles(draws, how.level)
    tail = min(int((draws <= 0).sum()), int((draws >= 0).sum()))
    p_value = min(1.0, 2 * (tail + 1) / (how.resamples + 1))
    return PairedDifference(_on_all(gap, n), low, high, p_value, n)


def compare_systems(
    truth: Outcomes, first: Outcomes, second: Outcomes, how: Resampling = DEFAULT
) -> dict[str, PairedDifference]:
    """First minus second under every point metric. Raises DataError on unequal lengths."""
    firsts, seconds = point_statistics(truth, first), point_statistics(truth, second)
    return {
        name: paired_bootstrap(statistic, seconds[name], len(truth), how)
        for name, statistic in firsts.items()
    }


def point_statistics(truth: Outcomes, predicted: Outcomes) -> Mapping[str, Statistic]:
    """A statistic per point metric. Raises DataError on unequal lengths."""
    check_pair(truth, predicted)
    means = {name: mean_of(score(truth, predicted)) for name, score in POINT_SCORES.items()}
    return means | {name: macro_of(name, truth, predicted) for name in MACRO_SCORES}


def estimate_points(
    truth: Outcomes, predicted: Outcomes, how: Resampling = DEFAULT
) -> dict[str, Estimate]:
    """Every point metric with its interval; units as in `metrics`."""
    check_pair(truth, predicted)
    means = {
        name: bootstrap_mean(score(truth, predicted), how) for name, score in POINT_SCORES.items()
    }
    macro = {
        name: bootstrap(macro_of(name, truth, predicted), len(truth), how) for name in MACRO_SCORES
    }
    return means | macro


def estimate_intervals(
    truth: Outcomes,
    intervals: Intervals,
    level: float,
    bounds: Intervals | None = None,
    how: Resampling = DEFAULT,
) -> dict[str, Estimate]:
    """Every interval metric with its interval; units as in `metrics`."""
    check_pair(truth, intervals)
    scores = interval_case_scores(truth, intervals, level, bounds)
    return {name: bootstrap_mean(values, how) for name, values in scores.items()}


def _resampled(statistic: Statistic, n: int, how: Resampling) -> Floats:
    generator = np.random.default_rng(how.seed)
    rows = max(1, _BLOCK // n)
    sizes = [min(rows, how.resamples - start) for start in range(0, how.resamples, rows)]
    draw = partial(generator.integers, 0, n)
    return np.concatenate([statistic(draw((size, n))) for size in sizes])


def _on_all(statistic: Statistic, n: int) -> float:
    return float(statistic(np.arange(n)[None, :])[0])


def _percentiles(draws: Floats, level: float) -> tuple[float, float]:
    counted = draws[~np.isnan(draws)]
    if not len(counted):
        return np.nan, np.nan
    low, high = np.quantile(counted, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
