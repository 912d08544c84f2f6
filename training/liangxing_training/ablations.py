"""What each part of the model is worth: every row fitted on train, scored on validation.

The rows on embedded cases share one encoder that is not trained further and are means over
several seeds; those of the fine-tuned encoder, which takes an hour, are of one seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from liangxing.model.calibration import best_point, bounded
from liangxing.model.legal import legal_context
from liangxing.model.outcomes import OutcomeGrid
from liangxing.model.tokens import encoder_text
from liangxing.model.trees import mixture
from liangxing.prediction import StatutoryBounds
from pydantic import BaseModel, ConfigDict, Field

from liangxing_training.batches import to_case
from liangxing_training.embeddings import EmbeddedData, EmbeddedSplit
from liangxing_training.evaluation.bootstrap import (
    Estimate,
    PairedDifference,
    Resampling,
    bootstrap_mean,
    mean_of,
    paired_bootstrap,
)
from liangxing_training.evaluation.metrics import cail_scores
from liangxing_training.evaluation.outcomes import Outcomes
from liangxing_training.heads import HeadSettings, expected_best, outcome_loss, train_head
from liangxing_training.trees import Rows, TreeSettings, choose_weight, fit_trees, learnt_fines

Say = Callable[[str], None]


class AblateSettings(BaseModel):
    """`discount` multiplies mass outside the tier in the rows with bounds; the shipped figure is
    fitted by `calibrate`. `fractions` are the shares of train of the learning curve."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seeds: tuple[int, ...] = Field(default=(17, 18, 19), min_length=1)
    head: HeadSettings = HeadSettings()
    discount: float = Field(default=0.5, gt=0, le=1)
    fractions: tuple[float, ...] = (0.25, 0.5, 1.0)
    resamples: int = Field(default=1000, ge=10)

    @property
    def resampling(self) -> Resampling:
        return Resampling(resamples=self.resamples, seed=self.seeds[0])


@dataclass(frozen=True)
class System:
    """One row: the `cail_score` of each validation case, 0 to 100, mean over seeds, and the mean
    loss in nats (None for answers without a distribution)."""

    name: str
    scores: np.ndarray
    loss: float | None
    seeds: int

    def estimate(self, how: Resampling) -> Estimate:
        return bootstrap_mean(self.scores, how)

    def minus(self, other: System, how: Resampling) -> PairedDifference:
        return paired_bootstrap(mean_of(self.scores), mean_of(other.scores), len(self.scores), how)


@dataclass(frozen=True)
class CurvePoint:
    """`system` fitted on a random `rows` of train."""

    system: str
    rows: int
    cail_score: Estimate
    loss: float


class Bench:
    """Scores distributions on the validation cases."""

    def __init__(self, split: EmbeddedSplit, grid: OutcomeGrid, settings: AblateSettings) -> None:
        self.split, self.grid, self.settings = split, grid, settings
        self.truth = Outcomes.from_records(split.records)
        self._bounds: list[StatutoryBounds] | None = None

    def points(self, name: str, answers: Outcomes) -> System:
        """A row of answers without a distribution."""
        return System(name, cail_scores(self.truth, answers), None, 1)

    def distributions(
        self, name: str, found: Sequence[np.ndarray], *, bounds: bool = False
    ) -> System:
        """A row of distributions [cases, outcomes], one for each seed."""
        decide = self._inside if bounds else self._expected
        pairs = [decide(one) for one in found]
        return System(
            name,
            np.mean([scores for scores, _ in pairs], axis=0),
            float(np.mean([outcome_loss(kept, self.split.truth) for _, kept in pairs])),
            len(found),
        )

    def _expected(self, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self._scores(expected_best(found, self.grid)), found

    def _inside(self, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self._bounds is None:
            self._bounds = [
                legal_context(to_case(r), (), np.zeros(0)).bounds for r in self.split.records
            ]
        pairs = list(zip(found, self._bounds, strict=True))
        kept = [bounded(self.grid, row, law, self.settings.discount) for row, law in pairs]
        points = [
            best_point(self.grid, row, law) for row, (_, law) in zip(kept, pairs, strict=True)
        ]
        return self._scores(np.asarray(points)), np.stack(kept)

    def _scores(self, points: np.ndarray) -> np.ndarray:
        grid = self.grid
        rows = [
            {
                "months": float(grid.months[p]) if p < grid.life else None,
                "life": p == grid.life,
                "death": p == grid.death,
            }
            for p in points.tolist()
        ]
        return cail_scores(self.truth, Outcomes.from_records(rows))


@dataclass(frozen=True)
class Fitted:
    """Distributions on validation: one of the head for each seed, and the trees'."""

    heads: list[np.ndarray]
    trees: np.ndarray
    weight: float

    def mixed(self) -> list[np.ndarray]:
        return [mixture(head, self.trees, self.weight) for head in self.heads]


def ablate(
    data: EmbeddedData,
    baselines: dict[str, Outcomes],
    trees: TreeSettings,
    settings: AblateSettings,
    finetuned: np.ndarray | None,
    adapted: EmbeddedData | None,
    say: Say = lambda _: None,
) -> list[System]:
    """The rows, from the poorest to the whole model. `baselines` are answers on validation,
    `finetuned` the distribution of a fine-tuned model there, `adapted` the cases through an
    adapted encoder; rows of what is missing are left out."""
    bench = Bench(data.validation, data.space.grid, settings)
    rows = [bench.points(name, answers) for name, answers in baselines.items()]
    variants = [("embedding", data, False), ("embedding + legal features", data, True)]
    if adapted is not None:
        variants.insert(1, ("adapted embedding", adapted, False))
    heads: list[np.ndarray] = []
    for name, source, legal in variants:
        say(f"Training {name}")
        head = settings.head.model_copy(update={"legal_features": legal})
        heads = [train_head(source, head, seed).probabilities for seed in settings.seeds]
        rows.append(bench.distributions(name, heads))
    fitted: Fitted | None = None
    for name, settings_ in _tree_variants(trees):
        say(f"Fitting {name}")
        fitted = fit_parts(data, data.train, heads, settings_)
        rows.append(bench.distributions(name, [fitted.trees]))
    assert fitted is not None
    rows += [
        bench.distributions("embedding + legal features + trees", fitted.mixed()),
        bench.distributions("the same + bounds", fitted.mixed(), bounds=True),
    ]
    if finetuned is not None:
        both = fit_parts(data, data.train, [finetuned], trees, fitted.trees)
        rows += [
            bench.distributions("fine-tuned", [finetuned]),
            bench.distributions("fine-tuned + trees", both.mixed()),
            bench.distributions("fine-tuned + trees + bounds", both.mixed(), bounds=True),
        ]
    return rows


def _tree_variants(trees: TreeSettings) -> list[tuple[str, TreeSettings]]:
    """The trees of the settings last, without the columns they add to the baseline's first."""
    without = {
        "groups": trees.groups.model_copy(update={"enabled": False}),
        "terms": trees.terms.model_copy(update={"enabled": False}),
    }
    variants = [("trees", trees.model_copy(update=without))]
    if trees.groups.enabled:
        grouped = trees.model_copy(update={"terms": without["terms"]})
        variants.append(("trees + verdict groups", grouped))
    if trees.terms.enabled:
        variants.append((f"{variants[-1][0]} + terms", trees))
    return variants


def learning_curve(
    data: EmbeddedData, trees: TreeSettings, settings: AblateSettings, say: Say = lambda _: None
) -> list[CurvePoint]:
    """Head, trees and mixture on nested random shares of train."""
    bench = Bench(data.validation, data.space.grid, settings)
    order = np.random.default_rng(settings.seeds[0]).permutation(len(data.train))
    points: list[CurvePoint] = []
    for fraction in settings.fractions:
        part = data.train.take(order[: max(1, round(fraction * len(order)))])
        say(f"Learning curve: {len(part)} cases")
        some = EmbeddedData(data.space, part, data.validation)
        heads = [train_head(some, settings.head, seed).probabilities for seed in settings.seeds]
        fitted = fit_parts(some, part, heads, trees)
        for name, found in (
            ("head", fitted.heads),
            ("trees", [fitted.trees]),
            ("head + trees", fitted.mixed()),
        ):
            row = bench.distributions(name, found)
            assert row.loss is not None
            points.append(CurvePoint(name, len(part), row.estimate(settings.resampling), row.loss))
    return points


def fit_parts(
    data: EmbeddedData,
    train: EmbeddedSplit,
    heads: list[np.ndarray],
    settings: TreeSettings,
    trees: np.ndarray | None = None,
) -> Fitted:
    """Trees beside heads, with the share that the first head's loss on validation gives them."""
    grid = data.space.grid
    held_out = _rows(data.validation, grid, settings.bandwidth)
    if trees is None:
        fitted = fit_trees(
            _rows(train, grid, settings.bandwidth), data.space.feature_names, grid, settings
        )
        trees = fitted.opinion(held_out).outcomes
    weight, _ = choose_weight(heads[0], trees, held_out.outcomes, settings.weights)
    return Fitted(heads, trees, weight)


def _rows(split: EmbeddedSplit, grid: OutcomeGrid, bandwidth: float) -> Rows:
    return Rows(
        [encoder_text(record["fact"], mask=True) for record in split.records],
        split.features,
        split.present,
        split.soft_outcomes(grid, bandwidth),
        learnt_fines(split.records),
    )
