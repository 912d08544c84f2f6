"""A linear second opinion on the charge from n-grams, pooled with the encoder's: `charges.npz`.

Charges are told by words, which a linear model on n-grams knows well (LinearSVC on character
n-grams is the charge baseline of CAIL2018, Xiao et al. 2018, arXiv 1807.02478).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liangxing.model.arrays import ArrayPart
from liangxing.model.ngrams import tfidf


@dataclass(frozen=True)
class ChargeGrams(ArrayPart):
    """`idf` [buckets]; `kept` the buckets with coefficients, rising; `coefficients`
    [kept, charges] in half precision; `intercepts` [charges]; `shares` are what the logits of the
    encoder and of this part are multiplied by before they are added."""

    idf: NDArray[np.float32]
    kept: NDArray[np.int64]
    coefficients: NDArray[np.float16]
    intercepts: NDArray[np.float32]
    shares: NDArray[np.float32]

    def logits(self, text: str) -> NDArray[np.float32]:
        """[charges] from a text as the encoder reads it."""
        buckets, weights = tfidf(text, self.idf)
        at = np.minimum(np.searchsorted(self.kept, buckets), len(self.kept) - 1)
        hit = self.kept[at] == buckets
        return weights[hit] @ self.coefficients[at[hit]].astype(np.float32) + self.intercepts

    def pooled(
        self, encoder: NDArray[np.float32], grams: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Logits [..., charges] of both opinions: a logarithmic pool (Genest & Zidek 1986)."""
        return self.shares[0] * encoder + self.shares[1] * grams
