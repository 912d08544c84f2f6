"""Public benchmarks, scored as their authors score them, with the constant beside every figure."""

from liangxing_training.evaluation.benchmarks import cail2018, interval2025, judge, lawbench
from liangxing_training.evaluation.benchmarks.suite import Suite

SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        cail2018.SMALL,
        cail2018.BIG,
        lawbench.ARTICLE_FREE,
        lawbench.WITH_ARTICLE,
        judge.SUITE,
        interval2025.SUITE,
    )
}

__all__ = ["SUITES", "Suite"]
