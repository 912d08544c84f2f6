"""Boosted trees on n-grams and legal features, mixed with the head: a bundle's second opinion.

`wide.npz` holds the linear part, `trees.onnx` the ensemble over classes of outcomes; they always
come together. `groups.npz` and `terms.onnx` add columns: what verdicts with like facts say, and
the estimate of trees over terms, which see the order that classes hide. `fines.onnx` estimates the
fine from the same columns.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liangxing.model.arrays import ArrayPart
from liangxing.model.bundle import FINES, GROUPS, TERMS, TREES, WIDE
from liangxing.model.calibration import softmax
from liangxing.model.features import CHARGE_PREFIX
from liangxing.model.ngrams import tfidf
from liangxing.model.outcomes import Floats
from liangxing.model.session import open_session
from liangxing.model.verdict_groups import VerdictGroups

# Stands for a feature that is not stated; every stated one is 0 or more.
ABSENT = -1.0
_TINY = 1e-12


@dataclass(frozen=True)
class WidePart(ArrayPart):
    """The numbers beside the trees.

    `idf` and `coefficients` [buckets] and `charge_coefficients` [charges] with `intercept` give a
    linear estimate in log1p months; `charge_weight` is what a charge counts beside a text of
    length 1; `kept` names the buckets that are columns of their own; `classes` [classes, outcomes]
    is how outcomes are spread within a class; `weight` is the trees' share in the mixture.
    """

    idf: NDArray[np.float32]
    coefficients: NDArray[np.float32]
    charge_coefficients: NDArray[np.float32]
    intercept: NDArray[np.float32]
    charge_weight: NDArray[np.float32]
    kept: NDArray[np.int64]
    classes: NDArray[np.float32]
    weight: NDArray[np.float32]


def charge_columns(names: Sequence[str]) -> NDArray[np.int64]:
    """Positions of the charge features among `names`."""
    found = [i for i, name in enumerate(names) if name.startswith(CHARGE_PREFIX)]
    return np.asarray(found, dtype=np.int64)


def tree_row(
    indices: NDArray[np.int64],
    weights: NDArray[np.float32],
    length: int,
    estimate: float,
    kept: NDArray[np.int64],
    values: NDArray[np.float32],
    present: NDArray[np.float32],
    near: NDArray[np.float32],
) -> NDArray[np.float32]:
    """What the trees see of one case: kept n-grams, log1p of the text's length in characters, the
    linear estimate in log1p months, legal features, and `near`, what verdicts with like facts
    say (empty without groups)."""
    grams = np.zeros(len(kept), dtype=np.float32)
    at = np.minimum(np.searchsorted(indices, kept), len(indices) - 1)
    hit = indices[at] == kept
    grams[hit] = weights[at[hit]]
    stated = np.where(present > 0, values, ABSENT)
    return np.concatenate([grams, [np.log1p(length), estimate], stated, near]).astype(np.float32)


def near_verdicts(
    groups: VerdictGroups | None,
    values: NDArray[np.float32],
    present: NDArray[np.float32],
    charges: NDArray[np.int64],
) -> NDArray[np.float32]:
    """What verdicts with like facts say of each case, [cases, columns]; no column without groups.
    `charges` are the positions of the charge features."""
    if groups is None:
        return np.zeros((len(values), 0), np.float32)
    return groups.near(values[:, charges], values, present)


@dataclass(frozen=True)
class Grams:
    """What the trees read of one text, whatever the features: `indices` and `weights` of its
    n-grams, its length in characters, and the linear estimate before charges in log1p months."""

    indices: NDArray[np.int64]
    weights: NDArray[np.float32]
    length: int
    estimate: np.float32


@dataclass(frozen=True)
class TreeOpinion:
    """What trees say of cases: probabilities of `outcomes` [cases, outcomes], and the median fine
    [cases] in log1p yuan, null without trees over fines."""

    outcomes: Floats
    fines: Floats | None


class TreePart:
    """The trees of one bundle; threads may share it.

    `files` are the bundle's, `names` the head's features. A bundle made before groups, terms and
    fines were has none of them.
    """

    def __init__(
        self, folder: Path, files: Collection[str], names: Sequence[str], threads: int | None
    ) -> None:
        self.wide = WidePart.from_file(folder / WIDE)
        self._session = open_session(folder / TREES, threads)
        self._charges = charge_columns(names)
        self._groups = VerdictGroups.from_file(folder / GROUPS) if GROUPS in files else None
        self._terms = open_session(folder / TERMS, threads) if TERMS in files else None
        self._fines = open_session(folder / FINES, threads) if FINES in files else None

    def read(self, text: str) -> Grams:
        """The n-grams of a text as the encoder reads it."""
        indices, weights = tfidf(text, self.wide.idf)
        estimate = np.float32(weights @ self.wide.coefficients[indices])
        return Grams(indices, weights, len(text), estimate)

    def opinion(
        self,
        texts: Sequence[str],
        features: NDArray[np.float32],
        present: NDArray[np.float32],
    ) -> TreeOpinion:
        """On `texts` as the encoder reads them, with the head's features."""
        return self.judge([self.read(text) for text in texts], features, present)

    def judge(
        self,
        texts: Sequence[Grams],
        features: NDArray[np.float32],
        present: NDArray[np.float32],
    ) -> TreeOpinion:
        """The same from texts that were read."""
        wide = self.wide
        rows: list[NDArray[np.float32]] = []
        near = near_verdicts(self._groups, features, present, self._charges)
        for text, values, stated, like in zip(texts, features, present, near, strict=True):
            charges = values[self._charges] * wide.charge_weight
            estimate = text.estimate + charges @ wide.charge_coefficients + wide.intercept
            rows.append(
                tree_row(
                    text.indices,
                    text.weights,
                    text.length,
                    float(estimate),
                    wide.kept,
                    values,
                    stated,
                    like,
                )
            )
        table = np.stack(rows)
        if self._terms is not None:
            (terms,) = self._terms.run(None, {"input": table})
            table = np.concatenate([table, terms], axis=1)
        _, classes = self._session.run(None, {"input": table})
        outcomes = np.asarray(classes, dtype=np.float64) @ wide.classes
        if self._fines is None:
            return TreeOpinion(outcomes, None)
        (fines,) = self._fines.run(None, {"input": table})
        return TreeOpinion(outcomes, np.asarray(fines, dtype=np.float64)[:, 0])

    def mixed(self, head: Floats, trees: Floats) -> Floats:
        """The head's distribution [cases, outcomes] with the trees' mixed in by their weight."""
        return mixture(head, trees, float(self.wide.weight))


def mixture(first: Floats, second: Floats, weight: float) -> Floats:
    """The logarithmic opinion pool (Genest & Zidek 1986): both distributions [cases, outcomes]
    multiplied, the second to the power of `weight`, the first to that of the rest."""
    logs = (1 - weight) * np.log(first + _TINY) + weight * np.log(second + _TINY)
    return softmax(logs)
