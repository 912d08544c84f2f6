"""Cases with their verdicts as the user gives them, and what an index keeps of each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from liangxing.case import Case
from liangxing.errors import CaseError
from liangxing.law.assess import read_case
from liangxing.law.charges import split_charges
from liangxing.prediction import Penalty, PenaltyKind
from liangxing.terms import penalty_kind, penalty_text


class Verdict(BaseModel):
    """What the court decided; every field may be unknown.

    `months` is the term, 0 for a fine alone or an exemption, null with life or death; `death`
    includes death with reprieve unless `kind` says which. `suspension_months` is the probation
    period, `fine` is in yuan. Numbers may be given as text, as a CSV file has them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    months: float | None = Field(default=None, ge=0)
    life: bool = False
    death: bool = False
    kind: PenaltyKind | None = None
    suspension: bool | None = None
    suspension_months: float | None = Field(default=None, ge=0)
    fine: float | None = Field(default=None, ge=0)

    @property
    def known(self) -> bool:
        """Whether the term, life or death is known."""
        return self.months is not None or self.life or self.death

    @property
    def penalty(self) -> Penalty | None:
        """The main penalty; null when it is not known."""
        if self.months is None or self.life or self.death:
            if not self.known:
                return None
            kind = self.kind or ("death" if self.death else "life")
            return Penalty(kind, None, penalty_text(kind, None))
        kind = self.kind or penalty_kind(self.months, fine_only_open=bool(self.fine))
        return Penalty(kind, self.months, penalty_text(kind, self.months))

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Verdict:
        """The verdict columns of a row; raises CaseError naming the field at fault."""
        given = {name: value for name, value in row.items() if value not in (None, "")}
        try:
            verdict = cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            raise CaseError(
                f"verdict field '{first['loc'][0]}': {first['msg']}, got {first['input']!r:.60}"
            ) from error
        if (verdict.months is not None) + verdict.life + verdict.death > 1:
            raise CaseError("the verdict has two of months, life and death; keep one")
        return verdict


@dataclass(frozen=True)
class JudgedCase:
    """A case, what the court decided, and the id under which an index keeps it."""

    id: str
    case: Case
    verdict: Verdict

    @classmethod
    def from_row(cls, row: object) -> JudgedCase:
        """From one decoded row: the columns of Case and, beside them, those of Verdict.

        `charge` may stand for `charges`. A row without `id` gets one from its defendant and fact.
        Raises CaseError naming the field.
        """
        if not isinstance(row, Mapping):
            raise CaseError(
                f"a case must be a JSON object with a 'fact', not {type(row).__name__}"
            )
        given = {str(k): v for k, v in cast(Mapping[Any, Any], row).items()}
        # Data sets number the articles, and nothing here needs them.
        given.pop("articles", None)
        if not given.get("charges") and isinstance(given.get("charge"), str):
            given["charges"] = [given["charge"]]
        case = Case.from_row(given)
        charges = tuple(
            dict.fromkeys(each for name in case.charges for each in split_charges(name))
        )
        case = case.model_copy(update={"charges": charges})
        return cls(case.id or text_id(case), case, Verdict.from_row(given))


def text_id(case: Case) -> str:
    """An id from the defendant and the fact, the same for the same text."""
    return hashlib.sha256(f"{case.defendant or ''}\0{case.fact}".encode()).hexdigest()[:16]


class IndexedCase(BaseModel):
    """What an index keeps of a case; `text` is null unless the user asked to keep it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    charges: tuple[str, ...]
    verdict: Verdict
    circumstances: Mapping[str, bool]
    quantities: Mapping[str, float]
    text: str | None = None

    @classmethod
    def of(cls, judged: JudgedCase, *, keep_text: bool) -> IndexedCase:
        """Reads the circumstances and quantities of a case."""
        case = judged.case
        reading = read_case(case, case.charges)
        return cls(
            id=judged.id,
            charges=case.charges,
            verdict=judged.verdict,
            circumstances={c.id: c.value == "yes" for c in reading.circumstances},
            quantities={q.id: q.value for q in reading.quantities},
            text=case.fact if keep_text else None,
        )
