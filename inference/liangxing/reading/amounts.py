"""Money in a fact: what the offence was about, what it cost, what it earned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from liangxing.reading.numerals import Numeral
from liangxing.reading.scope import MOST_FIGURES, Scope
from liangxing.reading.tally import Figure, figure, settle
from liangxing.reading.vocabulary import patterns

# What makes a numeral a sum: 元, the mask 某 that stands for it behind 万, 千, 百 or 亿 (sometimes
# with a stray digit), and 万 alone at the end of a clause (骗取50万，).
_YUAN = re.compile(r"(?:余|多|左右)?(?:元|圆)(?!面值|面额|/|每|一[盒瓶粒包克份])")
_MASKED_YUAN = re.compile(r"余?\d?某")
_NO_UNIT = re.compile(r"余?(?=[，,。；;、）)]|后)")
_BEHIND_A_SUM = frozenset("余多左元圆某,，。；;、）)后0123456789")
_ASIDE = re.compile(r"[（(][^（）()]{0,50}[）)]")
_BARE_TOTAL = re.compile(r"\s*(?:以上|上述)?(?:共计|合计|总计|共|累计)[^，。；]{0,6}$")
_LISTED = re.compile(r"[、和及与]?(?:人民币|现金)?\Z")
_REACH = 70
_ENDS_CLAUSE = "，,：:（("


@dataclass(frozen=True)
class Money:
    """amount: what the offence was about; loss: damage caused; gain: what it earned. Yuan."""

    amount: tuple[float, Figure] | None
    loss: tuple[float, Figure] | None
    gain: tuple[float, Figure] | None


def read_money(scope: Scope, charges: Sequence[str], *, only_valued: bool = False) -> Money:
    """The three sums of a fact, each a stated total or the sum of its parts.

    `only_valued` counts only sums that an appraisal names.
    """
    words, named = patterns("money"), "".join(charges)
    kinds: dict[str, list[Figure]] = {}
    for kind, found in _figures(scope, named, only_valued=only_valued):
        kinds.setdefault(kind, []).append(found)
    if charges and all(words["charge_without_amount"].search(name) for name in charges):
        amount = None
    elif ("tax" in kinds or "tax_lost" in kinds) and words["charge_by_tax"].search(named):
        amount = settle(kinds.get("tax") or kinds["tax_lost"])
    elif "sales" in kinds:
        amount = settle(kinds["sales"])
    else:
        amount = settle(kinds.get("strong", [])) or _settle_weak(kinds, charges, named)
        moved = settle(kinds.get("moved", [])) if "strong" in kinds else None
        if amount and moved and moved[0] > amount[0]:
            # More than what is said to be obtained was drawn with it: 骗得银行卡，取现共计8万元.
            amount = moved
    return Money(amount, settle(kinds.get("loss", [])), settle(kinds.get("gain", [])))


def _settle_weak(
    kinds: dict[str, list[Figure]], charges: Sequence[str], named: str
) -> tuple[float, Figure] | None:
    """The amount where no sum says outright that it was taken."""
    if charges and not patterns("money")["charge_by_payment"].search(named):
        return None
    for kind in ("moved", "weak", "tax"):
        amount = settle(kinds.get(kind, []))
        if amount:
            return amount
    return None


def _figures(scope: Scope, named: str, *, only_valued: bool) -> Iterator[tuple[str, Figure]]:
    text, words = scope.text, patterns("money")
    turned = _turned_kinds(named)
    left = MOST_FIGURES
    for index, sentence in enumerate(scope.sentences):
        kind, last_end = "", -1
        for numeral in scope.numerals[index]:
            end, bare = _end_of_sum(text, numeral)
            value = numeral.value if end else None
            if not value:
                continue
            reach = text[max(sentence.start, numeral.start - _REACH) : numeral.start]
            before = _ASIDE.sub("", reach)
            if words["foreign"].search(before) or (bare and not words["taken"].search(before)):
                continue
            if only_valued and not words["valued"].search(before):
                continue
            if last_end < 0 or not _LISTED.match(text[last_end : numeral.start]):
                total = last_end > 0 and _BARE_TOTAL.match(before[before.rfind("，") + 1 :])
                told = _kind(before, text[end : end + 20], named)
                kind = (kind if total else "") or turned.get(told, told)
            found = figure(scope, index, value, numeral.start, end, after=last_end)
            if words["moved"].search(before) and found.total == "sum":
                # 取款共3600元: one act among others, no sum of what was told before.
                found = found._replace(total="part")
            last_end = end
            if kind:
                yield kind, found
                left -= 1
            if not left:
                return


def _end_of_sum(text: str, numeral: Numeral) -> tuple[int, bool]:
    """Where a sum of money ends, 0 where the numeral is none; and whether it lacks a unit."""
    if text[numeral.end : numeral.end + 1] not in _BEHIND_A_SUM:
        return 0, False
    yuan = _YUAN.match(text, numeral.end)
    if not yuan and numeral.text[-1] in "万千百亿":
        yuan = _MASKED_YUAN.match(text, numeral.end)
    if yuan:
        return yuan.end(), False
    bare = _NO_UNIT.match(text, numeral.end) if numeral.text[-1] in "万亿" else None
    return (bare.end(), True) if bare else (0, False)


def _turned_kinds(named: str) -> dict[str, str]:
    """Which kinds mean another under the charges: damage is the amount of wilful damage."""
    words = patterns("money")
    turned: dict[str, str] = {}
    if words["charge_of_damage"].search(named):
        turned["loss"] = "strong"
    if not words["charge_of_fraud"].search(named):
        turned["moved"] = "strong"
    return turned


@lru_cache(maxsize=2048)
def _kind(before: str, after: str, named: str) -> str:
    """What a sum of money is, from the words around it; "" where it is not meant."""
    cut = max(before.rfind(mark) for mark in _ENDS_CLAUSE)
    clause = before[cut + 1 :]
    listed = clause.rfind("、")
    if listed >= 0:
        # 现金200元、价值300元的手机: what stands behind the comma of a list says enough.
        kind = _kind_of_clause(clause[listed + 1 :], after, named)
        if kind == "loss" and "赔" in clause:
            return ""
        if kind is not None:
            return kind
    kind = _kind_of_clause(clause, after, named)
    return _kind_of_earlier(before[: max(cut, 0)], named) if kind is None else kind


def _kind_of_clause(clause: str, after: str, named: str) -> str | None:
    """The kind that the sum's own clause gives, null where it says nothing."""
    words = patterns("money")

    def says(key: str) -> bool:
        return bool(words[key].search(clause))

    if words["price_after"].match(after):
        return ""
    bribery = bool(words["charge_of_bribery"].search(named))
    if says("gain") and not (bribery and says("gain_of_bribery")) and not says("given_back"):
        return "gain"
    if says("gross"):
        return ""
    if says("tax") and not says("tax_paid_back"):
        return "tax_lost" if says("tax_lost") else "tax"
    if says("taken") and _last(words["taken"], clause) > _last(words["given_back"], clause):
        return "strong"
    if says("not_meant"):
        return ""
    if says("sales"):
        return "sales"
    if says("loss") or words["loss_after"].match(after):
        return "loss"
    if says("moved"):
        return "moved"
    cash = after.startswith(("现金", "人民币现金"))
    if cash or words["taken_after"].match(after) or says("strong"):
        return "strong"
    if says("wages") and words["charge_by_wages"].search(named):
        return "strong"
    return "weak" if says("weak") or words["given_after"].match(after) else None


def _last(pattern: re.Pattern[str], clause: str) -> int:
    position = -1
    for match in pattern.finditer(clause):
        position = match.start()
    return position


def _kind_of_earlier(before: str, named: str) -> str:
    """The kind that the clause before gives to a sum whose own clause says nothing."""
    words = patterns("money")
    clause = before[max(before.rfind(mark) for mark in "，,：:") + 1 :]
    if words["loss"].search(clause):
        return "" if "赔" in clause else "loss"
    if words["charge_of_bribery"].search(named) and words["gain_of_bribery"].search(clause):
        return "strong"
    for key in ("not_meant", "gain", "tax", "gross"):
        if words[key].search(clause):
            return ""
    return "strong" if words["strong"].search(clause) else ""
