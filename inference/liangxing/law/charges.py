"""Official charge names (罪名) from the spellings found in judgments and data sets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from pydantic import BaseModel, ConfigDict

from liangxing.law.files import load
from liangxing.reading.normalise import normalise

_SEPARATORS = re.compile(r"[、，,；;/\s\[\]【】（）()〔〕]")
_SPLIT = re.compile(r"[、，,；;/\s]|(?<=罪)[和及与并]")
_BRACKETED = re.compile(r"\[[^\]]*\]")
# A remark behind the name, such as 盗窃罪（未遂）.
_REMARK = re.compile(r"[（(][^（）()]*[）)]$")
_VARIANTS = str.maketrans({"帐": "账", "剌": "刺", "【": "[", "】": "]"})
_LONGEST_NAME = 120


class ChargeNames(BaseModel):
    """The file charges.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    articles: Mapping[str, tuple[str, ...]]
    decisions: Mapping[str, str]
    renamed: Mapping[str, str]
    collective: Mapping[str, tuple[str, ...]]
    selective: tuple[str, ...]


@cache
def charge_names() -> ChargeNames:
    """The names as data, in the order of the Criminal Law."""
    return load("charges.yaml", ChargeNames)


@cache
def all_charges() -> tuple[str, ...]:
    """Every official name in force, in the order of the Criminal Law."""
    names = charge_names()
    return tuple(name for group in names.articles.values() for name in group) + tuple(
        names.decisions
    )


def article_of(charge: str) -> str | None:
    """The article that defines a charge, such as 133之一; null when none is recorded."""
    return _articles().get(canonical_charge(charge) or charge)


@lru_cache(maxsize=4096)
def canonical_charge(name: str) -> str | None:
    """The official name, or null when it is unknown.

    A former name gives the name in force, a part of a selective charge the whole name.

    >>> canonical_charge("[走私、贩卖、运输、制造]毒品罪"), canonical_charge("非法持有枪支罪")
    ('走私、贩卖、运输、制造毒品', '非法持有、私藏枪支、弹药')
    >>> canonical_charge("不存在的罪名") is None
    True
    """
    plain = normalise(name).strip()
    for spelling in (plain, _REMARK.sub("", plain)):
        key = _key(spelling)
        for candidate in (key, key.removesuffix("罪"), key.removeprefix("犯").removesuffix("罪")):
            found = _by_key().get(candidate) or _selective(candidate)
            if found is not None:
                return found
    return None


def split_charges(text: str) -> list[str]:
    """Single charges of a string that may join several; unknown parts come back unchanged.

    >>> split_charges("[走私、贩卖、运输、制造]毒品、容留他人吸毒")
    ['走私、贩卖、运输、制造毒品', '容留他人吸毒']
    >>> split_charges("掩饰、隐瞒犯罪所得、犯罪所得收益")
    ['掩饰、隐瞒犯罪所得、犯罪所得收益']
    """
    parts = _parts(normalise(text).translate(_VARIANTS))
    found: list[str] = []
    start = 0
    while start < len(parts):
        for end in range(len(parts), start, -1):
            official = canonical_charge("、".join(parts[start:end]))
            if official is not None:
                found.append(official)
                start = end
                break
        else:
            found.append(parts[start])
            start += 1
    return list(dict.fromkeys(found))


def _parts(text: str) -> list[str]:
    """Pieces between separators; a bracketed list stays in one piece."""
    held = _BRACKETED.sub(lambda match: _SPLIT.sub("\0", match.group()), text)
    return [part.replace("\0", "、").strip() for part in _SPLIT.split(held) if part.strip()]


def _selective(key: str) -> str | None:
    if len(key) > _LONGEST_NAME:
        return None
    return next((name for form, name in _forms() if form.fullmatch(key)), None)


@cache
def _by_key() -> dict[str, str]:
    names = charge_names()
    table = {_key(former): name for former, name in names.renamed.items()}
    table |= {_key(name): name for name in names.collective}
    return table | {_key(name): name for name in all_charges()}


@cache
def _articles() -> dict[str, str]:
    articles = charge_names().articles.items()
    return {name: article for article, group in articles for name in group}


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """A pattern per selective charge that any choice of its parts matches."""
    return tuple(
        (_form(written), _by_key()[_key(written)]) for written in charge_names().selective
    )


def _form(written: str) -> re.Pattern[str]:
    pattern = ""
    for piece in re.split(r"(\[[^\]]*\])", written):
        if piece.startswith("["):
            choices = sorted(map(_key, piece[1:-1].split("、")), key=len, reverse=True)
            pattern += f"(?:{'|'.join(map(re.escape, choices))})+"
        else:
            pattern += re.escape(_key(piece))
    return re.compile(pattern)


def _key(name: str) -> str:
    return _SEPARATORS.sub("", name).translate(_VARIANTS)
