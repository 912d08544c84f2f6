"""Clusters of near-duplicate facts by MinHash (Broder 1997), through datasketch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from datasketch import MinHash, MinHashLSH
from rich.progress import track

SHINGLE = 5
PERMUTATIONS = 64


def _sketch(fact: str) -> MinHash:
    text = "".join(character for character in fact if not character.isspace())
    shingles = {text[i : i + SHINGLE] for i in range(max(len(text) - SHINGLE + 1, 1))}
    sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
    sketch.update_batch([shingle.encode() for shingle in shingles])
    return sketch


def clusters(facts: Sequence[str], threshold: float) -> tuple[list[int], set[int]]:
    """For each fact the index of its cluster's first fact, in order of arrival.

    A fact whose near-duplicates belong to two clusters joins neither: its index is in the second
    result, so that no earlier fact ever changes its cluster when rows are appended.
    """
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    first: list[int] = []
    joining: set[int] = set()
    for number, fact in enumerate(
        track(facts, description="Finding near-duplicates", transient=True)
    ):
        sketch = _sketch(fact)
        heads = {first[int(str(other))] for other in index.query(sketch)}
        if len(heads) > 1:
            joining.add(number)
            first.append(number)
            continue
        first.append(heads.pop() if heads else number)
        index.insert(str(number), sketch)
    return first, joining


def split_of(key: str, salt: str, fractions: Sequence[tuple[str, float]]) -> str:
    """The split a cluster falls into, by the hash of its first record's key and `salt`.

    >>> split_of("case-1", "s", [("train", 0.5), ("test", 0.5)]) in ("train", "test")
    True
    """
    digest = hashlib.sha256(f"{salt}\0{key}".encode()).digest()
    position = int.from_bytes(digest[:8]) / 2**64
    edges = np.cumsum([fraction for _, fraction in fractions])
    return fractions[min(int(np.searchsorted(edges, position, side="right")), len(edges) - 1)][0]
