"""The report on reading: counts, errors, gold without texts."""

import hashlib
import json
import os
from pathlib import Path

import pytest
from liangxing.errors import DataError
from liangxing_training.cli import app
from liangxing_training.evaluation.reading_report import GoldText, load_gold, reading_report
from reading_gold import GOLD
from typer.testing import CliRunner


def gold(text: str, quantities=None, circumstances=None) -> GoldText:
    return GoldText("g1", text, None, (), quantities or {}, circumstances or {})


def test_a_value_within_one_percent_counts_as_read():
    assert reading_report([gold("窃得现金1000元。", {"amount_yuan": 1009})]).total.f1 == 1


def test_a_wrong_value_is_both_too_much_and_too_little():
    report = reading_report([gold("窃得现金1000元。", {"amount_yuan": 2000})])
    counts = report.quantities
    assert (counts.found, counts.extra, counts.missed, counts.f1) == (0, 1, 1, 0)
    assert [str(error) for error in report.errors] == ["g1 amount_yuan: gold 2000, read 1000.0"]


def test_quantities_and_circumstances_are_counted_apart_and_together():
    text = "被告人窃得现金1000元，系自首。"
    report = reading_report([gold(text, {"amount_yuan": 1000}, {"merit": "yes"})])
    table = report.table()
    assert table["quantities"].f1 == 1
    assert (table["circumstances"].extra, table["circumstances"].missed) == (1, 1)
    assert table["total"].f1 == 0.5


def write_labels(folder: Path, sha256: str) -> Path:
    (folder / "cases.jsonl").write_text(
        json.dumps({"id": "a", "fact": "张甲窃得现金1000元。", "defendants": ["张甲"]}) + "\n",
        encoding="utf-8",
    )
    labels = {
        "id": "a", "file": "cases.jsonl", "field": "fact", "sha256": sha256,
        "charges": ["盗窃"], "quantities": {"amount_yuan": 1000}, "circumstances": {},
    }  # fmt: skip
    path = folder / "labels.jsonl"
    path.write_text(json.dumps(labels) + "\n", encoding="utf-8")
    return path


def test_labels_without_text_find_it_by_name_and_fingerprint(tmp_path):
    labels = write_labels(tmp_path, hashlib.sha256("张甲窃得现金1000元。".encode()).hexdigest())
    [found] = load_gold(labels, tmp_path)
    assert (found.defendant, found.charges) == ("张甲", ("盗窃",))
    assert reading_report([found]).total.f1 == 1


def test_another_text_than_the_labelled_one_is_refused(tmp_path):
    labels = write_labels(tmp_path, "0" * 64)
    with pytest.raises(DataError, match="not the text that was labelled"):
        load_gold(labels, tmp_path)
    with pytest.raises(DataError, match="--data"):
        load_gold(labels)


def test_the_command_prints_the_table_and_the_errors(tmp_path):
    path = tmp_path / "gold.jsonl"
    line = {"id": "x7", "text": "窃得现金1000元。", "quantities": {}, "circumstances": {}}
    path.write_text(json.dumps(line), encoding="utf-8")
    result = CliRunner().invoke(app, ["reading-report", "--gold", str(path)])
    assert result.exit_code == 0
    assert "x7 amount_yuan: gold None, read 1000.0" in result.output


@pytest.mark.real
@pytest.mark.skipif("LIANGXING_REAL_DATA" not in os.environ, reason="needs real judgments")
@pytest.mark.parametrize(("labels", "texts"), [("real_labels", 90), ("fresh_labels", 55)])
def test_real_texts_are_read_as_a_person_read_them(labels, texts):
    gold = load_gold(GOLD / f"{labels}.jsonl", Path(os.environ["LIANGXING_REAL_DATA"]))
    report = reading_report(gold)
    assert report.texts == texts
    assert report.total.f1 >= 0.90, [error.label for error in report.errors]
