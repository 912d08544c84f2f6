"""The gold labels of reading, for the tests that measure against them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from liangxing_training.evaluation.reading_report import GoldText, load_gold

GOLD = Path(__file__).parent / "inference" / "gold"


@lru_cache(maxsize=1)
def snippets() -> list[GoldText]:
    return load_gold(GOLD / "snippets.jsonl")
