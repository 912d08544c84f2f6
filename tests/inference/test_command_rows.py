"""What commands over files check before they start, and how they tell of bad rows."""

import pytest
import typer
from liangxing.commands.rows import BadRows, check_targets
from liangxing.errors import DataError


def test_a_target_that_would_lose_something_is_refused_before_any_work(tmp_path):
    source = tmp_path / "in.jsonl"
    source.touch()
    with pytest.raises(DataError, match="is the input"):
        check_targets(source, tmp_path / "." / "in.jsonl")
    with pytest.raises(DataError, match="lies inside the input"):
        check_targets(tmp_path, tmp_path / "out.jsonl")
    with pytest.raises(DataError, match="does not exist"):
        check_targets(source, tmp_path / "missing" / "out.jsonl")
    with pytest.raises(DataError, match="written twice"):
        check_targets(source, tmp_path / "a.csv", tmp_path / "b.html", tmp_path / "a.csv")
    check_targets(source, tmp_path / "out.jsonl", tmp_path / "r.html")


def test_of_many_bad_rows_the_first_are_listed_and_all_counted(capsys):
    bad = BadRows()
    for number in range(1, 5001):
        bad.add(f"in.jsonl line {number}", ValueError("[no] JSON"))
    with pytest.raises(typer.Exit) as stopped:
        bad.report("the others are in out.jsonl")
    told = capsys.readouterr().err.splitlines()
    assert stopped.value.exit_code == 1
    assert told[0] == "in.jsonl line 1: [no] JSON"
    assert told[-1] == "5000 failed; the others are in out.jsonl"
    assert len(told) == 21


def test_without_bad_rows_nothing_is_said(capsys):
    BadRows().report("the others are in out.jsonl")
    assert capsys.readouterr().err == ""
