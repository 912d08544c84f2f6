"""Run a suite: read, leave out what was seen, answer, score beside constants and baselines."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from liangxing.case import MAX_FACT_CHARACTERS, Case
from liangxing.errors import CaseError, ConfigError, DataError
from liangxing.model.bundle import model_sha256
from liangxing.prediction import Prediction
from liangxing.predictor import SentencePredictor

from liangxing_training.batches import to_case
from liangxing_training.contamination import SeenFacts
from liangxing_training.evaluation.benchmarks.anchors import Anchor, anchors_of
from liangxing_training.evaluation.benchmarks.answers import answer_of, read_answers
from liangxing_training.evaluation.benchmarks.items import (
    NO_ANSWER,
    Answer,
    Item,
    intervals_of,
    points_of,
    truth_of,
)
from liangxing_training.evaluation.benchmarks.opponents import baseline_answers, best_constant
from liangxing_training.evaluation.benchmarks.suite import Score, Suite
from liangxing_training.evaluation.bootstrap import (
    DEFAULT,
    Estimate,
    PairedDifference,
    Resampling,
    estimate_intervals,
    estimate_points,
    paired_bootstrap,
)
from liangxing_training.evaluation.model_run import CoverageRow, coverage_rows

logger = logging.getLogger(__name__)

GIVEN, PREDICTED = "model, charge given", "model, charge predicted"
CONSTANT = "best constant for these rows, in hindsight"


@dataclass(frozen=True)
class Request:
    """What to benchmark: a bundle, or a file with the answers of any other system.

    `data` is the suite's official file. `sketches` is a bundle whose seen facts are left out,
    the benchmarked one by default. `train` is a folder of prepared data to fit baselines on.
    """

    suite: Suite
    data: Path
    model: Path | None = None
    predictions: Path | None = None
    name: str = "predictions"
    sketches: Path | None = None
    train: Path | None = None
    limit: int | None = None
    cache: Path | None = None
    resampling: Resampling = DEFAULT

    def __post_init__(self) -> None:
        if (self.model is None) == (self.predictions is None):
            raise ConfigError("give exactly one of --model and --predictions")


@dataclass(frozen=True)
class SystemResult:
    """One row of the table: `official` scores of the suite, and our own metrics of the rows with
    a verdict. `missing` ids had no answer and count as wrong."""

    answers: tuple[Answer, ...]
    official: dict[str, Estimate]
    metrics: dict[str, Estimate]
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class BenchmarkResult:
    """Everything a report shows. `dropped` ids resemble a training fact; null: not checked.

    `main` is the benchmarked system's first row. `predictions` are ours with charges given, where
    a bundle answered. `differences` are the main system minus others under the headline.
    """

    suite: Suite
    data_name: str
    data_sha256: str
    model_sha256: str | None
    items: tuple[Item, ...]
    skipped: dict[str, int]
    dropped: tuple[str, ...] | None
    main: str
    systems: dict[str, SystemResult]
    differences: dict[str, PairedDifference]
    coverage: tuple[CoverageRow, ...]
    predictions: tuple[Prediction | None, ...]
    anchors: tuple[Anchor, ...]


def run_benchmark(
    request: Request, progress: Callable[[str], None] = logger.info
) -> BenchmarkResult:
    """Scores the system of a request. Raises DataError when nothing is left to score."""
    suite = request.suite
    found = suite.read(request.data)
    items, dropped = _unseen(found.items[: request.limit], request.sketches or request.model)
    if not items:
        raise DataError(f"all {len(dropped or ())} rows resemble training facts; none is scored")
    opponents = {CONSTANT: best_constant(suite, items)}
    if request.train:
        opponents |= baseline_answers(suite, items, request.train, request.cache, progress)
    systems = {name: _result(suite, items, said, request) for name, said in opponents.items()}
    predictions: tuple[Prediction | None, ...] = ()
    coverage: tuple[CoverageRow, ...] = ()
    sha256 = None
    if request.model:
        main = GIVEN
        predictor = SentencePredictor.load(request.model)
        sha256 = model_sha256(predictor.bundle.manifest.files)
        for name, given in ((GIVEN, True), (PREDICTED, False)):
            progress(f"Predicting {len(items)} rows, {name}")
            made = _predict(predictor, items, suite.level, charge_given=given)
            systems[name] = _predicted(suite, items, made, request)
            predictions = made if given else predictions
        usable = [item.row() for item in items if item.has_outcome and _case(item)]
        coverage = tuple(coverage_rows(predictor, usable))
    else:
        assert request.predictions is not None
        main = request.name
        read = read_answers(request.predictions, items)
        unknown = tuple(id_ for id_ in read.unknown if id_ not in set(dropped or ()))
        result = _result(suite, items, read.answers, request)
        systems[main] = replace(result, missing=read.missing, unknown=unknown)
    return BenchmarkResult(
        suite=suite,
        data_name=request.data.name,
        data_sha256=_sha256(request.data),
        model_sha256=sha256,
        items=items,
        skipped=dict(found.skipped),
        dropped=dropped,
        main=main,
        systems=systems,
        differences=_differences(suite, items, systems, main, request.resampling),
        coverage=coverage,
        predictions=predictions,
        anchors=anchors_of(suite.name),
    )


def _unseen(
    items: Sequence[Item], bundle: Path | None
) -> tuple[tuple[Item, ...], tuple[str, ...] | None]:
    seen = SeenFacts.load(bundle) if bundle else None
    if seen is None:
        return tuple(items), None
    dropped = {item.id for item in items if seen.holds(item.fact)}
    kept = tuple(item for item in items if item.id not in dropped)
    return kept, tuple(item.id for item in items if item.id in dropped)


def _predict(
    predictor: SentencePredictor, items: Sequence[Item], level: float, *, charge_given: bool
) -> tuple[Prediction | None, ...]:
    """Predictions in order; null for a row that is no case, such as one without Chinese text."""
    cases = [_case(item) for item in items]
    if not charge_given:
        cases = [case and case.model_copy(update={"charges": ()}) for case in cases]
    made = predictor.predict_many((case for case in cases if case), level=level)
    return tuple(next(made) if case else None for case in cases)


def _case(item: Item) -> Case | None:
    row = item.row() | {"fact": item.fact[:MAX_FACT_CHARACTERS]}
    try:
        return to_case(row)
    except CaseError:
        return None


def _predicted(
    suite: Suite, items: Sequence[Item], made: Sequence[Prediction | None], request: Request
) -> SystemResult:
    answers = [answer_of(prediction) if prediction else NO_ANSWER for prediction in made]
    missing = tuple(item.id for item, p in zip(items, made, strict=True) if p is None)
    return replace(_result(suite, items, answers, request), missing=missing)


def _result(
    suite: Suite, items: Sequence[Item], answers: Sequence[Answer], request: Request
) -> SystemResult:
    how = request.resampling
    scores = suite.score(items, answers)
    return SystemResult(
        answers=tuple(answers),
        official={name: score.estimate(how) for name, score in scores.items()},
        metrics=_metrics(items, answers, how),
    )


def _metrics(
    items: Sequence[Item], answers: Sequence[Answer], how: Resampling
) -> dict[str, Estimate]:
    """Our own metrics where the verdict is known and the system answers in figures."""
    pairs = [
        (item, answer)
        for item, answer in zip(items, answers, strict=True)
        if item.has_outcome and answer.text is None
    ]
    if not pairs:
        return {}
    truth, given = truth_of([item for item, _ in pairs]), [answer for _, answer in pairs]
    found: dict[str, Estimate] = {}
    if not points_of(given).missing.all():
        found |= estimate_points(truth, points_of(given), how)
    if any(answer.has_interval for answer in given):
        level = next((a.level for a in given if a.level is not None), 0.9)
        found |= estimate_intervals(truth, intervals_of(given), level, how=how)
    return found


def _differences(
    suite: Suite,
    items: Sequence[Item],
    systems: dict[str, SystemResult],
    main: str,
    how: Resampling,
) -> dict[str, PairedDifference]:
    """The main system minus each other under the headline, on the same rows."""

    def headline(name: str) -> Score:
        return suite.score(items, systems[name].answers)[suite.headline]

    first = headline(main)
    found: dict[str, PairedDifference] = {}
    for name in systems:
        second = headline(name)
        # A row that only one of two systems is scored on cannot be paired.
        if name != main and second.n == first.n:
            found[name] = paired_bootstrap(first.statistic, second.statistic, first.n, how)
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
