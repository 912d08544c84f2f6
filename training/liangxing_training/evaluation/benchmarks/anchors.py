"""Published results, from a cited table; never typed into code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter


class Anchor(BaseModel):
    """One published system: figures by the suite's own metric names, and where they were read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str
    metrics: Mapping[str, float]
    source: str
    note: str | None = None


@cache
def published() -> Mapping[str, tuple[Anchor, ...]]:
    """Anchors by suite."""
    path = files("liangxing_training.evaluation.benchmarks") / "data" / "anchors.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, tuple[Anchor, ...]]).validate_python(content)


def anchors_of(suite: str) -> tuple[Anchor, ...]:
    """The published results of a suite; none where nobody published comparable ones."""
    return published().get(suite, ())
