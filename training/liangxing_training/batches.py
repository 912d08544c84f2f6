"""Records to training batches: windows, legal features and masked labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from liangxing.case import Case
from liangxing.model import features
from liangxing.model.legal import legal_context
from liangxing.model.outcomes import OutcomeGrid, soft_labels
from liangxing.model.session import pad_windows
from liangxing.model.tokens import WindowTokenizer
from rich.progress import track
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Dataset, Sampler

from liangxing_training.fine_labels import fine_of_record
from liangxing_training.hidden_cache import HiddenStates
from liangxing_training.model import FINE_QUANTILES

CASE_FIELDS = (
    "id",
    "fact",
    "defendant",
    "charges",
    "articles",
    "offence_date",
    "judgment_date",
    "defendants_count",
)


@dataclass(frozen=True)
class LabelSpace:
    """What the model can answer (charges, articles, the outcome grid) and the features its head
    takes. They are stored with the model: a later version of the law engine may know more."""

    charges: tuple[str, ...]
    articles: tuple[str, ...]
    grid: OutcomeGrid
    feature_names: tuple[str, ...]


def to_case(record: Mapping[str, Any]) -> Case:
    """The case a user would have given: no label but the charges."""
    return Case.from_row({name: record.get(name) for name in CASE_FIELDS})


def label_space(
    records: Sequence[Mapping[str, Any]], grid: OutcomeGrid, minimum_count: int
) -> LabelSpace:
    """Charges and articles that occur at least `minimum_count` times, most frequent first."""
    charges = _frequent(records, "charges", minimum_count)
    return LabelSpace(
        charges=charges,
        articles=_frequent(records, "articles", minimum_count),
        grid=grid,
        feature_names=tuple(features.feature_names(charges)),
    )


def _frequent(
    records: Sequence[Mapping[str, Any]], column: str, minimum_count: int
) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for record in records:
        for name in record[column]:
            counts[name] = counts.get(name, 0) + 1
    kept = [name for name, count in counts.items() if count >= minimum_count]
    return tuple(sorted(kept, key=lambda name: (-counts[name], name)))


class CaseDataset(Dataset[dict[str, Any]]):
    """Cases of one split, tokenised once. An item is one case with its labels as arrays."""

    def __init__(
        self,
        records: Sequence[Mapping[str, Any]],
        tokenizer: WindowTokenizer,
        space: LabelSpace,
        bandwidth: float,
        description: str,
    ) -> None:
        self._items = [
            _item(record, tokenizer, space, bandwidth)
            for record in track(records, description=description, transient=True)
        ]
        self.lengths = [sum(map(len, item["windows"])) for item in self._items]

    @property
    def windows(self) -> list[list[list[int]]]:
        """The token ids of every case, window by window."""
        return [item["windows"] for item in self._items]

    def attach(self, states: HiddenStates) -> None:
        """Gives every item the lower layers' output for its windows."""
        for index, item in enumerate(self._items):
            item["hidden_states"] = states[index]

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self._items[index]

    def feature_moments(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of each feature where it is present, [features]."""
        return feature_moments(
            np.stack([item["features"] for item in self._items]),
            np.stack([item["features_present"] for item in self._items]),
        )

    def fine_quantiles(self) -> Tensor | None:
        """FINE_QUANTILES of the known fines (log1p yuan); None where none is known."""
        labels = np.array([item["fine_labels"] for item in self._items])
        known = labels[~np.isnan(labels)]
        return torch.from_numpy(np.quantile(known, FINE_QUANTILES)).float() if len(known) else None


def feature_moments(values: np.ndarray, present: np.ndarray) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each column of `values` [n, k] where it is present."""
    count = np.maximum(present.sum(0), 1)
    mean = (values * present).sum(0) / count
    variance = (present * (values - mean) ** 2).sum(0) / count
    scale = np.sqrt(variance)
    # A feature that never varies would otherwise explode.
    scale[scale < 1e-3] = 1.0
    return torch.from_numpy(mean).float(), torch.from_numpy(scale).float()


def _item(
    record: Mapping[str, Any], tokenizer: WindowTokenizer, space: LabelSpace, bandwidth: float
) -> dict[str, Any]:
    case = to_case(record)
    windows, _ = tokenizer.windows(case.fact, case.defendant)
    uniform = np.full(len(space.charges), 1 / max(len(space.charges), 1))
    context = legal_context(case, space.charges, uniform)
    values, present = features.compute(
        space.feature_names, context, defendants_count=case.defendants_count
    )
    outcome = soft_labels(
        space.grid, [record["months"]], [record["life"]], [record["death"]], bandwidth
    )[0]
    suspension, fine = record.get("suspension"), fine_of_record(record)
    return {
        "windows": windows,
        "features": values,
        "features_present": present,
        "outcome_labels": outcome.astype(np.float32),
        "charge_labels": _multi_hot(space.charges, record["charges"]),
        "article_labels": _multi_hot(space.articles, record["articles"]),
        "suspension_labels": np.float32(np.nan if suspension is None else float(suspension)),
        "fine_labels": np.float32(np.nan if fine is None else np.log1p(fine)),
    }


def _multi_hot(names: Sequence[str], held: Sequence[str]) -> np.ndarray:
    return np.asarray([name in held for name in names], dtype=np.float32)


@dataclass(frozen=True)
class Collator:
    """Joins cases into one batch whose windows lie in one flat dimension."""

    pad_id: int

    def __call__(self, items: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
        batch = {
            name: torch.from_numpy(array)
            for name, array in pad_windows(
                [item["windows"] for item in items], self.pad_id
            ).items()
        }
        for name in items[0]:
            if name == "hidden_states":
                states = [torch.from_numpy(np.array(s)) for item in items for s in item[name]]
                batch[name] = pad_sequence(states, batch_first=True)
            elif name != "windows":
                batch[name] = torch.from_numpy(np.stack([item[name] for item in items]))
        return batch


class SimilarLengthSampler(Sampler[int]):
    """Random order in which the cases of a batch have similar lengths, so that little is padding.

    The order depends on the seed and epoch alone: a resumed run skips what it has seen.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths = np.asarray(lengths)
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        random = np.random.default_rng([self._seed, self._epoch])
        order = random.permutation(len(self._lengths))
        pool = self._batch_size * 50
        batches = [
            part[start : start + self._batch_size]
            for first in range(0, len(order), pool)
            for part in [_by_length(order[first : first + pool], self._lengths)]
            for start in range(0, len(part), self._batch_size)
        ]
        for index in random.permutation(len(batches)):
            yield from batches[index].tolist()


def _by_length(indices: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return indices[np.argsort(lengths[indices], kind="stable")]
