"""Near-duplicate facts by MinHash over character shingles (Broder 1997), through datasketch."""

from __future__ import annotations

import numpy as np
from datasketch import MinHash, MinHashLSH
from liangxing.reading.masking import PLACEHOLDER

SHINGLE = 5
_SEED = 1
_CHUNK = 4096
# Missing a near-duplicate leaks across splits, a wrong candidate only costs a comparison.
_WEIGHTS = (0.1, 0.9)


class NearDuplicateIndex:
    """Facts seen so far; `threshold` is the Jaccard similarity of their shingles.

    Candidates come from locality-sensitive hashing; the signatures, whose agreement estimates the
    similarity with a standard error of 0.035 at 128 permutations, decide.
    """

    def __init__(self, threshold: float, permutations: int) -> None:
        self._threshold = threshold
        self._permutations = permutations
        self._lsh = MinHashLSH(threshold=threshold, num_perm=permutations, weights=_WEIGHTS)
        self._carrier = MinHash(num_perm=permutations)
        self._signatures: list[np.ndarray] = []
        random = np.random.default_rng(_SEED)
        self._factors = random.integers(1, 2**63, permutations, dtype=np.uint64) * 2 + 1
        self._offsets = random.integers(0, 2**63, permutations, dtype=np.uint64)

    def signature(self, fact: str) -> np.ndarray:
        """Minimum of each hash over the fact's shingles, [permutations]."""
        hashes = _shingles(fact)
        lowest = np.full(self._permutations, 2**32 - 1, dtype=np.uint64)
        for start in range(0, len(hashes), _CHUNK):
            chunk = hashes[start : start + _CHUNK, None]
            # Multiply-shift hashing (Dietzfelbinger 1997); uint64 wraps on purpose.
            mixed = (chunk * self._factors + self._offsets) >> np.uint64(32)
            lowest = np.minimum(lowest, mixed.min(axis=0))
        return lowest.astype(np.uint32)

    def similar(self, signature: np.ndarray) -> list[int]:
        """Numbers of earlier facts at least as similar as the threshold, in order of arrival."""
        candidates = sorted(int(str(key)) for key in self._lsh.query(self._sketch(signature)))
        return [
            number
            for number in candidates
            if np.mean(self._signatures[number] == signature) >= self._threshold
        ]

    def add(self, signature: np.ndarray) -> int:
        """Remembers a fact; its number is the count of those before it."""
        number = len(self._signatures)
        self._signatures.append(signature)
        self._lsh.insert(str(number), self._sketch(signature), check_duplication=False)
        return number

    def _sketch(self, signature: np.ndarray) -> MinHash:
        # One carrier for all: datasketch reads its values at once, and making one is slow.
        self._carrier.hashvalues = signature.astype(self._carrier.hashvalues.dtype)
        return self._carrier


def _shingles(fact: str) -> np.ndarray:
    """Hashes of the distinct shingles of a fact, blanks and masked phrases aside, [shingles]."""
    text = "".join(fact.replace(PLACEHOLDER, "").split())
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = codes.astype(np.uint64)
    if len(codes) < SHINGLE:
        codes = np.pad(codes, (0, SHINGLE - len(codes)))
    hashes = np.zeros(len(codes) - SHINGLE + 1, dtype=np.uint64)
    for offset in range(SHINGLE):
        hashes = (
            hashes * np.uint64(0x9E3779B97F4A7C15)
            + codes[offset : len(codes) - SHINGLE + 1 + offset]
        )
        hashes ^= hashes >> np.uint64(29)
    return np.unique(hashes)
