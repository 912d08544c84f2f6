"""The sides of the race: a bundle, and what a user would otherwise run with the same weights."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from liangxing.case import Case
from liangxing.model.session import pad_windows
from liangxing.predictor import SentencePredictor
from liangxing_training.export import export_encoder
from liangxing_training.finetune import load_trained

BATCH = 16
EAGER, BF16, COMPILED = "torch eager fp32", "torch bf16", "torch compiled"
PLAIN_ONNX = "ONNX Runtime fp32, unoptimised"
# Peers that may be skipped: bf16 is emulated, slowly, where the processor lacks it.
OPTIONAL = {"bf16": BF16, "compiled": COMPILED}


@dataclass
class Contestants:
    """All sides on one model: facts in, embeddings and outcome logits out, on `threads`.

    `bundle` and `trained` are folders of one model; `scratch` takes the peers' files; `skipped`
    are keys of OPTIONAL.
    """

    bundle: Path
    trained: Path
    scratch: Path
    threads: int
    skipped: frozenset[str] = frozenset()
    without: dict[str, str] = field(default_factory=dict)

    @cached_property
    def predictor(self) -> SentencePredictor:
        return SentencePredictor.load(self.bundle, threads=self.threads)

    @cached_property
    def model(self) -> Any:
        torch.set_num_threads(self.threads)
        return load_trained(self.trained)[0]

    def ours(self, facts: Sequence[str]) -> None:
        """Tokens, encoder and head of the bundle, without the law."""
        encoding = self.predictor.encode_texts(Case(fact=fact) for fact in facts)
        blank = self._blank(len(facts))
        self.predictor.parts.graphs.decide(encoding.embedding, blank, blank)

    def whole(self, facts: Sequence[str]) -> None:
        """A prediction as a user gets it: reading, law, network, trees, intervals."""
        for _ in self.predictor.predict_many([{"fact": fact} for fact in facts]):
            pass

    def eager(self, facts: Sequence[str]) -> None:
        """Transformers and torch, batches padded to their longest."""
        for batch in self._padded(facts):
            self._torch(self.model, batch)

    def bf16(self, facts: Sequence[str]) -> None:
        """The same under bfloat16 autocast."""
        with torch.autocast("cpu", torch.bfloat16):
            self.eager(facts)

    def compiled(self, facts: Sequence[str]) -> None:
        """The same through torch.compile."""
        for batch in self._padded(facts):
            self._torch(self._compiled, batch)

    def plain_onnx(self, facts: Sequence[str]) -> None:
        """The exporter's graph as it comes, with no optimisation of ONNX Runtime."""
        for batch in self._padded(facts):
            outputs = self._plain.run(["embedding"], batch)
            blank = self._blank(len(outputs[0]))
            self.predictor.parts.graphs.decide(outputs[0], blank, blank)

    def peers(self) -> dict[str, Callable[[Sequence[str]], None]]:
        """Every peer that this machine can run; the others are in `without`, with the reason."""
        found = {EAGER: self.eager, PLAIN_ONNX: self.plain_onnx}
        for key, work in (("bf16", self.bf16), ("compiled", self.compiled)):
            name = OPTIONAL[key]
            if key in self.skipped:
                self.without[name] = "skipped"
                continue
            try:
                work(["被告人王某窃得手机一部。"] * 2)
            except Exception as error:
                self.without[name] = f"fails here: {str(error).splitlines()[0][:120]}"
            else:
                found[name] = work
        return found

    @cached_property
    def _compiled(self) -> Any:
        return torch.compile(self.model, dynamic=True)

    @cached_property
    def plain_path(self) -> Path:
        """The fp32 graph of the encoder as the exporter writes it."""
        path = self.scratch / "plain.onnx"
        if not path.is_file():
            export_encoder(self.model, path, self.predictor.bundle.manifest.windows)
        return path

    @cached_property
    def _plain(self) -> Any:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            str(self.plain_path), options, providers=["CPUExecutionProvider"]
        )

    def _padded(self, facts: Sequence[str]) -> list[dict[str, Any]]:
        pad_id = self.predictor.bundle.manifest.windows.pad_id
        cut = [self.predictor.windows(fact) for fact in facts]
        return [pad_windows(cut[at : at + BATCH], pad_id) for at in range(0, len(cut), BATCH)]

    def _torch(self, model: Any, batch: dict[str, Any]) -> None:
        torch.set_num_threads(self.threads)
        cases = int(batch["window_case"].max()) + 1
        blank = torch.from_numpy(self._blank(cases))
        tensors = {name: torch.from_numpy(array) for name, array in batch.items()}
        with torch.inference_mode(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model(**tensors, features=blank, features_present=blank)

    def _blank(self, cases: int) -> Any:
        width = len(self.predictor.bundle.manifest.feature_names)
        return np.zeros((cases, width), dtype=np.float32)
