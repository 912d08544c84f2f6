"""What every system is measured against: the best constant, and the baselines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from liangxing.errors import DataError

from liangxing_training.evaluation.baseline_cache import baseline_points
from liangxing_training.evaluation.benchmarks.items import Answer, Item, truth_of
from liangxing_training.evaluation.benchmarks.suite import Suite
from liangxing_training.evaluation.legal_features import legal_features
from liangxing_training.evaluation.outcomes import Intervals, Outcomes
from liangxing_training.evaluation.settings import ALL_BASELINES
from liangxing_training.prepare import load_prepared


def best_constant(suite: Suite, items: Sequence[Item]) -> list[Answer]:
    """The one term that scores best on these very rows, or the interval of their quantiles."""
    truth = truth_of(items)
    months = truth.months[truth.has_months]
    if not len(months):
        raise DataError("no row has a term of months; a constant needs at least one")
    tail = (1 - suite.level) / 2
    low, high = np.quantile(months, [tail, 1 - tail])
    interval = Answer(low=float(low), high=float(high), level=suite.level)

    def headline(term: float) -> float:
        return suite.score(items, [replace(interval, months=term)] * len(items))[
            suite.headline
        ].value

    best = max(map(float, np.unique(months)), key=headline)
    return [replace(interval, months=best)] * len(items)


def baseline_answers(
    suite: Suite,
    items: Sequence[Item],
    folder: Path,
    cache: Path | None,
    progress: Callable[[str], None],
) -> dict[str, list[Answer]]:
    """Every baseline, fitted on the prepared data in `folder`; name to answers.

    A suite of intervals meets the quantile baseline, calibrated on the calibration split.
    """
    data = load_prepared(folder)
    rows = [item.row() for item in items]
    if suite.headline == "interval_score":
        # LightGBM takes a second to import.
        from liangxing_training.evaluation.tree_baselines import TfidfLightGbmQuantile

        quantiles = TfidfLightGbmQuantile(suite.level, legal_features)
        progress(f"Fitting {quantiles.name}")
        quantiles.fit(data.with_term("train")).conformalize(data.with_term("calibration"))
        return {quantiles.name: _from_intervals(quantiles.predict_intervals(rows), suite.level)}
    points = baseline_points(ALL_BASELINES, data.with_term("train"), rows, cache, progress)
    return {name: _from_points(said) for name, said in points.items()}


def _from_intervals(sets: Intervals, level: float) -> list[Answer]:
    return [
        Answer(
            low=None if np.isnan(low) else float(low),
            high=None if np.isnan(high) else float(high),
            interval_life=bool(life),
            interval_death=bool(death),
            level=level,
        )
        for low, high, life, death in zip(sets.low, sets.high, sets.life, sets.death, strict=True)
    ]


def _from_points(points: Outcomes) -> list[Answer]:
    return [
        Answer(None if np.isnan(months) else float(months), bool(life), bool(death))
        for months, life, death in zip(points.months, points.life, points.death, strict=True)
    ]
