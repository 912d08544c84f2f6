"""JuDGE (arXiv 2503.14258): JSON lines of `text_id, text, la, fd`, scored on the penalty.

The official scorer reads the terms of both documents, the judged one and the generated one, and
scores 1 - |e - g| / max(e, g). Its quirks, all kept: it looks in the part after 判决如下, and in
the whole document only if that tells nothing; every *distinct* wording of a term is added up, so
two counts of one year each count once, and a cumulated term (决定执行) is added to its counts;
两年 is read as 0; 无期徒刑 is 240 months and 死刑 10 001, and if only one side has the latter the
row scores 0; 无罪 and 免予刑事处罚 are 0, and both 0 scores 1; a document without any term scores
0, unless both have none, which leaves the row out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from liangxing import numerals
from liangxing.reading.masking import mask_verdicts
from liangxing.reading.normalise import normalise

from liangxing_training.cleaning import article_number, official_charges
from liangxing_training.evaluation.benchmarks.items import Answer, Item, Loaded
from liangxing_training.evaluation.benchmarks.rows import read_items
from liangxing_training.evaluation.benchmarks.suite import Score, Suite, mean_score
from liangxing_training.sources.rows import Columns

_NOTHING, _LIFE, _DEATH = -1.0, 240.0, 10_001.0
_DEATH_LINE = 10_000.0
_TERM_ENDS = re.compile(r"[,;，。！？、；：（以缓至]")
_KINDS = ("管制", "拘役", "有期徒刑")
_PLAIN = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_NUMBER = re.compile(r"[零一二三四五六七八九十]+|\d+")
_WITHOUT_TERM = {
    "无期徒刑": _LIFE,
    "死刑": _DEATH,
    "无罪": 0.0,
    "免予刑事处罚": 0.0,
    "免于刑事处罚": 0.0,
    "免予刑事处分": 0.0,
}
_OPINION = "本院认为"
# Tried in this order, as the official scorer does, not by what comes first in the text.
_OPENINGS = (r"判决如下[:：,，\n]", r"判决如下", r"裁定(?:如下)?[:：\n]")
_ENDINGS = (
    r"如[\u4e00-\u9fa5]{0,3}不服本判决",
    r"\n\s*本判决为终审判决",
    r"如[\u4e00-\u9fa5]{0,5}未按本判决指定的期间[\u4e00-\u9fa5]{0,5}给付金钱义务",
    r"\n\s*(?:代理)?审\s{0,3}判\s{0,3}[长员]",
    r"附录",
    r"附：",
    r"附[\u4e00-\u9fa5]{0,10}(?:法律|：)",
    r"\n\s*本案[^\n]{0,10}法律",
    r"\n《",
)
_CONVICTED = re.compile(r"犯([\u4e00-\u9fa5、（）]{2,40}?)罪")


def read(path: Path) -> Loaded:
    """Every row; the id is `text_id`, or the line number where it is absent.

    Charges are read from the convictions of the judged document, articles are `la`. The verdict
    of our own metrics is the term of documents that tell exactly one.
    """
    return read_items(path, _item)


def score(items: Sequence[Item], answers: Sequence[Answer]) -> dict[str, Score]:
    """`judge_time`, 0 to 1, over rows where either document tells a term."""
    return {
        "judge_time": mean_score(
            np.array(
                [
                    time_score(document_months(item.reference), answer_months(answer))
                    for item, answer in zip(items, answers, strict=True)
                ],
                np.float64,
            )
        )
    }


def time_score(expected: float, given: float) -> float:
    """The official score of one row; NaN where it is left out.

    >>> time_score(12, 9), time_score(0, 0), time_score(240, 10_001), time_score(12, -1)
    (0.75, 1.0, 0.0, 0.0)
    """
    if expected < 0 and given < 0:
        return np.nan
    if expected == given == 0:
        return 1.0
    if (expected < 0) != (given < 0):
        return 0.0
    if (expected - _DEATH_LINE) * (given - _DEATH_LINE) < 0:
        return 0.0
    return 1.0 - abs(expected - given) / max(expected, given)


def answer_months(answer: Answer) -> float:
    """The months of an answer on the official scale; -1 without an answer."""
    if answer.text is not None:
        return document_months(answer.text)
    if answer.death:
        return _DEATH
    if answer.life:
        return _LIFE
    return _NOTHING if answer.months is None else answer.months


@lru_cache(maxsize=65_536)
def document_months(document: str) -> float:
    """The sum of all distinct terms the official scorer reads in a document; -1 for none.

    >>> document_months("判决如下：被告人甲犯盗窃罪，判处有期徒刑一年六个月，缓刑二年。")
    18.0
    >>> document_months("判决如下：犯盗窃罪，判处有期徒刑一年；犯诈骗罪，判处有期徒刑一年。")
    12.0
    """
    found = term_wordings(document)
    return sum(map(_months, found)) if found else _NOTHING


def term_wordings(document: str) -> list[str]:
    """The distinct wordings of terms, of the operative part or else of all the document."""
    return _wordings(_operative_part(_punctuated(document))) or _wordings(document)


def _wordings(text: str) -> list[str]:
    found: list[str] = []
    for kind in _KINDS:
        for match in re.findall(rf"{kind}.{{1,7}}[年月]", text):
            end = _TERM_ENDS.search(match)
            found.append(match[: end.start()] if end else match)
    for word in _WITHOUT_TERM:
        found += [word] * text.count(word)
    return list(dict.fromkeys(found))


def _months(wording: str) -> float:
    """Months of one wording as the official reader of numerals takes it: 两 is no numeral to it,
    a third number spoils the wording, and 零十 is nothing."""
    numbers = [_number(digits) for digits in _NUMBER.findall(wording.translate(_PLAIN))]
    if not numbers:
        return next((m for word, m in _WITHOUT_TERM.items() if word in wording), 0.0)
    if len(numbers) == 2:
        return numbers[0] * 12 + numbers[1] if "年" in wording and "月" in wording else numbers[0]
    if len(numbers) == 1:
        return numbers[0] * 12 if "年" in wording else numbers[0]
    return 0.0


def _number(digits: str) -> float:
    if digits.startswith("零十"):
        digits = "零" + digits.removeprefix("零十")
    try:
        return float(numerals.read(digits.lstrip("零") or "零"))
    except ValueError:
        return 0.0


def _operative_part(text: str) -> str:
    """What follows 判决如下 after the court's opinion; empty where there is none."""
    opinion = text[max(text.find(_OPINION), 0) :]
    start = _first(_OPENINGS, opinion)
    if start is None:
        return ""
    rest = opinion[start.end() :]
    end = _first(_ENDINGS, rest)
    return rest[: end.start()] if end else rest


def _first(patterns: Sequence[str], text: str) -> re.Match[str] | None:
    """The match of the first pattern that has any."""
    return next((m for pattern in patterns if (m := re.search(pattern, text))), None)


def _punctuated(document: str) -> str:
    """Chinese punctuation, as the official scorer makes it before it reads."""
    text = document.replace(":", "：").replace(" ", "").replace("(", "（").replace(")", "）")
    return re.sub(r"(?<!\d),(?!\d)", "，", text)


def _item(line: str, columns: Columns) -> Item:
    fact, document = columns.text("text"), columns.text("fd")
    id_, articles = columns.label("text_id"), columns.texts("la")
    told = term_wordings(document)
    months = _months(told[0]) if len(told) == 1 else None
    return Item(
        id=id_ or line,
        fact=mask_verdicts(normalise(fact).strip()),
        charges=official_charges(
            tuple(dict.fromkeys(_CONVICTED.findall(_operative_part(_punctuated(document)))))
        ),
        articles=tuple(dict.fromkeys(article_number(article) for article in articles)),
        months=None if months in (_LIFE, _DEATH) else months,
        life=told == ["无期徒刑"],
        death=told == ["死刑"],
        reference=document,
    )


SUITE = Suite(
    name="judge",
    title="JuDGE, prison time of the judgment",
    headline="judge_time",
    level=0.9,
    read=read,
    score=score,
    quirks=(
        "judge_time adds up every distinct wording of a term in the operative part, cumulated "
        "terms on top of their counts; life is 240 months, death 10 001.",
        "Our own metrics are of the documents that tell exactly one term.",
        "Only the penalty is scored: we predict no document text.",
    ),
)
