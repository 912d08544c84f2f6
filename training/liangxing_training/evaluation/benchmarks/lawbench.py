"""LawBench 3-4 and 3-5 (arXiv 2309.16289): a JSON list of `instruction, question, answer`.

Quirks of the official scorer, all kept: a reference with 死刑 or 无期 is skipped; Chinese numerals
of the prediction are turned into digits (cn2an); its first number before 个月 counts, else its
first number before 月, which may be a date, and only without either the first number before 年,
times 12: 三年六个月 counts as 6. A prediction with none of them is an abstention and costs a log
distance of ln 216; the abstention rate is over all rows, the skipped ones too. Half a month would
be read as 5 months, so points are rounded to whole months first.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import cn2an
import numpy as np
from liangxing.errors import DataError
from liangxing.reading.masking import mask_verdicts
from liangxing.reading.normalise import normalise

from liangxing_training.cleaning import article_number, official_charges
from liangxing_training.evaluation.benchmarks.items import Answer, Item, Loaded, loaded
from liangxing_training.evaluation.benchmarks.suite import Score, Suite, mean_score

_WORST = math.log(216)
_REFERENCE = re.compile(r"刑期[:：](\d+)个月")
_LABELS = {"fact": r"(?:案件)?事实", "charges": r"罪名", "articles": r"(?:相关|刑法)?法条"}
_LABEL = re.compile(
    "(?:^|(?<=[\n。；;]))\\s*(?:"
    + "|".join(f"(?P<{k}>{p})" for k, p in _LABELS.items())
    + ")[:：]"
)
_ARTICLE = re.compile(r"第?(\d+|[零一二三四五六七八九十百]+)条(之[一二三四五六七八九十])?")


def read(path: Path) -> Loaded:
    """Every row; the id is its position from 0, as the official runs number them."""
    rows = _rows(path)
    return loaded(_items(rows), Counter(), path.name)


def score(items: Sequence[Item], answers: Sequence[Answer]) -> dict[str, Score]:
    """`lawbench_score` 100 (ln 216 - d) / ln 216, and the official abstention rate, 0 to 1."""
    distances = np.full(len(items), np.nan)
    abstained = np.zeros(len(items))
    for place, (item, answer) in enumerate(zip(items, answers, strict=True)):
        if is_skipped(item.reference):
            continue
        real = reference_months(item.reference)
        said = predicted_months(answer_text(answer))
        abstained[place] = said is None
        distances[place] = _WORST if said is None else abs(math.log(real + 1) - math.log(said + 1))
    return {
        "lawbench_score": mean_score(100 * (_WORST - distances) / _WORST),
        "log_distance": mean_score(distances),
        "abstention_rate": mean_score(abstained),
    }


def is_skipped(reference: str) -> bool:
    """Whether the official scorer leaves the row out."""
    return "死刑" in reference or "无期" in reference


def reference_months(reference: str) -> int:
    """Months of an official answer; DataError when it has another form.

    >>> reference_months("刑期:12个月")
    12
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise DataError(f"answer {reference[:40]!r} is not of the form 刑期:12个月")
    return int(match.group(1))


@lru_cache(maxsize=65_536)
def predicted_months(text: str) -> int | None:
    """Months the official scorer reads in a prediction; null for an abstention.

    >>> predicted_months("有期徒刑三年"), predicted_months("三年六个月"), predicted_months("无期")
    (36, 6, None)
    """
    digits = cn2an.transform(text, "cn2an")
    for pattern, factor in ((r"(\d+)个月", 1), (r"(\d+)月", 1), (r"(\d+)年", 12)):
        match = re.search(pattern, digits)
        if match:
            return int(match.group(1)) * factor
    return None


def answer_text(answer: Answer) -> str:
    """The answer in the words of the benchmark; its own text where it has one."""
    if answer.text is not None:
        return answer.text
    if answer.months is None:
        return "死刑" if answer.death else "无期徒刑" if answer.life else ""
    return f"刑期:{math.floor(answer.months + 0.5)}个月"


def parts_of(question: str) -> dict[str, str]:
    """Fact, charges and articles of a question by their labels; all of it is fact without any.

    >>> parts_of("事实:某日，甲窃得手机。\\n罪名:盗窃")
    {'fact': '某日，甲窃得手机。', 'charges': '盗窃'}
    """
    marks = list(_LABEL.finditer(question))
    if not any(mark.lastgroup == "fact" for mark in marks):
        first = marks[0].start() if marks else len(question)
        found = {"fact": question[:first].strip()}
    else:
        found = {}
    ends = [*(mark.start() for mark in marks[1:]), len(question)]
    for mark, end in zip(marks, ends, strict=False):
        found.setdefault(str(mark.lastgroup), question[mark.end() : end].strip())
    return found


def _rows(path: Path) -> list[Mapping[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise DataError(f"{path.name} is no JSON list; give the official file") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DataError(f"{path.name} must be a JSON list of objects; give the official file")
    return rows


def _items(rows: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
    for number, row in enumerate(rows):
        missing = [name for name in ("question", "answer") if not isinstance(row.get(name), str)]
        if missing:
            raise DataError(f"row {number}: column {missing[0]!r} must be text")
        answer = row["answer"].strip()
        death = "死刑" in answer
        life = not death and is_skipped(answer)
        parts = parts_of(normalise(row["question"]))
        yield Item(
            id=str(number),
            fact=mask_verdicts(parts["fact"]),
            charges=official_charges(tuple(re.split(r"[、,，;；\s]+", parts.get("charges", "")))),
            articles=_articles(parts.get("articles", "")),
            months=None if life or death else reference_months(answer),
            life=life,
            death=death,
            reference=answer,
        )


def _articles(text: str) -> tuple[str, ...]:
    found = (
        article_number(cn2an.transform(number, "cn2an") + (suffix or ""))
        for number, suffix in _ARTICLE.findall(text)
    )
    return tuple(dict.fromkeys(found))


def _suite(name: str, title: str) -> Suite:
    return Suite(
        name=name,
        title=title,
        headline="lawbench_score",
        level=0.9,
        read=read,
        score=score,
        quirks=(
            "Rows with 死刑 or 无期 are left out of lawbench_score, as the official scorer does, "
            "but count in its abstention rate and in our own metrics.",
            "The official scorer reads the first number before 个月 or 月, else years; points are "
            "rounded to whole months, and a point of life or death is an abstention.",
        ),
    )


ARTICLE_FREE = _suite("lawbench-3-4", "LawBench 3-4, prison term without articles")
WITH_ARTICLE = _suite("lawbench-3-5", "LawBench 3-5, prison term with articles")
