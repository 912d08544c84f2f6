"""Money in a fact: what the offence was about, what it cost, what it earned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from liangxing.reading.numerals import NUMERAL, parse_numeral
from liangxing.reading.tally import Figure, Scope, figure, settle

_MONEY = re.compile(
    rf"({NUMERAL})(?:(?:余|多|左右)?(?:元|圆)(?!面值|面额|/|每|一[盒瓶粒包克份])|(?<=[万千百亿])余?某)"
)
_FOREIGN = re.compile(r"(?:美元|港币|港元|欧元|英镑|日元|卢比|韩元|美金)$")
_NOT_MEANT = re.compile(
    r"罚金|罚款|赔偿|赔付|补偿|退赔|退赃|退缴|退还|退回|退出|归还|偿还|返还|还款|还了|还清|补缴|补交|缴纳|预[缴交]|交纳|保证金|押金"
    r"|月薪|租金|花费|花了|每[天日月年次克盒瓶条吨粒]|单价|医[药疗]费|误工费|[护修]理费|[丧安]葬费|营养费|交通费|抚慰金|责令|判令|没收|追缴|注册资[金本]|余额|佣金|额度"
    r"|承诺|需要|出价|赎金|要价|[要请]求|欲|企图|投入|投资款?用|以(?:人民币|约|每)?$|购[买进得入][^值]{0,14}$|查获|缴获|扣押|搜出|起获|提取|剩余"
    r"|支付(?:了)?(?:开票|手续)费|合同(?:总)?(?:金额|价)|仅收到|只收到|存入|消费|悬赏|奖励|赌债|(?<!拖)欠(?!薪)"
)
_PRICE_AFTER = re.compile(
    r"(?:人民币|钱)?(?:左右)?(?:的|/|每|一)?(?:价格|单价|价[卖出购]|不等|赎金|佣金|罚款|报酬|押金|定金后)"
)
_GAIN = re.compile(
    r"获利|渔利|违法所得|非法所得|所得(?:赃款)?$|分得|分给|得款|销赃|卖得|卖(?:给|了|掉|出)|变卖|报酬|提成|开票费|手续费|赚取?|牟利|得赃款|领取工资|好处费|收益|茶水费|辛苦费"
)
_LOSS = re.compile(r"损失|清理费")
_TAX = re.compile(r"税额|税款|税金|抵扣[^，。；]{0,4}税|偷逃[^，。；]{0,6}税|逃税")
_GROSS = re.compile(r"价税合计|面额|票面")
_PAID_BACK = re.compile(r"[补退]|罚|滞纳")
_SALES = re.compile(r"销售(?:金)?额|销售[^，。；]{0,10}金额|经营(?:数)?额|销售收入")
_STRONG = re.compile(
    r"价值|价格|价款|估价|折价|作价|货值|毁损|损毁|总值|[窃盗偷骗诈抢劫]|现金|勒索|敲诈|索[要取]|收受|受贿|贿赂|贪污|侵吞|侵占|套取|据为己有|挪用"
    r"|取款|取现|透支|套现|吸收|募集|集资|支付结算|结算金额|流水|赌资|拖欠|收取|送[给予的]?|犯罪数额|涉案|数额|财物|逃避缴纳|私分|取走|拿走|占有|货款|传销资金|实际"
)
_WEAK = re.compile(r"借|贷|转账|汇款|转[给入]|交给|打款|支付|付给|汇[给入]|转走|骗")
_TAXED = re.compile(r"税|虚开|走私普通")
_BRIBED = re.compile(r"贿|贪污|滥用职权")
_WEAKLY_TOLD = re.compile(
    r"诈骗|贷款|挪用|侵占|集资|吸收|传销|敲诈|贿|劳动报酬|洗钱|帮助信息|伪造"
)
_LISTED = re.compile(r"[、和及与]?(?:人民币|现金)?\Z")


@dataclass(frozen=True)
class Money:
    """amount: what the offence was about; loss: damage caused; gain: what it earned. Yuan."""

    amount: tuple[float, Figure] | None
    loss: tuple[float, Figure] | None
    gain: tuple[float, Figure] | None


def read_money(scope: Scope, charges: Sequence[str]) -> Money:
    """The three sums of a fact, each a stated total or the sum of its parts."""
    named = "".join(charges)
    kinds: dict[str, list[Figure]] = {}
    for kind, found in _figures(scope, bribery=bool(_BRIBED.search(named))):
        kinds.setdefault(kind, []).append(found)
    if _TAXED.search(named) and "tax" in kinds:
        amount = settle(kinds["tax"])
    elif "sales" in kinds:
        amount = settle(kinds["sales"])
    elif "strong" in kinds:
        amount = settle(kinds["strong"])
    elif not charges or _WEAKLY_TOLD.search(named):
        amount = settle(kinds.get("weak", [])) or settle(kinds.get("tax", []))
    else:
        amount = None
    return Money(amount, settle(kinds.get("loss", [])), settle(kinds.get("gain", [])))


def _figures(scope: Scope, *, bribery: bool) -> list[tuple[str, Figure]]:
    text = scope.text
    found: list[tuple[str, Figure]] = []
    for index, sentence in enumerate(scope.sentences):
        kind, last_end = "", -1
        for match in _MONEY.finditer(text, sentence.start, sentence.end):
            value = parse_numeral(match.group(1))
            before = text[max(sentence.start, match.start() - 40) : match.start()]
            if not value or _FOREIGN.search(before):
                continue
            if last_end < 0 or not _LISTED.match(text[last_end : match.start()]):
                after = text[match.end() : match.end() + 8]
                kind = _kind(before, after, bribery=bribery)
            last_end = match.end()
            if kind:
                found.append((kind, figure(scope, index, value, match.start(), match.end())))
    return found


def _kind(before: str, after: str, *, bribery: bool) -> str:
    """What a sum of money is, from the clause before it; "" where it is not meant."""
    cut = max(before.rfind(mark) for mark in "，,：:（(、")
    clause = before[cut + 1 :]
    bribe = bribery and "好处费" in clause
    if _GAIN.search(clause) and not bribe and not re.search(r"退|追缴|没收", clause):
        return "gain"
    if _GROSS.search(clause):
        return ""
    if _TAX.search(clause) and not _PAID_BACK.search(clause):
        return "tax"
    if _NOT_MEANT.search(clause) or _PRICE_AFTER.match(after):
        return ""
    if _SALES.search(clause):
        return "sales"
    if _LOSS.search(clause):
        return "loss"
    if _STRONG.search(clause) or after.startswith(("现金", "人民币现金")):
        return "strong"
    if _WEAK.search(clause):
        return "weak"
    earlier = before[: max(cut, 0)]
    earlier = earlier[max(earlier.rfind(mark) for mark in "，,：:") + 1 :]
    if _NOT_MEANT.search(earlier) or _LOSS.search(earlier) or _GAIN.search(earlier):
        return "" if not _LOSS.search(earlier) or "赔" in earlier else "loss"
    if _TAX.search(earlier) or _GROSS.search(earlier):
        return ""
    return "strong" if _STRONG.search(earlier) else ""
