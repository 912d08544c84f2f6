"""Readers: each turns one kind of file into raw rows of one shape."""

from liangxing_training.sources.read import BadRow, RawRow, Source, read_source

__all__ = ["BadRow", "RawRow", "Source", "read_source"]
