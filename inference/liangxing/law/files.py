"""The law as files: where they lie, how they are read, and one hash over all of them."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from liangxing.errors import ConfigError

_FILES = ("charge_names.yaml", "general.yaml", "statutes.yaml")


def read_yaml(name: str) -> Any:
    """The content of one law file; ConfigError names the file and line when it is not YAML."""
    text = (files("liangxing.law") / "data" / name).read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        raise ConfigError(f"law file {name}{line} is not valid YAML; restore it") from error


@cache
def law_sha256() -> str:
    """SHA-256 over the law files; a bundle remembers the one it was calibrated against."""
    digest = hashlib.sha256()
    for name in _FILES:
        digest.update(name.encode())
        digest.update((files("liangxing.law") / "data" / name).read_bytes())
    return digest.hexdigest()
