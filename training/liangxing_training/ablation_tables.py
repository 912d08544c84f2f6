"""Ablations as tables for the terminal."""

from __future__ import annotations

from rich import box
from rich.table import Table

from liangxing_training.evaluation.bootstrap import Estimate
from liangxing_training.experiments import AblationReport

LISTED_CHARGES = 15


def row_table(report: AblationReport) -> Table:
    """A line per system; the gain is over the line before."""
    table = Table(title="Validation, fitted on train; 95 % bootstrap", box=box.SIMPLE)
    for name in ("system", "seeds", "cail_score", "loss (nats)", "gain", "p"):
        table.add_column(name, justify="left" if name == "system" else "right")
    for name, estimate in report.table.items():
        loss, gain = report.losses[name], report.gains.get(name)
        table.add_row(
            name,
            str(report.seeds[name]),
            _score(estimate),
            "" if loss is None else f"{loss:.3f}",
            f"{gain.difference:+.1f} [{gain.low:+.1f}, {gain.high:+.1f}]" if gain else "",
            f"{gain.p_value:.2g}" if gain else "",
        )
    return table


def curve_table(report: AblationReport) -> Table:
    """`cail_score` by training cases."""
    table = Table(title="Learning curve", box=box.SIMPLE)
    for name in ("cases", "system", "cail_score", "loss (nats)"):
        table.add_column(name, justify="left" if name == "system" else "right")
    for point in report.curve:
        score = _score(point.cail_score)
        table.add_row(f"{point.rows:,}", point.system, score, f"{point.loss:.3f}")
    return table


def charge_table(report: AblationReport) -> Table:
    """The charges that cost the last system most."""
    table = Table(title=f"Errors by charge: {list(report.table)[-1]}", box=box.SIMPLE)
    for name in ("charge", "cases", "cail_score", "share of lost points"):
        table.add_column(name, justify="left" if name == "charge" else "right")
    for row in report.by_charge[:LISTED_CHARGES]:
        table.add_row(row.charge, str(row.cases), f"{row.cail_score:.1f}", f"{row.lost:.1%}")
    return table


def _score(estimate: Estimate) -> str:
    return f"{estimate.value:.1f} [{estimate.low:.1f}, {estimate.high:.1f}]"
