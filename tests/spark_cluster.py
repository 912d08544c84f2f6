"""A Spark cluster of two workers on this machine, each a process of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


def need_spark() -> Any:
    """The module pyspark.sql; without Spark or Java the test is skipped."""
    sql = pytest.importorskip("pyspark.sql", reason="needs the extra spark")
    if not shutil.which("java") and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java 17 or newer")
    return sql


@contextmanager
def spark_cluster() -> Iterator[Any]:
    """The session of a cluster of two workers with one core each."""
    builder = need_spark().SparkSession.builder.master("local-cluster[2,1,1024]")
    session = builder.config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    try:
        yield session
    finally:
        session.stop()
