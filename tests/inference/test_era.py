"""A prediction says how little the model knows of the years of plea leniency."""

from __future__ import annotations

from datetime import date

import pytest
from liangxing.law.leniency import plea_rules
from liangxing.model.answers import era_notice
from liangxing.model.bundle import ROWS_BY_YEAR
from liangxing.predictor import SentencePredictor

FACT = "被告人甲某窃得手机一部，价值人民币4200元。"


@pytest.fixture
def predictor(bundle_folder):
    return SentencePredictor.load(bundle_folder)


def _told(predictor, **columns):
    found = predictor.predict({"fact": FACT, "charges": ["盗窃"], **columns})
    return [warning for warning in found.warnings if "认罪认罚从宽" in warning]


def test_a_later_judgment_carries_the_number_of_verdicts_of_those_years(predictor):
    assert len(_told(predictor, judgment_date="2023-05-01")) == 1
    assert _told(predictor, judgment_date="2015-05-01") == []


def test_a_case_without_a_date_is_one_of_today(predictor):
    assert len(_told(predictor)) == 1


def test_the_number_counts_the_years_in_which_the_rule_holds(predictor):
    first = plea_rules().in_force.since.year
    rows = {str(first - 1): 50, str(first): 3, str(first + 2): 4}
    manifest = predictor.bundle.manifest.model_copy(update={"data": {ROWS_BY_YEAR: rows}})
    (notice,) = era_notice(manifest, date(first + 3, 1, 1))
    assert "7件" in notice


def test_a_bundle_that_records_no_years_says_nothing(predictor):
    manifest = predictor.bundle.manifest.model_copy(update={"data": {}})
    assert era_notice(manifest, date(2024, 1, 1)) == ()
