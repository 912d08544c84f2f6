"""Shards on a Ray cluster: one actor per worker holds the model (`map_batches`)."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from typing import Any

from liangxing.errors import DataError
from liangxing.scoring.plan import Shard
from liangxing.scoring.shards import Job, score_shard


def run_ray(job: Job, shards: Sequence[Shard], workers: int) -> Iterator[Shard]:
    """Scores shards on the cluster that RAY_ADDRESS names, else on one started here.

    Workers read the input, the model and write the output by the same paths: on several machines
    these lie on a shared file system. Ray restarts an actor that dies and gives its shard again.
    """
    # Court data: no usage reports.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray: Any = importlib.import_module("ray")
        data: Any = importlib.import_module("ray.data")
    except ImportError as error:
        raise DataError("--engine ray needs Ray; pip install 'liangxing[ray]'") from error
    started = not ray.is_initialized()
    if started:
        here = {} if "RAY_ADDRESS" in os.environ else {"num_cpus": workers}
        ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR", **here)
    try:
        data.DataContext.get_current().enable_progress_bars = False
        scored = data.from_items([shard.model_dump() for shard in shards]).map_batches(
            Scorer,
            fn_constructor_args=(job,),
            batch_size=1,
            concurrency=min(workers, len(shards)),
            num_cpus=1,
        )
        by_number = {shard.number: shard for shard in shards}
        for row in scored.iter_rows():
            yield by_number[int(row["number"])]
    finally:
        if started:
            ray.shutdown()


class Scorer:
    """The actor: loads the model once, scores the shards it is given."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._predictor = job.predictor()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        columns = {name: values.tolist() for name, values in batch.items()}
        for values in zip(*columns.values(), strict=True):
            shard = Shard.model_validate(dict(zip(columns, values, strict=True)))
            score_shard(self._predictor, self._job, shard)
        return {"number": batch["number"]}
