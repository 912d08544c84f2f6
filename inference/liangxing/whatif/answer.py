"""What-if: the law and the model again on one case whose text was read once.

Each change is shown by itself with the law's effect and its source, and beside it what the model
makes of it with the text unchanged. What is shown is monotone: among all combinations of the
changes of a variant, more leniency never looks worse and more gravity never better.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from liangxing.case import Case, Stage
from liangxing.errors import CaseError
from liangxing.law.circumstances import circumstance_rules
from liangxing.law.leniency import plea_rules
from liangxing.prediction import Prediction
from liangxing.whatif.bench import Bench
from liangxing.whatif.changes import State, read_changes
from liangxing.whatif.effects import Outlook, Variant, Variation

if TYPE_CHECKING:
    from liangxing.predictor import SentencePredictor

Changes = Mapping[str, Any]


@dataclass(frozen=True)
class WhatIf:
    """The case as it is, and each variant; `charges` are those given, or the most probable."""

    case: Case
    charges: tuple[str, ...]
    charge_given: bool
    baseline: Prediction
    variants: tuple[Variant, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data: of each variant the figures before and after."""
        base = self.baseline
        before = Outlook(base.penalty, base.interval, base.suspension, base.fine)
        return {
            "baseline": base.to_dict(),
            "variants": [
                {
                    "name": variant.name,
                    "before": {**asdict(before), "bounds": asdict(base.bounds)},
                    "after": {**asdict(variant.outlook), "bounds": asdict(variant.bounds)},
                    "effects": [asdict(effect) for effect in variant.effects],
                    "warnings": list(variant.warnings),
                }
                for variant in self.variants
            ],
        }

    def to_json(self) -> str:
        """One line of UTF-8 JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)


def answer(
    predictor: SentencePredictor,
    case: Case,
    variants: Changes | Sequence[Changes | Variation] | None,
    *,
    level: float,
    ladder: str | None,
) -> WhatIf:
    """The body of `SentencePredictor.what_if`."""
    from liangxing.predictor import check_level

    check_level(level)
    bench = Bench(predictor, case, level, ladder)
    base_state = bench.state
    chosen = levers(base_state) if variants is None else _variations(variants)
    if not any(variation.changes for variation in chosen):
        raise CaseError("field 'set': nothing is changed; name a circumstance, such as surrender")
    bench.look(frozenset({change}) for variation in chosen for change in variation.changes)
    return WhatIf(
        case=case,
        charges=bench.charges,
        charge_given=bool(case.charges),
        baseline=bench.baseline,
        variants=tuple(bench.variant(variation) for variation in chosen),
    )


def levers(state: State) -> list[Variation]:
    """What may still be negotiated: a plea at each stage and each fact joined with one."""
    rules, names = plea_rules(), circumstance_rules()
    facts = state.reading.facts
    stages = [stage for stage in rules.stages if stage != state.stage]
    found = [read_changes({"plea_stage": stage}) for stage in stages]
    found += [read_changes({fact: True}) for fact in rules.combined.joins if not facts.has(fact)]
    return [
        Variation(
            rules.stage_names[cast(Stage, change.value)] + names[rules.combined.plea].name
            if change.kind == "plea_stage"
            else change.name,
            (change,),
        )
        for (change,) in found
    ]


def _variations(given: Changes | Sequence[Changes | Variation]) -> list[Variation]:
    if isinstance(given, Mapping):
        return [Variation("变更", read_changes(given))]
    return [_variation(row, number) for number, row in enumerate(given, start=1)]


def _variation(row: object, number: int) -> Variation:
    if isinstance(row, Variation):
        return row
    if not isinstance(row, Mapping):
        raise CaseError(f"variant {number} must be an object with 'set' or 'unset', not {row!r}")
    columns = cast(Mapping[str, Any], row)
    unknown = sorted(set(columns) - {"name", "set", "unset"})
    if unknown:
        raise CaseError(
            f"variant {number}: field {unknown[0]!r} is unknown; give name, set, unset"
        )
    given: object = columns.get("set") or {}
    unset: object = columns.get("unset") or []
    if not isinstance(given, Mapping) or not isinstance(unset, list | tuple):
        raise CaseError(f"variant {number}: 'set' must be an object and 'unset' a list")
    changes = read_changes(cast(Changes, given), cast(Sequence[str], unset))
    return Variation(str(columns.get("name") or f"方案{number}"), changes)
