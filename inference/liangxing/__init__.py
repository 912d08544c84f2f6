"""Sentence prediction for Chinese criminal cases: calibrated, bounded by law, explained."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liangxing.case import Case
    from liangxing.errors import LiangxingError
    from liangxing.prediction import Prediction
    from liangxing.predictor import SentencePredictor

__all__ = ["Case", "LiangxingError", "Prediction", "SentencePredictor"]

_HOMES = {
    "Case": "liangxing.case",
    "LiangxingError": "liangxing.errors",
    "Prediction": "liangxing.prediction",
    "SentencePredictor": "liangxing.predictor",
}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that the package itself costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'liangxing' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
