"""What must hold of real judgments, in the folder that LIANGXING_REAL_DATA names."""

import json
import os
import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from liangxing.predictor import SentencePredictor
from liangxing.reading.judgment import read_judgment
from liangxing_training.batches import to_case
from liangxing_training.prepare import PrepareSettings, prepare
from liangxing_training.splits import SPLITS

pytestmark = pytest.mark.real

RECOMMENDED_TERM = re.compile("建议[^，。；]{0,20}(?:判处|处)?有期徒刑[一二三四五六七八九十0-9]")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A part of every file: enough to meet the traps, little enough to be quick."""
    folder = os.environ.get("LIANGXING_REAL_DATA")
    if not folder:
        pytest.skip("LIANGXING_REAL_DATA names no folder")
    limits = {"cases": 3000, "documents": 949, "facts_without_term": 300, "homicide_views": 300}
    sources = [
        {"path": Path(folder) / f"{name}.jsonl", "limit": limit} for name, limit in limits.items()
    ]
    return prepare(
        PrepareSettings(name="real", sources=sources), tmp_path_factory.mktemp("real") / "data"
    )


def test_every_row_is_read_and_accounted_for(prepared):
    report = prepared.report
    assert not report["unreadable"]
    dropped = sum(entry["count"] for entry in report["dropped"].values())
    assert report["records"] + dropped == sum(report["rows_read"].values())
    assert report["records"] > 0.85 * sum(report["rows_read"].values())


def test_near_duplicates_never_lie_on_both_sides_of_a_split(prepared):
    clusters = [set(prepared.splits[name]["cluster"]) for name in SPLITS]
    assert all(clusters)
    assert sum(map(len, clusters)) == len(set.union(*clusters))


def test_no_recommended_term_is_left_in_a_training_text(prepared):
    facts = [fact for name in SPLITS for fact in prepared.splits[name]["fact"]]
    assert not [number for number, fact in enumerate(facts) if RECOMMENDED_TERM.search(fact)]


def test_two_hundred_facts_are_predicted_and_their_verdicts_lie_inside_the_outer_bounds(
    prepared, bundle_folder
):
    records = list(islice(prepared.with_term("train"), 200))
    predictor = SentencePredictor.load(bundle_folder)
    predictions = list(predictor.predict_many(map(to_case, records)))
    inside = []
    for record, prediction in zip(records, predictions, strict=True):
        bounds = prediction.bounds.statutory
        if record["death"] or record["life"]:
            inside.append(bounds.outer.death if record["death"] else bounds.outer.life)
        else:
            inside.append(bounds.outer.low <= record["months"] <= bounds.outer.high)
    assert len(predictions) == 200
    assert np.mean(inside) >= 0.95


@pytest.fixture(scope="module")
def documents():
    folder = os.environ.get("LIANGXING_REAL_DATA")
    if not folder:
        pytest.skip("LIANGXING_REAL_DATA names no folder")
    with (Path(folder) / "documents.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row, read_judgment(row["document"])) for row in rows]


def test_verdicts_read_from_judgments_agree_with_the_labels(documents):
    """Single-defendant first-instance judgments whose outcome somebody labelled."""
    agree = []
    for row, read in documents:
        people = [d for d in read.defendants if d.verdict and not d.unit]
        if row.get("charges") is None or row["n_defendants"] != 1:
            continue
        if read.instance != "first" or read.defendants[1:]:
            continue
        penalty = people[0].verdict.penalty if people else None
        months = penalty and penalty.months
        death = bool(penalty and penalty.kind in ("death", "death_reprieve"))
        life = bool(penalty and penalty.kind == "life")
        agree.append((months, life, death) == (row["months"], row["life"], row["death"]))
    assert len(agree) > 150
    assert np.mean(agree) >= 0.98


def test_every_judgment_without_labels_yields_a_verdict(documents):
    unlabelled = [read for row, read in documents if row.get("charges") is None]
    read = [any(d.verdict or d.first_instance for d in each.defendants) for each in unlabelled]
    assert len(read) > 200
    assert np.mean(read) >= 0.98
