"""Figures as they would be under another mix of charges, for example that of CAIL2018."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from liangxing.errors import DataError
from liangxing.law import canonical_charge

from liangxing_training.evaluation.bootstrap import Estimate, Resampling, bootstrap
from liangxing_training.evaluation.metrics import POINT_SCORES, check_pair
from liangxing_training.evaluation.outcomes import Floats, Ints, Outcomes
from liangxing_training.evaluation.slices import Row
from liangxing_training.sources import BadRow, Source, read_source


@dataclass(frozen=True)
class ChargeMix:
    """Shares of first charges, which sum to 1; `name` is shown beside every figure."""

    name: str
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Reweighted:
    """Figures of cases weighted to `mix`; `reached` is the share of the mix whose charges occur
    among the cases, and nothing is known of the rest."""

    mix: str
    reached: float
    metrics: dict[str, Estimate]


def cail_charge_mix(path: Path) -> ChargeMix:
    """The first charges of a file of CAIL2018 JSON lines; DataError when it cannot be read."""
    counts = Counter(
        _official(row.charges[0])
        for row in read_source(Source(path=path, format="cail"))
        if not isinstance(row, BadRow) and row.charges
    )
    if not counts:
        raise DataError(f"{path} holds no row with a charge; give a file of CAIL2018 JSON lines")
    total = counts.total()
    return ChargeMix(path.name, {charge: n / total for charge, n in counts.items()})


def weights_for(rows: Sequence[Row], mix: ChargeMix) -> Floats:
    """Weight per row, shape [n]: the mix's share of its first charge over the rows' own share.

    >>> rows = [{"charges": ["盗窃"]}, {"charges": ["盗窃"]}, {"charges": ["诈骗"]}]
    >>> weights_for(rows, ChargeMix("made up", {"盗窃": 0.5, "诈骗": 0.5})).round(2).tolist()
    [0.75, 0.75, 1.5]
    """
    first = [_official(row["charges"][0]) if row.get("charges") else "" for row in rows]
    own = Counter(first)
    return np.array([mix.shares.get(c, 0.0) * len(rows) / own[c] for c in first], np.float64)


def reweighted(
    rows: Sequence[Row], truth: Outcomes, predicted: Outcomes, mix: ChargeMix, how: Resampling
) -> Reweighted:
    """Every mean point metric under the mix's charges. Raises DataError on unequal lengths."""
    check_pair(truth, predicted)
    weights = weights_for(rows, mix)
    metrics = {
        name: bootstrap(_Weighted(score(truth, predicted), weights), len(rows), how)
        for name, score in POINT_SCORES.items()
    }
    return Reweighted(mix.name, float(weights.sum() / max(len(rows), 1)), metrics)


class _Weighted:
    """A statistic: the weighted mean of the scores that count."""

    def __init__(self, scores: Floats, weights: Floats) -> None:
        self._weights = np.where(np.isnan(scores), 0.0, weights)
        self._sums = np.where(np.isnan(scores), 0.0, scores) * self._weights

    def __call__(self, indices: Ints) -> Floats:
        weight = self._weights[indices].sum(axis=-1)
        total = self._sums[indices].sum(axis=-1)
        return np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)


def _official(charge: str) -> str:
    return canonical_charge(charge) or charge
