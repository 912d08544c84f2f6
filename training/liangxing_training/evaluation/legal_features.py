"""What the law engine says of a case, as columns for the tree baselines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from liangxing.case import MAX_FACT_CHARACTERS, Case
from liangxing.model import features
from liangxing.model.legal import legal_context

from liangxing_training.evaluation.features import Row
from liangxing_training.evaluation.outcomes import Floats

# A prepared corpus with both splits of a run; an entry is a kilobyte.
_REMEMBERED = 50_000


def legal_features(rows: Sequence[Row]) -> Floats:
    """[n, k]: the features the model's head takes beside its charges, NaN where not stated.

    Statute, tiers, guideline range, quantities, circumstances, defendants; all NaN for a row
    without charges. Labels but the charges stay out.
    """
    width = len(features.feature_names(()))
    read = [
        _read(
            row["fact"][:MAX_FACT_CHARACTERS],
            row.get("defendant"),
            tuple(row.get("charges") or ()),
            row.get("offence_date"),
            row.get("judgment_date"),
            row.get("defendants_count"),
        )
        for row in rows
    ]
    return np.array(read, np.float64).reshape(len(rows), width)


@lru_cache(maxsize=_REMEMBERED)
def _read(
    fact: str,
    defendant: str | None,
    charges: tuple[str, ...],
    offence_date: str | None,
    judgment_date: str | None,
    defendants_count: int | None,
) -> tuple[float, ...]:
    names = features.feature_names(())
    if not charges:
        return (np.nan,) * len(names)
    case = Case.from_row(
        {
            "fact": fact,
            "defendant": defendant,
            "charges": list(charges),
            "offence_date": offence_date,
            "judgment_date": judgment_date,
        }
    )
    legal = legal_context(case, (), np.zeros(0))
    values, present = features.compute(names, legal, defendants_count=defendants_count)
    return tuple(np.where(present > 0, values, np.nan).astype(np.float64).tolist())
