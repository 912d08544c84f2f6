"""Fictional cases generated from the law data, for trying the line without real judgments.

The term follows the statute's tiers, the amount or grade told in the text, the circumstances and
noise. Scores on these cases say nothing of real ones; every row carries `synthetic: true`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from liangxing.law import find, general_rules
from liangxing.terms import round_to_half_month

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_CITIES = (
    "东河市",
    "南岭县",
    "西江区",
    "北原市",
    "青石县",
    "云溪区",
    "临湖市",
    "长岗县",
    "白沙镇",
    "花桥镇",
)
_PLACES = (
    "某小区",
    "某商场",
    "某网吧",
    "某工地",
    "某公交站",
    "某饭店",
    "某菜市场",
    "某医院门口",
    "某出租屋",
    "某停车场",
)
_TIMES = ("凌晨", "上午", "中午", "下午", "傍晚", "晚上", "深夜")
_GOODS = (
    "手机一部",
    "电动自行车一辆",
    "现金",
    "笔记本电脑一台",
    "金项链一条",
    "香烟数条",
    "电缆线一捆",
    "钱包一个",
)
_REASONS = ("因琐事", "因债务纠纷", "酒后", "因停车问题", "因邻里矛盾", "因感情纠纷")
_WAYS = ("投资理财", "代办证件", "介绍工作", "出售二手车", "网络刷单", "征婚交友")
_TOOLS = ("拳脚", "啤酒瓶", "木棍", "水果刀", "铁锹", "砖头")


@dataclass(frozen=True)
class _Circumstance:
    """A sentence of the fact and the factor by which this generator moves the term."""

    sentence: str
    factor: float


# The factors are the generator's own, not the law's: a known truth for the model to find.
_CIRCUMSTANCES = (
    _Circumstance("案发后，被告人{name}主动到公安机关投案，并如实供述了犯罪事实。", 0.75),
    _Circumstance("被告人{name}到案后如实供述自己的罪行。", 0.88),
    _Circumstance("被告人{name}已赔偿被害人损失并取得谅解。", 0.7),
    _Circumstance("被告人{name}自愿认罪认罚。", 0.85),
    _Circumstance("被告人{name}曾因盗窃罪被判刑，刑满释放后五年内再犯，系累犯。", 1.3),
    _Circumstance("被告人{name}在共同犯罪中系从犯。", 0.65),
)


@dataclass(frozen=True)
class _Pattern:
    """One charge: how the act is told, and which levels of gravity it has."""

    charge: str
    act: str
    levels: tuple[str, ...]


_PATTERNS = (
    _Pattern(
        "盗窃", "在{place}趁无人之机窃得{victim}的{goods}，经鉴定价值人民币{level}元", ("amount",)
    ),
    _Pattern("诈骗", "以{way}为名骗取{victim}人民币{level}元，所得款项用于个人挥霍", ("amount",)),
    _Pattern(
        "职务侵占", "利用担任公司业务员的职务便利，将货款人民币{level}元占为己有", ("amount",)
    ),
    _Pattern(
        "故意伤害",
        "{reason}与{victim}发生争执，持{tool}将对方打伤，经鉴定，{victim}的损伤程度为{level}",
        ("轻伤二级", "轻伤一级", "重伤二级", "重伤一级", "重伤后抢救无效死亡"),
    ),
    _Pattern(
        "走私、贩卖、运输、制造毒品",
        "在{place}向{victim}贩卖毒品，公安人员当场查获甲基苯丙胺{level}克",
        ("grams",),
    ),
    _Pattern(
        "危险驾驶",
        "饮酒后驾驶小型轿车行驶至{place}附近被查获，血液中酒精含量为{level}mg/100ml",
        ("alcohol",),
    ),
    _Pattern(
        "交通肇事",
        "驾驶货车行至{place}时与{victim}相撞，{level}，经认定负事故主要责任",
        ("致一人死亡，被告人在现场等候处理", "致一人死亡，被告人驾车逃逸", "致二人死亡"),
    ),
    _Pattern(
        "抢劫",
        "在{place}持{tool}威胁{victim}，{level}，劫得{goods}",
        ("未造成伤害", "致其轻微伤", "入户实施", "致其重伤", "致其死亡"),
    ),
    _Pattern(
        "寻衅滋事",
        "{reason}在{place}随意殴打{victim}，{level}",
        ("致一人轻微伤", "致二人轻微伤", "致一人轻伤"),
    ),
    _Pattern(
        "容留他人吸毒",
        "在其租住处容留{victim}等人吸食毒品{level}",
        ("二次", "三次", "五次", "多次"),
    ),
)


def generate(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yields `count` fictional raw rows; the same seed gives the same rows."""
    random = np.random.default_rng(seed)
    for number in range(count):
        yield _row(number, random)


def _row(number: int, random: np.random.Generator) -> dict[str, Any]:
    pattern = _PATTERNS[random.integers(len(_PATTERNS))]
    name, victim = _name(random), _name(random)
    level, gravity = _level(pattern.levels, random)
    chosen = [c for c in _CIRCUMSTANCES if random.random() < 0.25]
    year, month, day = random.integers(2012, 2024), random.integers(1, 13), random.integers(1, 29)
    act = pattern.act.format(
        place=_CITIES[random.integers(len(_CITIES))] + _PLACES[random.integers(len(_PLACES))],
        victim=victim,
        goods=_GOODS[random.integers(len(_GOODS))],
        way=_WAYS[random.integers(len(_WAYS))],
        reason=_REASONS[random.integers(len(_REASONS))],
        tool=_TOOLS[random.integers(len(_TOOLS))],
        level=level,
    )
    opening = f"{year}年{month}月{day}日{_TIMES[random.integers(len(_TIMES))]}，被告人{name}"
    rest = "".join(c.sentence.format(name=name) for c in random.permutation(np.array(chosen)))
    factor = float(np.prod([c.factor for c in chosen])) * float(random.lognormal(0, 0.12))
    months, life, death = _outcome(pattern.charge, gravity, factor)
    suspended = None
    if months is not None and 0 < months <= general_rules().suspension.max_months:
        suspended = bool(factor < 0.8 and not any("累犯" in c.sentence for c in chosen))
    return {
        "id": f"synthetic-{number}",
        "source": "synthetic",
        "licence": "Apache-2.0",
        "fact": f"{opening}{act}。{rest}",
        "charges": [pattern.charge],
        "articles": list(_statute(pattern.charge).articles),
        "months": months,
        "life": life,
        "death": death,
        "suspension": suspended,
        "fine": None if months is None else float(round(months * 500 + 1000, -3)),
        "defendants": [name],
        "n_defendants": 1,
        "year": int(year),
        "synthetic": True,
    }


def _name(random: np.random.Generator) -> str:
    return _SURNAMES[random.integers(len(_SURNAMES))] + "某" + "甲乙丙丁戊"[random.integers(5)]


def _level(levels: tuple[str, ...], random: np.random.Generator) -> tuple[str, float]:
    """How grave the act is told to be, and its place between the lightest (0) and gravest (1)."""
    gravity = float(random.beta(1.2, 2.5))
    scale = {"amount": (2_000, 900_000), "grams": (0.2, 400), "alcohol": (81, 290)}.get(levels[0])
    if scale is None:
        index = min(int(gravity * len(levels)), len(levels) - 1)
        return levels[index], index / max(len(levels) - 1, 1)
    low, high = np.log(scale[0]), np.log(scale[1])
    value = float(np.exp(low + gravity * (high - low)))
    return (f"{value:.1f}" if levels[0] == "grams" else str(int(value))), gravity


def _statute(charge: str) -> Any:
    statute = find(charge)
    assert statute is not None
    return statute


def _outcome(charge: str, gravity: float, factor: float) -> tuple[float | None, bool, bool]:
    """A term along the charge's tiers; the gravest end may be life or death where open."""
    tiers = _statute(charge).versions[-1].tiers
    low = min(tier.months[0] for tier in tiers if tier.months)
    high = max(tier.months[1] for tier in tiers if tier.months)
    if gravity * factor > 0.95 and any(tier.death for tier in tiers):
        return None, False, True
    if gravity * factor > 0.85 and any(tier.life for tier in tiers):
        return None, True, False
    base = float(np.exp(np.log(low) + gravity * (np.log(high) - np.log(low))))
    months = round_to_half_month(min(max(base * factor, low), high))
    # Small terms with much leniency end in exemption.
    return (0.0 if factor < 0.45 and months <= low * 2 else round(months), False, False)
