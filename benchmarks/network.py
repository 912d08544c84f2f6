"""Latency of single cases and throughput, against every peer on the same weights."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

from contestants import BF16, COMPILED, EAGER, PLAIN_ONNX, Contestants
from figures import Figure, compared, rounds, seconds
from workload import facts

# Goals of the project: int8 against the peers; ratios of time, and of documents a second.
_LATENCY = {EAGER: 0.30}
_THROUGHPUT = {EAGER: 4.0, PLAIN_ONNX: 1.5}


def latency(sides: Contestants, *, cases: int, count: int) -> list[Figure]:
    """p50 and p95 of single cases in ms; the rounds are those of the whole list of cases."""
    texts = facts(cases)
    peers = {name: work for name, work in sides.peers().items() if name != PLAIN_ONNX}
    ours = _single(sides.ours, texts, count)
    whole = _single(sides.whole, texts, count)
    found: list[Figure] = []
    for name, work in peers.items():
        theirs = _alternating(sides.ours, work, texts, count)
        for at, label in ((0.5, "p50"), (0.95, "p95")):
            found.append(
                compared(
                    f"single case, network, {label}",
                    "ms",
                    [_at(one, at) for one, _ in theirs],
                    name,
                    [_at(other, at) for _, other in theirs],
                    at_most=_LATENCY.get(name) if label == "p50" else None,
                    note=f"{sides.threads} thread(s)",
                )
            )
    for at, label in ((0.5, "p50"), (0.95, "p95")):
        found.append(
            compared(
                f"single case, whole prediction, {label}",
                "ms",
                [_at(one, at) for one in whole],
                "its own network",
                [_at(one, at) for one in ours],
                note="reading, law, trees and intervals included",
            )
        )
    return found + _left_out(sides, "single case, network, p50", "ms")


def throughput(sides: Contestants, *, cases: int, count: int) -> list[Figure]:
    """Documents a second of the network on facts of mixed lengths, batches of 16."""
    texts = facts(cases)
    found: list[Figure] = []
    label = f"throughput, {sides.threads} thread(s)"
    for name, work in sides.peers().items():
        taken = rounds({"ours": lambda: sides.ours(texts), name: lambda w=work: w(texts)}, count)
        found.append(
            compared(
                label,
                "documents/s",
                [cases / taken_ for taken_ in taken["ours"]],
                name,
                [cases / taken_ for taken_ in taken[name]],
                at_least=_THROUGHPUT.get(name),
            )
        )
    return found + _left_out(sides, label, "documents/s")


def size(bundle: Path, plain: Path) -> list[Figure]:
    """Megabytes of the bundle, against the fp32 graph of the encoder alone."""
    ours = sum(path.stat().st_size for path in bundle.iterdir()) / 1e6
    peer = plain.stat().st_size / 1e6
    return [compared("bundle size", "MB", [ours], "encoder.onnx in fp32", [peer])]


def _left_out(sides: Contestants, measure: str, unit: str) -> list[Figure]:
    return [
        Figure(measure, unit, against=name, skipped=sides.without[name])
        for name in (BF16, COMPILED)
        if name in sides.without
    ]


def _single(work: Callable[[list[str]], None], texts: list[str], count: int) -> list[list[float]]:
    work(texts[:1])
    return [[1000 * seconds(lambda t=text: work([t])) for text in texts] for _ in range(count)]


def _alternating(
    ours: Callable[[list[str]], None],
    peer: Callable[[list[str]], None],
    texts: list[str],
    count: int,
) -> list[tuple[list[float], list[float]]]:
    """ms of each case on both sides in each round, the order changing from case to case."""
    ours(texts[:1])
    peer(texts[:1])
    found: list[tuple[list[float], list[float]]] = []
    for number in range(count):
        one: list[float] = []
        other: list[float] = []
        for place, text in enumerate(texts):
            sides = [(ours, one), (peer, other)]
            for work, times in sides if (number + place) % 2 == 0 else sides[::-1]:
                times.append(1000 * seconds(lambda w=work, t=text: w([t])))
        found.append((one, other))
    return found


def _at(values: list[float], share: float) -> float:
    return (
        statistics.median(values)
        if share == 0.5
        else statistics.quantiles(values, n=100, method="inclusive")[round(100 * share) - 1]
    )
