"""Character n-grams of a text as a hashed TF-IDF vector: no vocabulary to carry along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

# Odd multipliers spread code points over 32 bits (Knuth, TAOCP 3, 6.4: multiplicative hashing).
_FIRST, _SECOND = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)


def hashed_counts(text: str, buckets: int) -> tuple[Indices, Floats]:
    """Buckets of the text's characters and pairs of characters, rising, and how often each occurs.

    `buckets` is a power of two.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    single = codes * _FIRST
    pairs = (single[:-1] ^ (single[:-1] >> np.uint32(15))) * _SECOND + single[1:]
    hashes = np.concatenate([single, pairs])
    hashes ^= hashes >> np.uint32(16)
    found, counts = np.unique(hashes & np.uint32(buckets - 1), return_counts=True)
    return found.astype(np.int64), counts.astype(np.float32)


def tfidf(text: str, idf: Floats) -> tuple[Indices, Floats]:
    """Buckets and weights (1 + ln count) * idf, scaled to length 1; `idf` is [buckets]."""
    found, counts = hashed_counts(text, len(idf))
    weights = (1 + np.log(counts)) * idf[found]
    length = float(np.linalg.norm(weights))
    return found, (weights / length if length else weights).astype(np.float32)
