"""Changes of a what-if: named, checked, and applied to a case whose text has been read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from liangxing.case import Stage
from liangxing.errors import CaseError
from liangxing.law.assess import CaseReading
from liangxing.law.circumstances import fact_names
from liangxing.law.known_ids import hint, known_circumstances, known_quantities, near
from liangxing.law.leniency import plea_rules
from liangxing.prediction import Circumstance, Quantity
from liangxing.reading.quantities import UNITS

PLEA_STAGE = "plea_stage"
Kind = Literal["circumstance", "quantity", "plea_stage"]
Value = bool | float | str | None
_NO_PLEA = "none"
_WORDS: Mapping[str, bool] = MappingProxyType(
    {"yes": True, "true": True, "是": True, "有": True}
    | {"no": False, "false": False, "否": False, "无": False}
)


@dataclass(frozen=True)
class Change:
    """One thing set to a value, or taken back (null): then it counts as not stated.

    A circumstance is true, false, or its ratio of the base sentence; a quantity is in the unit of
    `UNITS`; the stage of the plea is a stage, or "none" for no plea.
    """

    kind: Kind
    id: str
    value: Value

    @property
    def name(self) -> str:
        """In Chinese."""
        return names()[self.id]


@dataclass(frozen=True)
class State:
    """A case that was read, and the stage at which the plea is made."""

    reading: CaseReading
    stage: Stage | None

    def value(self, change: Change) -> Value:
        """What the state says of the thing that a change names."""
        facts = self.reading.facts
        if change.kind == "circumstance":
            return facts.circumstances.get(change.id)
        if change.kind == "quantity":
            return facts.quantities.get(change.id)
        return _NO_PLEA if facts.stated(plea_rules().combined.plea) is False else self.stage


@cache
def names() -> Mapping[str, str]:
    """Chinese names of everything that can be changed, by id."""
    return MappingProxyType(
        {**known_circumstances(), **known_quantities(), PLEA_STAGE: "认罪认罚阶段"}
    )


def read_changes(given: Mapping[str, Any], unset: Iterable[str] = ()) -> tuple[Change, ...]:
    """Changes by id or Chinese name; a null, like a name in `unset`, takes back what is stated.

    Values may be words such as "yes" or numbers as text. Raises CaseError for an unknown name,
    with what is near it, for a value that does not fit, and for a thing named twice.
    """
    named = [*given.items(), *((name, None) for name in unset)]
    found = [_change(str(name), value) for name, value in named]
    twice = {c.id for c in found if sum(c.id == other.id for other in found) > 1}
    if twice:
        raise CaseError(f"change {sorted(twice)[0]!r} is given twice; give it once")
    return tuple(found)


def apply(changes: Iterable[Change], state: State) -> State:
    """The state after the changes; evidence of what they replace no longer counts.

    A stage of the plea says that there is a plea, unless the plea itself is among the changes.
    """
    # The stage first, so that a change of the plea itself has the last word.
    for change in sorted(changes, key=lambda change: (change.kind != PLEA_STAGE, change.id)):
        if change.kind == PLEA_STAGE:
            state = _staged(change, state)
        elif change.kind == "circumstance":
            state = _with_circumstance(change.id, change.value, state)
        else:
            state = _with_quantity(change.id, change.value, state)
    return state


def _staged(change: Change, state: State) -> State:
    plea = plea_rules().combined.plea
    if change.value is None:
        return replace(state, stage=None)
    if change.value == _NO_PLEA:
        return replace(_with_circumstance(plea, False, state), stage=None)
    stage = next(stage for stage in plea_rules().stages if stage == change.value)
    if not state.reading.facts.has(plea):
        state = _with_circumstance(plea, True, state)
    return replace(state, stage=stage)


def _with_circumstance(id_: str, value: Any, state: State) -> State:
    reading = state.reading
    facts = dict(reading.facts.circumstances)
    kept = [each for each in reading.circumstances if each.id != id_]
    facts.pop(id_, None)
    if value is not None:
        facts[id_] = value
        kept.append(Circumstance(id_, "no" if value is False else "yes", None))
    evidence = {name: found for name, found in reading.facts.evidence.items() if name != id_}
    known = replace(reading.facts, circumstances=facts, evidence=evidence)
    return replace(state, reading=replace(reading, circumstances=tuple(kept), facts=known))


def _with_quantity(id_: str, value: Any, state: State) -> State:
    reading = state.reading
    numbers = dict(reading.facts.quantities)
    kept = [each for each in reading.quantities if each.id != id_]
    numbers.pop(id_, None)
    if value is not None:
        numbers[id_] = value
        kept.append(Quantity(id_, value, UNITS.get(id_, ""), None))
    evidence = {name: found for name, found in reading.facts.evidence.items() if name != id_}
    known = replace(reading.facts, quantities=numbers, evidence=evidence)
    return replace(state, reading=replace(reading, quantities=tuple(kept), facts=known))


def _change(name: str, value: Any) -> Change:
    id_ = _id_of(name.strip())
    if id_ == PLEA_STAGE:
        return Change(PLEA_STAGE, id_, _stage(value))
    if id_ in fact_names():
        return Change("circumstance", id_, _circumstance(id_, value))
    return Change("quantity", id_, _quantity(id_, value))


def _id_of(name: str) -> str:
    """The id of a name: itself, its Chinese name, or the one id that it begins."""
    if name in names():
        return name
    by_name = [id_ for id_, known in names().items() if known == name]
    begun = by_name or [
        id_
        for id_, known in names().items()
        if name and (id_.startswith(name + "_") or known.startswith(name))
    ]
    if len(begun) == 1:
        return begun[0]
    what = "names several" if begun else "is no"
    nearby = hint(begun or near(name, names()), names())
    raise CaseError(f"field 'set': {name!r} {what} circumstance, quantity or plea_stage{nearby}")


def _circumstance(id_: str, value: Any) -> Value:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _WORDS:
        return _WORDS[value.strip().lower()]
    number = _number(value)
    if number is None or not abs(number) <= 1:
        raise CaseError(
            f"field 'set.{id_}': {value!r} is neither yes nor no nor a share of the base sentence "
            "from -1 to 1"
        )
    return number


def _quantity(id_: str, value: Any) -> Value:
    if value is None:
        return None
    number = None if isinstance(value, bool) else _number(value)
    if number is None or not 0 <= number < float("inf"):
        unit = UNITS.get(id_) or "个月"
        raise CaseError(f"field 'set.{id_}': {value!r} is no number from 0 up, in {unit}")
    return number


def _stage(value: Any) -> Value:
    rules = plea_rules()
    if value is None:
        return None
    by_name = {name: stage for stage, name in rules.stage_names.items()}
    stage = by_name.get(str(value), str(value))
    if stage in (*rules.stages, _NO_PLEA):
        return stage
    known: Sequence[str] = (*rules.stages, _NO_PLEA)
    raise CaseError(f"field 'set.{PLEA_STAGE}': {value!r} is none of {', '.join(known)}")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def value_text(change: Change, value: Value) -> str:
    """A value in Chinese.

    >>> value_text(Change("quantity", "amount_yuan", 8000.0), 8000.0)
    '8000元'
    """
    if value is None:
        return "未说明"
    if isinstance(value, bool):
        return "有" if value else "无"
    if change.kind == PLEA_STAGE:
        return "不认罪认罚" if value == _NO_PLEA else plea_rules().stage_names[_as_stage(value)]
    if change.kind == "quantity":
        return f"{float(value):.10g}{UNITS.get(change.id, '个月')}"
    return f"基准刑的{abs(float(value)):.0%}"


def _as_stage(value: Value) -> Stage:
    return next(stage for stage in plea_rules().stages if stage == value)
