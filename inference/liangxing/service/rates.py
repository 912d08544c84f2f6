"""Requests a minute and cases a day of each key, counted for all workers and kept on disk."""

from __future__ import annotations

import time
from pathlib import Path

from pyrate_limiter import Duration, Rate, RateItem, SQLiteBucket

from liangxing.service.auth import Key
from liangxing.service.problems import ProblemError

FILE = "rates.sqlite"


class Rates:
    """Moving windows in an SQLite file of the folder `state`."""

    def __init__(self, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self._path = state / FILE
        self._buckets: dict[tuple[str, str, int], SQLiteBucket] = {}

    def request(self, key: Key) -> None:
        """Counts a request; ProblemError rate-limit when there were too many in a minute."""
        rate = Rate(key.rate_per_minute, Duration.MINUTE)
        wait = self._wait(key, "requests", rate, 1)
        if wait is not None:
            raise ProblemError(
                "rate-limit",
                f"the key allows {key.rate_per_minute} requests a minute",
                retry_after=wait,
            )

    def cases(self, key: Key, number: int) -> None:
        """Counts cases; ProblemError quota when they are more than the day has left."""
        rate = Rate(key.cases_per_day, Duration.DAY)
        wait = self._wait(key, "cases", rate, number)
        if wait is not None:
            raise ProblemError(
                "quota",
                f"the key allows {key.cases_per_day} cases in 24 hours and {number} are too many",
                retry_after=wait,
            )

    def close(self) -> None:
        for bucket in self._buckets.values():
            bucket.close()

    def _wait(self, key: Key, what: str, rate: Rate, weight: int) -> float | None:
        """Seconds until there is room for `weight`; null when there was, and it is taken."""
        bucket = self._bucket(key, what, rate)
        now = time.time_ns() // 1_000_000
        bucket.leak(now)
        item = RateItem(key.name, now, weight)
        if bucket.put(item):
            return None
        if weight > rate.limit:
            return rate.interval / 1000
        milliseconds = bucket.waiting(item)
        return milliseconds / 1000 if isinstance(milliseconds, int | float) else 1.0

    def _bucket(self, key: Key, what: str, rate: Rate) -> SQLiteBucket:
        known = (key.sha256, what, rate.limit)
        if known not in self._buckets:
            self._buckets[known] = SQLiteBucket.init_from_file(
                [rate],
                table=f"{what}_{key.sha256[:32]}",
                db_path=str(self._path),
                use_file_lock=True,
            )
        return self._buckets[known]
