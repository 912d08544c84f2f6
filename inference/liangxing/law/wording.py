"""Statutory ranges in the words of the law."""

from __future__ import annotations

from collections.abc import Sequence

from liangxing import numerals
from liangxing.law.general import general_rules
from liangxing.law.mitigation import Span
from liangxing.law.statutes import Option, Tier

_OPTIONS: dict[Option, str] = {
    "detention": "拘役",
    "surveillance": "管制",
    "rights_only": "剥夺政治权利",
    "fine_only": "单处罚金",
    "life": "无期徒刑",
    "death": "死刑",
}


def tier_text(tier: Tier) -> str:
    """The penalties of a tier, mildest kind last.

    >>> from liangxing.law.statutes import find
    >>> [tier_text(tier) for tier in find("故意杀人").versions[-1].tiers]
    ['十年以上有期徒刑、无期徒刑、死刑', '三年以上十年以下有期徒刑']
    """
    return range_text(tier.months, tier.options)


def range_text(months: tuple[float, float] | None, options: Sequence[Option]) -> str:
    """Months and options as the law writes them."""
    rules = general_rules()
    words: list[str] = []
    if months is not None and months[1] > rules.detention.months[1]:
        low, high = months
        above = f"{_length(low)}以上" if low > rules.fixed_term.months[0] else ""
        below = f"{_length(high)}以下" if high < rules.fixed_term.months[1] else ""
        if low == high:
            above, below = _length(low), ""
        words.append(f"{above}{below}有期徒刑")
    order: list[Option] = [
        "life",
        "death",
        "detention",
        "surveillance",
        "rights_only",
        "fine_only",
    ]
    words += [_OPTIONS[option] for option in order if option in options]
    return "、".join(words)


def span_text(span: Span) -> str:
    """A range in months, with life and death where they are open.

    >>> from liangxing.law.mitigation import Span
    >>> span_text(Span(0, 36, False, False)), span_text(Span(36, 180, True, False))
    ('0至36个月', '36至180个月、无期徒刑')
    """
    words: list[str] = []
    if span.high is not None:
        words.append(f"{span.low or 0:g}至{span.high:g}个月")
    words += ["无期徒刑"] if span.life else []
    words += ["死刑"] if span.death else []
    return "、".join(words)


def cited(articles: str) -> str:
    """Articles as a judgment cites them; CPL is the Criminal Procedure Law.

    >>> cited("67(1)(2)"), cited("17之一"), cited("CPL 15, 174")
    ('《刑法》第67条第一款、第二款', '《刑法》第17条之一', '《刑事诉讼法》第15条、第174条')
    """
    law = "《刑事诉讼法》" if articles.startswith("CPL ") else "《刑法》"
    return law + "、".join(
        _article(article) for article in articles.removeprefix("CPL ").split(", ")
    )


def _article(article: str) -> str:
    number, *paragraphs = article.replace(")", "").split("(")
    first, of, inserted = number.partition("之")
    until = [f"第{part}条" for part in first.split("-")]
    words = "至".join(until) + of + inserted
    return words + "、".join(f"第{numerals.written(int(part))}款" for part in paragraphs)


def _length(months: float) -> str:
    years, rest = divmod(int(months), 12)
    words = numerals.written(years) + "年" if years else ""
    return words + (numerals.written(rest) + "个月" if rest else "")
