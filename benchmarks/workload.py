"""Fictional facts and judgments of the lengths that real ones have; the same ones every time."""

from __future__ import annotations

import random
from dataclasses import dataclass

# Lengths of facts in characters: log-normal, half of them under 260, a tenth over LONG.
MEDIAN, LONG = 260, 740
_SPREAD = 0.816
_LIMITS = (40, 4000)
SEED = 17

_NAMES = ("王某", "李某", "张某", "赵某", "陈某", "刘某", "周某", "吴某")
_PLACES = ("某市东城区一小区", "某县城关镇集市", "某市火车站广场", "某镇工业园区", "某市一商场")
_GOODS = ("手机一部", "电动自行车一辆", "笔记本电脑一台", "黄金项链一条", "现金若干")
_OPENING = (
    "{year}年{month}月{day}日{hour}时许，被告人{name}在{place}，趁被害人{other}不备，"
    "窃得{goods}，经鉴定价值人民币{yuan}元。"
)
_MORE = (
    "次日，被告人{name}又到{place}，以同样方法窃得被害人{other}的{goods}，价值人民币{yuan}元。",
    "公安民警接到报警后赶到现场，调取了周边监控录像，并向被害人{other}核实了被盗物品的特征。",
    "被告人{name}将所得财物以{yuan}元的价格卖给路过的收购人员，所得款项用于日常花销。",
    "案发后，被告人{name}主动到{place}附近的派出所投案，如实供述了自己的上述事实。",
    "上述财物中，{goods}已由公安机关追回并发还被害人{other}，其余部分未能追回。",
    "经查，被告人{name}到案后退赔被害人{other}人民币{yuan}元，取得了被害人的谅解。",
    "上述事实有被害人{other}的陈述、证人证言、价格认定结论书、现场照片等证据证实。",
)


@dataclass(frozen=True)
class Judgment:
    """A full judgment with its id."""

    id: str
    document: str


def facts(count: int, seed: int = SEED, median: int = MEDIAN) -> list[str]:
    """`count` facts of theft; the first ones are the same whatever the count."""
    return [_fact(random.Random(f"{seed}-{place}"), median) for place in range(count)]


def judgments(count: int, seed: int = SEED) -> list[Judgment]:
    """`count` first-instance judgments with a recommendation and a verdict of their own."""
    found: list[Judgment] = []
    for place, fact in enumerate(facts(count, seed)):
        chance = random.Random(f"{seed}-judgment-{place}")
        months, year = chance.randint(6, 30), chance.randint(2021, 2024)
        found.append(
            Judgment(
                f"fictional-{place}",
                f"某市某区人民法院\n刑事判决书\n（{year}）某0101刑初{place + 1}号\n"
                "公诉机关某市某区人民检察院。\n被告人王某，男，汉族，初中文化，无业。\n"
                f"某市某区人民检察院指控被告人王某犯盗窃罪，建议判处有期徒刑{_words(months)}，"
                "并处罚金。\n"
                f"经审理查明，{fact}\n"
                "本院认为，王某偷拿别人的东西，够得上盗窃罪；公诉机关的量刑建议适当。"
                "依照刑法第二百六十四条，判决如下：\n"
                f"被告人王某犯盗窃罪，判处有期徒刑{_words(months)}，并处罚金人民币二千元。\n"
                f"审判员　周某\n{year}年十二月一日",
            )
        )
    return found


def _fact(chance: random.Random, median: int) -> str:
    length = min(max(chance.lognormvariate(0, _SPREAD) * median, _LIMITS[0]), _LIMITS[1])
    text = _sentence(_OPENING, chance)
    while len(text) < length:
        text += _sentence(chance.choice(_MORE), chance)
    return text[: max(int(length), _LIMITS[0]) - 1] + "。"


def _sentence(template: str, chance: random.Random) -> str:
    name, other = chance.sample(_NAMES, 2)
    return template.format(
        year=chance.randint(2019, 2024),
        month=chance.randint(1, 12),
        day=chance.randint(1, 28),
        hour=chance.randint(0, 23),
        name=name,
        other=other,
        place=chance.choice(_PLACES),
        goods=chance.choice(_GOODS),
        yuan=chance.randint(12, 480) * 100,
    )


def _words(months: int) -> str:
    """A term as a judgment writes it, 1 to 35 months."""
    digits = "零一二三四五六七八九"
    years, rest = divmod(months, 12)
    tail = (
        f"{digits[rest]}个月" if rest < 10 else f"十{digits[rest - 10] if rest > 10 else ''}个月"
    )
    head = f"{digits[years]}年" if years else ""
    return head + (tail if rest else "")
