"""Legal features of a case for the head: what the law says beside the text.

Charge and bounds enter here and never in the encoder's text, so that a what-if re-runs the head
alone. Names are stored in the bundle; a bundle with an unknown name is refused, and one that knows
only the older names is served those.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from liangxing.errors import BundleError
from liangxing.law.circumstances import fact_names
from liangxing.model.legal import LegalContext
from liangxing.reading.quantities import UNITS

CHARGE_PREFIX, QUANTITY_PREFIX, CIRCUMSTANCE_PREFIX = "charge:", "quantity:", "circumstance:"
# Of all tiers of the charge, whatever the facts.
_STATUTE = ("statutory_low", "statutory_high", "life_open", "death_open")
_COUNTS = ("charge_count", "defendants_count")
# Of the tiers that the facts allow.
_TIER = ("tier_low", "tier_high", "tier_life", "tier_death", "tier_count", "tier_rank")
_GUIDELINE = ("guideline_low", "guideline_high")


def feature_names(charges: Sequence[str]) -> list[str]:
    """Names of all features when the model knows `charges`.

    Months and quantities enter as log1p, circumstances as 1 for yes and 0 for no.
    """
    return [
        *_STATUTE,
        *_COUNTS,
        *(CHARGE_PREFIX + charge for charge in charges),
        *_TIER,
        *_GUIDELINE,
        *(QUANTITY_PREFIX + quantity for quantity in UNITS),
        *(CIRCUMSTANCE_PREFIX + circumstance for circumstance in fact_names()),
    ]


def check_names(names: Sequence[str]) -> None:
    """Raises BundleError when a bundle asks for a feature this version cannot compute."""
    known = set(feature_names(()))
    for name in names:
        if name not in known and not name.startswith(CHARGE_PREFIX):
            raise BundleError(
                f"manifest.json: feature '{name}' is unknown to this version of liangxing; "
                "upgrade liangxing or export the model again"
            )


def compute(
    names: Sequence[str], legal: LegalContext, *, defendants_count: int | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Values and presence, each [features]; an absent value is 0 with presence 0.

    What a statute gives is absent where no charge has one.
    """
    known = {
        "charge_count": float(len(legal.charges)) if legal.charges else None,
        "defendants_count": _log(defendants_count),
        **_of_the_law(legal),
        **{QUANTITY_PREFIX + q.id: _log(q.value) for q in legal.reading.quantities},
        **{
            CIRCUMSTANCE_PREFIX + c.id: float(c.value == "yes")
            for c in legal.reading.circumstances
        },
    }
    held = {CHARGE_PREFIX + charge for charge in legal.charges}
    values = np.zeros(len(names), dtype=np.float32)
    present = np.zeros(len(names), dtype=np.float32)
    for index, name in enumerate(names):
        value = known.get(name)
        if name.startswith(CHARGE_PREFIX) and legal.charges:
            value = float(name in held)
        if value is not None:
            values[index], present[index] = value, 1.0
    return values, present


def _of_the_law(legal: LegalContext) -> dict[str, float | None]:
    if not legal.statute_known:
        return {}
    whole, tier, guideline = legal.law.statutory.whole, legal.charge_bounds, legal.guideline
    choices = [v.choice for count in legal.law.statutory.counts for v in count.versions]
    return {
        "statutory_low": _log(whole.low),
        "statutory_high": _log(whole.high),
        "life_open": float(whole.life),
        "death_open": float(whole.death),
        "tier_low": _log(tier.low),
        "tier_high": _log(tier.high),
        "tier_life": float(tier.life),
        "tier_death": float(tier.death),
        "tier_count": float(max(len(choice.allowed) for choice in choices)),
        "tier_rank": float(max(choice.ladder.index(choice.allowed[0]) for choice in choices)),
        "guideline_low": _log(guideline.low) if guideline else None,
        "guideline_high": _log(guideline.high) if guideline else None,
    }


def _log(value: float | None) -> float | None:
    return None if value is None else float(np.log1p(max(value, 0.0)))
