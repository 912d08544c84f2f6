import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import dying_job
import dying_worker
import numpy as np
import pytest
from dying_job import DyingJob
from dying_worker import die, die_once
from liangxing import cli
from liangxing.errors import ConfigError, DataError
from liangxing.scoring import ENGINES, score
from liangxing.scoring import shards as shards_module
from liangxing.scoring.local import each_in_processes
from liangxing.scoring.plan import Plan
from liangxing.scoring.ray_engine import Scorer
from liangxing.scoring.shards import Job
from spark_cluster import need_spark, spark_cluster
from typer.testing import CliRunner

FACT = "2022年5月6日，被告人赵某甲在东河市某商场窃得手机一部，价值人民币{}元。"
BAD = '{"fact": "cut'


@pytest.fixture
def source(tmp_path):
    """Eight lines: six cases, one blank, one cut off."""
    rows = [json.dumps({"fact": FACT.format(1000 * n), "charges": ["盗窃"]}) for n in range(1, 7)]
    lines = [*rows[:3], "", BAD, *rows[3:]]
    path = tmp_path / "cases.jsonl"
    path.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def cluster(monkeypatch):
    """Makes two workers of an engine ready that can import the modules of the tests."""
    with ExitStack() as stack:

        def ready(engine):
            need(engine)
            if engine == "ray":
                folder = str(Path(dying_job.__file__).parent)
                monkeypatch.setenv("PYTHONPATH", folder, prepend=os.pathsep)
            if engine == "spark":
                monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
                session = stack.enter_context(spark_cluster())
                for module in (dying_job, dying_worker):
                    session.sparkContext.addPyFile(module.__file__)

        yield ready


def need(engine):
    if engine == "ray":
        pytest.importorskip("ray", reason="needs the extra ray")
    if engine == "spark":
        need_spark()


def parts(folder):
    return {p.name: p.read_text("utf-8") for p in sorted(folder.glob("part-*"))}


def written(folder):
    """Every file but the plan."""
    return {p.name: p.read_bytes() for p in folder.glob("*-*")}


def predictions(folder):
    return [json.loads(line) for text in parts(folder).values() for line in text.splitlines()]


def test_shards_together_are_what_predict_writes(bundle_folder, source, tmp_path):
    found = score(source, tmp_path / "out", model=bundle_folder, shard_rows=3, batch_size=2)
    assert (found.rows, found.bad, found.shards) == (7, 1, 3)
    plain = tmp_path / "plain.jsonl"
    arguments = ["predict", "--model", str(bundle_folder), "--input", str(source)]
    done = CliRunner().invoke(cli.app, [*arguments, "--output", str(plain), "--threads", "1"])
    assert done.exit_code == 1
    wanted = [json.loads(line) for line in plain.read_text("utf-8").splitlines()]
    scored = predictions(tmp_path / "out")
    assert [p["id"] for p in scored] == [p["id"] for p in wanted] == ["1", "2", "3", "6", "7", "8"]
    for ours, theirs in zip(scored, wanted, strict=True):
        assert ours["penalty"] == theirs["penalty"]
        assert ours["interval"] == theirs["interval"]


def test_bad_rows_are_kept_aside_with_line_and_reason(bundle_folder, source, tmp_path):
    score(source, tmp_path / "out", model=bundle_folder, shard_rows=3)
    (path,) = (tmp_path / "out").glob("bad-*")
    (row,) = map(json.loads, path.read_text("utf-8").splitlines())
    assert (path.name, row["line"], row["row"]) == ("bad-000001.jsonl", 5, BAD)
    assert "cut off" in row["error"]


def test_a_row_that_breaks_the_model_does_not_take_its_batch_along(
    bundle_folder, source, tmp_path, monkeypatch
):
    predictor = shards_module.SentencePredictor
    predict = predictor.predict_many

    def fragile(self, cases, *options):
        if any("2000" in case.fact for case in cases):
            raise RuntimeError("cannot")
        return predict(self, cases, *options)

    monkeypatch.setattr(predictor, "predict_many", fragile)
    found = score(source, tmp_path / "out", model=bundle_folder)
    assert found.bad == 2
    assert [p["id"] for p in predictions(tmp_path / "out")] == ["1", "3", "6", "7", "8"]


def test_a_stopped_run_goes_on_and_ends_the_same(bundle_folder, source, tmp_path, monkeypatch):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    score(source, whole, model=bundle_folder, shard_rows=3)
    write = shards_module.write_lines

    def full(path, lines):
        if path.name == "part-000001.jsonl":
            raise OSError(28, "No space left on device", str(path))
        write(path, lines)

    monkeypatch.setattr(shards_module, "write_lines", full)
    with pytest.raises(OSError, match="No space"):
        score(source, broken, model=bundle_folder, shard_rows=3)
    assert list(parts(broken)) == ["part-000000.jsonl"]
    monkeypatch.undo()
    seen = []
    found = score(
        source, broken, model=bundle_folder, shard_rows=3, progress=lambda *now: seen.append(now)
    )
    assert seen == [(3, 7), (6, 7), (7, 7)]
    assert found.kept == 1
    assert parts(broken) == parts(whole)
    assert sorted(p.name for p in broken.iterdir()) == sorted(p.name for p in whole.iterdir())


def test_a_folder_of_another_run_is_refused(bundle_folder, source, tmp_path):
    output = tmp_path / "out"
    score(source, output, model=bundle_folder)
    with pytest.raises(DataError, match="another level"):
        score(source, output, model=bundle_folder, level=0.8)
    os.utime(source, ns=(0, 0))
    with pytest.raises(DataError, match="another input"):
        score(source, output, model=bundle_folder)
    with pytest.raises(DataError, match="not empty"):
        score(source, tmp_path, model=bundle_folder)
    with pytest.raises(ConfigError, match="local"):
        score(source, output, model=bundle_folder, engine="abacus")


def test_what_a_dead_worker_left_is_given_to_another(tmp_path):
    markers = [str(tmp_path / name) for name in "ab"]
    assert sorted(each_in_processes(die_once, markers, 2)) == ["a", "b"]


def test_workers_that_always_die_end_the_run():
    with pytest.raises(DataError, match="fewer --workers"):
        list(each_in_processes(die, ["a"], 1))


def test_the_command_says_what_it_wrote(bundle_folder, source, tmp_path):
    arguments = ["score", "--model", str(bundle_folder), "--input", str(source), "--workers", "1"]
    done = CliRunner().invoke(cli.app, [*arguments, "--output", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "6 predictions in 1 shards" in done.output
    assert "1 rows failed" in done.output


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_two_workers_write_what_one_writes(bundle_folder, source, tmp_path, engine):
    need(engine)
    score(source, tmp_path / "one", model=bundle_folder, shard_rows=2)
    found = score(
        source, tmp_path / "two", model=bundle_folder, shard_rows=2, engine=engine, workers=2
    )
    assert (found.rows, found.bad, found.kept) == (7, 1, 0)
    assert written(tmp_path / "two") == written(tmp_path / "one")
    assert len(written(tmp_path / "two")) == 5


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_the_shard_of_a_killed_worker_is_scored_by_another(
    bundle_folder, source, tmp_path, engine, cluster
):
    cluster(engine)
    one, two = tmp_path / "one", tmp_path / "two"
    score(source, one, model=bundle_folder, shard_rows=2)
    two.mkdir()
    shards = Plan.model_validate_json((one / "plan.json").read_bytes()).shards
    marker = tmp_path / "died"
    job = DyingJob(str(two), str(bundle_folder), level=0.9, batch_size=16, marker=str(marker))
    done = list(ENGINES[engine](job, shards, 2))
    assert marker.exists()
    assert sorted(shard.number for shard in done) == [0, 1, 2, 3]
    assert written(two) == written(one)


@pytest.mark.slow
def test_spark_says_what_a_shard_could_not_do(bundle_folder, source, tmp_path, cluster):
    cluster("spark")
    score(source, tmp_path / "one", model=bundle_folder)
    plan = Plan.model_validate_json((tmp_path / "one" / "plan.json").read_bytes())
    job = Job(str(tmp_path / "nowhere"), str(bundle_folder), level=0.9, batch_size=16)
    with pytest.raises(DataError, match=r"shard 0 .*folder .*nowhere does not exist"):
        list(ENGINES["spark"](job, plan.shards, 2))


@pytest.mark.slow
def test_spark_without_java_says_so(source, tmp_path):
    need_spark()
    command = [sys.executable, "-m", "liangxing.cli", "score", "--engine", "spark"]
    done = subprocess.run(
        [*command, "--input", str(source), "--output", str(tmp_path / "out")],
        env={**os.environ, "JAVA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "Java 17" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(("engine", "module"), [("ray", "ray"), ("spark", "pyspark.sql")])
def test_an_engine_that_is_missing_is_named_with_its_extra(
    bundle_folder, source, tmp_path, monkeypatch, engine, module
):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DataError, match=rf"pip install 'liangxing\[{engine}\]'"):
        score(source, tmp_path / "out", model=bundle_folder, engine=engine)


def test_an_actor_scores_the_shards_of_a_batch_of_columns(bundle_folder, source, tmp_path):
    """Ray gives a batch as one array per column; no cluster is needed to see that it is read."""
    score(source, tmp_path / "one", model=bundle_folder, shard_rows=4)
    plan = Plan.model_validate_json((tmp_path / "one" / "plan.json").read_bytes())
    job = Job(str(tmp_path), str(bundle_folder), level=0.9, batch_size=16)
    columns = [shard.model_dump() for shard in plan.shards]
    batch = {name: np.array([row[name] for row in columns]) for name in columns[0]}
    assert Scorer(job)(batch)["number"].tolist() == [0, 1]
    assert parts(tmp_path) == parts(tmp_path / "one")
