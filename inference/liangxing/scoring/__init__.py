"""Scoring many cases: shards of JSON Lines, on this machine or a cluster, resumable."""

from liangxing.scoring.run import ENGINES, Summary, score

__all__ = ["ENGINES", "Summary", "score"]
