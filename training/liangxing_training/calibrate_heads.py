"""Fit the suspension and fine heads on the calibration split, along the deployed path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from liangxing.model.answers import Penalties
from liangxing.model.side_calibration import (
    OPTIONAL,
    POOLED,
    REQUIRED,
    FineResiduals,
    SuspensionScaling,
    ordered,
)
from liangxing.predictor import Assessment

from liangxing_training.fine_labels import fine_of_record
from liangxing_training.score_groups import grouped_scores

Row = Mapping[str, Any]
# Of the estimated median that the point of a fine may keep: all of it, down to the group's alone.
_SHARES = tuple(number / 10 for number in range(11))
# Cases that give a charge residuals of its own: an 80 % range can be told from nine.
_FINE_GROUP = 10


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
    slope, intercept = float(np.ravel(model.coef_)[0]), float(np.ravel(model.intercept_)[0])
    if slope > 0:
        return slope, intercept
    rate = float(targets.mean())
    return 0.0, float(np.log(rate / (1 - rate)))


def fit_fine(
    assessments: Sequence[Assessment],
    penalties: Sequence[Penalties],
    records: Sequence[Row],
    minimum: int,
) -> FineResiduals:
    """Residuals of the cases where a fine is shown and that of the verdict is known.

    Nothing is fitted on fewer than `minimum` cases.
    """
    known = [
        (found.legal.charge, given.fine_law.required, found.fine_quantiles, yuan)
        for found, given, record in zip(assessments, penalties, records, strict=True)
        if given.fine_law.open is not False and (yuan := fine_of_record(record)) is not None
    ]
    if len(known) < minimum:
        return FineResiduals(len(known), 1.0, {})
    charges = [charge for charge, *_ in known]
    laws = [REQUIRED if required else OPTIONAL for _, required, *_ in known]
    said = np.array([ordered(quantiles)[1] for *_, quantiles, _ in known])
    actual = np.log1p([yuan for *_, yuan in known])
    found = [(share, _residuals(actual - share * said, charges, laws)) for share in _SHARES]
    share, groups = min(found, key=lambda pair: _spread(pair[1], charges, laws))
    return FineResiduals(len(known), share, groups)


def _residuals(
    values: np.ndarray, charges: Sequence[str | None], laws: Sequence[str]
) -> dict[str, list[float]]:
    of_laws = grouped_scores(values.tolist(), laws, _FINE_GROUP)
    return of_laws | grouped_scores(values.tolist(), charges, _FINE_GROUP)


def _spread(
    groups: Mapping[str, Sequence[float]], charges: Sequence[str | None], laws: Sequence[str]
) -> float:
    """Sum over cases of the mean distance from the median of the group that a case falls in."""
    distance = {
        name: float(np.mean(np.abs(np.array(values) - np.median(values))))
        for name, values in groups.items()
    }
    return sum(
        distance[next(name for name in (charge, law, POOLED) if name in distance)]
        for charge, law in zip(charges, laws, strict=True)
    )
