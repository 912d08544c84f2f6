"""A whole run: plan, the shards that are left, and the tally."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from liangxing.errors import ConfigError
from liangxing.law import law_sha256
from liangxing.law.local import load_local
from liangxing.model.bundle import BUNDLED, file_sha256, load_bundle
from liangxing.model.registry import local_folder
from liangxing.reading import READING_VERSION
from liangxing.scoring.local import run_local
from liangxing.scoring.plan import Plan, Settings, Shard, plan_for
from liangxing.scoring.ray_engine import run_ray
from liangxing.scoring.shards import Job
from liangxing.scoring.spark_engine import run_spark

Engine = Callable[[Job, Sequence[Shard], int], Iterator[Shard]]
ENGINES: Mapping[str, Engine] = {"local": run_local, "ray": run_ray, "spark": run_spark}


@dataclass(frozen=True)
class Summary:
    """Of the whole folder: rows, bad ones among them, shards, shards done before this run."""

    rows: int
    bad: int
    shards: int
    kept: int


def score(
    source: Path,
    output: Path,
    *,
    model: str | Path | None = None,
    engine: str = "local",
    workers: int = 1,
    shard_rows: int = 2000,
    level: float = 0.9,
    batch_size: int = 16,
    local_thresholds: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Scores a JSON Lines file, or a folder of them, into `output`, going on where a run stopped.

    `output` holds plan.json, part-NNNNNN.jsonl (predictions in the order of the input) and
    bad-NNNNNN.jsonl (file, line, error, row) where a shard has bad rows. `progress` is called
    with the rows done and all rows. Raises ConfigError for a bad setting or a province's file that
    is wrong, DataError for an unfit folder, BundleError for the model.
    """
    if engine not in ENGINES:
        raise ConfigError(f"--engine {engine} is unknown; choose one of {', '.join(ENGINES)}")
    if not 0 < level < 1:
        raise ConfigError(f"--level {level} is not between 0 and 1; 0.9 is usual")
    local = None if local_thresholds is None else Path(local_thresholds).resolve()
    if local is not None:
        load_local(local)
    folder = BUNDLED if model is None else local_folder(model)
    settings = Settings(
        model_sha256=load_bundle(folder).sha256,
        law_sha256=law_sha256(),
        reading_version=READING_VERSION,
        level=level,
        batch_size=batch_size,
        shard_rows=shard_rows,
        local_thresholds_sha256=file_sha256(local) if local else None,
    )
    plan = plan_for(source, output, settings)
    left = [shard for shard in plan.shards if not shard.part(output).is_file()]
    total = sum(shard.rows for shard in plan.shards)
    done = total - sum(shard.rows for shard in left)
    job = Job(
        str(output.resolve()),
        str(folder.resolve()),
        level,
        batch_size,
        None if local is None else str(local),
    )
    if progress:
        progress(done, total)
    for shard in ENGINES[engine](job, left, workers) if left else ():
        done += shard.rows
        if progress:
            progress(done, total)
    return _summary(plan, output, kept=len(plan.shards) - len(left))


def _summary(plan: Plan, output: Path, *, kept: int) -> Summary:
    bad = 0
    for shard in plan.shards:
        if shard.bad(output).is_file():
            with shard.bad(output).open("rb") as file:
                bad += sum(1 for _ in file)
    return Summary(sum(shard.rows for shard in plan.shards), bad, len(plan.shards), kept)
