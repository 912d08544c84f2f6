"""Scoring many cases: shards of JSON Lines, resumable."""

from liangxing.scoring.run import ENGINES, Summary, score

__all__ = ["ENGINES", "Summary", "score"]
