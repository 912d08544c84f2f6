"""Legal features of a case for the head: what the law says beside the text.

Charge and bounds enter here and never in the encoder's text, so that a what-if re-runs the head
alone. Names are stored in the bundle; a bundle with an unknown name is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from liangxing.errors import BundleError
from liangxing.prediction import StatutoryBounds

CHARGE_PREFIX = "charge:"
_LAW = (
    "statutory_low",
    "statutory_high",
    "life_open",
    "death_open",
    "charge_count",
    "defendants_count",
)


def feature_names(charges: Sequence[str]) -> list[str]:
    """Names of all features when the model knows `charges`; months enter as log1p months."""
    return [*_LAW, *(CHARGE_PREFIX + charge for charge in charges)]


def check_names(names: Sequence[str]) -> None:
    """Raises BundleError when a bundle asks for a feature this version cannot compute."""
    for name in names:
        if name not in _LAW and not name.startswith(CHARGE_PREFIX):
            raise BundleError(
                f"manifest.json: feature '{name}' is unknown to this version of liangxing; "
                "upgrade liangxing or export the model again"
            )


def compute(
    names: Sequence[str],
    *,
    charges: Sequence[str],
    bounds: StatutoryBounds,
    bounds_known: bool,
    defendants_count: int | None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Values and presence, each [features]; an absent value is 0 with presence 0.

    `bounds_known` is false when no charge has a statute and the bounds are the general ones.
    """
    known: dict[str, float | None] = {
        "statutory_low": _log(bounds.low) if bounds_known else None,
        "statutory_high": _log(bounds.high) if bounds_known else None,
        "life_open": float(bounds.life) if bounds_known else None,
        "death_open": float(bounds.death) if bounds_known else None,
        "charge_count": float(len(charges)) if charges else None,
        "defendants_count": _log(defendants_count),
    }
    held = {CHARGE_PREFIX + charge for charge in charges}
    values = np.zeros(len(names), dtype=np.float32)
    present = np.zeros(len(names), dtype=np.float32)
    for index, name in enumerate(names):
        value = known.get(name)
        if name.startswith(CHARGE_PREFIX) and charges:
            value = float(name in held)
        if value is not None:
            values[index], present[index] = value, 1.0
    return values, present


def _log(value: float | None) -> float | None:
    return None if value is None else float(np.log1p(value))
