"""Boosted trees beside the head: fit, choose their share on validation, refit, write.

The trees see what the baseline of evaluation/tree_baselines.py sees, on hashed n-grams, so that a
bundle can carry them.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from liangxing.case import Case
from liangxing.model import bundle as bundles
from liangxing.model import features
from liangxing.model.legal import legal_context
from liangxing.model.ngrams import tfidf
from liangxing.model.outcomes import OutcomeGrid, soft_labels
from liangxing.model.tokens import encoder_text
from liangxing.model.trees import (
    TreeOpinion,
    WidePart,
    charge_columns,
    mixture,
    near_verdicts,
    tree_row,
)
from liangxing.model.verdict_groups import VerdictGroups
from pydantic import BaseModel, ConfigDict, Field
from rich.progress import track
from scipy import sparse
from sklearn.feature_selection import f_regression
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_predict

from liangxing_training.batches import to_case
from liangxing_training.fine_labels import fine_to_learn
from liangxing_training.fine_trees import FineTreeSettings, fit_fine_trees
from liangxing_training.gram_matrix import gram_matrix, inverse_frequencies
from liangxing_training.verdict_groups import GroupSettings, Verdicts, fit_groups, out_of_fold

Record = Mapping[str, Any]
OPSET = 15


class TermSettings(BaseModel):
    """Trees over log1p months, whose estimate (out of fold on their own rows) is a column of the
    trees over classes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    rounds: int = Field(default=250, ge=1)
    learning_rate: float = Field(default=0.04, gt=0)
    leaves: int = Field(default=15, ge=2)


class TreeSettings(BaseModel):
    """`weights` are the shares of the trees in the mixture that validation chooses from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False
    seed: int = 17
    bits: int = Field(default=17, ge=10, le=20)
    minimum_rows: int = Field(default=3, ge=1)
    kept_ngrams: int = Field(default=1000, ge=1)
    charge_weight: float = 0.7
    ridge_alpha: float = Field(default=1.0, gt=0)
    folds: int = Field(default=5, ge=2)
    classes: int = Field(default=24, ge=2)
    rounds: int = Field(default=80, ge=1)
    learning_rate: float = Field(default=0.06, gt=0)
    leaves: int = Field(default=7, ge=2)
    minimum_leaf: int = Field(default=20, ge=1)
    columns: float = Field(default=0.3, gt=0, le=1)
    bandwidth: float = Field(default=0.1, gt=0)
    groups: GroupSettings = GroupSettings()
    terms: TermSettings = TermSettings()
    fines: FineTreeSettings = FineTreeSettings()
    weights: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Rows:
    """Cases as the trees take them: text, legal features and their presence, soft outcomes, and
    fines in log1p yuan, NaN where there is none to learn."""

    texts: list[str]
    values: np.ndarray
    present: np.ndarray
    outcomes: np.ndarray
    fines: np.ndarray

    def __add__(self, other: Rows) -> Rows:
        return Rows(
            self.texts + other.texts,
            np.concatenate([self.values, other.values]),
            np.concatenate([self.present, other.present]),
            np.concatenate([self.outcomes, other.outcomes]),
            np.concatenate([self.fines, other.fines]),
        )


def read_rows(
    records: Sequence[Record],
    names: Sequence[str],
    grid: OutcomeGrid,
    bandwidth: float,
    *,
    mask: bool,
    description: str,
) -> Rows:
    """Reads records with their charges as given; `names` are the features of the head."""
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    for record in track(records, description=description, transient=True):
        case: Case = to_case(record)
        context = legal_context(case, (), np.zeros(0))
        pairs.append(features.compute(names, context, defendants_count=case.defendants_count))
    return Rows(
        [encoder_text(record["fact"], mask=mask) for record in records],
        np.stack([values for values, _ in pairs]),
        np.stack([present for _, present in pairs]),
        soft_labels(
            grid,
            [r["months"] for r in records],
            [bool(r["life"]) for r in records],
            [bool(r["death"]) for r in records],
            bandwidth,
        ),
        learnt_fines(records),
    )


def learnt_fines(records: Sequence[Record]) -> np.ndarray:
    """Fines in log1p yuan, [cases]; NaN where there is none to learn."""
    fines = [fine_to_learn(record) for record in records]
    return np.log1p([np.nan if fine is None else fine for fine in fines])


@dataclass(frozen=True)
class FittedTrees:
    """Trees with their wide part; `names` are the head's features. `groups`, `terms` and `fines`
    may be left out."""

    booster: Any
    wide: WidePart
    names: tuple[str, ...]
    groups: VerdictGroups | None
    terms: Any | None
    fines: Any | None

    def opinion(self, rows: Rows) -> TreeOpinion:
        """What `liangxing.model.trees.TreePart` computes from the files."""
        found = [tfidf(text, self.wide.idf) for text in rows.texts]
        matrix = _with_charges(found, rows, self.names, self.wide)
        coefficients = np.concatenate([self.wide.coefficients, self.wide.charge_coefficients])
        estimates = matrix @ coefficients + self.wide.intercept
        near = near_verdicts(self.groups, rows.values, rows.present, charge_columns(self.names))
        table = _table(found, rows, estimates, self.wide.kept, near)
        if self.terms is not None:
            table = np.column_stack([table, self.terms.predict(table).astype(np.float32)])
        return TreeOpinion(
            self.booster.predict_proba(table) @ self.wide.classes,
            None if self.fines is None else self.fines.predict(table),
        )

    def write(self, folder: Path) -> list[str]:
        """Writes the parts of a bundle; returns the names of their files."""
        files = [bundles.TREES, bundles.WIDE]
        _write_graph(self.booster, folder / bundles.TREES, zipmap=False)
        self.wide.save(folder / bundles.WIDE)
        if self.groups is not None:
            self.groups.save(folder / bundles.GROUPS)
            files.append(bundles.GROUPS)
        if self.terms is not None:
            _write_graph(self.terms, folder / bundles.TERMS)
            files.append(bundles.TERMS)
        if self.fines is not None:
            _write_graph(self.fines, folder / bundles.FINES)
            files.append(bundles.FINES)
        return files


def _write_graph(trees: Any, path: Path, **options: Any) -> None:
    from onnxmltools import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = convert_lightgbm(
            trees,
            initial_types=[("input", FloatTensorType([None, trees.n_features_in_]))],
            target_opset=OPSET,
            **options,
        )
    path.write_bytes(model.SerializeToString())


def fit_trees(
    rows: Rows, names: Sequence[str], grid: OutcomeGrid, settings: TreeSettings
) -> FittedTrees:
    """Fits the linear part, groups and terms, which the trees learn from as they are out of fold
    on their own rows, and the trees over outcomes and over fines; their weight is 1."""
    names = tuple(names)
    severity = _severity(rows.outcomes, grid)
    labels = _classes(severity, settings.classes)
    idf = inverse_frequencies(rows.texts, 2**settings.bits, settings.minimum_rows)
    found = [tfidf(text, idf) for text in rows.texts]
    wide, estimates = _fit_wide(rows, names, grid, settings, idf, found)
    spread = np.stack([rows.outcomes[labels == k].mean(0) for k in np.unique(labels)])
    wide = replace(wide, classes=spread.astype(np.float32))
    groups, near = _fit_groups(rows, names, grid, settings)
    table = _table(found, rows, estimates, wide.kept, near)
    terms = None
    if settings.terms.enabled:
        terms, said = _fit_terms(table, np.minimum(severity, _places(grid)[-1]), settings)
        table = np.column_stack([table, said])
    booster = lightgbm.LGBMClassifier(
        n_estimators=settings.rounds,
        learning_rate=settings.learning_rate,
        num_leaves=settings.leaves,
        **_shared(settings),
    )
    booster.fit(table, labels)
    fines = fit_fine_trees(table, rows.fines, settings.fines, _shared(settings))
    return FittedTrees(booster, wide, names, groups, terms, fines)


def _fit_wide(
    rows: Rows,
    names: Sequence[str],
    grid: OutcomeGrid,
    settings: TreeSettings,
    idf: np.ndarray,
    found: Sequence[tuple[np.ndarray, np.ndarray]],
) -> tuple[WidePart, np.ndarray]:
    """The linear part on all rows, before classes, and what one of other rows estimates of each,
    in log1p months; `found` are the n-grams of the rows."""
    buckets = len(idf)
    charges = charge_columns(names)
    wide = WidePart(
        idf=idf,
        coefficients=np.zeros(buckets, np.float32),
        charge_coefficients=np.zeros(len(charges), np.float32),
        intercept=np.float32(0),  # type: ignore[arg-type]
        charge_weight=np.float32(settings.charge_weight),  # type: ignore[arg-type]
        kept=np.zeros(0, np.int64),
        classes=np.zeros((0, len(grid)), np.float32),
        weight=np.float32(1),  # type: ignore[arg-type]
    )
    matrix = _with_charges(found, rows, names, wide)
    severity = _severity(rows.outcomes, grid)
    term = severity < _LIFE
    ridge: Any = Ridge(alpha=settings.ridge_alpha, solver="sparse_cg")
    estimates = np.zeros(len(severity))
    estimates[term] = np.asarray(
        cross_val_predict(ridge, matrix[term], severity[term], cv=_folds(settings)), np.float64
    )
    ridge.fit(matrix[term], severity[term])
    estimates[~term] = ridge.predict(matrix[~term]) if (~term).any() else 0.0
    scores, _ = f_regression(matrix[term][:, :buckets], severity[term])
    best = np.argsort(-np.nan_to_num(scores), kind="stable")[: settings.kept_ngrams]
    wide = replace(
        wide,
        coefficients=ridge.coef_[:buckets].astype(np.float32),
        charge_coefficients=ridge.coef_[buckets:].astype(np.float32),
        intercept=np.float32(ridge.intercept_),
        kept=np.sort(best).astype(np.int64),
    )
    return wide, estimates


def _fit_groups(
    rows: Rows, names: Sequence[str], grid: OutcomeGrid, settings: TreeSettings
) -> tuple[VerdictGroups | None, np.ndarray]:
    """Groups of all rows, and what groups of other rows say of each."""
    if not settings.groups.enabled:
        return None, np.zeros((len(rows.texts), 0), np.float32)
    charges = rows.values[:, charge_columns(names)]
    outcomes = np.argmax(rows.outcomes, axis=1)
    verdicts = Verdicts(charges, rows.values, rows.present, outcomes)
    given = (verdicts, _places(grid), names, settings.groups)
    return fit_groups(*given), out_of_fold(*given)


def _fit_terms(
    table: np.ndarray, target: np.ndarray, settings: TreeSettings
) -> tuple[Any, np.ndarray]:
    """Trees over `target` (log1p months), and what trees of other rows estimate of each row."""
    terms = lightgbm.LGBMRegressor(
        n_estimators=settings.terms.rounds,
        learning_rate=settings.terms.learning_rate,
        num_leaves=settings.terms.leaves,
        **_shared(settings),
    )
    said = np.asarray(cross_val_predict(terms, table, target, cv=_folds(settings)))
    return terms.fit(table, target), said.astype(np.float32)


def _folds(settings: TreeSettings) -> KFold:
    return KFold(settings.folds, shuffle=True, random_state=settings.seed)


def _shared(settings: TreeSettings) -> dict[str, Any]:
    return {
        "min_child_samples": settings.minimum_leaf,
        "subsample": 0.8,
        "subsample_freq": 1,
        "colsample_bytree": settings.columns,
        "reg_lambda": 1.0,
        "random_state": settings.seed,
        "n_jobs": 1,
        "verbose": -1,
    }


def choose_weight(
    head: np.ndarray,
    trees: np.ndarray,
    outcomes: np.ndarray,
    weights: Sequence[float],
) -> tuple[float, dict[float, float]]:
    """The share of the trees with the lowest mean cross-entropy (nats) against the soft outcomes,
    and the cross-entropy of every share.

    A proper score chooses, since the mixture serves the interval as well as the point.
    """
    losses = {
        weight: float(
            -(outcomes * np.log(np.maximum(mixture(head, trees, weight), 1e-9))).sum(1).mean()
        )
        for weight in weights
    }
    return min(losses, key=lambda weight: losses[weight]), losses


# Life and death stand behind the longest term when classes are cut.
_LIFE, _DEATH = 100.0, 101.0
# As an estimate, both lie this far behind it, in log1p months.
_BEYOND = 0.5


def _severity(outcomes: np.ndarray, grid: OutcomeGrid) -> np.ndarray:
    places = np.concatenate([np.log1p(grid.values), [_LIFE, _DEATH]])
    return places[np.argmax(outcomes, axis=1)]


def _places(grid: OutcomeGrid) -> np.ndarray:
    """Where outcomes lie as estimates, [outcomes] in log1p months."""
    months = np.log1p(grid.values)
    return np.concatenate([months, [months[-1] + _BEYOND] * 2])


def _classes(severity: np.ndarray, count: int) -> np.ndarray:
    """Equally frequent ranges of terms, then life, then death, numbered without gaps."""
    terms = severity[severity < _LIFE]
    edges = np.unique(np.quantile(terms, np.linspace(0, 1, count + 1)[1:-1]))
    labels = np.searchsorted(edges, severity, side="left")
    labels = np.where(severity == _LIFE, len(edges) + 1, labels)
    labels = np.where(severity == _DEATH, len(edges) + 2, labels)
    return np.unique(labels, return_inverse=True)[1]


def _with_charges(
    found: Sequence[tuple[np.ndarray, np.ndarray]],
    rows: Rows,
    names: Sequence[str],
    wide: WidePart,
) -> sparse.csr_matrix:
    grams = gram_matrix(found, len(wide.idf))
    charges = rows.values[:, charge_columns(names)] * wide.charge_weight
    return sparse.csr_matrix(sparse.hstack([grams, sparse.csr_matrix(charges)]))


def _table(
    found: Sequence[tuple[np.ndarray, np.ndarray]],
    rows: Rows,
    estimates: np.ndarray,
    kept: np.ndarray,
    near: np.ndarray,
) -> np.ndarray:
    return np.stack(
        [
            tree_row(indices, weights, len(text), float(estimate), kept, values, stated, like)
            for (indices, weights), text, estimate, values, stated, like in zip(
                found, rows.texts, estimates, rows.values, rows.present, near, strict=True
            )
        ]
    )
