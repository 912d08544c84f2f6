"""Vocabulary of the readers, kept as data."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml


def load(name: str) -> Any:
    """The content of `data/NAME.yaml`."""
    source = resources.files("liangxing.reading").joinpath(f"data/{name}.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(source.read_text("utf-8"), Loader=loader)


@lru_cache(maxsize=8)
def patterns(name: str) -> dict[str, re.Pattern[str]]:
    """One compiled pattern per key of `data/NAME.yaml`; the entries of a list are alternatives."""
    return {key: re.compile("|".join(entries)) for key, entries in load(name).items()}
