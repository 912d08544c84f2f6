"""Circumstances that the facts state and the court's opinion passes over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from liangxing.audit.facts import OpinionCircumstance
from liangxing.audit.rules import rules
from liangxing.law.circumstances import circumstance_rules
from liangxing.law.person import negligent
from liangxing.prediction import Circumstance
from liangxing.reading.compact import compact

_FEWEST = 60
_SENTENCE = re.compile(r"[^。；;！？]+")


def unweighed(
    found: Sequence[Circumstance],
    opinion: Sequence[OpinionCircumstance],
    opinion_text: str,
    *,
    others: Sequence[str],
    charges: Sequence[str],
) -> Iterator[Circumstance]:
    """Circumstances of the guidelines in `found` that neither `opinion` nor a word of its text
    takes up. What the opinion says of `others` alone does not count; an opinion of a few words
    weighs nothing in particular.
    """
    if len(opinion_text) < _FEWEST:
        return
    weighing = rules().weighing
    taken_up = {each.id for each in opinion}
    said = _said(compact(opinion_text).text, others)
    negligence = bool(charges) and negligent(charges)
    for each in found:
        if each.value != "yes" or each.evidence is None or each.id not in circumstance_rules():
            continue
        if negligence and each.id in weighing.not_in_negligence:
            continue
        families = [family for family in weighing.families if family.holds(each.id)]
        weighed = each.id in taken_up or any(
            re.search(family.words, said) or any(map(family.holds, taken_up))
            for family in families
        )
        if not weighed:
            yield each


def _said(opinion: str, others: Sequence[str]) -> str:
    """The opinion without the sentences that name only other defendants."""
    return "\n".join(
        match.group()
        for match in _SENTENCE.finditer(opinion)
        if not any(name in match.group() for name in others)
    )
