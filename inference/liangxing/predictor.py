"""SentencePredictor: text to a bounded, calibrated prediction, without torch."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np

from liangxing.case import Case
from liangxing.errors import CaseError
from liangxing.law import law_sha256
from liangxing.law.bounds import Finder
from liangxing.law.local import load_local
from liangxing.law.statutes import find
from liangxing.law.suspension import SuspensionLaw, suspension_of
from liangxing.model import calibration as calibrate
from liangxing.model import features
from liangxing.model.bundle import (
    BUNDLED,
    ENCODER,
    HEAD,
    TOKENIZER,
    TREES,
    WIDE,
    Bundle,
    load_bundle,
)
from liangxing.model.legal import LegalContext, legal_context
from liangxing.model.outcomes import Floats
from liangxing.model.registry import local_folder
from liangxing.model.session import Encoding, Graphs, HeadOutput
from liangxing.model.tokens import WindowTokenizer, encoder_text
from liangxing.model.trees import TreePart
from liangxing.prediction import (
    Bounds,
    Candidate,
    Distribution,
    Fine,
    Interval,
    ModelIdentity,
    Penalty,
    Prediction,
    Suspension,
)
from liangxing.reading import READING_VERSION
from liangxing.terms import penalty_kind, penalty_text

_LISTED = 5
_MERGED_DEATH = "死刑（含缓期二年执行）"
_T = TypeVar("_T")


@dataclass(frozen=True)
class Assessment:
    """One case on the deployed path: its legal context and the outcome probabilities before any
    bound, [outcomes]."""

    legal: LegalContext
    probabilities: Floats


@dataclass(frozen=True)
class _Run:
    """One batch through all parts; `probabilities` [cases, outcomes] are before any bound."""

    truncated: list[bool]
    encoding: Encoding
    contexts: list[LegalContext]
    outputs: HeadOutput
    probabilities: Floats


class SentencePredictor:
    """Predicts sentences with one bundle. Load once; threads may share it."""

    def __init__(
        self, bundle: Bundle, *, threads: int | None = None, finder: Finder = find
    ) -> None:
        manifest = bundle.manifest
        self.bundle = bundle
        self._finder = finder
        self._grid = bundle.grid
        self._tokenizer = WindowTokenizer.from_file(bundle.folder / TOKENIZER, manifest.windows)
        self.graphs = Graphs(
            bundle.folder / ENCODER,
            bundle.folder / HEAD,
            pad_id=manifest.windows.pad_id,
            threads=threads,
        )
        self.trees = (
            TreePart(
                bundle.folder / TREES,
                bundle.folder / WIDE,
                manifest.feature_names,
                threads,
            )
            if TREES in manifest.files
            else None
        )
        self._identity = ModelIdentity(manifest.name, manifest.version, bundle.sha256)
        self._notices = _notices(bundle)
        self._remembered: dict[tuple[tuple[int, ...], ...], Encoding] | None = None

    @classmethod
    def load(
        cls,
        path: str | Path | None = None,
        *,
        threads: int | None = None,
        local_thresholds: str | Path | None = None,
    ) -> SentencePredictor:
        """A predictor from a bundle folder or `models:/NAME@ALIAS` of an MLflow registry; without
        either, the bundled model.

        Raises BundleError naming the file at fault. `local_thresholds` is a YAML file with a
        province's own figures for tiers; ConfigError names the line that is wrong.
        """
        finder = find if local_thresholds is None else load_local(local_thresholds).find
        folder = BUNDLED if path is None else local_folder(path)
        return cls(load_bundle(folder), threads=threads, finder=finder)

    def windows(self, fact: str, defendant: str | None = None) -> list[list[int]]:
        """Windows of token ids as the encoder takes them."""
        return self._tokenizer.windows(fact, defendant)[0]

    @contextmanager
    def remembering(self) -> Generator[Self]:
        """Within the block a text is encoded once, however often its case is assessed again.

        Memory grows with the number of texts.
        """
        self._remembered = {}
        try:
            yield self
        finally:
            self._remembered = None

    def predict(self, case: Case | Mapping[str, Any], level: float = 0.9) -> Prediction:
        """Predicts one case; raises CaseError naming the field, the limit and the fix."""
        return next(self.predict_many([case], level=level))

    def predict_many(
        self,
        cases: Iterable[Case | Mapping[str, Any]],
        batch_size: int = 16,
        level: float = 0.9,
    ) -> Iterator[Prediction]:
        """Predicts cases in order, `batch_size` at a time, reading no further ahead.

        `level` is the coverage wanted, between 0 and 1. Raises CaseError at the first bad case.
        """
        if not 0 < level < 1:
            raise CaseError(f"level {level} is not between 0 and 1; 0.9 is usual")
        for batch in _batches((Case.from_row(case) for case in cases), batch_size):
            run = self._run(batch)
            for index, case in enumerate(batch):
                yield self._prediction(case, run, index, level)

    def assess(
        self, cases: Iterable[Case], batch_size: int = 16, *, charge_given: bool = True
    ) -> Iterator[Assessment]:
        """The deployed path up to the raw probabilities, for fitting and measuring calibration.

        With `charge_given` false, the charges of the cases are withheld.
        """
        if not charge_given:
            cases = (case.model_copy(update={"charges": ()}) for case in cases)
        for batch in _batches(cases, batch_size):
            run = self._run(batch)
            yield from (
                Assessment(*pair) for pair in zip(run.contexts, run.probabilities, strict=True)
            )

    def interval(self, found: Assessment, level: float) -> Interval:
        """The interval of an assessed case at any level, without another pass of the model."""
        bounds, fitted = found.legal.bounds, self.bundle.calibration
        distribution = self._bounded(found)
        inflation = (
            fitted.inflation(found.legal.mode, found.legal.charge, level)[0] if fitted else np.inf
        )
        sets = calibrate.nested_sets(self._grid, distribution, bounds)
        return calibrate.interval_at(self._grid, sets, bounds, inflation, level)

    def _bounded(self, found: Assessment) -> Floats:
        discount = self.bundle.calibration.discount if self.bundle.calibration else 1.0
        return calibrate.bounded(self._grid, found.probabilities, found.legal.bounds, discount)

    def _run(self, cases: Sequence[Case]) -> _Run:
        manifest = self.bundle.manifest
        cut = [self._tokenizer.windows(case.fact, case.defendant) for case in cases]
        encoding = self._encode([windows for windows, _ in cut])
        charge_rows = calibrate.softmax(encoding.charge_logits.astype(np.float64))
        contexts = [
            legal_context(case, manifest.charges, row, finder=self._finder)
            for case, row in zip(cases, charge_rows, strict=True)
        ]
        rows = [
            features.compute(
                manifest.feature_names,
                context,
                defendants_count=case.defendants_count,
            )
            for case, context in zip(cases, contexts, strict=True)
        ]
        values = np.stack([values for values, _ in rows])
        present = np.stack([present for _, present in rows])
        outputs = self.graphs.decide(encoding.embedding, values, present)
        probabilities = calibrate.softmax(outputs.outcome_logits.astype(np.float64))
        if self.trees is not None:
            mask = manifest.windows.mask_verdicts
            texts = [encoder_text(case.fact, mask=mask) for case in cases]
            probabilities = self.trees.mixed(
                probabilities, self.trees.probabilities(texts, values, present)
            )
        truncated = [truncated for _, truncated in cut]
        return _Run(truncated, encoding, contexts, outputs, probabilities)

    def _encode(self, texts: Sequence[Sequence[Sequence[int]]]) -> Encoding:
        known = self._remembered
        if known is None:
            return self.graphs.encode(texts)
        keys = [tuple(tuple(window) for window in windows) for windows in texts]
        new = list(dict.fromkeys(key for key in keys if key not in known))
        if new:
            known.update(zip(new, self.graphs.encode(new).rows(), strict=True))
        return Encoding.joined([known[key] for key in keys])

    def _prediction(
        self,
        case: Case,
        run: _Run,
        index: int,
        level: float,
    ) -> Prediction:
        manifest = self.bundle.manifest
        legal, encoding, outputs = run.contexts[index], run.encoding, run.outputs
        found = Assessment(legal, run.probabilities[index])
        distribution = self._bounded(found)
        penalty = self._penalty(
            calibrate.best_point(self._grid, distribution, legal.bounds),
            fine_only=legal.law.statutory.fine_only,
        )
        suspended = suspension_of(penalty.kind, penalty.months, legal.reading.facts, legal.charges)
        charge_row = calibrate.softmax(encoding.charge_logits[index].astype(np.float64))
        article_row = 1 / (1 + np.exp(-encoding.article_logits[index].astype(np.float64)))
        warnings = [*self._notices, *legal.warnings]
        if run.truncated[index]:
            warnings.append("案情过长，中间部分未读入模型（fact longer than the model reads）")
        return Prediction(
            id=case.id,
            penalty=penalty,
            interval=self.interval(found, level),
            bounds=Bounds(statutory=legal.bounds, guideline=legal.guideline),
            distribution=self._distribution(distribution),
            charges=_top(manifest.charges, charge_row),
            articles=_top(manifest.articles, article_row),
            suspension=self._suspension(suspended, float(outputs.suspension_logit[index])),
            fine=self._fine(outputs.fine_quantiles[index]),
            model=self._identity,
            circumstances=list(legal.reading.circumstances),
            quantities=list(legal.reading.quantities),
            trace=[*legal.trace, suspended.trace],
            warnings=warnings,
        )

    def _penalty(self, outcome: int, *, fine_only: bool) -> Penalty:
        if outcome == self._grid.death:
            return Penalty("death", None, _MERGED_DEATH)
        if outcome == self._grid.life:
            return Penalty("life", None, penalty_text("life", None))
        months = self._grid.months[outcome]
        kind = penalty_kind(months, fine_only_open=fine_only)
        return Penalty(kind, months, penalty_text(kind, months))

    def _distribution(self, distribution: Floats) -> Distribution:
        bins = {str(number): 0.0 for number in range(1, 11)}
        for name, mass in zip(self._grid.bins, distribution[: self._grid.life], strict=True):
            bins[name] += float(mass)
        return Distribution(
            bins, float(distribution[self._grid.life]), float(distribution[self._grid.death])
        )

    def _suspension(self, law: SuspensionLaw, logit: float) -> Suspension:
        if not law.eligible or "suspension" not in self.bundle.manifest.labels_seen:
            probability = None if law.eligible else 0.0
        else:
            probability = float(1 / (1 + np.exp(-logit)))
        return Suspension(law.eligible, probability, law.probation)

    def _fine(self, quantiles: Any) -> Fine | None:
        if "fine" not in self.bundle.manifest.labels_seen:
            return None
        low, middle, high = np.expm1(np.sort(np.maximum(quantiles.astype(np.float64), 0.0)))
        return Fine(round(float(middle), -2), round(float(low), -2), round(float(high), -2))


def _notices(bundle: Bundle) -> tuple[str, ...]:
    notices: list[str] = []
    manifest = bundle.manifest
    if manifest.synthetic:
        notices.append("模型只用合成数据训练，仅供演示（trained on synthetic cases only）")
    if bundle.calibration is None:
        notices.append(
            "模型未校准，区间为全部法定边界（not calibrated: the interval is the bounds）"
        )
    if manifest.law_sha256 != law_sha256() or manifest.reading_version != READING_VERSION:
        notices.append(
            "校准所用的法律数据或读取规则版本不同，覆盖率不作保证"
            "（calibrated against other law data: no coverage claim）"
        )
    return tuple(notices)


def _top(names: Sequence[str], probabilities: Floats) -> list[Candidate]:
    order = np.argsort(-probabilities, kind="stable")[:_LISTED]
    return [Candidate(names[int(i)], float(probabilities[i])) for i in order]


def _batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
