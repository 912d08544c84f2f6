"""Readers: every source as neutral rows, in constant memory."""

from liangxing_training.sources.read import Source, read_source
from liangxing_training.sources.rows import BadRow, RawRow

__all__ = ["BadRow", "RawRow", "Source", "read_source"]
