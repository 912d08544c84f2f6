"""Official charge names (罪名) from the spellings found in judgments and data sets."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from liangxing.law.files import read_yaml
from liangxing.reading.normalise import normalise

_SEPARATORS = re.compile(r"[、，,；;\s\[\]［］（）()]")
_SPLIT = re.compile(r"[、，,；;]")


def canonical_charge(name: str) -> str | None:
    """The official name, or null when it is unknown.

    >>> canonical_charge("[走私、贩卖、运输、制造]毒品罪")
    '走私、贩卖、运输、制造毒品'
    >>> canonical_charge("不存在的罪名") is None
    True
    """
    key = _key(name)
    table = _by_key()
    return table.get(key) or table.get(key.removesuffix("罪"))


def split_charges(text: str) -> list[str]:
    """Single charges of a string that may join several; unknown parts come back unchanged.

    >>> split_charges("[走私、贩卖、运输、制造]毒品、容留他人吸毒")
    ['走私、贩卖、运输、制造毒品', '容留他人吸毒']
    >>> split_charges("掩饰、隐瞒犯罪所得、犯罪所得收益")
    ['掩饰、隐瞒犯罪所得、犯罪所得收益']
    """
    parts = [part for part in _SPLIT.split(normalise(text).strip()) if part.strip()]
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
            found.append(parts[start].strip().strip("[]"))
            start += 1
    return list(dict.fromkeys(found))


@cache
def all_charges() -> tuple[str, ...]:
    """Every official name the package knows."""
    return tuple(sorted(set(_by_key().values())))


@cache
def _by_key() -> dict[str, str]:
    table: dict[str, str] = {}
    for name in read_yaml("charge_names.yaml"):
        table[_key(name)] = name
    entries: list[dict[str, Any]] = read_yaml("statutes.yaml")["charges"]
    for entry in entries:
        for spelling in (entry["charge"], *entry["aliases"]):
            table[_key(spelling)] = entry["charge"]
    return table


def _key(name: str) -> str:
    return _SEPARATORS.sub("", normalise(name))
