"""What the law engine reads from a case, as columns for the tree baselines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
from liangxing.case import MAX_FACT_CHARACTERS
from liangxing.law import find
from liangxing.law.circumstances import CaseFacts, fact_names
from liangxing.law.tiers import choose_tiers
from liangxing.reading.circumstances import read_circumstances
from liangxing.reading.dates import last_dated_event
from liangxing.reading.normalise import normalise
from liangxing.reading.quantities import UNITS, read_quantities

from liangxing_training.evaluation.features import Row, statutory_features
from liangxing_training.evaluation.outcomes import Floats

_TIER_COLUMNS = 4
# A prepared corpus with both splits of a run; an entry is some hundred bytes.
_REMEMBERED = 50_000


def legal_features(rows: Sequence[Row]) -> Floats:
    """[n, k]: the statute, the tiers the facts allow, quantities, circumstances, defendants.

    The statute as in `statutory_features`; low and high of the allowed tiers in log1p months,
    their number and whether any was excluded; log1p of each quantity; each circumstance as 1, 0
    or NaN. NaN stands for what is not stated. Labels but the charges stay out.
    """
    read = [
        _read(
            row["fact"][:MAX_FACT_CHARACTERS],
            row.get("defendant"),
            tuple(row.get("charges") or ()),
            row.get("offence_date"),
            row.get("judgment_date"),
        )
        for row in rows
    ]
    counts = [row.get("defendants_count") for row in rows]
    defendants = np.log1p([np.nan if count is None else count for count in counts])
    width = _TIER_COLUMNS + len(UNITS) + len(fact_names())
    return np.hstack(
        [
            statutory_features(rows),
            np.array(read, np.float64).reshape(len(rows), width),
            np.asarray(defendants, np.float64)[:, None],
        ]
    )


@lru_cache(maxsize=_REMEMBERED)
def _read(
    fact: str,
    defendant: str | None,
    charges: tuple[str, ...],
    offence_date: str | None,
    judgment_date: str | None,
) -> tuple[float, ...]:
    text = normalise(fact)
    quantities = {
        q.id: q.value for q in read_quantities(text, defendant=defendant, charges=charges)
    }
    circumstances: dict[str, bool | float] = {
        c.id: c.value == "yes" for c in read_circumstances(text, defendant=defendant)
    }
    latest = date.fromisoformat(judgment_date) if judgment_date else date.today()
    day = (
        date.fromisoformat(offence_date)
        if offence_date
        else last_dated_event(fact, not_after=latest)
    )
    tiers = _tiers(charges, day or latest, CaseFacts(quantities, circumstances))
    return (
        *tiers,
        *(float(np.log1p(quantities[id_])) if id_ in quantities else np.nan for id_ in UNITS),
        *(float(circumstances[id_]) if id_ in circumstances else np.nan for id_ in fact_names()),
    )


def _tiers(charges: Sequence[str], day: date, facts: CaseFacts) -> tuple[float, ...]:
    """Low, high, number and exclusion of the allowed tiers of the first charge."""
    statute = find(charges[0]) if charges else None
    versions = statute.in_force(day, day) if statute else []
    if statute is None or not versions:
        return (np.nan,) * _TIER_COLUMNS
    choice = choose_tiers(statute, versions[-1], facts, (day, day))
    terms = [tier.months for tier in choice.allowed if tier.months is not None]
    low, high = (min(t[0] for t in terms), max(t[1] for t in terms)) if terms else (np.nan, np.nan)
    return (
        float(np.log1p(low)),
        float(np.log1p(high)),
        float(len(choice.allowed)),
        float(choice.chosen),
    )
