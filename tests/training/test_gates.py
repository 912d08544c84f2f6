"""The gates before a champion: who wins, who covers, whose export agrees."""

import numpy as np
import pytest
from liangxing_training.evaluation.bootstrap import PairedDifference
from liangxing_training.evaluation.model_run import CoverageRow
from liangxing_training.gates import coverage_gate, holm, p_value, parity_gate, win_gate
from scipy.stats import beta


def row(covered, n, group="pooled", mode="charge_given", level=0.9):
    return CoverageRow(mode, group, level, n, covered, covered, 0)


def test_a_challenger_wins_only_if_the_whole_interval_lies_above_zero():
    assert win_gate(PairedDifference(2.0, 0.1, 4.0, 0.02, 500), "champion").passed
    assert not win_gate(PairedDifference(2.0, -0.1, 4.0, 0.06, 500), "champion").passed
    assert not win_gate(PairedDifference(0.0, 0.0, 0.0, 1.0, 500), "champion").passed


@pytest.mark.parametrize(("covered", "n"), [(80, 100), (85, 100), (43, 60), (430, 500)])
def test_a_group_fails_where_its_upper_clopper_pearson_limit_is_below_the_margin(covered, n):
    upper = beta.ppf(0.95, covered + 1, n - covered)

    assert (p_value(row(covered, n)) < 0.05) == (upper < 0.88)
    assert (p_value(row(covered, n, "盗窃")) < 0.05) == (upper < 0.85)


def test_a_perfect_method_passes_nearly_always_and_a_poor_one_fails():
    generator = np.random.default_rng(5)

    def passes(coverage):
        groups = [("pooled", 700), ("盗窃", 200), ("诈骗", 120), ("抢劫", 60)]
        rows = [row(int(generator.binomial(n, coverage)), n, name) for name, n in groups]
        return coverage_gate(rows, 0.9).passed

    assert sum(passes(0.9) for _ in range(200)) >= 190
    assert not any(passes(0.75) for _ in range(50))


def test_groups_below_fifty_and_other_levels_are_not_tested():
    rows = [row(90, 100), row(5, 40, "抢劫"), row(10, 100, level=0.5)]

    assert coverage_gate(rows, 0.9).passed


def test_the_failing_group_is_named():
    gate = coverage_gate([row(92, 100), row(40, 80, "抢劫")], 0.9)

    assert not gate.passed
    assert gate.detail == "charge_given, 抢劫: 40/80"


def test_nothing_measured_passes_nothing():
    assert not coverage_gate([], 0.9).passed


def test_holm_stops_at_the_first_that_it_does_not_reject():
    assert holm([0.001, 0.04, 0.02]) == [True, True, True]
    assert holm([0.001, 0.04, 0.03]) == [True, False, False]


def test_parity_needs_a_recorded_figure_within_the_tolerance():
    assert parity_gate(5e-5, 1e-4).passed
    assert not parity_gate(2e-4, 1e-4).passed
    assert not parity_gate(None, 1e-4).passed
    assert not parity_gate(float("nan"), 1e-4).passed
