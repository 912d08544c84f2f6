"""ONNX Runtime sessions of a bundle's two graphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from liangxing.errors import BundleError

Floats = NDArray[np.float32]

# ONNX Runtime ships no types.
_runtime: Any = onnxruntime


@dataclass(frozen=True)
class Encoding:
    """Of a batch: `embedding [cases, d]`, `charge_logits`, `article_logits`."""

    embedding: Floats
    charge_logits: Floats
    article_logits: Floats

    def rows(self) -> Iterator[Encoding]:
        """The cases one by one."""
        for row in range(len(self.embedding)):
            yield Encoding(*(part[row : row + 1] for part in self._parts()))

    @classmethod
    def joined(cls, encodings: Sequence[Encoding]) -> Encoding:
        """Several encodings as one batch, in order."""
        columns = zip(*(encoding._parts() for encoding in encodings), strict=True)
        return cls(*(np.concatenate(column) for column in columns))

    def _parts(self) -> tuple[Floats, Floats, Floats]:
        return self.embedding, self.charge_logits, self.article_logits


@dataclass(frozen=True)
class HeadOutput:
    """Of a batch: `outcome_logits [cases, outcomes]`, `suspension_logit [cases]`,
    `fine_quantiles [cases, 3]` in log1p yuan (10 %, 50 %, 90 %)."""

    outcome_logits: Floats
    suspension_logit: Floats
    fine_quantiles: Floats


def open_session(path: Path, threads: int | None) -> Any:
    """A CPU session; raises BundleError when the graph cannot be loaded."""
    options = _runtime.SessionOptions()
    options.log_severity_level = 3
    if threads is not None:
        options.intra_op_num_threads = threads
    try:
        return _runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise BundleError(f"{path.name} cannot be loaded by ONNX Runtime: {error}") from error


def pad_windows(
    cases: Sequence[Sequence[Sequence[int]]], pad_id: int
) -> dict[str, NDArray[np.int64]]:
    """`input_ids` and `attention_mask [windows, tokens]`, `window_case [windows]`, padded to the
    longest window of the batch."""
    flat = [(window, case) for case, windows in enumerate(cases) for window in windows]
    longest = max(len(window) for window, _ in flat)
    input_ids = np.full((len(flat), longest), pad_id, dtype=np.int64)
    attention_mask = np.zeros((len(flat), longest), dtype=np.int64)
    for row, (window, _) in enumerate(flat):
        input_ids[row, : len(window)] = window
        attention_mask[row, : len(window)] = 1
    window_case = np.asarray([case for _, case in flat], dtype=np.int64)
    return {
        "input_ids": input_ids,
        "attention_mask": attention_mask,
        "window_case": window_case,
    }


class Graphs:
    """The encoder and the head of one bundle; threads may share one instance."""

    def __init__(self, encoder: Path, head: Path, *, pad_id: int, threads: int | None) -> None:
        self._encoder = open_session(encoder, threads)
        self._head = open_session(head, threads)
        self._pad_id = pad_id

    def encode(self, cases: Sequence[Sequence[Sequence[int]]]) -> Encoding:
        """Encodes cases, each a list of windows of token ids.

        One case a run: int8 scales activations by all that is in a run, so that a case would
        otherwise depend on its neighbours in the batch.
        """
        return Encoding.joined([self._encode_one(windows) for windows in cases])

    def _encode_one(self, windows: Sequence[Sequence[int]]) -> Encoding:
        outputs: Any = self._encoder.run(
            ["embedding", "charge_logits", "article_logits"],
            pad_windows([windows], self._pad_id),
        )
        return Encoding(*outputs)

    def decide(self, embedding: Floats, features: Floats, present: Floats) -> HeadOutput:
        """Runs the head on `embedding [cases, d]`, `features` and `present [cases, k]`."""
        outputs: Any = self._head.run(
            ["outcome_logits", "suspension_logit", "fine_quantiles"],
            {"embedding": embedding, "features": features, "features_present": present},
        )
        return HeadOutput(*outputs)
