import re
from collections import Counter
from datetime import date
from itertools import islice

import numpy as np
import pytest
from liangxing.law import CaseDays, canonical_charge, statutory_bounds
from liangxing.reading.masking import mask_verdicts
from liangxing_training.cleaning import CleaningSettings, to_record
from liangxing_training.sources import RawRow, Source, read_source
from liangxing_training.sources.synthetic import generate
from liangxing_training.splits import Assigned, SplitSettings, assign_splits


@pytest.fixture(scope="module")
def rows():
    return list(generate(1500, seed=3))


def test_a_seed_always_gives_the_same_cases(rows):
    assert list(islice(generate(1500, seed=3), 20)) == rows[:20]
    assert next(generate(1, seed=4))["fact"] != rows[0]["fact"]


def test_every_case_is_labelled_synthetic_through_to_the_record():
    for row in read_source(Source(format="synthetic", limit=20)):
        assert isinstance(row, RawRow)
        record = to_record(row, CleaningSettings())
        assert record.synthetic
        assert record.source == "synthetic"


def test_terms_lie_within_the_law(rows):
    for row in rows:
        days = CaseDays(date.fromisoformat(row["offence_date"]))
        bounds = statutory_bounds(row["charges"], days=days).bounds
        if row["months"] is not None:
            assert bounds.outer.low <= row["months"] <= bounds.outer.high
        assert not row["life"] or bounds.outer.life
        assert not row["death"] or bounds.outer.death


def test_the_corpus_holds_every_label_a_model_learns(rows):
    charges = Counter(charge for row in rows for charge in row["charges"])
    assert len(charges) >= 12
    assert all(canonical_charge(charge) == charge for charge in charges)
    assert sum(len(row["charges"]) > 1 for row in rows) > 30
    for wanted in (
        sum(row["life"] for row in rows),
        sum(row["death"] for row in rows),
        sum(row["months"] == 0 for row in rows),
        sum(row["suspension"] is True for row in rows),
        sum(row["suspension"] is False for row in rows),
        sum(bool(row["fine"]) for row in rows),
    ):
        assert wanted >= 3


def test_amount_and_circumstances_move_the_term_as_the_law_wants(rows):
    thefts = [row for row in rows if row["charges"] == ["盗窃"] and row["months"]]
    amounts = [float(re.search(r"([0-9]+)元", row["fact"])[1]) for row in thefts]
    told = [[1.0, *(word in row["fact"] for word in ("累犯", "从犯"))] for row in thefts]
    known = np.column_stack([np.log(amounts), np.array(told, dtype=float)])
    terms = np.log([row["months"] for row in thefts])
    amount, _, recidivist, accessory = np.linalg.lstsq(known, terms, rcond=None)[0]
    assert amount > 0
    assert recidivist > 0 > accessory


def test_facts_never_tell_the_verdict(rows):
    assert all(mask_verdicts(row["fact"]) == row["fact"] for row in rows)
    assert not any("{" in row["fact"] for row in rows)


def test_the_cases_differ_enough_to_survive_near_duplicate_removal(rows):
    records = (
        to_record(row, CleaningSettings())
        for row in read_source(Source(format="synthetic", limit=1500, seed=3))
    )
    kept = [x for x in assign_splits(records, SplitSettings()) if isinstance(x, Assigned)]
    assert len(kept) >= 0.99 * 1500
