"""Baselines fitted once per data: their predictions are kept by the content of the rows."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from liangxing.law import law_sha256
from liangxing.reading import READING_VERSION

from liangxing_training.evaluation.features import Row, known
from liangxing_training.evaluation.outcomes import Outcomes
from liangxing_training.evaluation.settings import BaselineName

logger = logging.getLogger(__name__)

_SHOWN_FIELDS = (
    "fact",
    "charges",
    "defendant",
    "defendants_count",
    "offence_date",
    "judgment_date",
)
_LABELS = ("months", "life", "death")
# The modules whose change makes kept predictions stale.
_RECIPE = (
    "features",
    "legal_features",
    "linear_baselines",
    "outcomes",
    "simple_baselines",
    "tree_baselines",
)


def baseline_points(
    names: Sequence[BaselineName],
    train: Sequence[Row],
    rows: Sequence[Row],
    folder: Path | None = None,
    progress: Callable[[str], None] = logger.info,
) -> dict[str, Outcomes]:
    """Points of each baseline on `rows`, fitted on the facts of `train`: display name to points.

    With `folder` they are read from there where the same rows, law, reading and code made them,
    and kept there otherwise.
    """
    # LightGBM and scikit-learn take a second to import.
    from liangxing_training.evaluation.baselines import make_baseline

    train = known(train)
    data = f"{rows_digest(train, _SHOWN_FIELDS + _LABELS)}{rows_digest(rows, _SHOWN_FIELDS)}"
    found: dict[str, Outcomes] = {}
    for name in names:
        baseline = make_baseline(name)
        key = hashlib.sha256(
            "\0".join([name, data, _recipe(), law_sha256(), READING_VERSION]).encode()
        ).hexdigest()
        path = folder / f"{name}-{key[:16]}.npz" if folder else None
        if path and path.is_file():
            found[baseline.name] = _read(path)
            continue
        progress(f"Fitting {baseline.name} on {len(train)} facts")
        points = baseline.fit(train).predict(rows)
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(path, months=points.months, life=points.life, death=points.death)
        found[baseline.name] = points
    return found


def rows_digest(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> str:
    """SHA-256 over the named fields of all rows, in order."""
    digest = hashlib.sha256()
    for row in rows:
        values = [row.get(name) for name in fields]
        digest.update(json.dumps(values, ensure_ascii=False, default=str).encode("utf-8"))
    return digest.hexdigest()


@cache
def _recipe() -> str:
    folder = Path(__file__).parent
    sources = [(folder / f"{module}.py").read_bytes() for module in _RECIPE]
    return hashlib.sha256(b"\0".join(sources)).hexdigest()


def _read(path: Path) -> Outcomes:
    with np.load(path) as arrays:
        return Outcomes(arrays["months"], arrays["life"], arrays["death"])
