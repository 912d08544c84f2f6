"""Money in a fact: what the offence was about, what it cost, what it earned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from liangxing.reading.numerals import NUMERAL, parse_numeral
from liangxing.reading.tally import Figure, Scope, figure, settle
from liangxing.reading.vocabulary import patterns

# 元, and the mask 某 that stands for it behind 万, 千, 百 or 亿 (sometimes with a stray digit).
_MONEY = re.compile(
    rf"({NUMERAL})(?:(?:余|多|左右)?(?:元|圆)(?!面值|面额|/|每|一[盒瓶粒包克份])"
    r"|(?<=[万千百亿])余?\d?某)"
)
_ASIDE = re.compile(r"[（(][^（）()]{0,50}[）)]")
_BARE_TOTAL = re.compile(r"\s*(?:以上|上述)?(?:共计|合计|总计|共|累计)[^，。；]{0,6}$")
_LISTED = re.compile(r"[、和及与]?(?:人民币|现金)?\Z")
_REACH = 70


@dataclass(frozen=True)
class Money:
    """amount: what the offence was about; loss: damage caused; gain: what it earned. Yuan."""

    amount: tuple[float, Figure] | None
    loss: tuple[float, Figure] | None
    gain: tuple[float, Figure] | None


def read_money(scope: Scope, charges: Sequence[str]) -> Money:
    """The three sums of a fact, each a stated total or the sum of its parts."""
    words, named = patterns("money"), "".join(charges)
    kinds: dict[str, list[Figure]] = {}
    for kind, found in _figures(scope, bribery=bool(words["charge_of_bribery"].search(named))):
        kinds.setdefault(kind, []).append(found)
    if charges and all(words["charge_without_amount"].search(name) for name in charges):
        amount = None
    elif "tax" in kinds and words["charge_by_tax"].search(named):
        amount = settle(kinds["tax"])
    elif "sales" in kinds:
        amount = settle(kinds["sales"])
    elif "strong" in kinds:
        amount = settle(kinds["strong"])
    elif not charges or words["charge_by_payment"].search(named):
        amount = settle(kinds.get("weak", [])) or settle(kinds.get("tax", []))
    else:
        amount = None
    return Money(amount, settle(kinds.get("loss", [])), settle(kinds.get("gain", [])))


def _figures(scope: Scope, *, bribery: bool) -> Iterator[tuple[str, Figure]]:
    text, foreign = scope.text, patterns("money")["foreign"]
    for index, sentence in enumerate(scope.sentences):
        kind, last_end = "", -1
        for match in _MONEY.finditer(text, sentence.start, sentence.end):
            value = parse_numeral(match.group(1))
            reach = text[max(sentence.start, match.start() - _REACH) : match.start()]
            before = _ASIDE.sub("", reach)
            if not value or foreign.search(before):
                continue
            if last_end < 0 or not _LISTED.match(text[last_end : match.start()]):
                bare = last_end > 0 and _BARE_TOTAL.match(before[before.rfind("，") + 1 :])
                after = text[match.end() : match.end() + 20]
                kind = (kind if bare else "") or _kind(before, after, bribery=bribery)
            last_end = match.end()
            if kind:
                yield kind, figure(scope, index, value, match.start(), match.end())


def _kind(before: str, after: str, *, bribery: bool) -> str:
    """What a sum of money is, from the words around it; "" where it is not meant."""
    words = patterns("money")
    cut = max(before.rfind(mark) for mark in "，,：:（(、")
    clause = before[cut + 1 :]

    def says(key: str, text: str = clause) -> bool:
        return bool(words[key].search(text))

    own_gain = says("gain") and not (bribery and says("gain_of_bribery"))
    if own_gain and not says("given_back"):
        return "gain"
    if says("gross"):
        return ""
    if says("tax") and not says("tax_paid_back"):
        return "tax"
    if says("taken") and not says("given_back"):
        return "strong"
    if says("not_meant") or words["price_after"].match(after):
        return ""
    if says("sales"):
        return "sales"
    if says("loss"):
        return "loss"
    cash = after.startswith(("现金", "人民币现金"))
    if cash or words["taken_after"].match(after) or says("strong"):
        return "strong"
    if says("weak") or words["given_after"].match(after):
        return "weak"
    return _kind_of_earlier(before[: max(cut, 0)])


def _kind_of_earlier(before: str) -> str:
    """The kind that the clause before gives to a sum whose own clause says nothing."""
    words = patterns("money")
    clause = before[max(before.rfind(mark) for mark in "，,：:") + 1 :]
    if words["loss"].search(clause):
        return "" if "赔" in clause else "loss"
    for key in ("not_meant", "gain", "tax", "gross"):
        if words[key].search(clause):
            return ""
    return "strong" if words["strong"].search(clause) else ""
