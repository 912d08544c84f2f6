"""One case on the bench: the law and the head on every set of changes, each looked at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations
from typing import TYPE_CHECKING

from liangxing.case import Case, Stage
from liangxing.law.assess import CaseReading
from liangxing.model.legal import LegalContext
from liangxing.prediction import Bounds, TraceStep
from liangxing.whatif.changes import Change, State, apply, value_text
from liangxing.whatif.directions import Direction, direction_of
from liangxing.whatif.effects import Effect, LawEffect, ModelEffect, Outlook, Variant, Variation
from liangxing.whatif.outlook import Figures, envelope, figures_of, outlook_of

if TYPE_CHECKING:
    from liangxing.predictor import Run, SentencePredictor

# Up to so many changes with a direction, all combinations are compared.
MOST_COMPARED = 5
# Steps of the trace that sum up the others.
_SUMS = frozenset({"适用文本", "基准刑", "宣告刑裁量", "宣告刑", "外部边界"})

_Set = frozenset[Change]


class Bench:
    """One case, read once."""

    def __init__(
        self, predictor: SentencePredictor, case: Case, level: float, ladder: str | None
    ) -> None:
        self._predictor, self._case = predictor, case
        self._level, self._ladder = level, ladder
        self._run = predictor.run([case], ladder)
        self.state = State(self._run.contexts[0].reading, case.stage)
        self.charges = self._run.contexts[0].charges
        self.baseline = predictor.prediction(case.id, self._run, 0, level, ladder=ladder)
        empty: _Set = frozenset()
        self._states: dict[_Set, State] = {empty: self.state}
        self._legal: dict[_Set, LegalContext] = {empty: self._run.contexts[0]}
        self._figures: dict[_Set, Figures] = {empty: self._measured(self._run, 0)}

    def look(self, sets: Iterable[_Set]) -> None:
        """Law and head on every set that was not looked at yet, in one batch."""
        new = [each for each in dict.fromkeys(sets) if each not in self._figures]
        if not new:
            return
        for each in new:
            self._states[each] = apply(each, self.state)
        states: list[tuple[CaseReading, Stage | None]] = [
            (self._states[each].reading, self._states[each].stage) for each in new
        ]
        run = self._predictor.rerun(self._case, self._run, states, self._ladder)
        for index, each in enumerate(new):
            self._legal[each] = run.contexts[index]
            self._figures[each] = self._measured(run, index)

    def variant(self, variation: Variation) -> Variant:
        """All changes together, each by itself, and what the reader must know."""
        changes = frozenset(variation.changes)
        ways: dict[Change, Direction] = {c: self._direction(c) for c in changes}
        warnings: list[str] = []
        effects = tuple(self._effect(each, ways[each], warnings) for each in variation.changes)
        figures = self._shown(changes, ways, warnings)
        legal = self._legal[changes]
        warnings += [w for w in legal.warnings if w not in self.baseline.warnings]
        return Variant(
            name=variation.name,
            effects=effects,
            outlook=self._outlook(figures, legal),
            bounds=_bounds(legal),
            warnings=tuple(dict.fromkeys(warnings)),
        )

    def _direction(self, change: Change) -> Direction:
        alone: _Set = frozenset({change})
        empty: _Set = frozenset()
        return direction_of(
            change, self.state, self._states[alone], self._legal[empty], self._legal[alone]
        )

    def _effect(self, change: Change, way: Direction, warnings: list[str]) -> Effect:
        alone: _Set = frozenset({change})
        empty: _Set = frozenset()
        before, after = self._legal[empty], self._legal[alone]
        shown = envelope({empty: self._figures[empty], alone: self._figures[alone]}, {change: way})
        raw = self._outlook(self._figures[alone], after).penalty
        model = ModelEffect(
            before=self.baseline.penalty,
            after=self._outlook(shown, after).penalty,
            clamped=shown.outcome != self._figures[alone].outcome,
        )
        if model.clamped:
            words = "从宽" if way == "lighter" else "从严"
            warnings.append(
                f"“{change.name}”依法{words}，模型却给出{raw.text}（现状为"
                f"{self.baseline.penalty.text}）；以法律的方向为准，模型的变化显示为不变"
            )
        was, now = self.state.value(change), self._states[alone].value(change)
        return Effect(
            id=change.id,
            name=change.name,
            before=was,
            after=now,
            words=f"{value_text(change, was)}→{value_text(change, now)}",
            direction=way,
            law=LawEffect(_bounds(before), _bounds(after), *_steps(before, after)),
            model=model,
        )

    def _shown(
        self, changes: _Set, ways: Mapping[Change, Direction], warnings: list[str]
    ) -> Figures:
        """The figures of all changes, compared with every part of those that have a direction."""
        turned: dict[Change, Direction] = {c: w for c, w in ways.items() if w != "open"}
        parts, complete = _parts(turned)
        if not complete:
            warnings.append(
                f"变更超过{MOST_COMPARED}项，只与现状和各项单独变更比较，未比较全部组合"
            )
        still = changes - frozenset(turned)
        self.look(part | still for part in parts)
        seen = {part: self._figures[part | still] for part in parts}
        shown = envelope(seen, turned)
        if len(changes) > 1 and shown.outcome != self._figures[changes].outcome:
            raw = self._outlook(self._figures[changes], self._legal[changes]).penalty
            warnings.append(
                f"各项变更合并后模型给出{raw.text}，与法律的方向不一致；以法律的方向为准"
            )
        return shown

    def _measured(self, run: Run, index: int) -> Figures:
        return figures_of(self._predictor, run, index, self._level)

    def _outlook(self, figures: Figures, legal: LegalContext) -> Outlook:
        return outlook_of(self._predictor, figures, legal, self._level)


def _parts(ways: Mapping[Change, Direction]) -> tuple[list[_Set], bool]:
    """The parts of a set of changes that are compared, and whether they are all of them.

    Beyond MOST_COMPARED: none, each one and all of the lighter ones, each without and with all of
    the heavier ones.
    """
    if len(ways) <= MOST_COMPARED:
        sizes = range(len(ways) + 1)
        every = chain.from_iterable(combinations(ways, size) for size in sizes)
        return [frozenset(part) for part in every], True
    lighter = frozenset(change for change, way in ways.items() if way == "lighter")
    heavier, none = frozenset(ways) - lighter, frozenset[Change]()
    some = [none, *(frozenset({change}) for change in lighter), lighter]
    return [part | rest for part in some for rest in (none, heavier)], False


def _bounds(legal: LegalContext) -> Bounds:
    return Bounds(legal.bounds, legal.shown.guideline.range)


def _steps(
    before: LegalContext, after: LegalContext
) -> tuple[tuple[TraceStep, ...], tuple[TraceStep, ...]]:
    """The steps that only one of two traces has, by rule and source; the months differ anyway."""
    old, new = _named(before.shown.trace), _named(after.shown.trace)
    brought = tuple(step for key, step in new.items() if key not in old)
    gone = tuple(step for key, step in old.items() if key not in new)
    return brought, gone


def _named(trace: Sequence[TraceStep]) -> dict[tuple[str, str, str], TraceStep]:
    return {
        (step.step, step.rule.split("；")[0], step.source): step
        for step in trace
        if step.step not in _SUMS
    }
