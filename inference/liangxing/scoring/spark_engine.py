"""Shards on a Spark cluster: a job of one task each, as many at a time as there are workers."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from typing import Any

from liangxing.errors import DataError
from liangxing.scoring.local import ATTEMPTS, score_in_worker
from liangxing.scoring.plan import Shard
from liangxing.scoring.shards import Job


def run_spark(job: Job, shards: Sequence[Shard], workers: int) -> Iterator[Shard]:
    """Scores shards in the active Spark session, else on the master that SPARK_MASTER names, else
    in `workers` processes started here.

    Workers import liangxing and read the input, the model and write the output by the same paths:
    on several machines these lie on a shared file system. Spark gives the shard of a worker that
    dies again (`spark.task.maxFailures`). Raises DataError when it gives a shard up.
    """
    session, started = _session(workers)
    pool = ThreadPoolExecutor(min(workers, len(shards)))
    try:
        context = session.sparkContext
        futures = [pool.submit(_scored, context, job, shard) for shard in shards]
        for future in as_completed(futures):
            yield future.result()
    finally:
        # Jobs that still run end with a session of ours; in another's they finish their shards.
        pool.shutdown(wait=False, cancel_futures=True)
        if started:
            session.stop()


def _session(workers: int) -> tuple[Any, bool]:
    """A Spark session, and whether it was started here."""
    try:
        sql: Any = importlib.import_module("pyspark.sql")
    except ImportError as error:
        raise DataError("--engine spark needs Spark; pip install 'liangxing[spark]'") from error
    with suppress(RuntimeError):
        return sql.SparkSession.active(), False
    # Else workers run whatever `python3` is.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    master = os.environ.get("SPARK_MASTER")
    if master is None:
        # In local mode Spark tries a task once, unless the master says otherwise.
        master = f"local[{workers},{ATTEMPTS}]"
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = sql.SparkSession.builder.appName("liangxing score").master(master)
    try:
        session = builder.config(map=settings).getOrCreate()
    except Exception as error:
        raise DataError(
            f"Spark does not start with the master {master} ({_reason(error)}); "
            "it needs Java 17 or newer (JAVA_HOME), and a master that answers (SPARK_MASTER)"
        ) from error
    # What fails is in the error that is raised.
    session.sparkContext.setLogLevel("OFF")
    return session, True


def _scored(context: Any, job: Job, shard: Shard) -> Shard:
    try:
        context.parallelize([(job, shard)], 1).foreach(score_in_worker)
    except Exception as error:
        raise DataError(
            f"Spark gave up shard {shard.number} of {job.output} ({_reason(error)}); "
            "the same command goes on once that is settled"
        ) from error
    return shard


def _reason(error: Exception) -> str:
    """What went wrong first, without the traces of two languages around it.

    >>> _reason(RuntimeError("in the worker:\\n  File x\\nOSError: [Errno 28] No space left"))
    'OSError: [Errno 28] No space left'
    """
    causes = re.findall(r"^(?:: )?([\w.]*(?:Error|Exception): .*)", str(error), re.MULTILINE)
    return (causes[-1] if causes else str(error).partition("\n")[0])[:400]
