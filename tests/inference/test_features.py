"""Legal features: what an older bundle asks for, and what the law adds."""

from datetime import date

import numpy as np
import pytest
from liangxing.case import Case
from liangxing.errors import BundleError
from liangxing.model import features
from liangxing.model.legal import legal_context

OLDER = ["statutory_low", "statutory_high", "life_open", "death_open", "charge_count"]
CASE = Case(
    fact="2022年3月5日，被告人赵某窃得现金5000元，到案后如实供述。",
    charges=("盗窃",),
    judgment_date=date(2022, 9, 1),
)


def values_of(names, case=CASE):
    context = legal_context(case, (), np.zeros(0))
    values, present = features.compute(names, context, defendants_count=1)
    return dict(zip(names, values, strict=True)), dict(zip(names, present, strict=True))


def test_an_older_bundle_gets_the_range_of_all_tiers_under_the_older_names():
    """Theft from a fine alone to 15 years or life, whatever the amount."""
    values, present = values_of(OLDER)
    assert values["statutory_high"] == pytest.approx(np.log1p(180))
    assert values["life_open"] == 1
    assert all(present.values())


def test_the_tier_the_amount_and_the_circumstances_are_features():
    names = features.feature_names(["盗窃"])
    values, present = values_of(names)
    assert values["tier_high"] == pytest.approx(np.log1p(36))
    assert values["quantity:amount_yuan"] == pytest.approx(np.log1p(5000))
    assert values["circumstance:confession_basic"] == 1
    assert present["circumstance:recidivist"] == 0
    assert present["guideline_high"] == 1


def test_every_name_this_version_gives_is_one_it_accepts():
    features.check_names(features.feature_names(["盗窃", "诈骗"]))
    with pytest.raises(BundleError, match="upgrade"):
        features.check_names(["quantity:unheard_of"])
