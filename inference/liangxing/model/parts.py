"""The learned parts of one bundle, from texts to probabilities before any bound."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from liangxing.case import Case
from liangxing.law.assess import read_rules
from liangxing.model import features
from liangxing.model.bundle import CHARGES, ENCODER, HEAD, TOKENIZER, TREES, Bundle
from liangxing.model.calibration import softmax
from liangxing.model.charge_grams import ChargeGrams
from liangxing.model.legal import LegalContext
from liangxing.model.outcomes import Floats
from liangxing.model.session import Encoding, Graphs, HeadOutput
from liangxing.model.texts import ReadTexts
from liangxing.model.tokens import WindowTokenizer, encoder_text
from liangxing.model.trees import TreePart


class Parts:
    """Tokenizer, encoder, head and, where the bundle has them, trees and n-grams for the charge.
    Threads may share it, except within `remembering`."""

    def __init__(self, bundle: Bundle, threads: int | None) -> None:
        manifest, folder = bundle.manifest, bundle.folder
        self._manifest = manifest
        # ONNX Runtime prepares its graphs without the interpreter's lock.
        with ThreadPoolExecutor(1) as beside:
            graphs = beside.submit(
                Graphs,
                folder / ENCODER,
                folder / HEAD,
                pad_id=manifest.windows.pad_id,
                threads=threads,
                precision=manifest.precision,
            )
            trees = (
                beside.submit(TreePart, folder, manifest.files, manifest.feature_names, threads)
                if TREES in manifest.files
                else None
            )
            self.tokenizer = WindowTokenizer.from_file(folder / TOKENIZER, manifest.windows)
            self._charge_grams = (
                ChargeGrams.from_file(folder / CHARGES) if CHARGES in manifest.files else None
            )
            read_rules()
        self.graphs = graphs.result()
        self.trees = trees.result() if trees else None
        self._remembered: dict[tuple[tuple[int, ...], ...], Encoding] | None = None

    def encode(self, cases: Iterable[Case]) -> Encoding:
        """The encoder's own answers for each case's text."""
        return self._encode([windows for windows, _ in self._cut(cases)])

    def read(self, cases: Sequence[Case]) -> ReadTexts:
        """What all parts make of the texts alone; the logits of the charges are pooled."""
        cut = self._cut(cases)
        mask = self._manifest.windows.mask_verdicts
        texts = [encoder_text(case.fact, mask=mask) for case in cases]
        encoding = self._encode([windows for windows, _ in cut])
        if self._charge_grams is not None:
            told = np.stack([self._charge_grams.logits(text) for text in texts])
            pooled = self._charge_grams.pooled(encoding.charge_logits, told)
            encoding = replace(encoding, charge_logits=pooled)
        return ReadTexts(
            truncated=tuple(truncated for _, truncated in cut),
            encoding=encoding,
            grams=tuple(map(self.trees.read, texts)) if self.trees else (),
        )

    def decide(
        self,
        texts: ReadTexts,
        contexts: Sequence[LegalContext],
        defendants: Sequence[int | None],
    ) -> tuple[HeadOutput, Floats]:
        """The head's answers, with the trees' median fine where they have one, and the outcome
        probabilities [cases, outcomes] of head and trees together; `defendants` is the number of
        them in each case, where it is given."""
        rows = [
            features.compute(self._manifest.feature_names, context, defendants_count=count)
            for context, count in zip(contexts, defendants, strict=True)
        ]
        values = np.stack([values for values, _ in rows])
        present = np.stack([present for _, present in rows])
        outputs = self.graphs.decide(texts.encoding.embedding, values, present)
        probabilities = softmax(outputs.outcome_logits.astype(np.float64))
        if self.trees is not None:
            told = self.trees.judge(texts.grams, values, present)
            probabilities = self.trees.mixed(probabilities, told.outcomes)
            if told.fines is not None:
                outputs = replace(
                    outputs, fine_quantiles=_moved(outputs.fine_quantiles, told.fines)
                )
        return outputs, probabilities

    @contextmanager
    def remembering(self) -> Generator[None]:
        """Within the block every text is encoded once; memory grows with their number."""
        self._remembered = {}
        try:
            yield
        finally:
            self._remembered = None

    def _cut(self, cases: Iterable[Case]) -> list[tuple[list[list[int]], bool]]:
        return self.tokenizer.batch([(case.fact, case.defendant) for case in cases])

    def _encode(self, texts: Sequence[Sequence[Sequence[int]]]) -> Encoding:
        known = self._remembered
        if known is None:
            return self.graphs.encode(texts)
        keys = [tuple(tuple(window) for window in windows) for windows in texts]
        new = list(dict.fromkeys(key for key in keys if key not in known))
        if new:
            known.update(zip(new, self.graphs.encode(new).rows(), strict=True))
        return Encoding.joined([known[key] for key in keys])


def _moved(quantiles: NDArray[np.float32], medians: Floats) -> NDArray[np.float32]:
    """Quantiles [cases, 3], as far apart as they are, around other medians [cases]."""
    rising = np.sort(quantiles, axis=1)
    return (rising + (medians - rising[:, 1])[:, None]).astype(np.float32)
