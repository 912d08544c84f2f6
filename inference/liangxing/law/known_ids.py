"""The ids a case may name, and what is near one that is unknown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from liangxing.law.circumstances import fact_names, quantity_names
from liangxing.law.guideline_trace import BASE

# Of an id that may be as long as a request.
_LONGEST = 60


@cache
def known_circumstances() -> Mapping[str, str]:
    """Chinese names of what may stand under `circumstances`, by id."""
    return fact_names()


@cache
def known_quantities() -> Mapping[str, str]:
    """Chinese names of what may stand under `quantities`, by id."""
    return MappingProxyType({**quantity_names(), BASE: "基准刑"})


def unknown_id(given: Iterable[str], known: Mapping[str, str]) -> str | None:
    """What is wrong with the first id that is not among the known ones; null if there is none.

    >>> unknown_id(["surender"], {"surrender": "自首", "merit": "立功"})
    "names the unknown id 'surender'; near it: surrender (自首)"
    """
    wrong = next((id_ for id_ in given if id_ not in known), None)
    if wrong is None:
        return None
    return f"names the unknown id {wrong[:_LONGEST]!r}{hint(near(wrong, known), known)}"


def near(name: str, known: Mapping[str, str]) -> list[str]:
    """Ids that a name may have meant: like it, or with a Chinese name like it."""
    return list(dict.fromkeys(_near(name[:_LONGEST], known)))


def hint(ids: Iterable[str], known: Mapping[str, str]) -> str:
    """The ids with their Chinese names, as the end of a message."""
    listed = ", ".join(f"{id_} ({known[id_]})" for id_ in ids)
    return f"; near it: {listed}" if listed else ""


def _near(name: str, known: Mapping[str, str]) -> Iterator[str]:
    yield from difflib.get_close_matches(name, list(known), n=4, cutoff=0.55)
    if name and not name.isascii():
        yield from (id_ for id_, chinese in known.items() if name in chinese or chinese in name)
        ids = {chinese: id_ for id_, chinese in known.items()}
        yield from (ids[chinese] for chinese in difflib.get_close_matches(name, list(ids), n=4))
