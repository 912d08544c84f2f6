"""What /metrics shows: latency, errors, queue, and what the predictions look like."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from liangxing.case import Case
from liangxing.prediction import Prediction

# Has no types of its own.
_mark_dead: Callable[[int, str], None] = multiprocess.mark_process_dead  # pyright: ignore
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)
_MONTHS = (3, 6, 12, 24, 36, 60, 84, 120, 180, 300)
_CHARACTERS = (50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 20000)
_COUNTS = (0, 1, 2, 3, 5, 8, 13)
_SHARES = (0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 1.0)


class Metrics:
    """The figures of one worker; with several, /metrics adds those of all."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "liangxing_requests", "Requests answered", ("route", "status"), registry=registry
        )
        self.seconds = Histogram(
            "liangxing_request_seconds",
            "From the first byte of a request to the last of its answer",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.waiting = Gauge(
            "liangxing_accepted_requests",
            "Requests accepted and not yet answered",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.queue_seconds = Histogram(
            "liangxing_queue_seconds",
            "From acceptance to the start of the work",
            buckets=_SECONDS,
            registry=registry,
        )
        self.swaps = Counter(
            "liangxing_model_swaps", "Models taken over or refused", ("result",), registry=registry
        )
        self.predictions = Counter(
            "liangxing_predictions", "Cases predicted", ("charge",), registry=registry
        )
        self.outside = Counter(
            "liangxing_predictions_outside",
            "Predictions outside the tiers the facts allow, or outside the guideline range",
            ("of",),
            registry=registry,
        )
        self.warned = Counter(
            "liangxing_predictions_with_warnings", "Predictions with a warning", registry=registry
        )
        self.width = _histogram(
            "interval_width_months", "Width of the interval", _MONTHS, registry
        )
        self.fact_length = _histogram(
            "input_fact_characters", "Length of the fact", _CHARACTERS, registry
        )
        self.quantities = _histogram(
            "input_quantities", "Quantities read or given", _COUNTS, registry
        )
        self.circumstances = _histogram(
            "input_circumstances", "Circumstances read or given", _COUNTS, registry
        )
        self.charges = Counter(
            "liangxing_input_charges",
            "Cases by the charge the model holds most likely",
            ("name",),
            registry=registry,
        )
        self.confidence = _histogram(
            "input_charge_probability",
            "The model's probability of the charge it holds most likely",
            _SHARES,
            registry,
        )

    def predicted(self, case: Case, found: Prediction) -> None:
        """Counts one prediction: what it is, and what its input looks like."""
        self.predictions.labels("given" if case.charges else "predicted").inc()
        months, statutory = found.penalty.months, found.bounds.statutory
        if months is not None and statutory.low is not None and statutory.high is not None:
            if not statutory.low <= months <= statutory.high:
                self.outside.labels("tier").inc()
            guideline = found.bounds.guideline
            if guideline is not None and not guideline.low <= months <= guideline.high:
                self.outside.labels("guideline").inc()
        if found.warnings:
            self.warned.inc()
        if found.interval.low is not None and found.interval.high is not None:
            self.width.observe(found.interval.high - found.interval.low)
        self.fact_length.observe(len(case.fact))
        self.quantities.observe(len(found.quantities))
        self.circumstances.observe(len(found.circumstances))
        if found.charges:
            self.charges.labels(found.charges[0].name).inc()
            self.confidence.observe(found.charges[0].probability)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        folder = os.environ.get(FOLDER_VARIABLE)
        if folder is None:
            return generate_latest(self._registry)
        for file in Path(folder).glob("gauge_live*_*.db"):
            process = file.stem.rpartition("_")[2]
            if not Path(f"/proc/{process}").exists():
                _mark_dead(int(process), folder)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together, folder)
        return generate_latest(together)


def _histogram(
    name: str, help_: str, buckets: tuple[float, ...], registry: CollectorRegistry
) -> Histogram:
    return Histogram(f"liangxing_{name}", help_, buckets=buckets, registry=registry)
