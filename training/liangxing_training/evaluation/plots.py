"""Figures of training and evaluation; labels are English, since Chinese fonts may be absent.

Every function returns a `matplotlib.figure.Figure` and touches no display.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from liangxing_training.evaluation.metrics import widths
from liangxing_training.evaluation.outcomes import Bools, Floats, Intervals, Outcomes

if TYPE_CHECKING:
    from liangxing_training.ablations import CurvePoint

_TICKS = (0, 1, 3, 6, 12, 24, 36, 60, 120, 180, 300)
_FINE_TICKS = (0, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
# Places of life and death on the log1p axis, beyond the longest term.
_LIFE_PLACE, _DEATH_PLACE = float(np.log1p(420)), float(np.log1p(590))
# Up to so many cases a plot draws its dots larger.
_FEW = 200
_GUIDE = {"color": "black", "linewidth": 0.8, "zorder": 1}


def learning_curve(history: Sequence[Mapping[str, Any]]) -> Figure:
    """Training loss and validation `cail_score` by step.

    `history` is the trainer's log: entries with `step` and `loss` or `eval_cail_score`.
    """
    figure, left = _empty(7, 4)
    right = left.twinx()
    loss = [(e["step"], float(e["loss"])) for e in history if "loss" in e]
    score = [(e["step"], float(e["eval_cail_score"])) for e in history if "eval_cail_score" in e]
    if loss:
        left.plot(*zip(*loss, strict=True), color="tab:gray", label="training loss")
    if score:
        right.plot(*zip(*score, strict=True), "o-", color="tab:blue", label="validation score")
    left.set(xlabel="step", ylabel="training loss")
    right.set_ylabel("validation cail_score")
    if loss or score:
        figure.legend(loc="outside upper center", ncols=2)
    return figure


def data_curve(points: Sequence[CurvePoint]) -> Figure:
    """Validation `cail_score` by the number of training cases, with bootstrap intervals."""
    figure, axes = _empty(6, 4)
    for name in dict.fromkeys(point.system for point in points):
        found = [point for point in points if point.system == name]
        scores = np.array(
            [[p.cail_score.value, p.cail_score.low, p.cail_score.high] for p in found]
        )
        errors = np.abs(scores[:, 1:] - scores[:, :1]).T
        axes.errorbar(
            [p.rows for p in found], scores[:, 0], errors, fmt="o-", capsize=3, label=name
        )
    axes.set(xlabel="training cases", ylabel="validation cail_score", xscale="log")
    axes.legend()
    return figure


def mixture_loss(losses: Mapping[float, float]) -> Figure:
    """Validation cross-entropy (nats) by the share of the trees in the mixture with the head."""
    figure, axes = _empty(6, 4)
    shares = sorted(losses)
    axes.plot(shares, [losses[share] for share in shares], "o-", color="tab:blue")
    best = min(losses, key=lambda share: losses[share])
    axes.axvline(best, **_GUIDE)
    axes.set(xlabel="share of the trees", ylabel="validation cross-entropy (nats)")
    return figure


def predicted_against_actual(truth: Outcomes, predicted: Outcomes) -> Figure:
    """Verdict against prediction on log1p axes with 0, life and death; missing ones are left out.

    The dashed lines bound what scores full marks under `cail_score`, |ln(a+1) - ln(p+1)| <= .2.
    """
    figure, axes = _empty(5.5, 5.5)
    span = np.array([0.0, np.log1p(_TICKS[-1])])
    axes.plot(span, span, **_GUIDE)
    for shift in (-0.2, 0.2):
        axes.plot(span, span + shift, linestyle="--", **_GUIDE)
    shown = ~predicted.missing
    # Terms repeat on a few round values; a shift below the grid's step keeps the dots apart.
    shift = np.random.default_rng(0).uniform(-0.025, 0.025, (2, int(shown.sum())))
    axes.scatter(
        _places(truth)[shown] + shift[0],
        _places(predicted)[shown] + shift[1],
        s=9 if len(truth) > _FEW else 20,
        alpha=0.35 if len(truth) > _FEW else 0.7,
        linewidths=0,
        color="tab:blue",
    )
    places = [*np.log1p(_TICKS), _LIFE_PLACE, _DEATH_PLACE]
    names = [*map(str, _TICKS), "life", "death"]
    axes.set_xticks(places, names, rotation=45)
    axes.set_yticks(places, names)
    axes.set(
        xlabel="verdict (months)",
        ylabel="predicted (months)",
        xlim=(-0.15, _DEATH_PLACE + 0.15),
        ylim=(-0.15, _DEATH_PLACE + 0.15),
    )
    return figure


def coverage_by_level(
    levels: Sequence[float], coverage: Sequence[float], n: int | None = None
) -> Figure:
    """Share of verdicts covered against the level asked for.

    With `n` cases a band of two binomial standard errors shows what chance alone explains.
    """
    figure, axes = _empty(5, 5)
    axes.plot([0, 1], [0, 1], **_GUIDE)
    if n is not None:
        nominal = np.linspace(0, 1, 101)
        error = 2 * np.sqrt(nominal * (1 - nominal) / n)
        axes.fill_between(nominal, nominal - error, nominal + error, color="tab:gray", alpha=0.25)
    axes.plot(levels, coverage, "o-", color="tab:blue")
    axes.set(xlabel="level", ylabel="coverage", xlim=(0, 1), ylim=(0, 1))
    return figure


def suspension_reliability(probability: Floats, suspended: Bools) -> Figure:
    """Share of verdicts suspended against the probability shown, by fifths of the cases.

    Bars of two binomial standard errors; the strip below shows where the probabilities lie.
    """
    figure, axes = _empty(5, 5)
    axes.plot([0, 1], [0, 1], **_GUIDE)
    axes.set(
        xlabel="probability of suspension", ylabel="suspended", xlim=(0, 1), ylim=(-0.06, 1.02)
    )
    if not len(probability):
        return figure
    parts = np.array_split(np.argsort(probability, kind="stable"), min(5, len(probability)))
    said = np.array([probability[part].mean() for part in parts])
    share = np.array([suspended[part].mean() for part in parts])
    sizes = np.array([len(part) for part in parts])
    # By the probability said, since a share of none or all would have no error.
    error = 2 * np.sqrt(said * (1 - said) / sizes)
    axes.errorbar(said, share, error, fmt="o-", capsize=3, color="tab:blue")
    axes.plot(probability, np.full(len(probability), -0.03), "|", color="tab:gray")
    axes.set_title(f"{len(probability)} verdicts", fontsize="medium")
    return figure


def fines_against_actual(actual: Floats, predicted: Floats) -> Figure:
    """The verdict's fine against the predicted one in yuan, log1p axes with 0."""
    figure, axes = _empty(5.5, 5.5)
    span = np.log1p([_FINE_TICKS[0], _FINE_TICKS[-1]])
    axes.plot(span, span, **_GUIDE)
    shift = np.random.default_rng(0).uniform(-0.08, 0.08, (2, len(actual)))
    axes.scatter(
        np.log1p(actual) + shift[0],
        np.log1p(predicted) + shift[1],
        s=9 if len(actual) > _FEW else 20,
        alpha=0.35 if len(actual) > _FEW else 0.7,
        linewidths=0,
        color="tab:blue",
    )
    places, names = np.log1p(_FINE_TICKS), [f"{tick:,}" for tick in _FINE_TICKS]
    axes.set_xticks(places, names, rotation=45)
    axes.set_yticks(places, names)
    axes.set(xlabel="fine of the verdict (yuan)", ylabel="predicted (yuan)")
    return figure


def width_histogram(intervals: Intervals) -> Figure:
    """How wide the intervals are, in months; the line is the median."""
    figure, axes = _empty(6, 4)
    values = widths(intervals)
    values = values[~np.isnan(values)]
    axes.set(xlabel="width (months)", ylabel="cases")
    if len(values):
        axes.hist(values, bins=min(40, max(10, len(values) // 10)), color="tab:blue")
        axes.axvline(float(np.median(values)), **_GUIDE)
    return figure


def _empty(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _places(outcomes: Outcomes) -> Floats:
    places = np.where(outcomes.life, _LIFE_PLACE, np.log1p(outcomes.months))
    return np.where(outcomes.death, _DEATH_PLACE, places)
