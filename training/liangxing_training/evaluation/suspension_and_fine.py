"""How well suspension and fine are predicted on the deployed path, beside what needs no text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from liangxing.model.answers import Penalties
from liangxing.predictor import SentencePredictor
from rich.progress import track

from liangxing_training.batches import to_case
from liangxing_training.evaluation.bootstrap import (
    Estimate,
    PairedDifference,
    Resampling,
    Statistic,
    bootstrap,
    bootstrap_mean,
    paired_bootstrap,
)
from liangxing_training.evaluation.metrics import ece
from liangxing_training.evaluation.model_run import MODES
from liangxing_training.evaluation.outcomes import Bools, Floats, Ints
from liangxing_training.fine_labels import fine_of_record

Row = Mapping[str, Any]
# A charge with fewer fines in training has the median of all.
_ENOUGH = 5


@dataclass(frozen=True)
class SuspensionReport:
    """Of the verdicts that tell of suspension, where the recommended term may be suspended.

    `metrics`: `brier`, `brier_constant` (the rate of the training rows), `ece`, `auc`, and
    `accuracy` at one half beside `accuracy_constant`. `brier_difference` is the model minus the
    constant. `eligible` verdicts tell; `ineligible` ones tell where the recommended term bars
    suspension, `ineligible_suspended` of them were suspended. `uncalibrated`: no probability is
    shown.
    """

    mode: str
    probability: Floats
    suspended: Bools
    eligible: int
    ineligible: int
    ineligible_suspended: int
    uncalibrated: bool
    metrics: Mapping[str, Estimate]
    brier_difference: PairedDifference | None

    @property
    def cases(self) -> int:
        return self.eligible


@dataclass(frozen=True)
class FineReport:
    """Of the verdicts whose fine is known, where a fine is shown.

    `metrics`: `coverage` of the range, `width_log` of its ends (log1p yuan) and `width_yuan`, the
    median; `log_error`, the median of |ln(a + 1) - ln(p + 1)|, and `mean_log_error`, each beside
    that of the median fine of the charge in training (`_median`); `outside_law`, verdicts outside
    the law's bounds; `coverage_as_recorded`, where zeros that the law rules out count too.
    `error_difference` is that of the mean errors. `not_shown` known fines belong to cases without
    one shown, `not_shown_fined` of them above 0; `gaps` are records with 0 where the law demands a
    fine.
    """

    mode: str
    predicted: Floats
    actual: Floats
    gaps: int
    not_shown: int
    not_shown_fined: int
    metrics: Mapping[str, Estimate]
    error_difference: PairedDifference | None

    @property
    def cases(self) -> int:
        return len(self.actual)


def suspension_and_fine(
    predictor: SentencePredictor,
    records: Sequence[Row],
    train: Sequence[Row],
    how: Resampling,
) -> tuple[list[SuspensionReport], list[FineReport]]:
    """Both heads with the charge given and predicted; rows without the label are left out."""
    kept = [r for r in records if r.get("suspension") is not None or r.get("fine") is not None]
    rate = _suspension_rate(train)
    medians = _median_fines(train)
    suspensions: list[SuspensionReport] = []
    fines: list[FineReport] = []
    for mode in MODES:
        found = predictor.assess(map(to_case, kept), charge_given=mode == MODES[0])
        words = f"Suspension and fine, {mode.replace('_', ' ')}"
        told = track(found, description=words, total=len(kept), transient=True)
        given = [predictor.penalties(each) for each in told]
        suspensions.append(_suspension(mode, kept, given, rate, how))
        fines.append(_fine(mode, kept, given, medians, how))
    return suspensions, fines


def _suspension(
    mode: str, records: Sequence[Row], given: Sequence[Penalties], rate: float, how: Resampling
) -> SuspensionReport:
    known = [
        (bool(record["suspension"]), each.suspension)
        for record, each in zip(records, given, strict=True)
        if record.get("suspension") is not None
    ]
    barred = [verdict for verdict, shown in known if not shown.eligible]
    eligible = [(verdict, shown.probability) for verdict, shown in known if shown.eligible]
    pairs = [(verdict, chance) for verdict, chance in eligible if chance is not None]
    verdicts = np.array([verdict for verdict, _ in pairs], np.bool_)
    ones = verdicts.astype(np.float64)
    chances = np.array([chance for _, chance in pairs], np.float64)
    metrics: dict[str, Estimate] = {}
    difference = None
    if len(pairs):
        squares, constant = np.square(chances - ones), np.square(rate - ones)
        metrics = {
            "brier": bootstrap_mean(squares, how),
            "brier_constant": bootstrap_mean(constant, how),
            "ece": bootstrap(_ece_of(chances, verdicts), len(pairs), how),
            "auc": bootstrap(_auc_of(chances, verdicts), len(pairs), how),
            "accuracy": bootstrap_mean(_equal(chances > 0.5, verdicts), how),
            "accuracy_constant": bootstrap_mean(
                _equal(np.full(len(ones), rate > 0.5), verdicts), how
            ),
        }
        difference = paired_bootstrap(_mean_of(squares), _mean_of(constant), len(pairs), how)
    return SuspensionReport(
        mode=mode,
        probability=chances,
        suspended=verdicts,
        eligible=len(eligible),
        ineligible=len(barred),
        ineligible_suspended=sum(barred),
        uncalibrated=bool(eligible) and not pairs,
        metrics=metrics,
        brier_difference=difference,
    )


def _fine(
    mode: str,
    records: Sequence[Row],
    given: Sequence[Penalties],
    medians: Mapping[str, float],
    how: Resampling,
) -> FineReport:
    recorded = [pair for pair in zip(records, given, strict=True) if pair[0]["fine"] is not None]
    labels = [fine_of_record(record) for record, _ in recorded]
    known = [
        (r, e, yuan) for (r, e), yuan in zip(recorded, labels, strict=True) if yuan is not None
    ]
    hidden = [yuan for _, each, yuan in known if each.fine is None]
    shown = [(r, e, e.fine, yuan) for r, e, yuan in known if e.fine is not None]
    actual = np.array([yuan for *_, yuan in shown], np.float64)
    point = np.array([fine.yuan for _, _, fine, _ in shown], np.float64)
    ends = np.array([(fine.low, fine.high) for _, _, fine, _ in shown], np.float64).reshape(-1, 2)
    usual = np.array(
        [medians.get(_first_charge(record), medians[""]) for record, *_ in shown], np.float64
    )
    metrics: dict[str, Estimate] = {}
    difference = None
    if shown:
        error, baseline = (np.abs(np.log1p(actual) - np.log1p(each)) for each in (point, usual))
        law = [each.fine_law for _, each, *_ in shown]
        least = np.array([-np.inf if each.low is None else each.low for each in law])
        most = np.array([np.inf if each.high is None else each.high for each in law])
        metrics = {
            "coverage": bootstrap_mean(_inside(actual, ends), how),
            "coverage_as_recorded": bootstrap_mean(
                np.array(
                    [
                        each.fine.low <= record["fine"] <= each.fine.high
                        for record, each in recorded
                        if each.fine is not None
                    ],
                    np.float64,
                ),
                how,
            ),
            "outside_law": bootstrap_mean(((actual < least) | (actual > most)).astype(float), how),
            "log_error": bootstrap(_median_of(error), len(shown), how),
            "log_error_median": bootstrap(_median_of(baseline), len(shown), how),
            "mean_log_error": bootstrap_mean(error, how),
            "mean_log_error_median": bootstrap_mean(baseline, how),
            "width_log": bootstrap_mean(np.diff(np.log1p(ends), axis=1)[:, 0], how),
            "width_yuan": bootstrap(_median_of(np.diff(ends, axis=1)[:, 0]), len(shown), how),
        }
        difference = paired_bootstrap(_mean_of(error), _mean_of(baseline), len(shown), how)
    return FineReport(
        mode=mode,
        predicted=point,
        actual=actual,
        gaps=sum(yuan is None for yuan in labels),
        not_shown=len(hidden),
        not_shown_fined=sum(yuan > 0 for yuan in hidden),
        metrics=metrics,
        error_difference=difference,
    )


def _suspension_rate(train: Sequence[Row]) -> float:
    """Share of suspended verdicts of the training rows with a term that may be; one half if none
    tells."""
    known = [bool(r["suspension"]) for r in train if r.get("suspension") is not None]
    return float(np.mean(known)) if known else 0.5


def _median_fines(train: Sequence[Row]) -> dict[str, float]:
    """The median fine in yuan of each first charge, and of all under the empty name."""
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for row in train:
        yuan = fine_of_record(row)
        if yuan is not None:
            groups[_first_charge(row)].append(yuan)
    everyone = [yuan for group in groups.values() for yuan in group]
    return {name: float(np.median(g)) for name, g in groups.items() if len(g) >= _ENOUGH} | {
        "": float(np.median(everyone)) if everyone else 0.0
    }


def _first_charge(row: Row) -> str:
    return str((row.get("charges") or [""])[0])


def _equal(first: Bools, second: Bools) -> Floats:
    return (first == second).astype(np.float64)


def _inside(values: Floats, ends: Floats) -> Floats:
    return ((ends[:, 0] <= values) & (values <= ends[:, 1])).astype(np.float64)


def _mean_of(values: Floats) -> Statistic:
    return lambda indices: values[indices].mean(axis=-1)


def _median_of(values: Floats) -> Statistic:
    return lambda indices: np.median(values[indices], axis=-1)


def _ece_of(chances: Floats, verdicts: Bools) -> Statistic:
    return lambda indices: np.array([ece(chances[i], verdicts[i]) for i in indices])


def _auc_of(chances: Floats, verdicts: Bools) -> Statistic:
    # It takes a second to import.
    from sklearn.metrics import roc_auc_score

    def one(index: Ints) -> float:
        truth = verdicts[index]
        if truth.all() or not truth.any():
            return float("nan")
        return float(roc_auc_score(truth, chances[index]))

    return lambda indices: np.array([one(index) for index in indices])
