"""Metrics of sentence prediction: points, intervals, calibration of charges.

Functions in the plural return one score per case, NaN where the case does not count; a figure is
the mean of what counts. Units are those of the published anchors: `cail_score`,
`lawbench_score`, the term-bin figures and the two `within_*` shares run from 0 to 100,
`judge_time`, `coverage`, `interval_score`, `bound_violation_rate` and `ece` from 0 to 1, the
others are months. A missing prediction counts as wrong everywhere except in `mae_months`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from liangxing.errors import DataError
from numpy.typing import ArrayLike

from liangxing_training.evaluation.outcomes import (
    BINS,
    Bools,
    Floats,
    Intervals,
    Ints,
    Outcomes,
)

# LawBench divides by the log distance it charges for an answer without a number.
_LAWBENCH_WORST = math.log(216)
_CAIL_LIMITS = np.array([0.2, 0.4, 0.6, 0.8, 1.0])
INTERVAL_SCORE_ALPHA = 0.2


def cail_scores(truth: Outcomes, predicted: Outcomes) -> Floats:
    """CAIL2018 task 3: 100, 80, 60, 40, 20, 0 at |ln(a+1) - ln(p+1)| <= .2, .4, .6, .8, 1, more.

    Life and death score 100 on the same outcome, else 0. Zero months are a term like others:
    ln(0+1) = 0, so only 0 to 1.5 months score at all.

    >>> cail_scores(Outcomes.from_months([12, 12, 12, 0]), Outcomes.from_months([10, 8, 36, 1]))
    array([100.,  80.,   0.,  40.])
    """
    # ln(13/11) = .167, ln(13/9) = .368, ln(37/13) = 1.05, ln(2/1) = .693
    distance = np.nan_to_num(_log_distance(truth, predicted), nan=np.inf)
    steps = np.searchsorted(_CAIL_LIMITS, distance)
    return np.where(_same_flag(truth, predicted), 100.0, 100.0 - 20.0 * steps)


def lawbench_scores(truth: Outcomes, predicted: Outcomes) -> Floats:
    """LawBench 3-4 and 3-5: 100 (ln 216 - d) / ln 216 with d = |ln(a+1) - ln(p+1)|.

    As the official scorer does, verdicts of life or death are skipped and an answer without
    months (life, death, none) is charged d = ln 216, so scores 0. The mean of these scores is
    the score of the mean distance. Zero months are a term; 300 for 0 scores below 0.

    >>> lawbench_scores(Outcomes.from_months([11, 0]), Outcomes.from_months([35, 5])).round(2)
    array([79.56, 66.67])
    """
    # 1 - ln(36/12) / ln 216 = .7956; 1 - ln 6 / ln 216 = 1 - 1/3
    distance = np.nan_to_num(_log_distance(truth, predicted), nan=_LAWBENCH_WORST)
    score = 100.0 * (1.0 - distance / _LAWBENCH_WORST)
    return np.where(truth.has_months, score, np.nan)


def term_bin_hits(truth: Outcomes, predicted: Outcomes) -> Floats:
    """100 where the 11-way term bin is right; life and death share bin 0, zero months is bin 10.

    >>> term_bin_hits(Outcomes.from_months([7, 0]), Outcomes.from_months([9, 1]))
    array([100.,   0.])
    """
    return np.where(truth.bins() == predicted.bins(), 100.0, 0.0)


def within_25pct_hits(truth: Outcomes, predicted: Outcomes) -> Floats:
    """100 where |p - a| <= a / 4; a verdict of 0 months needs 0, life and death need the same.

    >>> within_25pct_hits(Outcomes.from_months([12, 12, 0]), Outcomes.from_months([15, 16, 0.5]))
    array([100.,   0.,   0.])
    """
    near = np.abs(truth.months - predicted.months) <= 0.25 * truth.months
    return np.where(near | _same_flag(truth, predicted), 100.0, 0.0)


def within_3_months_hits(truth: Outcomes, predicted: Outcomes) -> Floats:
    """100 where |p - a| <= 3 months, 0 months included; life and death need the same outcome.

    >>> within_3_months_hits(Outcomes.from_months([0, 12]), Outcomes.from_months([3, 16]))
    array([100.,   0.])
    """
    near = np.abs(truth.months - predicted.months) <= 3
    return np.where(near | _same_flag(truth, predicted), 100.0, 0.0)


def month_errors(truth: Outcomes, predicted: Outcomes) -> Floats:
    """|p - a| in months, 0 included; counts where verdict and prediction are both months.

    >>> month_errors(Outcomes.from_months([12, 0]), Outcomes.from_months([10, 3]))
    array([2., 3.])
    """
    return np.abs(truth.months - predicted.months)


def judge_times(truth: Outcomes, predicted: Outcomes) -> Floats:
    """JuDGE (arXiv 2503.14258): 1 - |p - a| / max(p, a), and 1 where both are 0 months.

    Life and death score 1 on the same outcome, else 0 (our choice).

    >>> judge_times(Outcomes.from_months([12, 0, 0]), Outcomes.from_months([9, 0, 1]))
    array([0.75, 1.  , 0.  ])
    """
    larger = np.maximum(truth.months, predicted.months)
    ratio = np.abs(truth.months - predicted.months) / np.where(larger > 0, larger, 1.0)
    score = np.where(np.isnan(larger), 0.0, 1.0 - ratio)
    return np.where(_same_flag(truth, predicted), 1.0, score)


POINT_SCORES: Mapping[str, Callable[[Outcomes, Outcomes], Floats]] = {
    "cail_score": cail_scores,
    "lawbench_score": lawbench_scores,
    "term_bin_accuracy": term_bin_hits,
    "within_25pct": within_25pct_hits,
    "within_3_months": within_3_months_hits,
    "mae_months": month_errors,
    "judge_time": judge_times,
}
MACRO_SCORES = ("macro_precision", "macro_recall", "macro_f1")


def macro_scores(truth_bins: Ints, predicted_bins: Ints) -> tuple[Floats, Floats, Floats]:
    """Macro precision, recall and F1 over term bins, 0 to 100, along the last axis.

    The mean runs over bins that occur in verdicts or predictions; a bin never predicted has
    precision 0 (scikit-learn's `average="macro", zero_division=0`). Life and death are bin 0,
    zero months bin 10; a missing prediction lowers recall only.

    >>> truth, predicted = np.array([9, 9, 8, 8]), np.array([9, 9, 9, 8])
    >>> [round(float(score), 2) for score in macro_scores(truth, predicted)]
    [83.33, 75.0, 73.33]
    """
    # Bin 9: precision 2/3, recall 1, F1 4/5. Bin 8: precision 1, recall 1/2, F1 2/3.
    lead, size = truth_bins.shape[:-1], (BINS + 1) ** 2
    codes = (truth_bins * (BINS + 1) + predicted_bins).reshape(-1, truth_bins.shape[-1])
    codes = codes + size * np.arange(len(codes))[:, None]
    table = np.bincount(codes.ravel(), minlength=size * len(codes))
    table = table.reshape(*lead, BINS + 1, BINS + 1)[..., :BINS, :]
    hits = np.diagonal(table, axis1=-2, axis2=-1).astype(np.float64)
    real, said = table.sum(-1), table.sum(-2)[..., :BINS]
    occurring = np.maximum((real + said > 0).sum(-1), 1)
    precision = hits / np.maximum(said, 1)
    recall = hits / np.maximum(real, 1)
    f1 = 2 * hits / np.maximum(real + said, 1)
    p, r, f = (100.0 * np.asarray(part.sum(-1) / occurring) for part in (precision, recall, f1))
    return p, r, f


def cail_score(truth: Outcomes, predicted: Outcomes) -> float:
    """Mean of `cail_scores`, 0 to 100."""
    return mean(cail_scores(truth, predicted))


def lawbench_score(truth: Outcomes, predicted: Outcomes) -> float:
    """Mean of `lawbench_scores`, at most 100."""
    return mean(lawbench_scores(truth, predicted))


def score_points(truth: Outcomes, predicted: Outcomes) -> dict[str, float]:
    """Every point metric and `n`, the number of cases; NaN where no case counts.

    Raises DataError if the lengths differ or a verdict is missing.
    """
    check_pair(truth, predicted)
    figures = {name: mean(score(truth, predicted)) for name, score in POINT_SCORES.items()}
    macro = macro_scores(truth.bins(), predicted.bins())
    figures.update(zip(MACRO_SCORES, (float(score) for score in macro), strict=True))
    return {"n": float(len(truth)), **figures}


def covered(truth: Outcomes, intervals: Intervals) -> Floats:
    """1 where the set holds the verdict; life and death are held exactly if their flag is set.

    >>> covered(Outcomes.from_months([0, 12]), Intervals.from_months([0, 13], [6, 20]))
    array([1., 0.])
    """
    inside = (intervals.low <= truth.months) & (truth.months <= intervals.high)
    flagged = (truth.life & intervals.life) | (truth.death & intervals.death)
    return (inside | flagged).astype(np.float64)


def widths(intervals: Intervals) -> Floats:
    """high - low in months; sets without months do not count, life and death add no width."""
    return intervals.high - intervals.low


def winklers(truth: Outcomes, intervals: Intervals, alpha: float) -> Floats:
    """Winkler score in months: width + 2/alpha times the distance of a missed verdict.

    Counts where the verdict is months and the set holds months: life and death have no distance
    in months. Zero months are a term.

    >>> winklers(Outcomes.from_months([12, 4]), Intervals.from_months([6, 6], [18, 18]), 0.2)
    array([12., 32.])
    """
    # Missed by 2 months: 12 + 2 / .2 * 2 = 32.
    below = np.maximum(intervals.low - truth.months, 0.0)
    above = np.maximum(truth.months - intervals.high, 0.0)
    return widths(intervals) + 2.0 / alpha * (below + above)


def interval_scores(
    truth: Outcomes, intervals: Intervals, alpha: float = INTERVAL_SCORE_ALPHA
) -> Floats:
    """The 2025 challenge: 1 / (1 + W / 10) with W the Winkler score of the case at alpha = .2.

    Verdicts of life or death are skipped; a set without months scores 0 on a verdict of months.
    Comparable with published figures for intervals of level .8 only.

    >>> interval_scores(Outcomes.from_months([12]), Intervals.from_months([6], [16])).tolist()
    [0.5]
    """
    score = 1.0 / (1.0 + winklers(truth, intervals, alpha) / 10.0)
    return np.where(truth.has_months, np.nan_to_num(score, nan=0.0), np.nan)


def bound_violations(sets: Intervals, bounds: Intervals) -> Floats:
    """1 where a set reaches outside the statutory bounds: months beyond an end, or an outcome
    (months, life, death) that is not open. For points and verdicts: `Intervals.from_points`.

    >>> bound_violations(Intervals.from_months([0, 6], [6, 40]), Intervals.from_months([0] * 2,
    ... [36] * 2))
    array([0., 1.])
    """
    inside = (bounds.low <= sets.low) & (sets.high <= bounds.high)
    months = sets.has_months & ~inside
    flags = (sets.life & ~bounds.life) | (sets.death & ~bounds.death)
    return (months | flags).astype(np.float64)


def interval_case_scores(
    truth: Outcomes, intervals: Intervals, level: float, bounds: Intervals | None = None
) -> dict[str, Floats]:
    """Every interval metric per case; Winkler's alpha is 1 - `level`.

    `outside_bounds` marks verdicts outside the bounds, which no clipped interval can cover.
    """
    scores = {
        "coverage": covered(truth, intervals),
        "mean_width": widths(intervals),
        "winkler": winklers(truth, intervals, 1.0 - level),
        "interval_score": interval_scores(truth, intervals),
    }
    if bounds is not None:
        scores["bound_violation_rate"] = bound_violations(intervals, bounds)
        scores["outside_bounds"] = bound_violations(Intervals.from_points(truth), bounds)
    return scores


def score_intervals(
    truth: Outcomes, intervals: Intervals, level: float, bounds: Intervals | None = None
) -> dict[str, float]:
    """Every interval metric, `level` and `n`; NaN where no case counts.

    Raises DataError if the lengths differ or a verdict is missing.
    """
    check_pair(truth, intervals)
    scores = interval_case_scores(truth, intervals, level, bounds)
    return {"n": float(len(truth)), "level": level} | {k: mean(v) for k, v in scores.items()}


def ece(confidence: ArrayLike, correct: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error of charges, 0 to 1, over equally wide bins of confidence.

    `confidence` is the probability of the first charge, `correct` whether it is a true one. The
    outcome (life, death, zero months) plays no part.

    >>> round(ece([0.95, 0.95, 0.55, 0.55], [True, True, True, False]), 4)
    0.05
    """
    # Two bins of half the cases: |.95 - 1| / 2 + |.55 - .5| / 2 = .05
    p = np.asarray(confidence, dtype=np.float64)
    hit = np.asarray(correct, dtype=np.float64)
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(place, weights=p - hit, minlength=bins)
    return float(np.abs(gaps).sum() / max(len(p), 1))


def mean(scores: Floats) -> float:
    """Mean of the scores that count; NaN if none does."""
    counted = scores[~np.isnan(scores)]
    return float(counted.mean()) if len(counted) else math.nan


def check_pair(truth: Outcomes, predicted: Outcomes | Intervals) -> None:
    """Raises DataError unless each prediction has one verdict with an outcome."""
    if len(truth) != len(predicted):
        raise DataError(
            f"{len(truth)} verdicts but {len(predicted)} predictions; align them by id first"
        )
    if truth.missing.any():
        raise DataError(
            f"verdict {int(np.argmax(truth.missing))} has no outcome; "
            "leave out rows whose term is unknown"
        )


def _log_distance(truth: Outcomes, predicted: Outcomes) -> Floats:
    return np.abs(np.log1p(truth.months) - np.log1p(predicted.months))


def _same_flag(truth: Outcomes, predicted: Outcomes) -> Bools:
    return (truth.life & predicted.life) | (truth.death & predicted.death)
