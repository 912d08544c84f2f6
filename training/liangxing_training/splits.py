"""Splits that stay put: by the hash of the first record of each near-duplicate cluster."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, model_validator

from liangxing_training.near_duplicates import NearDuplicateIndex
from liangxing_training.records import Record

SPLITS = ("train", "validation", "calibration", "test")


class SplitSettings(BaseModel):
    """`fractions` sum to 1 in the order of SPLITS; another `salt` draws other splits.

    The threshold is low because collections cut the opening of a fact differently: of the pairs
    of real facts with a Jaccard similarity of 0.5 to 0.8, most are the same case.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    near_duplicate_threshold: float = Field(default=0.5, gt=0, lt=1)
    permutations: int = Field(default=128, ge=16)
    fractions: tuple[float, float, float, float] = (0.7, 0.1, 0.1, 0.1)
    salt: str = "liangxing"

    @model_validator(mode="after")
    def _sums_to_one(self) -> SplitSettings:
        if min(self.fractions) < 0 or abs(sum(self.fractions) - 1) > 1e-9:
            raise ValueError("fractions must be at least 0 and sum to 1")
        return self


@dataclass(frozen=True)
class Assigned:
    """A record with its cluster, named by the cluster's first record, and its split."""

    record: Record
    cluster: str
    split: str


@dataclass(frozen=True)
class Left:
    """A record that is left out, and why."""

    record: Record
    reason: str


@dataclass(frozen=True)
class _Member:
    """What later records are compared with; without the text, to hold millions."""

    cluster: str
    split: str
    charges: frozenset[str]
    defendant: str | None
    outcome: tuple[float | None, bool, bool] | None


def assign_splits(records: Iterable[Record], settings: SplitSettings) -> Iterator[Assigned | Left]:
    """Clusters, removes duplicates and assigns splits, one record at a time.

    What becomes of a record depends on the records before it alone, so rows appended at the end
    never move an earlier one. A cluster takes the split of its first record, by the hash of its
    id. Left out are: a near-duplicate with the same charges, outcome and defendant (an unknown
    defendant or outcome counts as the same); a record similar to two clusters; and a record that
    serves training only but resembles a held-out one. Near-duplicates with another defendant or
    another outcome stay, in the split of their cluster.
    """
    index = NearDuplicateIndex(settings.near_duplicate_threshold, settings.permutations)
    kept: list[_Member] = []
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            yield Left(record, "id seen before")
            continue
        seen.add(record.id)
        signature = index.signature(record.fact)
        similar = [kept[number] for number in index.similar(signature)]
        cluster = similar[0].cluster if similar else record.id
        split = similar[0].split if similar else _own_split(record, settings)
        new = _member(record, cluster, split)
        reason = _reason_to_leave(new, record.train_only, similar)
        if reason:
            yield Left(record, reason)
            continue
        index.add(signature)
        kept.append(new)
        yield Assigned(record, cluster, split)


def split_of(key: str, settings: SplitSettings) -> str:
    """The split a key falls into.

    >>> split_of("case-1", SplitSettings(fractions=(1, 0, 0, 0)))
    'train'
    """
    digest = hashlib.sha256(f"{settings.salt}\0{key}".encode()).digest()
    position = int.from_bytes(digest[:8]) / 2**64
    for name, fraction in zip(SPLITS, settings.fractions, strict=True):
        position -= fraction
        if position < 0:
            return name
    return SPLITS[0]


def _own_split(record: Record, settings: SplitSettings) -> str:
    return "train" if record.train_only else split_of(record.id, settings)


def _member(record: Record, cluster: str, split: str) -> _Member:
    outcome = (record.months, record.life, record.death) if record.term_known else None
    return _Member(cluster, split, frozenset(record.charges), record.defendant, outcome)


def _reason_to_leave(new: _Member, train_only: bool, similar: list[_Member]) -> str | None:
    if len({other.cluster for other in similar}) > 1:
        return "near-duplicate of two clusters"
    if any(_same_case(new, other) for other in similar):
        return "near-duplicate"
    if train_only and new.split != "train":
        return "train-only near-duplicate of a held-out record"
    return None


def _same_case(new: _Member, old: _Member) -> bool:
    if new.charges != old.charges:
        return False
    if new.defendant and old.defendant and new.defendant != old.defendant:
        return False
    return new.outcome is None or new.outcome == old.outcome
