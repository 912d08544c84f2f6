"""A job of scoring whose first worker is killed; workers import it by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dying_worker import die_once
from liangxing.prediction import Prediction
from liangxing.scoring.shards import Job


@dataclass(frozen=True)
class DyingJob(Job):
    """A job whose first worker is killed in the middle of its first shard."""

    marker: str = ""

    def predictor(self) -> Any:
        return _Dying(super().predictor(), self.marker)


class _Dying:
    def __init__(self, predictor: Any, marker: str) -> None:
        self._predictor, self._marker = predictor, marker

    def predict_many(self, *arguments: Any) -> Iterator[Prediction]:
        die_once(self._marker)
        return self._predictor.predict_many(*arguments)
