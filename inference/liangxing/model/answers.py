"""From numbers of the model to the parts of a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from liangxing.law import law_sha256
from liangxing.law.leniency import plea_rules
from liangxing.law.suspension import SuspensionLaw
from liangxing.model.bundle import ROWS_BY_YEAR, Bundle, Manifest
from liangxing.model.outcomes import Floats
from liangxing.prediction import Candidate, Distribution, Fine, Penalty, Suspension
from liangxing.reading import READING_VERSION
from liangxing.terms import penalty_kind, penalty_text

_LISTED = 5
_MERGED_DEATH = "死刑（含缓期二年执行）"


class Answers:
    """What the numbers of one bundle mean."""

    def __init__(self, bundle: Bundle) -> None:
        self._manifest, self._grid = bundle.manifest, bundle.grid

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

    def suspension(self, law: SuspensionLaw, logit: float) -> Suspension:
        """What the law says of suspension, with the head's probability where it learnt one."""
        if not law.eligible or "suspension" not in self._manifest.labels_seen:
            probability = None if law.eligible else 0.0
        else:
            probability = float(1 / (1 + np.exp(-logit)))
        return Suspension(law.eligible, probability, law.probation)

    def fine(self, quantiles: Any) -> Fine | None:
        """The head's quantiles in yuan; null where it learnt none."""
        if "fine" not in self._manifest.labels_seen:
            return None
        low, middle, high = np.expm1(np.sort(np.maximum(quantiles.astype(np.float64), 0.0)))
        return Fine(round(float(middle), -2), round(float(low), -2), round(float(high), -2))


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
