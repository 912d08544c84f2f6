from dataclasses import fields, replace

import pytest
from datasets import Dataset
from liangxing_training.records import FEATURES, Record
from record_factory import RECORD


def test_the_schema_holds_every_field_of_a_record_and_its_place():
    assert set(FEATURES) == {field.name for field in fields(Record)} | {"cluster", "split"}


def test_a_record_survives_a_dataset_unchanged():
    row = RECORD.to_row() | {"cluster": "a", "split": "train"}
    assert Dataset.from_list([row], features=FEATURES)[0] == row


@pytest.mark.parametrize(
    ("change", "expected"),
    [({}, False), ({"term_known": False}, True), ({"text_kind": "opinion"}, True)],
)
def test_rows_without_a_term_and_opinions_serve_training_only(change, expected):
    assert replace(RECORD, **change).train_only is expected
