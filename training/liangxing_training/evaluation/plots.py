"""Plots that people would rather look at than read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib

matplotlib.use("Agg")
import numpy as np
from matplotlib.figure import Figure

from liangxing_training.evaluation.outcomes import Outcomes


def learning_curve(history: Sequence[Mapping[str, Any]]) -> Figure:
    """Training loss and validation `cail_score` by step, from the Trainer's log."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    left = figure.add_subplot()
    right = left.twinx()
    loss = [(e["step"], float(e["loss"])) for e in history if "loss" in e]
    score = [(e["step"], float(e["eval_cail_score"])) for e in history if "eval_cail_score" in e]
    if loss:
        left.plot(*zip(*loss, strict=True), color="tab:gray", label="training loss")
    if score:
        right.plot(*zip(*score, strict=True), "o-", color="tab:blue", label="validation score")
    left.set(xlabel="step", ylabel="training loss")
    right.set_ylabel("validation cail_score")
    figure.legend(loc="outside upper center", ncols=2)
    return figure


def predicted_against_actual(truth: Outcomes, predicted: Outcomes) -> Figure:
    """Terms in months on log1p axes."""
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.add_subplot()
    axes.scatter(np.log1p(truth.months), np.log1p(predicted.months), s=8, alpha=0.4)
    ticks = [0, 3, 6, 12, 24, 36, 60, 120, 180, 300]
    axes.plot([0, np.log1p(300)], [0, np.log1p(300)], color="black", linewidth=0.8)
    axes.set_xticks(np.log1p(ticks), [str(t) for t in ticks])
    axes.set_yticks(np.log1p(ticks), [str(t) for t in ticks])
    axes.set(xlabel="verdict (months)", ylabel="predicted (months)")
    return figure


def coverage_by_level(levels: Sequence[float], coverage: Sequence[float]) -> Figure:
    """Share of verdicts covered against the level asked for."""
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="black", linewidth=0.8)
    axes.plot(levels, coverage, "o-", color="tab:blue")
    axes.set(xlabel="level", ylabel="coverage", xlim=(0, 1), ylim=(0, 1))
    return figure
