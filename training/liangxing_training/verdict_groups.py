"""Fit groups of verdicts with like facts, for the trees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from liangxing.model.features import CIRCUMSTANCE_PREFIX, QUANTITY_PREFIX
from liangxing.model.verdict_groups import VerdictGroups, held_charges
from pydantic import BaseModel, ConfigDict, Field
from rich.progress import track
from sklearn.cluster import KMeans
from sklearn.model_selection import KFold

_BOUNDS = (
    "tier_low",
    "tier_high",
    "guideline_low",
    "guideline_high",
    "charge_count",
    "defendants_count",
)


class GroupSettings(BaseModel):
    """`verdicts` in a group on average, before those of groups below the `minimum` join others.
    `quantity`, `circumstance` and `bound` say how much a difference of 1 counts as distance
    (log1p of the unit; yes against no; log1p months); an `absent` quantity or bound lies that far
    below 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    seed: int = 17
    folds: int = Field(default=10, ge=2)
    verdicts: float = Field(default=4, ge=1)
    minimum: int = Field(default=3, ge=1)
    quantity: float = Field(default=2.9, gt=0)
    absent_quantity: float = Field(default=3, ge=0)
    circumstance: float = Field(default=0.9, gt=0)
    bound: float = Field(default=2, gt=0)
    absent_bound: float = Field(default=1, ge=0)


@dataclass(frozen=True)
class Verdicts:
    """`charges` [n, charges], `values` and `present` [n, features] as the head takes them, and
    `outcomes` [n], places on the grid."""

    charges: np.ndarray
    values: np.ndarray
    present: np.ndarray
    outcomes: np.ndarray

    def take(self, rows: np.ndarray) -> Verdicts:
        """The verdicts at `rows`."""
        return Verdicts(*(getattr(self, field.name)[rows] for field in fields(self)))


def fit_groups(
    verdicts: Verdicts, places: np.ndarray, names: Sequence[str], settings: GroupSettings
) -> VerdictGroups:
    """Groups the verdicts of each charge by k-means over their facts of law.

    `places` [outcomes] are log1p months of the outcomes, `names` those of the features.
    """
    empty = _without_groups(places, names, settings)
    points, held = empty.points(verdicts.values, verdicts.present), held_charges(verdicts.charges)
    groups: list[tuple[int, np.ndarray, np.ndarray]] = []
    for charge in np.unique(held).tolist():
        rows = np.flatnonzero(held == charge)
        labels = _labels(points[rows], settings)
        for label in np.unique(labels):
            members = rows[labels == label]
            counts = np.bincount(verdicts.outcomes[members], minlength=len(places))
            groups.append((charge, points[members].mean(0), counts))
    return VerdictGroups(
        charges=np.asarray([charge for charge, _, _ in groups], np.int64),
        centres=np.stack([centre for _, centre, _ in groups]).astype(np.float32),
        counts=np.stack([counts for _, _, counts in groups]).astype(np.float32),
        columns=empty.columns,
        scales=empty.scales,
        absent=empty.absent,
        places=empty.places,
    )


def _labels(points: np.ndarray, settings: GroupSettings) -> np.ndarray:
    """The group of each verdict on one charge; those of a group below the minimum go to the
    nearest other one."""
    distinct = len(np.unique(points, axis=0))
    count = min(math.ceil(len(points) / settings.verdicts), distinct)
    if count == 1:
        return np.zeros(len(points), np.int64)
    means = KMeans(count, n_init="auto", max_iter=20, random_state=settings.seed)
    labels = means.fit_predict(points)
    large = np.flatnonzero(np.bincount(labels, minlength=count) >= settings.minimum)
    if not len(large):
        return np.zeros(len(points), np.int64)
    nearest = large[np.argmin(means.transform(points)[:, large], axis=1)]
    return np.where(np.isin(labels, large), labels, nearest)


def out_of_fold(
    verdicts: Verdicts, places: np.ndarray, names: Sequence[str], settings: GroupSettings
) -> np.ndarray:
    """What groups of other verdicts say of each, [n, 8], as trees must learn from it."""
    folds = KFold(settings.folds, shuffle=True, random_state=settings.seed)
    splits = list(folds.split(verdicts.values))
    said: list[np.ndarray] = []
    for rest, part in track(splits, "Grouping verdicts", transient=True):
        groups = fit_groups(verdicts.take(rest), places, names, settings)
        others = verdicts.take(part)
        said.append(groups.near(others.charges, others.values, others.present))
    order = np.concatenate([part for _, part in splits])
    return np.concatenate(said)[np.argsort(order)]


def _without_groups(
    places: np.ndarray, names: Sequence[str], settings: GroupSettings
) -> VerdictGroups:
    chosen: list[tuple[int, float, float]] = []
    for column, name in enumerate(names):
        if name.startswith(QUANTITY_PREFIX):
            chosen.append((column, settings.quantity, -settings.absent_quantity))
        elif name.startswith(CIRCUMSTANCE_PREFIX):
            chosen.append((column, settings.circumstance, 0))
        elif name in _BOUNDS:
            chosen.append((column, settings.bound, -settings.absent_bound))
    columns, scales, absent = zip(*chosen, strict=True)
    return VerdictGroups(
        charges=np.zeros(0, np.int64),
        centres=np.zeros((0, len(chosen)), np.float32),
        counts=np.zeros((0, len(places)), np.float32),
        columns=np.asarray(columns, np.int64),
        scales=np.asarray(scales, np.float32),
        absent=np.asarray(absent, np.float32),
        places=places.astype(np.float32),
    )
