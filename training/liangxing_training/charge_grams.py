"""Fit the n-gram opinion on the charge, and what it counts beside the encoder's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from liangxing.model.charge_grams import ChargeGrams
from liangxing.model.ngrams import tfidf
from liangxing.model.tokens import encoder_text
from pydantic import BaseModel, ConfigDict, Field
from rich.progress import track
from scipy.optimize import minimize
from sklearn.feature_selection import chi2
from sklearn.svm import LinearSVC

from liangxing_training.gram_matrix import gram_matrix, inverse_frequencies

Record = Mapping[str, Any]


class ChargeGramSettings(BaseModel):
    """`shares` of the encoder's and the n-grams' logits; null has validation choose them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False
    seed: int = 17
    bits: int = Field(default=17, ge=10, le=20)
    minimum_rows: int = Field(default=3, ge=1)
    kept: int = Field(default=8_000, ge=1)
    regularisation: float = Field(default=1.0, gt=0)
    shares: tuple[float, float] | None = None


def fit_charge_grams(
    records: Sequence[Record], charges: Sequence[str], settings: ChargeGramSettings, *, mask: bool
) -> ChargeGrams:
    """A one-against-the-rest linear SVM over the `charges`, on the facts that name one of them;
    its shares are those of the settings, or the n-grams alone.

    A row with several charges counts under the first that is among them.
    """
    known = {name: column for column, name in enumerate(charges)}
    rows = [
        (encoder_text(record["fact"], mask=mask), column)
        for record in track(records, description="Reading charges", transient=True)
        for column in [next((known[c] for c in record["charges"] if c in known), None)]
        if column is not None
    ]
    texts, labels = [text for text, _ in rows], np.asarray([column for _, column in rows])
    buckets = 2**settings.bits
    idf = inverse_frequencies(texts, buckets, settings.minimum_rows)
    matrix = gram_matrix([tfidf(text, idf) for text in texts], buckets)
    telling, _ = chi2(matrix, labels)
    kept = np.sort(np.argsort(-np.nan_to_num(telling), kind="stable")[: settings.kept])
    machine: Any = LinearSVC(C=settings.regularisation, random_state=settings.seed)
    machine.fit(matrix[:, kept], labels)
    # The margin that a machine without a row of its charge would give every text.
    coefficients = np.zeros((len(kept), len(charges)), np.float16)
    intercepts = np.full(len(charges), -1, np.float32)
    if len(machine.classes_) == 2:
        coefficients[:, machine.classes_] = np.stack([-machine.coef_[0], machine.coef_[0]], 1)
        intercepts[machine.classes_] = [-machine.intercept_[0], machine.intercept_[0]]
    else:
        coefficients[:, machine.classes_] = machine.coef_.T
        intercepts[machine.classes_] = machine.intercept_
    shares = np.asarray(settings.shares or (0.0, 1.0), np.float32)
    return ChargeGrams(idf, kept.astype(np.int64), coefficients, intercepts, shares)


def choose_shares(
    part: ChargeGrams,
    encoder: np.ndarray,
    texts: Sequence[str],
    charges: Sequence[Sequence[int]],
) -> tuple[ChargeGrams, dict[str, float]]:
    """The shares with the lowest mean cross-entropy (nats) of a verdict's charges, and figures.

    `encoder` holds logits [cases, charges], `charges` the columns of each verdict's charges; a
    case without any is left out.
    """
    grams = np.stack([part.logits(text) for text in texts])

    def loss(shares: np.ndarray) -> float:
        logits = replace(part, shares=shares).pooled(encoder, grams)
        logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        told = [
            np.logaddexp.reduce(row[list(c)]) for row, c in zip(logs, charges, strict=True) if c
        ]
        return -float(np.mean(told))

    found = minimize(loss, np.array([0.5, 2.0]), method="L-BFGS-B", bounds=[(0, None)] * 2)
    figures = {
        "charge_loss_encoder": loss(np.array([1.0, 0.0])),
        "charge_loss_pooled": float(found.fun),
    }
    return replace(part, shares=found.x.astype(np.float32)), figures
