"""MinHash sketches of the facts a model has seen, so that a benchmark can leave them out.

A sketch holds minima of hashes, no text: the file tells whether a given fact was seen, and
nothing of a fact that one does not have.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from liangxing.errors import BundleError

from liangxing_training.near_duplicates import NearDuplicateIndex

SKETCHES = "sketches.npz"
# As in the splits: most pairs of real facts above this Jaccard similarity are the same case.
THRESHOLD = 0.5
PERMUTATIONS = 128
# Half of each 32-bit minimum halves the file; two differing minima then agree once in 65 536.
_KEPT_BITS = np.uint32(0xFFFF)


class SeenFacts:
    """The facts behind a bundle, as sketches."""

    def __init__(self, sketches: np.ndarray, threshold: float) -> None:
        self._index = NearDuplicateIndex(threshold, sketches.shape[1])
        self.threshold = threshold
        for sketch in sketches:
            self._index.add(sketch)
        self._size = len(sketches)

    def __len__(self) -> int:
        return self._size

    @classmethod
    def load(cls, bundle: Path) -> SeenFacts | None:
        """The sketches of a bundle; null where it has none. BundleError when they are damaged."""
        path = bundle / SKETCHES
        if not path.is_file():
            return None
        try:
            with np.load(path) as arrays:
                return cls(arrays["sketches"], float(arrays["threshold"]))
        except (OSError, ValueError, KeyError) as error:
            raise BundleError(f"{path} is damaged; copy the bundle again") from error

    def holds(self, fact: str) -> bool:
        """Whether a fact like this one was seen."""
        return bool(self._index.similar(_sketch(self._index, fact)))


def write_sketches(path: Path, facts: Iterable[str]) -> int:
    """Writes the sketches of distinct facts; returns how many there are."""
    index = NearDuplicateIndex(THRESHOLD, PERMUTATIONS)
    sketches = [_sketch(index, fact) for fact in dict.fromkeys(facts)]
    table = np.array(sketches, np.uint16).reshape(len(sketches), PERMUTATIONS)
    np.savez(path, sketches=table, threshold=np.float64(THRESHOLD))
    return len(sketches)


def _sketch(index: NearDuplicateIndex, fact: str) -> np.ndarray:
    return (index.signature(fact) & _KEPT_BITS).astype(np.uint16)
