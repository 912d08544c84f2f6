"""Hashed n-grams of many texts: how much each bucket weighs, and the sparse matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from liangxing.model.ngrams import hashed_counts
from scipy import sparse


def inverse_frequencies(texts: Sequence[str], buckets: int, minimum_rows: int) -> np.ndarray:
    """Inverse document frequency of each bucket, [buckets], as in scikit-learn's TfidfVectorizer
    with smoothing; a bucket that fewer than `minimum_rows` texts hold weighs nothing."""
    held = np.zeros(buckets)
    for text in texts:
        held[hashed_counts(text, buckets)[0]] += 1
    weights = np.log((1 + len(texts)) / (1 + held)) + 1
    return np.where(held >= minimum_rows, weights, 0.0).astype(np.float32)


def gram_matrix(rows: Sequence[tuple[np.ndarray, np.ndarray]], buckets: int) -> sparse.csr_matrix:
    """[texts, buckets] from the buckets and weights of each text (`ngrams.tfidf`)."""
    pointers = np.cumsum([0, *(len(indices) for indices, _ in rows)])
    return sparse.csr_matrix(
        (
            np.concatenate([weights for _, weights in rows]),
            np.concatenate([indices for indices, _ in rows]),
            pointers,
        ),
        shape=(len(rows), buckets),
    )
