"""From numbers of the model to the parts of a prediction."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from liangxing.law import law_sha256
from liangxing.law.fine_bounds import FineBounds, fine_bounds
from liangxing.law.leniency import plea_rules
from liangxing.law.suspension import SuspensionLaw, suspension_of
from liangxing.model.bundle import ROWS_BY_YEAR, Bundle, Manifest
from liangxing.model.calibration import CENTRAL
from liangxing.model.legal import LegalContext
from liangxing.model.outcomes import Floats
from liangxing.model.side_calibration import FineResiduals, SuspensionScaling, ordered
from liangxing.prediction import Candidate, Distribution, Fine, Penalty, Suspension
from liangxing.reading import READING_VERSION
from liangxing.terms import penalty_kind, penalty_text

_LISTED = 5
_MERGED_DEATH = "死刑（含缓期二年执行）"


@dataclass(frozen=True)
class Penalties:
    """The recommended point with what may go with it: what the law says, and the model."""

    penalty: Penalty
    suspension_law: SuspensionLaw
    suspension: Suspension
    fine_law: FineBounds
    fine: Fine | None


class Answers:
    """What the numbers of one bundle mean."""

    def __init__(self, bundle: Bundle) -> None:
        self._manifest, self._grid = bundle.manifest, bundle.grid
        fitted = bundle.calibration
        self._suspension = dict(fitted.suspension) if fitted else dict[str, SuspensionScaling]()
        self._fine = dict(fitted.fine) if fitted else dict[str, FineResiduals]()

    def penalties(
        self, legal: LegalContext, outcome: int, suspension_logit: float, fine_quantiles: Floats
    ) -> Penalties:
        """An outcome of the grid with suspension and fine, by the most probable charge."""
        statutory, facts = legal.law.statutory, legal.reading.facts
        penalty = self.penalty(outcome, fine_only=statutory.fine_only)
        suspended = suspension_of(penalty.kind, penalty.months, facts, legal.charges)
        fined = fine_bounds(statutory, penalty.kind, penalty.months, facts)
        return Penalties(
            penalty,
            suspended,
            self._suspended(suspended, legal.mode, suspension_logit),
            fined,
            self._fined(fined, legal, fine_quantiles),
        )

    def penalty(self, outcome: int, *, fine_only: bool) -> Penalty:
        """An outcome of the grid as a penalty."""
        if outcome == self._grid.death:
            return Penalty("death", None, _MERGED_DEATH)
        if outcome == self._grid.life:
            return Penalty("life", None, penalty_text("life", None))
        months = self._grid.months[outcome]
        kind = penalty_kind(months, fine_only_open=fine_only)
        return Penalty(kind, months, penalty_text(kind, months))

    def distribution(self, distribution: Floats) -> Distribution:
        """Probabilities of outcomes by bin."""
        bins = {str(number): 0.0 for number in range(1, 11)}
        for name, mass in zip(self._grid.bins, distribution[: self._grid.life], strict=True):
            bins[name] += float(mass)
        return Distribution(
            bins, float(distribution[self._grid.life]), float(distribution[self._grid.death])
        )

    def _suspended(self, law: SuspensionLaw, mode: str, logit: float) -> Suspension:
        """What the law says of suspension, with a probability where one was learnt and
        calibrated."""
        fitted = self._suspension.get(mode)
        probability = None if law.eligible else 0.0
        if law.eligible and fitted and "suspension" in self._manifest.labels_seen:
            probability = fitted.probability(logit)
        return Suspension(law.eligible, probability, law.probation)

    def _fined(self, law: FineBounds, legal: LegalContext, quantiles: Floats) -> Fine | None:
        """Calibrated point and range in yuan inside the bounds of the law, the head's own where
        nothing was calibrated; null where the tier has no fine or the head learnt none."""
        if law.open is False or "fine" not in self._manifest.labels_seen:
            return None
        fitted = self._fine.get(legal.mode)
        found = fitted.figures(quantiles, legal.charge, required=law.required) if fitted else None
        low, middle, high = found or ordered(quantiles)
        least = 0.0 if law.low is None else law.low
        most = math.inf if law.high is None else law.high

        # Ends are rounded outward, to the hundred; the point to one digit, as verdicts mostly are.
        ends = math.floor(math.expm1(low) / 100) * 100.0, math.ceil(math.expm1(high) / 100) * 100.0
        low, high = (min(max(end, least), most) for end in ends)
        return Fine(min(max(float(f"{math.expm1(middle):.0e}"), low), high), low, high)


def notices_of(bundle: Bundle) -> tuple[str, ...]:
    """What every prediction with a bundle must say."""
    notices: list[str] = []
    manifest = bundle.manifest
    if manifest.synthetic:
        notices.append("模型只用合成数据训练，仅供演示（trained on synthetic cases only）")
    if bundle.calibration is None:
        notices.append(
            "模型未校准，区间为全部法定边界（not calibrated: the interval is the bounds）"
        )
    elif bundle.calibration.sets != CENTRAL:
        notices.append(
            "校准所用的区间构造不同，覆盖率不作保证"
            "（calibrated for intervals of another kind: no coverage claim）"
        )
    if manifest.law_sha256 != law_sha256() or manifest.reading_version != READING_VERSION:
        notices.append(
            "校准所用的法律数据或读取规则版本不同，覆盖率不作保证"
            "（calibrated against other law data: no coverage claim）"
        )
    return tuple(notices)


def era_notice(manifest: Manifest, day: date) -> tuple[str, ...]:
    """What a prediction for a judgment on `day` must say where plea leniency holds and the model
    has seen few verdicts of those years. Nothing where the bundle does not record its years."""
    first = plea_rules().in_force.since.year
    rows: Mapping[str, int] | None = manifest.data.get(ROWS_BY_YEAR)
    if rows is None or day.year < first:
        return ()
    count = sum(number for year, number in rows.items() if int(year) >= first)
    return (
        f"{first}年起施行认罪认罚从宽，而模型只见过{count}件{first}年及以后的判决，"
        f"在此之后的预测把握较小（trained on {count} verdicts of {first} or later）",
    )


def most_probable(names: Sequence[str], probabilities: Floats) -> list[Candidate]:
    """The most probable names, first the most."""
    order = np.argsort(-probabilities, kind="stable")[:_LISTED]
    return [Candidate(names[int(i)], float(probabilities[i])) for i in order]
