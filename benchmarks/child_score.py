"""In a process of its own: score fictional cases with one worker, as `liangxing score` does.

Arguments: bundle folder, number of cases, rows of a shard, median length of the facts. Prints JSON
lines: one when it begins, one at the end with `done` cases, `seconds`, `cpu` seconds, the most
`resident` bytes after any shard, and the bytes `read` and `written`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import psutil
from liangxing.predictor import SentencePredictor
from liangxing.scoring import score
from workload import facts


def main(folder: Path, cases: int, shard_rows: int, characters: int) -> None:
    process = psutil.Process()
    resident = [0]
    with tempfile.TemporaryDirectory() as temporary:
        source, output = Path(temporary) / "cases.jsonl", Path(temporary) / "scored"
        # Facts repeat beyond 500; nothing remembers them, so that this costs the same.
        known = facts(min(cases, 500), median=characters)
        with source.open("w", encoding="utf-8") as file:
            for place in range(cases):
                row = {"fact": known[place % len(known)]}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        # What is imported on first use does not belong to the first document.
        next(SentencePredictor.load(folder, threads=1).predict_many([{"fact": known[0]}]))
        print(json.dumps({"cases": cases}), flush=True)
        start, cpu = time.perf_counter(), time.process_time()
        found = score(
            source,
            output,
            model=folder,
            shard_rows=shard_rows,
            progress=lambda *_: resident.append(process.memory_info().rss),
        )
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        said = {
            "done": found.rows - found.bad,
            "seconds": seconds,
            "cpu": cpu,
            "resident": max(resident),
            "read": source.stat().st_size,
            "written": sum(path.stat().st_size for path in output.glob("part-*.jsonl")),
        }
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
