"""Shards in processes of this machine; a worker that dies is replaced."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from liangxing.errors import DataError
from liangxing.predictor import SentencePredictor
from liangxing.scoring.plan import Shard
from liangxing.scoring.shards import Job, score_shard

ATTEMPTS = 3
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_loaded: dict[Job, SentencePredictor] = {}


def run_local(job: Job, shards: Sequence[Shard], workers: int) -> Iterator[Shard]:
    """Scores shards with `workers` processes, or in this one; yields each when it is done."""
    if workers == 1:
        predictor = job.predictor()
        for shard in shards:
            score_shard(predictor, job, shard)
            yield shard
        return
    yield from each_in_processes(score_in_worker, [(job, shard) for shard in shards], workers)


def each_in_processes(
    work: Callable[[_Item], _Result], items: Sequence[_Item], workers: int
) -> Iterator[_Result]:
    """Results in the order they come. When a process dies, what is left goes to new ones.

    Raises DataError when ATTEMPTS pools in a row die without one result.
    """
    left = dict(enumerate(items))
    idle = 0
    while left and idle < ATTEMPTS:
        idle += 1
        # A forked ONNX Runtime or BLAS may hang.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(workers, len(left)), mp_context=context) as pool:
            futures = {pool.submit(work, item): key for key, item in left.items()}
            try:
                for future in as_completed(futures):
                    result = future.result()
                    del left[futures[future]]
                    idle = 0
                    yield result
            except BrokenProcessPool:
                continue
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    if left:
        raise DataError(
            f"worker processes died {ATTEMPTS} times in a row (out of memory, or a script "
            "without `if __name__ == '__main__'`?); run it again with fewer --workers"
        )


def score_in_worker(item: tuple[Job, Shard]) -> Shard:
    """Scores a shard in a process that keeps the model of its job."""
    job, shard = item
    if job not in _loaded:
        _loaded[job] = job.predictor()
    score_shard(_loaded[job], job, shard)
    return shard
