"""Fines (罚金): the range in yuan where the statute's text or an interpretation gives one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from liangxing import numerals
from liangxing.law.circumstances import CaseFacts
from liangxing.law.files import load
from liangxing.law.general import general_rules
from liangxing.law.guideline_data import FineRule, crimes
from liangxing.law.penalty_clauses import penalty_clauses
from liangxing.law.statutes import Statute, Tier, Version
from liangxing.law.wording import cited
from liangxing.prediction import TraceStep

_HAN = "[零一二三四五六七八九十百千万]{1,8}"
_YUAN = re.compile(rf"({_HAN})元以上({_HAN})元以下罚金")
_PART = f"(?:百分之{_HAN}|{_HAN}倍)"
_SHARE = re.compile(rf"(?:并处或者单处|并处|单处)([^，]{{2,10}}?)({_PART})以上({_PART})以下罚金")


class FineFile(BaseModel):
    """The file fines.yaml: quantities by what a share of is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bases: Mapping[str, str]


@dataclass(frozen=True)
class FineLaw:
    """A fine beside or instead of a term; `low` and `high` in yuan, null where no figure holds."""

    low: float | None
    high: float | None
    trace: TraceStep


def fine_bases() -> Mapping[str, str]:
    """The quantities of which a fine is a share; ConfigError names the line that is wrong."""
    return load("fines.yaml", FineFile).bases


def fine_of(statute: Statute, version: Version, tier: Tier, facts: CaseFacts) -> FineLaw | None:
    """The fine of a tier: by an interpretation's rule, else by the words of the article, which may
    leave confiscation alone.

    Null where the tier has neither, or its version is not the one whose text is at hand.
    """
    words = fine_words(statute, version, tier)
    crime = crimes().get(statute.charge)
    if crime is not None and crime.fine is not None:
        return _by_rule(statute, crime.fine, facts)
    if not words and tier.fine_only:
        words = "可以单处罚金"
    if not words:
        return None
    low, high = _figures(words, facts)
    factors = f"；根据{crime.fine_factors}决定数额" if crime and crime.fine_factors else ""
    step = TraceStep(
        step="罚金" if "罚金" in words else "没收财产",
        rule=words + factors,
        source=cited(", ".join(statute.articles)),
        verified="machine",
        after={"yuan_low": low, "yuan_high": high},
    )
    return FineLaw(low, high, step)


def fine_words(statute: Statute, version: Version, tier: Tier) -> str | None:
    """The words on a fine or confiscation in the clause of the tier, empty where it has none; null
    where clauses differ, or the version is not the one whose text is at hand."""
    day = general_rules().articles_text.from_
    if not version.in_force(day, day):
        return None
    found = {
        clause.besides
        for article in statute.articles
        for clause in penalty_clauses(article)
        if clause.months == tier.months and set(clause.options) == set(tier.options)
    }
    return found.pop() if len(found) == 1 else None


def _by_rule(statute: Statute, rule: FineRule, facts: CaseFacts) -> FineLaw:
    amount = facts.quantities.get("amount_yuan")
    if amount:
        low, high = rule.low, max(rule.low, rule.times_amount * amount)
        words = f"{low:g}元以上，数额的{rule.times_amount:g}倍以下"
    else:
        low, high = rule.without_amount
        words = f"没有数额或者数额无法计算的，{low:g}元以上{high:g}元以下"
    step = TraceStep(
        step="罚金",
        rule=f"{statute.charge}罪：{words}",
        source=rule.source,
        verified=rule.verified if amount else False,
        after={"yuan_low": low, "yuan_high": high},
        evidence=facts.first_evidence("amount_yuan"),
    )
    return FineLaw(low, high, step)


def _figures(words: str, facts: CaseFacts) -> tuple[float | None, float | None]:
    yuan = _YUAN.search(words)
    if yuan:
        return float(numerals.read(yuan[1])), float(numerals.read(yuan[2]))
    share = _SHARE.search(words)
    amount = facts.quantities.get(fine_bases().get(share[1], "")) if share else None
    if share is None or amount is None:
        return None, None
    return amount * _part(share[2]), amount * _part(share[3])


def _part(words: str) -> float:
    """百分之五十 or 二倍 as a number."""
    if words.endswith("倍"):
        return float(numerals.read(words.removesuffix("倍")))
    return numerals.read(words.removeprefix("百分之")) / 100
