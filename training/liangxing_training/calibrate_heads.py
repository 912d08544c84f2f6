"""Fit the suspension and fine heads on the calibration split, along the deployed path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from liangxing.model.answers import Penalties
from liangxing.model.side_calibration import FineScores, SuspensionScaling, end_scores
from liangxing.predictor import Assessment

from liangxing_training.fine_labels import fine_of_record
from liangxing_training.score_groups import grouped_scores

Row = Mapping[str, Any]


def fit_suspension(
    assessments: Sequence[Assessment],
    penalties: Sequence[Penalties],
    records: Sequence[Row],
    minimum: int,
) -> SuspensionScaling:
    """Platt scaling on the cases whose recommended term may be suspended and whose verdict tells.

    Nothing is fitted on fewer than `minimum` of them, nor where all verdicts agree.
    """
    known = [
        (found.suspension_logit, bool(record["suspension"]))
        for found, given, record in zip(assessments, penalties, records, strict=True)
        if record.get("suspension") is not None and given.suspension_law.eligible
    ]
    logits = np.array([logit for logit, _ in known], np.float64)
    suspended = np.array([verdict for _, verdict in known], np.bool_)
    count = int(suspended.sum())
    if len(known) < minimum or count in (0, len(known)):
        return SuspensionScaling(len(known), count)
    return SuspensionScaling(len(known), count, *platt(logits, suspended))


def platt(logits: np.ndarray, positive: np.ndarray) -> tuple[float, float]:
    """Slope and intercept by maximum likelihood on Platt's targets (Platt 1999).

    The targets (n+ + 1) / (n+ + 2) and 1 / (n- + 2) are a prior that keeps few or separable cases
    from certainty. A head that orders cases the wrong way round is answered with the base rate.
    """
    # It takes a second to import, and every config holds the settings of the calibration.
    from sklearn.linear_model import LogisticRegression

    ones, zeros = int(positive.sum()), int((~positive).sum())
    targets = np.where(positive, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    # Each case as a positive and a negative one, weighted by its target.
    weights = np.concatenate([targets, 1 - targets])
    classes = np.repeat([1, 0], len(targets))
    model = LogisticRegression(C=np.inf, max_iter=1000, tol=1e-8)
    model.fit(np.tile(logits, 2).reshape(-1, 1), classes, weights)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope > 0:
        return slope, intercept
    rate = float(targets.mean())
    return 0.0, float(np.log(rate / (1 - rate)))


def fit_fine(
    assessments: Sequence[Assessment],
    penalties: Sequence[Penalties],
    records: Sequence[Row],
    minimum: int,
) -> FineScores:
    """Scores of the range of the fine on the cases where a fine is shown and the verdict's known.

    A fine outside the bounds of the law, which no range reaches, scores infinity at that end.
    Nothing is fitted on fewer than `minimum` cases.
    """
    low: list[float] = []
    high: list[float] = []
    charges: list[str | None] = []
    for found, given, record in zip(assessments, penalties, records, strict=True):
        yuan, law = fine_of_record(record), given.fine_law
        if yuan is None or law.open is False:
            continue
        below, above = end_scores(found.fine_quantiles, yuan)
        low.append(np.inf if law.low is not None and yuan < law.low else below)
        high.append(np.inf if law.high is not None and yuan > law.high else above)
        charges.append(found.legal.charge)
    if len(low) < minimum:
        return FineScores(len(low), {}, {})
    return FineScores(len(low), grouped_scores(low, charges), grouped_scores(high, charges))
