"""ONNX Runtime sessions of a bundle's two graphs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from liangxing.errors import BundleError

Floats = NDArray[np.float32]

# ONNX Runtime ships no types.
_runtime: Any = onnxruntime
_GPU_PROVIDERS = ("CUDAExecutionProvider", "ROCMExecutionProvider")

ENCODER_OUTPUTS = ("embedding", "charge_logits", "article_logits")
# Tokens of one run of the encoder at most, padding included, unless one case has more.
RUN_TOKENS = 2048


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


def gpu_providers() -> list[str]:
    """The GPU providers that this ONNX Runtime has and bundles may use."""
    return [name for name in _runtime.get_available_providers() if name in _GPU_PROVIDERS]


def open_session(path: Path, threads: int | None, *, gpu: bool = False) -> Any:
    """A session on the CPU or, with `gpu`, on the first GPU.

    Raises BundleError when the graph cannot be loaded, or there is no GPU provider.
    """
    providers = gpu_providers() if gpu else []
    if gpu and not providers:
        raise BundleError(
            f"{path.name} is fp16, which is for GPUs, and this ONNX Runtime has no GPU provider; "
            "install onnxruntime-gpu or give --model an int8 or fp32 bundle"
        )
    options = _runtime.SessionOptions()
    options.log_severity_level = 3
    if threads is not None:
        options.intra_op_num_threads = threads
    try:
        return _runtime.InferenceSession(
            str(path), options, providers=[*providers, "CPUExecutionProvider"]
        )
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


def runs_of(cases: Sequence[Sequence[Sequence[int]]], limit: int) -> Iterator[list[int]]:
    """Positions of the cases that share a run: neighbours in length, the windows of a case
    together, at most `limit` tokens with padding (a case of more has a run of its own).

    >>> list(runs_of([[[1] * 5], [[1] * 2], [[1] * 4, [1]]], 12))
    [[1, 2], [0]]
    """
    longest = [max(map(len, windows)) for windows in cases]
    run: list[int] = []
    rows = 0
    for place in sorted(range(len(cases)), key=longest.__getitem__):
        # In rising order, so that the newest case is the longest of its run.
        if run and (rows + len(cases[place])) * longest[place] > limit:
            yield run
            run, rows = [], 0
        run.append(place)
        rows += len(cases[place])
    if run:
        yield run


class Graphs:
    """The encoder and the head of one bundle; threads may share one instance.

    `precision` is the encoder's. Only fp32 and fp16 put several cases in a run: int8 scales
    activations by all that is in a run, so that a case would depend on its neighbours there. Its
    cases run side by side instead, one to a thread: one case is too small to keep several busy.
    """

    def __init__(
        self,
        encoder: Path,
        head: Path,
        *,
        pad_id: int,
        threads: int | None,
        precision: str | None = None,
    ) -> None:
        self._path = encoder
        self._encoder = open_session(encoder, threads, gpu=precision == "fp16")
        self._head = open_session(head, threads)
        self._pad_id = pad_id
        self._limit = RUN_TOKENS if precision in ("fp32", "fp16") else 0
        self._side_by_side = 1 if self._limit else threads or os.cpu_count() or 1

    def encode(self, cases: Sequence[Sequence[Sequence[int]]]) -> Encoding:
        """Encodes cases, each a list of windows of token ids, in order."""
        runs = list(runs_of(cases, self._limit))
        batches = [[cases[place] for place in run] for run in runs]
        workers = min(self._side_by_side, len(batches))
        if workers > 1:
            with ThreadPoolExecutor(workers) as pool:
                # The longest first, so that none is left with one at the end.
                encodings = list(pool.map(self._encode_alone, batches[::-1]))[::-1]
        else:
            encodings = [self._encode(self._encoder, batch) for batch in batches]
        found: dict[int, Encoding] = {}
        for run, encoding in zip(runs, encodings, strict=True):
            found.update(zip(run, encoding.rows(), strict=True))
        return Encoding.joined([found[place] for place in range(len(cases))])

    def decide(self, embedding: Floats, features: Floats, present: Floats) -> HeadOutput:
        """Runs the head on `embedding [cases, d]`, `features` and `present [cases, k]`."""
        outputs: Any = self._head.run(
            ["outcome_logits", "suspension_logit", "fine_quantiles"],
            {"embedding": embedding, "features": features, "features_present": present},
        )
        return HeadOutput(*outputs)

    @cached_property
    def _one_thread(self) -> Any:
        """A second session of the encoder, opened by the first batch."""
        return open_session(self._path, 1)

    def _encode_alone(self, cases: Sequence[Sequence[Sequence[int]]]) -> Encoding:
        return self._encode(self._one_thread, cases)

    def _encode(self, session: Any, cases: Sequence[Sequence[Sequence[int]]]) -> Encoding:
        outputs: Any = session.run(ENCODER_OUTPUTS, pad_windows(cases, self._pad_id))
        return Encoding(*outputs)
