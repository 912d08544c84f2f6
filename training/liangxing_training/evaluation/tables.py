"""Evaluations as tables: for the terminal, and as files for the run's artifacts."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np
from rich import box
from rich.table import Table

from liangxing_training.evaluation.bootstrap import Estimate, PairedDifference
from liangxing_training.evaluation.evaluate import GIVEN, PREDICTED, Evaluation
from liangxing_training.evaluation.model_run import LEVEL, MODES
from liangxing_training.evaluation.slices import SliceRow

_SHOWN = {
    "cail_score": "cail_score",
    "lawbench_score": "lawbench",
    "term_bin_accuracy": "bin acc",
    "macro_f1": "bin F1",
    "within_25pct": "in 25 %",
    "within_3_months": "in 3 mo",
    "mae_months": "MAE",
    "judge_time": "time",
    "coverage": "coverage",
    "mean_width": "width",
}
# Shown with their intervals; the others have theirs in the artifacts.
_WITH_INTERVAL = ("cail_score", "coverage")
# What a narrow terminal has room for, and the width in characters that the rest needs.
_NARROW = (
    "cail_score",
    "lawbench_score",
    "term_bin_accuracy",
    "mae_months",
    "coverage",
    "mean_width",
)
WIDE = 120
_MODES = dict(zip(MODES, (GIVEN, PREDICTED), strict=True))


def score_table(evaluation: Evaluation, width: int = WIDE) -> Table:
    """Systems as rows, metrics as columns; 95 % bootstrap intervals under their figures."""
    return systems_table(
        evaluation.table,
        f"{evaluation.split} split, {len(evaluation.truth)} cases, intervals at level 0.9, "
        "95 % bootstrap in brackets",
        width,
    )


def systems_table(
    rows: Mapping[str, Mapping[str, Estimate]], title: str, width: int = WIDE
) -> Table:
    """Systems as rows, the metrics that any of them has as columns; the main ones below WIDE."""
    room = _SHOWN if width >= WIDE else _NARROW
    shown = [name for name in room if any(name in row for row in rows.values())]
    table = Table(title=title, box=box.SIMPLE)
    table.add_column("system", overflow="fold")
    for name in shown:
        table.add_column(_SHOWN[name], justify="right", no_wrap=True)
    for system, row in rows.items():
        table.add_row(system, *(_cell(name, row.get(name)) for name in shown))
    return table


def difference_lines(evaluation: Evaluation) -> list[str]:
    """The model minus each baseline under `cail_score`, in words."""
    return [
        difference_line(GIVEN, name, evaluation.differences[name]["cail_score"])
        for name in evaluation.baselines
    ]


def interval_lines(evaluation: Evaluation) -> list[str]:
    """The intervals beside the quantile baseline's, and coverage over random re-splits, in
    words."""
    lines = [
        f"intervals at {found.level:g}, model minus LightGBM quantiles: Winkler "
        f"{found.winkler.difference:+.2f} [{found.winkler.low:+.2f}, {found.winkler.high:+.2f}], "
        f"p = {found.winkler.p_value:.2g}; their coverage {found.baseline['coverage'].value:.3f}, "
        f"width {found.baseline['mean_width'].value:.1f}; our width at matched coverage "
        f"{found.width_ratio:.2f} of theirs"
        for found in evaluation.interval_comparisons
    ]
    return lines + [
        f"coverage at {found.level:g} over {found.repeats} random calibration/{evaluation.split} "
        f"splits, {found.mode.replace('_', ' ')}: {found.mean:.3f}, deviation "
        f"{found.deviation:.3f}"
        for found in evaluation.resplits
        if found.level == LEVEL
    ]


def suspension_and_fine_lines(evaluation: Evaluation) -> list[str]:
    """How well suspension and fine are predicted, in words."""
    lines: list[str] = []
    for found in evaluation.suspension:
        start = f"suspension, {found.mode.replace('_', ' ')}: {found.cases} eligible verdicts tell"
        if not found.metrics:
            why = "; no probability is shown: the head is not calibrated"
            lines.append(start + (why if found.uncalibrated else ""))
            continue
        m = found.metrics
        lines.append(
            f"{start}; Brier {m['brier']}, the constant rate's {m['brier_constant'].value:.3f}; "
            f"ECE {m['ece']}, AUC {m['auc']}; {found.ineligible_suspended} of the "
            f"{found.ineligible} verdicts where the recommended term bars it were suspended"
        )
    for found in evaluation.fine:
        start = f"fine, {found.mode.replace('_', ' ')}: {found.cases} known verdicts"
        if not found.metrics:
            lines.append(f"{start}; none is shown")
            continue
        m = found.metrics
        lines.append(
            f"{start}; the 80 % range covers {m['coverage']}, its ends a factor "
            f"{math.exp(m['width_log'].value):.1f} apart; median log error {m['log_error']}, of "
            f"the charge's median fine {m['log_error_median']}, mean {m['mean_log_error']} and "
            f"{m['mean_log_error_median']}{_difference(found.error_difference)}; "
            f"{found.not_shown_fined} of the "
            f"{found.not_shown} verdicts where the law has no fine were fined; {found.gaps} "
            "zeros that the law rules out are left out"
        )
    return lines


def _difference(found: PairedDifference | None) -> str:
    if found is None:
        return ""
    return (
        f" (difference {found.difference:+.3f} [{found.low:+.3f}, {found.high:+.3f}], "
        f"p = {found.p_value:.2g})"
    )


def difference_line(first: str, second: str, found: PairedDifference) -> str:
    """One paired difference in words.

    >>> difference_line("model", "constant", PairedDifference(9.5, 7.25, 11.0, 0.002, 767))
    'model minus constant: cail_score +9.50 [+7.25, +11.00], p = 0.002'
    """
    return (
        f"{first} minus {second}: cail_score {found.difference:+.2f} "
        f"[{found.low:+.2f}, {found.high:+.2f}], p = {found.p_value:.2g}"
    )


def artifact_files(evaluation: Evaluation) -> dict[str, str]:
    """Every figure as files: name to text."""
    split = evaluation.split
    return {
        f"{split}_table.json": as_json(
            {
                "split": split,
                "n": len(evaluation.truth),
                "model_sha256": evaluation.model_sha256,
                "systems": evaluation.table,
                "model_minus": evaluation.differences,
                "by_charge_mix": evaluation.by_charge_mix,
                "intervals_against_quantiles": evaluation.interval_comparisons,
                "resplits": evaluation.resplits,
            }
        ),
        f"{split}_suspension_and_fine.json": as_json(
            {"suspension": evaluation.suspension, "fine": evaluation.fine}
        ),
        f"{split}_coverage.json": as_json([asdict(row) for row in evaluation.coverage]),
        f"{split}_slices.csv": slices_csv(evaluation.slices),
        f"{split}_fairness.csv": slices_csv(evaluation.fairness),
    }


def flat(evaluation: Evaluation) -> dict[str, float]:
    """Figures under names that MLflow takes; the ends of intervals as `_low` and `_high`."""
    figures: dict[str, float] = {}
    heads = {"suspension": evaluation.suspension, "fine": evaluation.fine}
    rows = [*evaluation.table.items()] + [
        (_MODES[found.mode], {f"{head}_{name}": value for name, value in found.metrics.items()})
        for head, reports in heads.items()
        for found in reports
    ]
    for system, row in rows:
        for name, estimate in row.items():
            key = f"{evaluation.split}/{metric_name(system)}/{name}"
            figures |= {
                key: estimate.value,
                f"{key}_low": estimate.low,
                f"{key}_high": estimate.high,
            }
    for head, reports in heads.items():
        for found in reports:
            key = f"{evaluation.split}/{metric_name(_MODES[found.mode])}/{head}_cases"
            figures[key] = float(found.cases)
    return {name: value for name, value in figures.items() if not math.isnan(value)}


def metric_name(system: str) -> str:
    """A system's name in the letters that MLflow takes.

    >>> metric_name("TF-IDF + ridge")
    'TF-IDF_ridge'
    """
    return "_".join(system.replace("+", " ").replace(",", " ").split())


def slices_csv(slices: Sequence[SliceRow]) -> str:
    """A row per slice and metric."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["slice", "value", "cases", "metric", "figure", "low", "high", "counted"])
    for row in slices:
        for name, e in row.metrics.items():
            writer.writerow([row.slice, row.value, row.n, name, e.value, e.low, e.high, e.n])
    return out.getvalue()


def as_json(value: Any) -> str:
    """JSON of nested mappings and dataclasses; NaN becomes null."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _cell(name: str, estimate: Estimate | None) -> str:
    if estimate is None or math.isnan(estimate.value):
        return ""
    digits = 2 if name in ("coverage", "judge_time") else 1
    text = f"{estimate.value:.{digits}f}"
    if name in _WITH_INTERVAL:
        text += f"\n[{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"
    return text
