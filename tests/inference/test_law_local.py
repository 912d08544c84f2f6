"""A province's own figures: what they settle, and how a wrong file is refused."""

from datetime import date

import pytest
from liangxing.errors import ConfigError
from liangxing.law.bounds import statutory_bounds
from liangxing.law.circumstances import CaseFacts
from liangxing.law.local import load_local
from liangxing.law.versions import CaseDays

FIGURE = """\
province: 某省
thresholds:
- {charge: 盗窃, tier: huge, quantity: amount_yuan, from_value: 80000, source: 某省规定}
"""


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "local.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_a_local_figure_decides_the_tier_that_the_national_range_leaves_open(write):
    """50 000 yuan is 数额较大 or 数额巨大 by province; from 80 000 here, so it is 数额较大."""
    facts, days = CaseFacts({"amount_yuan": 50_000}), CaseDays(date(2022, 1, 1))
    national = statutory_bounds(["盗窃"], facts, days)
    local = statutory_bounds(["盗窃"], facts, days, finder=load_local(write(FIGURE)).find)
    assert national.bounds.high == 120
    assert local.bounds.high == 36
    assert "local" in [step.verified for step in local.trace]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (FIGURE.replace("80000", "800"), "line 3: 800 lies outside"),
        (FIGURE.replace("tier: huge", "tier: hug"), "line 3: 盗窃 has no tier 'hug'"),
        (FIGURE.replace("charge: 盗窃", "charge: 偷"), "line 3: no statute for the charge"),
        (FIGURE.replace("from_value", "form_value"), "line 3"),
        ("province: [", "not valid YAML"),
    ],
)
def test_a_wrong_figure_is_refused_by_its_line(write, wrong, message):
    with pytest.raises(ConfigError, match=message):
        load_local(write(wrong))


def test_a_figure_counts_only_on_its_own_days(write):
    dated = FIGURE.replace("source:", "effective_from: 2020-01-01, source:")
    finder = load_local(write(dated)).find
    facts = CaseFacts({"amount_yuan": 50_000})
    before = statutory_bounds(["盗窃"], facts, CaseDays(date(2019, 1, 1)), finder=finder)
    after = statutory_bounds(["盗窃"], facts, CaseDays(date(2021, 1, 1)), finder=finder)
    assert (before.bounds.high, after.bounds.high) == (120, 36)
