"""Plots draw what they are given, on a machine without a display."""

import io

import numpy as np
import pytest
from liangxing_training.evaluation.outcomes import Intervals, Outcomes
from liangxing_training.evaluation.plots import (
    coverage_by_level,
    fines_against_actual,
    learning_curve,
    predicted_against_actual,
    suspension_reliability,
    width_histogram,
)

LIFE, DEATH, NOTHING = {"life": True}, {"death": True}, {}


def outcomes(*items):
    return Outcomes.from_records(i if isinstance(i, dict) else {"months": i} for i in items)


def drawn(figure):
    """The figure as PNG, so that a plot that cannot be rendered fails."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def test_the_learning_curve_holds_loss_and_score():
    history = [
        {"step": 1, "loss": 2.0},
        {"step": 2, "loss": 1.5},
        {"step": 2, "eval_cail_score": 55.0},
    ]

    figure = learning_curve(history)

    left, right = figure.axes
    assert left.lines[0].get_xydata().tolist() == [[1, 2.0], [2, 1.5]]
    assert right.lines[0].get_xydata().tolist() == [[2, 55.0]]
    assert drawn(figure)


def test_terms_lie_on_log_axes_with_zero_and_life_and_death_beyond():
    figure = predicted_against_actual(
        outcomes(0, 12, LIFE, DEATH, 6), outcomes(0, 36, LIFE, LIFE, NOTHING)
    )

    dots = np.asarray(figure.axes[0].collections[0].get_offsets())
    assert len(dots) == 4
    assert dots[0] == pytest.approx([0, 0], abs=0.03)
    assert dots[1] == pytest.approx(np.log1p([12, 36]), abs=0.03)
    assert dots[2, 0] > np.log1p(300)
    assert dots[3, 0] > dots[3, 1]
    labels = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert labels[0] == "0"
    assert labels[-2:] == ["life", "death"]
    assert drawn(figure)


def test_coverage_is_drawn_beside_the_diagonal_with_a_band_of_chance():
    figure = coverage_by_level([0.5, 0.9], [0.52, 0.88], n=100)

    axes = figure.axes[0]
    assert axes.lines[1].get_xydata().tolist() == [[0.5, 0.52], [0.9, 0.88]]
    assert len(axes.collections) == 1
    assert len(coverage_by_level([0.5], [0.5]).axes[0].collections) == 0
    assert drawn(figure)


def test_sets_without_months_are_left_out_of_the_widths():
    intervals = Intervals(
        np.array([0.0, 6.0, np.nan]),
        np.array([12.0, 18.0, np.nan]),
        np.zeros(3, bool),
        np.ones(3, bool),
    )

    figure = width_histogram(intervals)

    assert sum(bar.get_height() for bar in figure.axes[0].patches) == 2
    assert drawn(figure)


def test_suspension_is_drawn_as_shares_by_fifths_of_the_probabilities():
    probability = np.linspace(0.05, 0.95, 10)

    figure = suspension_reliability(probability, probability > 0.5)

    dots = figure.axes[0].lines[1].get_xydata()
    assert dots[:, 0] == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])
    assert dots[:, 1] == pytest.approx([0, 0, 0.5, 1, 1])
    assert drawn(figure)


def test_fines_lie_on_log_axes_with_no_fine_at_zero():
    figure = fines_against_actual(np.array([0.0, 2000.0]), np.array([1000.0, 5000.0]))

    dots = np.asarray(figure.axes[0].collections[0].get_offsets())
    assert dots[0] == pytest.approx(np.log1p([0, 1000]), abs=0.09)
    assert dots[1] == pytest.approx(np.log1p([2000, 5000]), abs=0.09)
    assert drawn(figure)


def test_nothing_to_draw_is_still_a_figure():
    empty = np.zeros(0)
    nobody = Outcomes.from_months(empty)

    assert drawn(learning_curve([]))
    assert drawn(width_histogram(Intervals.from_months(empty, empty)))
    assert drawn(predicted_against_actual(nobody, nobody))
    assert drawn(suspension_reliability(empty, empty.astype(bool)))
    assert drawn(fines_against_actual(empty, empty))
