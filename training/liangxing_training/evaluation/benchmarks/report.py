"""A benchmark's result as a console table, as JSON, and as one self-contained HTML page."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import jinja2
import numpy as np
from liangxing.prediction import Prediction, TraceStep
from liangxing.terms import penalty_text
from matplotlib.figure import Figure
from rich.table import Table

from liangxing_training.evaluation import plots
from liangxing_training.evaluation.benchmarks.items import (
    Answer,
    Item,
    intervals_of,
    points_of,
    truth_of,
)
from liangxing_training.evaluation.benchmarks.run import BenchmarkResult
from liangxing_training.evaluation.bootstrap import Estimate
from liangxing_training.evaluation.metrics import covered, mean
from liangxing_training.evaluation.slices import SliceRow, slice_table
from liangxing_training.evaluation.tables import WIDE, as_json, systems_table

_MISSES, _EXCERPT, _LISTED_IDS = 10, 200, 50
_SLICE_MINIMUM, _SLICE_ROWS = 5, 25
_FROM_0_TO_1 = ("judge_time", "coverage", "interval_score", "abstention_rate")


@dataclass(frozen=True)
class Miss:
    """One of the worst misses, as a reader sees it. `distance` is in log1p months, infinite
    between months and life or death."""

    id: str
    distance: float
    verdict: str
    answer: str
    interval: str
    charges: str
    excerpt: str
    trace: tuple[Mapping[str, str], ...]


def official_table(result: BenchmarkResult) -> Table:
    """The suite's own scores: every system, then the published ones with their source."""
    names = list(result.systems[result.main].official)
    table = Table(title=f"{result.suite.title}, official scores, {len(result.items)} rows")
    table.add_column("system")
    for name in names:
        table.add_column(name, justify="right")
    table.add_column("source")
    for system, found in result.systems.items():
        table.add_row(system, *(_cell(name, found.official.get(name)) for name in names), "")
    for anchor in result.anchors:
        cells = (_number(name, anchor.metrics.get(name)) for name in names)
        table.add_row(anchor.system, *cells, anchor.source, style="dim")
    return table


def metrics_table(result: BenchmarkResult, width: int = WIDE) -> Table:
    """Our own metrics of the rows whose verdict is known."""
    rows = {name: found.metrics for name, found in result.systems.items() if found.metrics}
    return systems_table(rows, "Our metrics, rows with a known verdict", width)


def notes(result: BenchmarkResult) -> list[str]:
    """What was left out, what was not answered, and the suite's quirks; one sentence each."""
    found = [
        "Contamination: not checked, no sketches of training facts."
        if result.dropped is None
        else f"Contamination: {len(result.dropped)} rows resemble a training fact and were "
        f"dropped{_ids(result.dropped)}"
    ]
    found += [f"Not scored: {reason} ({n} rows)." for reason, n in result.skipped.items()]
    for name, system in result.systems.items():
        if system.missing:
            found.append(
                f"{name}: {len(system.missing)} rows without an answer count as wrong"
                f"{_ids(system.missing)}"
            )
        if system.unknown:
            found.append(f"{name}: {len(system.unknown)} answers to no row{_ids(system.unknown)}")
    for name, gap in result.differences.items():
        found.append(
            f"{result.main} minus {name}, {result.suite.headline}: {gap.difference:+.3f} "
            f"[{gap.low:+.3f}, {gap.high:+.3f}], p = {gap.p_value:.2g}."
        )
    found += [f"{a.system}: {a.note}." for a in result.anchors if a.note]
    return found + list(result.suite.quirks)


def results_json(result: BenchmarkResult) -> str:
    """Every figure with its interval, and what it was measured on; no text of a case."""
    return as_json(
        {
            "suite": result.suite.name,
            "headline": result.suite.headline,
            "data": {"file": result.data_name, "sha256": result.data_sha256},
            "model_sha256": result.model_sha256,
            "n": len(result.items),
            "skipped": result.skipped,
            "dropped_as_seen": None if result.dropped is None else list(result.dropped),
            "main": result.main,
            "systems": {
                name: {
                    "official": found.official,
                    "metrics": found.metrics,
                    "missing": list(found.missing),
                    "unknown": list(found.unknown),
                }
                for name, found in result.systems.items()
            },
            "main_minus": result.differences,
            "coverage": [asdict(row) for row in result.coverage],
            "published": [anchor.model_dump() for anchor in result.anchors],
            "quirks": list(result.suite.quirks),
        }
    )


def html_report(result: BenchmarkResult) -> str:
    """One page that needs no other file: tables, plots, and the worst misses with their trace."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("liangxing_training", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = list(result.systems[result.main].official)
    figures = {title: _embedded(figure) for title, figure in _figures(result)}
    by_charge, by_bin = _slices(result, "charge"), _slices(result, "term bin")
    return environment.get_template("benchmark.html").render(
        result=result,
        names=names,
        official={
            name: [_cell(n, found.official.get(n)) for n in names]
            for name, found in result.systems.items()
        },
        anchors=[
            (anchor, [_number(n, anchor.metrics.get(n)) for n in names])
            for anchor in result.anchors
        ],
        metrics={name: found.metrics for name, found in result.systems.items() if found.metrics},
        figures=figures,
        slices={"Error by charge": by_charge, "Error by bin": by_bin},
        notes=notes(result),
        misses=worst_misses(result),
    )


def worst_misses(result: BenchmarkResult, count: int = _MISSES) -> list[Miss]:
    """The rows of the main system farthest from their verdict, unanswered ones aside."""
    answers = result.systems[result.main].answers
    truth, said = truth_of(result.items), points_of(answers)
    gap = np.abs(np.log1p(truth.months) - np.log1p(said.months))
    gap = np.where(np.isnan(gap), np.inf, gap)
    same = (truth.life & said.life) | (truth.death & said.death)
    gap = np.where(truth.missing | said.missing | same, -1.0, gap)
    predictions = result.predictions or (None,) * len(answers)
    order = np.argsort(-gap, kind="stable")[:count]
    return [
        _miss(result.items[i], answers[i], predictions[i], float(gap[i]))
        for i in map(int, order)
        if gap[i] > 0
    ]


def _miss(item: Item, answer: Answer, prediction: Prediction | None, distance: float) -> Miss:
    return Miss(
        id=item.id,
        distance=distance,
        verdict=_outcome(item.months, item.life, item.death),
        answer=_outcome(answer.months, answer.life, answer.death),
        interval=_interval(answer),
        charges="、".join(item.charges),
        excerpt=item.fact[:_EXCERPT] + ("…" if len(item.fact) > _EXCERPT else ""),
        trace=tuple(map(_step, prediction.trace)) if prediction else (),
    )


def _step(step: TraceStep) -> dict[str, str]:
    """A step of the trace as the cells of a table."""
    told = step.verified
    verified = told if isinstance(told, str) else ("yes" if told else "no")
    return {
        "step": step.step,
        "rule": step.rule,
        "source": step.source,
        "verified": verified,
        "after": _range(step.after or {}),
    }


def _slices(result: BenchmarkResult, kind: str) -> list[SliceRow]:
    """Slices of the main system's answers in figures, the largest first."""
    answers = result.systems[result.main].answers
    kept = [i for i, item in enumerate(result.items) if item.has_outcome]
    said = points_of([answers[i] for i in kept])
    if not kept or said.missing.all():
        return []
    items = [result.items[i] for i in kept]
    rows = [item.row() for item in items]
    found = slice_table(rows, truth_of(items), said, by=(kind,), minimum=_SLICE_MINIMUM)
    return found[:_SLICE_ROWS]


def _figures(result: BenchmarkResult) -> Iterator[tuple[str, Figure]]:
    kept = [i for i, item in enumerate(result.items) if item.has_outcome]
    answers = [result.systems[result.main].answers[i] for i in kept]
    truth, said = truth_of([result.items[i] for i in kept]), points_of(answers)
    if not said.missing.all():
        yield "Predicted against actual", plots.predicted_against_actual(truth, said)
    pooled = [row for row in result.coverage if row.group == "pooled"]
    for mode in dict.fromkeys(row.mode for row in pooled):
        rows = [row for row in pooled if row.mode == mode]
        figure = plots.coverage_by_level(
            [row.level for row in rows], [row.share for row in rows], rows[0].n
        )
        yield f"Reliability of the intervals, {mode.replace('_', ' ')}", figure
    level = next((a.level for a in answers if a.level is not None), None)
    if not pooled and level is not None:
        share = mean(covered(truth, intervals_of(answers)))
        figure = plots.coverage_by_level([level], [share], len(answers))
        yield "Reliability of the intervals", figure
    if any(answer.has_interval for answer in answers):
        yield "Width of the intervals", plots.width_histogram(intervals_of(answers))


def _embedded(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _outcome(months: float | None, life: bool, death: bool) -> str:
    if death:
        return "死刑"
    if life:
        return penalty_text("life", None)
    return "—" if months is None else f"{months:g} 个月"


def _interval(answer: Answer) -> str:
    return _range(
        {
            "low": answer.low,
            "high": answer.high,
            "life": answer.interval_life,
            "death": answer.interval_death,
        }
    )


def _range(ends: Mapping[str, Any]) -> str:
    """A range in words, or those of several counts joined; a dash for none."""
    if "counts" in ends:
        return "＋".join(map(_range, ends["counts"]))
    parts: list[str] = []
    if ends.get("high") is not None:
        parts.append(f"{ends.get('low') or 0:g}-{ends['high']:g} 个月")
    parts += ["无期徒刑"] if ends.get("life") else []
    parts += ["死刑"] if ends.get("death") else []
    return "、".join(parts) or "—"


def _cell(name: str, estimate: Estimate | None) -> str:
    if estimate is None or math.isnan(estimate.value):
        return "—"
    low, high = _number(name, estimate.low), _number(name, estimate.high)
    return f"{_number(name, estimate.value)} [{low}, {high}]"


def _number(name: str, value: float | None) -> str:
    if value is None or math.isnan(value):
        return "—"
    return f"{value:.4f}" if name in _FROM_0_TO_1 else f"{value:.2f}"


def _ids(ids: tuple[str, ...]) -> str:
    if not ids:
        return "."
    more = f" and {len(ids) - _LISTED_IDS} more" if len(ids) > _LISTED_IDS else ""
    return f": {', '.join(ids[:_LISTED_IDS])}{more}."
