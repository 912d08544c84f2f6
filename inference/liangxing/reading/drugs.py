"""Grams by drug."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from liangxing.reading.scope import MOST_FIGURES, Scope
from liangxing.reading.tally import Figure, figure, settle

_NAMES: dict[str, str] = {
    "grams_meth": r"甲基苯丙胺片剂|甲基苯丙胺|冰毒|麻古|麻果|麻谷|脱氧麻黄碱",
    "grams_heroin": r"海洛因|白粉",
    "grams_ketamine": r"氯胺酮|[KＫ]粉",
    "grams_mdma": r"摇头丸|MDMA|亚甲二氧基",
    "grams_methcathinone": r"甲卡西酮",
    "grams_methadone": r"美沙酮",
    "grams_morphine": r"吗啡",
    "grams_cocaine": r"可卡因",
    "grams_opium": r"鸦片",
    "grams_cannabis": r"大麻|四氢大麻酚",
    "grams_precursor": r"麻黄[碱素]|制毒物品|盐酸羟亚胺|邻氯苯基",
    "grams_other_drug": r"尼美西泮|咖啡因|曲马多|芬太尼|γ-羟基丁酸|三唑仑|杜冷丁|哌替啶",
    "unknown": r"毒品",
}
_OTHER, _UNKNOWN = "grams_other_drug", "unknown"
_NAMED = re.compile("|".join(f"(?P<{id_}>{names})" for id_, names in _NAMES.items()))
_UNIT = re.compile(r"(?:余|多)?(毫克|千克|公斤|克|kg|g(?![a-z]))(?!/|每)")
_GRAMS = {"毫克": 1e-3, "克": 1.0, "g": 1.0, "千克": 1e3, "公斤": 1e3, "kg": 1e3}
_ANY_DRUG = re.compile("|".join(_NAMES.values()))
_POWDER = re.compile(r"晶体|粉末|疑似|可疑|片剂|药[丸片]|颗粒")
_BETWEEN = re.compile(
    r"(?:左右)?的?(?:[一二两三四五六七八九十数\d]{1,3}小?[包袋颗粒片块])?(?:的|疑似|可疑)?"
)
_NOT_WEIGHED = re.compile(r"(?:含量|浓度|纯度|每)[^，。；]{0,6}$")
_PLANNED = re.compile(r"(?:商定|约定|约好|谈好|欲|准备|要求|预谋|打算|答应|求购|想)[^。；]{0,30}$")
_WEIGHED = re.compile(r"[净总共]重|称[重量]")
_SEIZED = re.compile(r"的?[^，。；\d]{0,8}被[^，。；]{0,4}(?:收缴|查获|缴获|扣押)")
_NOT_FOUND_IN = re.compile(r"[^，。；]{0,10}[^，。；]?(?:未|没有|均未)检[出测]")
_MADE = re.compile(r"(?:制[作造成]|加工成?|生产)[^。；]{0,30}$")
_AGAIN = re.compile(
    r"(?:查缴|查获|缴获|收缴|扣押|搜出|查扣)[^。；]{0,16}$|(?:检出|鉴定|检验|经称量)[^。；]{0,40}$"
)


def read_grams(scope: Scope) -> dict[str, tuple[float, Figure]]:
    """Grams of each drug the text names, null drugs left out."""
    if not _ANY_DRUG.search(scope.text):
        return {}
    weights: dict[str, list[Figure]] = {}
    named: set[str] = set()
    current = ""
    for index, sentence in enumerate(scope.sentences):
        current = _read_sentence(scope, index, current, weights, named)
        if sentence.voice == "opinion":
            current = ""
    if _UNKNOWN in weights:
        told = named - {_UNKNOWN, _OTHER}
        home = told.pop() if len(told) == 1 else _OTHER
        joined = [*weights.get(home, []), *weights.pop(_UNKNOWN)]
        weights[home] = sorted(joined, key=lambda f: f.start)
    return {
        id_: total
        for id_, found in _with_weighed_totals(weights).items()
        if (
            total := settle(
                _without_what_was_made(scope.text, _without_estimates(scope.text, found))
            )
        )
    }


def _with_weighed_totals(weights: dict[str, list[Figure]]) -> dict[str, list[Figure]]:
    """Each drug's weights; the only one that prosecution or court give at the end is the whole."""
    marked: dict[str, list[Figure]] = {}
    for id_, found in weights.items():
        alone = sum(weight.restated for weight in found) == 1
        marked[id_] = [
            weight._replace(total="whole") if alone and weight.restated else weight
            for weight in found
        ]
    return marked


def _without_estimates(text: str, weights: list[Figure]) -> list[Figure]:
    """Leaves out what was only planned, and estimates of what was weighed afterwards."""
    kept: list[Figure] = []
    for index, weight in enumerate(weights):
        planned, guessed = _estimate(text[max(0, weight.start - 40) : weight.start])
        rest = weights[index + 1 : index + 3]
        weighed_now = _WEIGHED.search(text, max(0, weight.start - 12), weight.start)
        done = planned and not weighed_now and any(f.total != "part" or f.dated for f in rest)
        weighed = guessed and any(
            0.5 * weight.value < f.value <= weight.value * 1.1
            and _WEIGHED.search(text, max(0, f.start - 12), f.start)
            for f in rest[:1]
        )
        if not done and not weighed:
            kept.append(weight)
    return kept or weights


def _without_what_was_made(text: str, weights: list[Figure]) -> list[Figure]:
    """Leaves out what was sold and seized of a quantity that the text first says was made."""
    first, rest = weights[0], weights[1:]
    made = _MADE.search(text, max(0, first.start - 40), first.start)
    if made and rest and sum(weight.value for weight in rest) < first.value:
        return [first]
    return weights


@lru_cache(maxsize=1024)
def _estimate(before: str) -> tuple[bool, bool]:
    """Whether the words before a weight say that it was planned, or guessed."""
    return bool(_PLANNED.search(before)), before.endswith("约")


@lru_cache(maxsize=1024)
def _is_weighed_again(before: str, after: str) -> bool:
    return bool(_AGAIN.search(before) or _SEIZED.match(after))


@dataclass(frozen=True)
class _Token:
    """A drug's name or a weight in grams, at [start, end)."""

    start: int
    end: int
    text: str
    drug: str = ""
    grams: float = 0.0


def _tokens(scope: Scope, index: int) -> list[_Token]:
    text, sentence = scope.text, scope.sentences[index]
    found = [
        _Token(*match.span(), match.group(), drug=match.lastgroup or "")
        for match in _NAMED.finditer(text, sentence.start, sentence.end)
    ]
    for numeral in scope.numerals[index]:
        unit = _UNIT.match(text, numeral.end)
        value = numeral.value if unit else None
        if unit and value:
            grams = value * _GRAMS[unit.group(1)]
            found.append(_Token(numeral.start, unit.end(), numeral.text, grams=grams))
    return sorted(found, key=lambda token: token.start)[:MOST_FIGURES]


def _read_sentence(
    scope: Scope,
    index: int,
    carried: str,
    weights: dict[str, list[Figure]],
    named: set[str],
) -> str:
    """Give each weight of a sentence its drug; returns the drug last named."""
    text, sentence = scope.text, scope.sentences[index]
    tokens = _tokens(scope, index)
    if not tokens:
        return carried if sentence.voice == "told" else ""
    followed_by = _next_names(tokens)
    powder = bool(_POWDER.search(text, sentence.start, sentence.end))
    current, last_end, last_name = "", -1, -1
    for position, token in enumerate(tokens):
        if token.drug:
            named.add(token.drug)
            beside = position and tokens[position - 1].drug and token.start - last_name <= 1
            last_name = token.end
            # 甲基苯丙胺、咖啡因: what a drug is cut with does not rename it.
            if not current or (token.drug != _UNKNOWN and not (beside and token.drug == _OTHER)):
                current = token.drug
            continue
        before = text[max(sentence.start, token.start - 12) : token.start]
        if _NOT_WEIGHED.search(before) or _NOT_FOUND_IN.match(text, token.end):
            continue
        drug = _drug_of(text, tokens, position, followed_by[position], current)
        found = figure(
            scope,
            index,
            token.grams,
            token.start,
            token.end,
            after=last_end,
            examined=_is_weighed_again(
                text[max(sentence.start, token.start - 40) : token.start],
                text[token.end : token.end + 16],
            ),
        )
        last_end = token.end
        if drug or carried:
            weights.setdefault(drug or carried, []).append(found)
        elif len(tokens) > 1 or powder:
            weights.setdefault(_UNKNOWN, []).append(found)
    return current or carried


def _next_names(tokens: list[_Token]) -> list[int]:
    """For each token, the index of the next drug's name after it, or the number of tokens."""
    following = [len(tokens)] * len(tokens)
    for index in range(len(tokens) - 2, -1, -1):
        following[index] = index + 1 if tokens[index + 1].drug else following[index + 1]
    return following


def _drug_of(text: str, tokens: list[_Token], weight: int, name: int, current: str) -> str:
    """The drug of a weight: the one right behind it, else the one before, else the next."""
    if name >= len(tokens):
        return current
    following = tokens[name]
    if following.drug == _UNKNOWN and name + 1 < len(tokens) and tokens[name + 1].drug:
        # 毒品海洛因: the name says more than the general word before it.
        closer = tokens[name + 1]
        following = closer if closer.start - following.end <= 1 else following
    between = text[tokens[weight].end : following.start].removesuffix("毒品")
    vague = following.drug == _UNKNOWN
    if _BETWEEN.fullmatch(between):
        return current if vague and current else following.drug
    open_ = not current or (current in (_UNKNOWN, _OTHER) and "，" in between + "，")
    return following.drug if open_ and name == weight + 1 and not vague else current
