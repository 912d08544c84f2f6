"""What a service pays before its first answer."""

import subprocess
import sys

import pytest
from liangxing.model.session import runs_of

HEAVY = ("onnxruntime", "tokenizers", "pydantic", "numpy", "cn2an", "rich", "typer")


def test_importing_the_package_loads_nothing_heavy():
    code = f"import sys, liangxing; print([n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_first_prediction_loads_nothing_slow_that_it_does_without():
    code = """
import sys
from liangxing import SentencePredictor
fact = "被告人甲某盗窃手机二部、电脑十五台，价值人民币8000元，系累犯。"
SentencePredictor.load(threads=1).predict({"fact": fact})
slow = ("cn2an", "numpy.ma", "rich", "typer", "jinja2", "liangxing.whatif")
print([name for name in slow if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_are_there_when_asked_for():
    import liangxing

    assert all(getattr(liangxing, name).__name__ == name for name in liangxing.__all__)
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = liangxing.nothing_such


def cases_of(*lengths):
    return [[[1] * length for length in windows] for windows in lengths]


def test_a_run_holds_neighbours_in_length_and_keeps_within_the_cap():
    cases = cases_of((300,), (20,), (290, 310), (25,), (310,))
    runs = list(runs_of(cases, 1000))
    assert sorted(place for run in runs for place in run) == [0, 1, 2, 3, 4]
    for run in runs:
        rows = sum(len(cases[place]) for place in run)
        longest = max(len(window) for place in run for window in cases[place])
        assert rows * longest <= 1000
    assert runs[0][:2] == [1, 3]


def test_a_case_longer_than_the_cap_has_a_run_of_its_own():
    assert list(runs_of(cases_of((320, 320), (10,)), 100)) == [[1], [0]]


def test_without_a_cap_every_case_has_a_run_of_its_own():
    assert list(runs_of(cases_of((3,), (2,), (1,)), 0)) == [[2], [1], [0]]
