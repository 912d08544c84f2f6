"""The one training schema: what every source becomes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from datasets import Features, List, Value

# Rows without a known term still teach charges and text; they never leave the train split.
FEATURES = Features(
    {
        "id": Value("string"),
        "source": Value("string"),
        "licence": Value("string"),
        "fact": Value("string"),
        "defendant": Value("string"),
        "defendants_count": Value("int32"),
        "charges": List(Value("string")),
        "articles": List(Value("string")),
        "kind": Value("string"),
        "months": Value("float64"),
        "life": Value("bool"),
        "death": Value("bool"),
        "suspension": Value("bool"),
        "fine": Value("float64"),
        "offence_date": Value("string"),
        "judgment_date": Value("string"),
        "year": Value("int32"),
        "recommendation": Value("string"),
        "term_known": Value("bool"),
        "synthetic": Value("bool"),
        "cluster": Value("string"),
    }
)


@dataclass(frozen=True)
class Record:
    """One defendant's case. Months at half-month resolution, null with life or death; fine in
    yuan; dates ISO; `suspension`, `fine` and `recommendation` are null where unknown."""

    id: str
    source: str
    fact: str
    charges: list[str]
    licence: str = "unknown"
    defendant: str | None = None
    defendants_count: int | None = None
    articles: list[str] = field(default_factory=list)
    kind: str | None = None
    months: float | None = None
    life: bool = False
    death: bool = False
    suspension: bool | None = None
    fine: float | None = None
    offence_date: str | None = None
    judgment_date: str | None = None
    year: int | None = None
    recommendation: str | None = None
    term_known: bool = True
    synthetic: bool = False
    cluster: str | None = None

    def to_row(self) -> dict[str, Any]:
        return asdict(self)
