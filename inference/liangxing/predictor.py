"""SentencePredictor: text to a bounded, calibrated prediction, without torch."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from liangxing.case import Case, Stage
from liangxing.errors import CaseError
from liangxing.law.assess import CaseReading
from liangxing.law.bounds import Finder
from liangxing.law.leniency import ladder_notice
from liangxing.law.local import load_local
from liangxing.law.statutes import find
from liangxing.model import calibration as calibrate
from liangxing.model.answers import Answers, Penalties, era_notice, most_probable, notices_of
from liangxing.model.bundle import BUNDLED, Bundle, load_bundle
from liangxing.model.legal import LegalContext, context_of, legal_context
from liangxing.model.outcomes import Floats
from liangxing.model.parts import Parts
from liangxing.model.registry import local_folder
from liangxing.model.session import Encoding, HeadOutput
from liangxing.model.texts import ReadTexts
from liangxing.prediction import Bounds, Interval, ModelIdentity, Prediction

if TYPE_CHECKING:
    from liangxing.whatif.answer import Changes, WhatIf
    from liangxing.whatif.effects import Variation

_T = TypeVar("_T")


@dataclass(frozen=True)
class Assessment:
    """One case on the deployed path: its legal context, the outcome probabilities before any
    bound, [outcomes], and what the heads of suspension and fine say, uncalibrated."""

    legal: LegalContext
    probabilities: Floats
    suspension_logit: float
    fine_quantiles: Floats


@dataclass(frozen=True)
class Run:
    """One batch through all parts; `probabilities` [cases, outcomes] are before any bound."""

    texts: ReadTexts
    contexts: list[LegalContext]
    outputs: HeadOutput
    probabilities: Floats

    def assessment(self, index: int) -> Assessment:
        """The case at `index`."""
        return Assessment(
            self.contexts[index],
            self.probabilities[index],
            float(self.outputs.suspension_logit[index]),
            self.outputs.fine_quantiles[index].astype(np.float64),
        )


class SentencePredictor:
    """Predicts sentences with one bundle. Load once; threads may share it."""

    def __init__(
        self, bundle: Bundle, *, threads: int | None = None, finder: Finder = find
    ) -> None:
        manifest = bundle.manifest
        self.bundle = bundle
        self.finder = finder
        self.grid = bundle.grid
        self.answers = Answers(bundle)
        self.parts = Parts(bundle, threads)
        self._identity = ModelIdentity(manifest.name, manifest.version, bundle.sha256)
        self._notices = notices_of(bundle)

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
        return self.parts.tokenizer.windows(fact, defendant)[0]

    def embed(self, cases: Iterable[Case]) -> NDArray[np.float32]:
        """What the encoder makes of each case's text, [cases, d], not scaled to length 1.

        One case a run, so that a vector is the same to the last bit whatever it is kept beside.
        """
        return np.concatenate([self.encode_texts([case]).embedding for case in cases])

    def encode_texts(self, cases: Iterable[Case]) -> Encoding:
        """The encoder's own answers for each case's text, before any other part is asked."""
        return self.parts.encode(cases)

    @contextmanager
    def remembering(self) -> Generator[Self]:
        """Within the block a text is encoded once, however often its case is assessed again.

        Memory grows with the number of texts.
        """
        with self.parts.remembering():
            yield self

    def predict(
        self, case: Case | Mapping[str, Any], level: float = 0.9, *, ladder: str | None = None
    ) -> Prediction:
        """Predicts one case; raises CaseError naming the field, the limit and the fix.

        `ladder` names a court's leniency by the stage of the plea (leniency.yaml), an option that
        moves the guideline range and never the model's figures.
        """
        return next(self.predict_many([case], level=level, ladder=ladder))

    def predict_many(
        self,
        cases: Iterable[Case | Mapping[str, Any]],
        batch_size: int = 16,
        level: float = 0.9,
        *,
        ladder: str | None = None,
    ) -> Iterator[Prediction]:
        """Predicts cases in order, `batch_size` at a time, reading no further ahead.

        `level` is the coverage wanted, between 0 and 1. Raises CaseError at the first bad case.
        """
        check_level(level)
        for batch in _batches((Case.from_row(case) for case in cases), batch_size):
            run = self.run(batch, ladder)
            for index, case in enumerate(batch):
                yield self.prediction(case.id, run, index, level, ladder=ladder)

    def what_if(
        self,
        case: Case | Mapping[str, Any],
        variants: Changes | Sequence[Mapping[str, Any] | Variation] | None = None,
        *,
        level: float = 0.9,
        ladder: str | None = None,
    ) -> WhatIf:
        """What changed circumstances, quantities or stage of the plea would do to a case.

        `variants` is one set of changes, {"surrender": True, "amount_yuan": 8000,
        "plea_stage": "investigation", "restitution": None} where None takes back what is stated,
        or a list of {"name", "set", "unset"}; without it, each fact that a plea may be joined
        with. The text is read once, the law and the head anew. Raises CaseError naming an unknown
        id and what is near it.
        """
        # A first prediction does without.
        from liangxing.whatif.answer import answer

        return answer(self, Case.from_row(case), variants, level=level, ladder=ladder)

    def assess(
        self, cases: Iterable[Case], batch_size: int = 16, *, charge_given: bool = True
    ) -> Iterator[Assessment]:
        """The deployed path up to the raw probabilities, for fitting and measuring calibration.

        With `charge_given` false, the charges of the cases are withheld.
        """
        if not charge_given:
            cases = (case.model_copy(update={"charges": ()}) for case in cases)
        for batch in _batches(cases, batch_size):
            run = self.run(batch)
            yield from map(run.assessment, range(len(batch)))

    def interval(self, found: Assessment, level: float) -> Interval:
        """The interval of an assessed case at any level, without another pass of the model."""
        bounds, fitted = found.legal.bounds, self.bundle.calibration
        distribution = self.bounded(found)
        inflation = (
            fitted.inflation(found.legal.mode, found.legal.charge, level)[0] if fitted else np.inf
        )
        sets = calibrate.nested_sets(self.grid, distribution, bounds)
        return calibrate.interval_at(self.grid, sets, bounds, inflation, level)

    def penalties(self, found: Assessment) -> Penalties:
        """The recommended point of an assessed case, with suspension and fine."""
        point = calibrate.best_point(self.grid, self.bounded(found), found.legal.bounds)
        return self.answers.penalties(
            found.legal, point, found.suspension_logit, found.fine_quantiles
        )

    def bounded(self, found: Assessment) -> Floats:
        """The distribution inside the bounds, [outcomes]."""
        discount = self.bundle.calibration.discount if self.bundle.calibration else 1.0
        return calibrate.bounded(self.grid, found.probabilities, found.legal.bounds, discount)

    def run(self, cases: Sequence[Case], ladder: str | None = None) -> Run:
        """One batch from the text on."""
        names = self.bundle.manifest.charges
        texts = self.parts.read(cases)
        charge_rows = calibrate.softmax(texts.encoding.charge_logits.astype(np.float64))
        contexts = [
            legal_context(case, names, row, finder=self.finder, ladder=ladder)
            for case, row in zip(cases, charge_rows, strict=True)
        ]
        return self._decided(texts, contexts, [case.defendants_count for case in cases])

    def rerun(
        self,
        case: Case,
        run: Run,
        states: Sequence[tuple[CaseReading, Stage | None]],
        ladder: str | None = None,
    ) -> Run:
        """The law and the head again on the one case of `run`, whose text was read, under other
        readings and stages of the plea."""
        known = run.contexts[0]
        contexts = [
            context_of(
                case.model_copy(update={"stage": stage}),
                known.mode,
                known.sets,
                reading,
                finder=self.finder,
                ladder=ladder,
            )
            for reading, stage in states
        ]
        counts = [case.defendants_count] * len(states)
        return self._decided(run.texts.repeated(len(states)), contexts, counts)

    def _decided(
        self,
        texts: ReadTexts,
        contexts: list[LegalContext],
        defendants: Sequence[int | None],
    ) -> Run:
        return Run(texts, contexts, *self.parts.decide(texts, contexts, defendants))

    def prediction(
        self, id_: str | None, run: Run, index: int, level: float, *, ladder: str | None = None
    ) -> Prediction:
        """The case at `index` of a run in full."""
        manifest = self.bundle.manifest
        legal, encoding, found = run.contexts[index], run.texts.encoding, run.assessment(index)
        given = self.penalties(found)
        charge_row = calibrate.softmax(encoding.charge_logits[index].astype(np.float64))
        article_row = 1 / (1 + np.exp(-encoding.article_logits[index].astype(np.float64)))
        day = legal.reading.days.latest or date.today()
        warnings = [*self._notices, *era_notice(manifest, day), *legal.warnings]
        if ladder is not None:
            warnings.append(ladder_notice(ladder))
        if run.texts.truncated[index]:
            warnings.append("案情过长，中间部分未读入模型（fact longer than the model reads）")
        return Prediction(
            id=id_,
            penalty=given.penalty,
            interval=self.interval(found, level),
            bounds=Bounds(statutory=legal.bounds, guideline=legal.shown.guideline.range),
            distribution=self.answers.distribution(self.bounded(found)),
            charges=most_probable(manifest.charges, charge_row),
            articles=most_probable(manifest.articles, article_row),
            suspension=given.suspension,
            fine=given.fine,
            model=self._identity,
            circumstances=list(legal.reading.circumstances),
            quantities=list(legal.reading.quantities),
            trace=[*legal.shown.trace, given.suspension_law.trace],
            warnings=warnings,
        )


def check_level(level: float) -> None:
    """Raises CaseError for a level that is no probability."""
    if not 0 < level < 1:
        raise CaseError(f"level {level} is not between 0 and 1; 0.9 is usual")


def _batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
