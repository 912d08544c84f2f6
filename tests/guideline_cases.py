"""Cases for the guideline's tests: charge and facts through tiers and grounds to a range."""

from datetime import date

from liangxing.law import find
from liangxing.law.circumstances import CaseFacts
from liangxing.law.guidelines import Count, Guideline, Options, guideline_range
from liangxing.law.mitigation import grounds, mitigated
from liangxing.law.tiers import choose_tiers

COMMITTED, JUDGED = date(2022, 1, 1), date(2022, 6, 1)


def count_of(charge: str, facts: CaseFacts, committed: date = COMMITTED) -> Count:
    """The count under the statute's version of the day of the offence."""
    statute = find(charge)
    assert statute is not None
    days = (committed, committed)
    version = (statute.in_force(*days) or [statute.versions[0]])[0]
    choice = choose_tiers(statute, version, facts, days)
    found = grounds(statute, choice, facts, days)
    return Count(charge, choice, found, mitigated(choice, found))


def guideline_of(
    charge: str,
    quantities: dict[str, float] | None = None,
    circumstances: dict[str, bool | float] | None = None,
    *,
    committed: date = COMMITTED,
    judged: date | None = JUDGED,
    options: Options | None = None,
) -> Guideline:
    facts = CaseFacts(quantities or {}, circumstances or {})
    count = count_of(charge, facts, committed)
    return guideline_range(count, facts, judged=judged, options=options)


def months(*args: object, **kwargs: object) -> tuple[float, float]:
    """Both ends of a range that must be there."""
    found = guideline_of(*args, **kwargs)  # type: ignore[arg-type]
    assert found.range is not None, found.reason
    return found.range.low, found.range.high
