"""Speed as ratios against a peer measured in the same run; nothing here is a test.

Today: ONNX Runtime against eager torch on the tiny synthetic model, single cases and batches; and
the milliseconds of the full law step (reading, bounds, guideline range) on a long fact; and the
milliseconds of one more variant of a what-if on the bundled model.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from liangxing.case import Case
from liangxing.law.assess import assess, assess_reading, read_case
from liangxing.model.session import pad_windows
from liangxing.predictor import SentencePredictor
from liangxing_training.config import load_config
from liangxing_training.finetune import load_trained
from liangxing_training.pipeline import Pipeline
from liangxing_training.quickstart import FICTIONAL_CASES
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
ROUNDS = 30
LONG_FACT = 2000


def main() -> None:
    """Trains the tiny model, times both runtimes in turn, prints and writes the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(
            ROOT / "configs" / "quickstart.yaml",
            [
                f"output={folder}/run",
                f"tracking.uri=sqlite:///{folder}/mlflow.db",
                "tracking.system_metrics=false",
                "finetune.epochs=1",
                "data.sources=[{format: synthetic, limit: 1200}]",
            ],
        )
        pipeline = Pipeline(config)
        pipeline.run()
        rows = [measure(pipeline, batch) for batch in (1, 16)]
    table = Table(title="Encoder and head, tiny synthetic model, median of paired runs")
    for name in rows[0]:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*(f"{value:.3g}" for value in row.values()))
    Console().print(table)
    law = law_step()
    Console().print("Law step: " + ", ".join(f"{name} {value:.3g}" for name, value in law.items()))
    switched = what_if_step()
    Console().print(
        "What-if: " + ", ".join(f"{name} {value:.3g}" for name, value in switched.items())
    )
    target = ROOT / "benchmarks" / "results" / "latest.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([*rows, law, switched], indent=1), encoding="utf-8")


def law_step() -> dict[str, float]:
    """Milliseconds of the law on a fictional fact of LONG_FACT characters, all of it and without
    the reading; the least of the rounds beside the median, since other processes disturb."""
    sentences = "".join(str(case["fact"]) for case in FICTIONAL_CASES)
    fact = (sentences * LONG_FACT)[:LONG_FACT]
    case = Case(fact=fact, charges=("盗窃",))
    reading = read_case(case, case.charges)
    whole = [timed(lambda: assess(case)) for _ in range(ROUNDS)]
    law = [timed(lambda: assess_reading(case, case.charges, reading)) for _ in range(ROUNDS)]
    return {
        "characters": LONG_FACT,
        "law step ms": statistics.median(whole),
        "least ms": min(whole),
        "without reading ms": statistics.median(law),
    }


def what_if_step() -> dict[str, float]:
    """CPU milliseconds of the bundled model: a whole prediction, and one more variant of a
    what-if beyond the first, whose text is not read again."""
    predictor = SentencePredictor.load(threads=1)
    case = Case(fact=str(FICTIONAL_CASES[0]["fact"]), charges=("盗窃",))
    names = ("surrender", "merit", "restitution", "accessory", "attempt", "recidivist")
    variants = [{"set": {name: True}} for name in names]

    def cpu(work: Callable[[], object]) -> float:
        start = time.process_time()
        work()
        return 1000 * (time.process_time() - start)

    whole = [cpu(lambda: predictor.predict(case)) for _ in range(ROUNDS)]
    pairs = [
        (
            cpu(lambda: predictor.what_if(case, variants)),
            cpu(lambda: predictor.what_if(case, variants[:1])),
        )
        for _ in range(ROUNDS)
    ]
    more = len(variants) - 1
    return {
        "predict cpu ms": statistics.median(whole),
        "variant cpu ms": statistics.median((all_ - one) / more for all_, one in pairs),
    }


def measure(pipeline: Pipeline, batch: int) -> dict[str, float]:
    """Milliseconds per batch of both runtimes and the median of the paired ratios."""
    predictor = SentencePredictor.load(pipeline.bundle_folder, threads=2)
    torch.set_num_threads(2)
    model, _ = load_trained(pipeline.model_folder)
    facts = [FICTIONAL_CASES[i % 3] for i in range(batch)]
    windows = [predictor.windows(fact["fact"], fact["defendant"]) for fact in facts]
    tensors = {
        name: torch.from_numpy(array)
        for name, array in pad_windows(windows, predictor.bundle.manifest.windows.pad_id).items()
    }
    zeros = torch.zeros(batch, len(predictor.bundle.manifest.feature_names))

    def eager() -> None:
        with torch.no_grad():
            model(**tensors, features=zeros, features_present=zeros)

    def onnx() -> None:
        encoding = predictor.graphs.encode(windows)
        predictor.graphs.decide(encoding.embedding, zeros.numpy(), zeros.numpy())

    pairs = [(timed(onnx), timed(eager)) for _ in range(ROUNDS)]
    return {
        "batch": batch,
        "onnx ms": statistics.median(ours for ours, _ in pairs),
        "torch ms": statistics.median(theirs for _, theirs in pairs),
        "ratio": statistics.median(ours / theirs for ours, theirs in pairs),
    }


def timed(work: Callable[[], None]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
