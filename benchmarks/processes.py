"""What only a fresh process shows: cold start, resident memory, growth over many documents."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from figures import RATE, READ, WRITTEN, Figure, compared

HERE = Path(__file__).parent
_COLD, _MEMORY_MB, _SLOPE = 0.2, 300.0, 0.10
_WARM, _SHARD_ROWS = 50, 2000


@dataclass(frozen=True)
class Child:
    """`first` seconds from the start of the process to its first answer; `last` is what it said
    at its end."""

    first: float
    last: dict[str, Any]


def cold_start(bundle: Path, encoder: Path, *, count: int) -> list[Figure]:
    """Process start to first prediction, law included, against transformers' first embedding."""
    ours: list[float] = []
    peer: list[float] = []
    for number in range(count + 1):
        sides = [
            (ours, ["child_ours.py", str(bundle), "0"]),
            (peer, ["child_transformers.py", str(encoder), "0"]),
        ]
        for times, command in sides if number % 2 == 0 else sides[::-1]:
            times.append(run(command).first)
    # The first round fills the file cache.
    return [
        compared(
            "cold start", "s", ours[1:], "transformers", peer[1:], at_most=_COLD,
            note="1 thread, files cached",
        )
    ]  # fmt: skip


def memory(bundle: Path, encoder: Path, *, cases: int) -> list[Figure]:
    """Resident megabytes after single cases one by one."""
    ours = run(["child_ours.py", str(bundle), str(cases), "1"]).last["resident"] / 1e6
    peer = run(["child_transformers.py", str(encoder), str(cases)]).last["resident"] / 1e6
    return [
        Figure("resident memory, single cases", "MB", ours, at_most=_MEMORY_MB),
        compared("resident memory, single cases", "MB", [ours], "transformers", [peer]),
    ]


def growth(bundle: Path, sizes: Sequence[int], characters: int) -> list[Figure]:
    """CPU time a document and resident memory of scoring at each size against the smallest, and
    what one core and the disk take at the largest.

    The sizes run minutes apart, so that wall time would compare what else the machine did.
    """
    shard_rows = min(sizes[0], _SHARD_ROWS)
    found = [
        run(["child_score.py", str(bundle), *map(str, (size, shard_rows, characters))]).last
        # The first child fills caches and does not count.
        for size in (min(sizes[0], _WARM), *sizes)
    ][1:]
    figures: list[Figure] = []
    each = [1000 * one["cpu"] / one["done"] for one in found]
    held = [one["resident"] / 1e6 for one in found]
    against = f"{sizes[0]:,} documents"
    for place, size in list(enumerate(sizes))[1:]:
        label, here = f"{size:,} documents", slice(place, place + 1)
        figures += [
            compared(
                f"CPU time a document, {label}", "ms", each[here], against, each[:1],
                at_most=1 + _SLOPE, at_least=1 - _SLOPE,
            ),
            compared(
                f"resident memory, {label}", "MB", held[here], against, held[:1],
                at_most=1 + _SLOPE,
            ),
        ]  # fmt: skip
    last = found[-1]
    note = f"median {characters} characters, {last['done'] / last['cpu']:.3g} a CPU second"
    return [
        *figures,
        Figure(RATE, "documents/s", last["done"] / last["seconds"], note=note),
        *(
            Figure(measure, "bytes", last[key] / last["done"])
            for measure, key in ((READ, "read"), (WRITTEN, "written"))
        ),
    ]


def run(arguments: Sequence[str]) -> Child:
    """Runs a script of this folder; RuntimeError with its last words when it fails."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, str(HERE / arguments[0]), *arguments[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        first = time.perf_counter() - start
        rest, errors = child.communicate()
    if child.returncode or not line:
        words = errors.strip().splitlines()
        raise RuntimeError(f"{arguments[0]} failed: {words[-1] if words else child.returncode}")
    lines = rest.split("\n")
    return Child(first, json.loads(lines[0]) if lines[0] else {})
