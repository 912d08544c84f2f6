"""The one training schema: what every source becomes and every later stage reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from datasets import Features, List, Value
from liangxing.prediction import PenaltyKind

TextKind = Literal["fact", "opinion"]


@dataclass(frozen=True)
class Record:
    """One case of one defendant with its outcome.

    Months are floats at half-month resolution, null for life and death; fines are yuan; dates are
    ISO. Null means unknown, never "no". `text_kind` tells facts from a court's opinion, which no
    user will ever send. Without `term_known` the outcome fields say nothing.
    """

    id: str
    source: str
    licence: str
    fact: str
    text_kind: TextKind
    defendant: str | None
    defendants_count: int | None
    charges: tuple[str, ...]
    articles: tuple[str, ...]
    kind: PenaltyKind | None
    months: float | None
    life: bool
    death: bool
    suspension: bool | None
    suspension_months: float | None
    fine: float | None
    offence_date: str | None
    judgment_date: str | None
    year: int | None
    recommendation: str | None
    synthetic: bool
    term_known: bool

    @property
    def train_only(self) -> bool:
        """Whether the row may be learnt from but measures nothing."""
        return not self.term_known or self.text_kind != "fact"

    def to_row(self) -> dict[str, Any]:
        """Plain data in the order of FEATURES, without cluster and split."""
        return {**asdict(self), "charges": list(self.charges), "articles": list(self.articles)}


_COLUMNS: Mapping[str, Any] = {
    "id": Value("string"),
    "source": Value("string"),
    "licence": Value("string"),
    "fact": Value("string"),
    "text_kind": Value("string"),
    "defendant": Value("string"),
    "defendants_count": Value("int32"),
    "charges": List(Value("string")),
    "articles": List(Value("string")),
    "kind": Value("string"),
    "months": Value("float64"),
    "life": Value("bool"),
    "death": Value("bool"),
    "suspension": Value("bool"),
    "suspension_months": Value("float64"),
    "fine": Value("float64"),
    "offence_date": Value("string"),
    "judgment_date": Value("string"),
    "year": Value("int32"),
    "recommendation": Value("string"),
    "synthetic": Value("bool"),
    "term_known": Value("bool"),
    "cluster": Value("string"),
    "split": Value("string"),
}
FEATURES = Features(dict(_COLUMNS))
