"""Several counts, and an earlier penalty still to be served (Criminal Law arts. 69-86)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from liangxing.law.circumstances import CaseFacts
from liangxing.law.general import RemainderRule, general_rules


def cumulated_high(terms: Sequence[float], *, on: date | None = None) -> float:
    """The longest term for several counts of at most `terms` months each, by the law of the day.

    Beside fixed-term imprisonment detention is not served (art. 69(2)); without a day today's law
    holds.

    >>> cumulated_high([60, 36]), cumulated_high([180, 180]), cumulated_high([240, 240])
    (96, 240.0, 300.0)
    >>> cumulated_high([6, 6, 6]), cumulated_high([36, 6])
    (12.0, 36)
    >>> cumulated_high([36, 6], on=date(2015, 1, 1))
    42
    >>> cumulated_high([240, 240], on=date(2009, 1, 1))
    240.0
    """
    rules = general_rules()
    short = rules.detention.months[1]
    fixed = [term for term in terms if term > short]
    detention = min(sum(min(term, short) for term in terms), _detention_cap(terms))
    if not fixed:
        return detention
    absorbed = on is None or on >= rules.absorption.effective_from
    total = sum(fixed if absorbed else terms)
    return max(min(total, _cap(total, on)), detention, *terms)


def longest_with_remainder(
    high: float, rules: Sequence[RemainderRule], *, on: date | None = None
) -> float:
    """The longest term when the earlier penalties of `rules` join a term of `high` months."""
    for rule in rules:
        high = max(high, cumulated_high([high, rule.most_months], on=on))
    return high


def remainder_rules(facts: CaseFacts, *, by_charge: bool = False) -> list[RemainderRule]:
    """The rules on an earlier penalty that the facts call for, or a charge that leaves one."""
    rules = general_rules().remainders
    stated = [rule for rule in rules if facts.has(rule.fact)]
    longest = max(rules, key=lambda rule: rule.most_months)
    return [*stated, longest] if by_charge and longest not in stated else stated


def _cap(total: float, on: date | None) -> float:
    rule = general_rules().cumulation
    raised = on is None or on >= rule.effective_from
    return rule.cap_from_sum.cap if raised and total >= rule.cap_from_sum.sum else rule.cap


def _detention_cap(terms: Sequence[float]) -> float:
    """The cap of detention; a single count keeps its own maximum."""
    rule = general_rules().detention
    return rule.months[1] if len(terms) == 1 else rule.cumulated_cap or rule.months[1]
