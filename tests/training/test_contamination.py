"""Sketches of the training facts: they recognise what a model has seen, and hold no text."""

import pytest
from liangxing.errors import BundleError
from liangxing_training.contamination import SKETCHES, SeenFacts, write_sketches

SEEN = (
    "2019年5月6日下午，被告人钱某在东河市某商场趁无人之机窃得孙某的手机一部，"
    "价值人民币4200元，后被抓获。"
)
FRESH = (
    "2020年3月1日，被告人李某酒后驾驶小型轿车行驶至白沙镇路口，"
    "与王某驾驶的货车相撞，造成王某受伤。"
)


@pytest.fixture
def folder(tmp_path):
    write_sketches(tmp_path / SKETCHES, [SEEN, SEEN])
    return tmp_path


def test_a_seen_fact_is_recognised_even_with_another_opening(folder):
    seen = SeenFacts.load(folder)

    assert len(seen) == 1
    assert seen.holds(SEEN)
    assert seen.holds("经审理查明，" + SEEN.replace("，后被抓获", ""))
    assert not seen.holds(FRESH)


def test_the_file_holds_no_text(folder):
    content = (folder / SKETCHES).read_bytes()

    assert "钱某".encode() not in content
    assert "手机".encode("utf-32-le") not in content


def test_a_bundle_carries_the_facts_of_training_and_validation(tiny_pipeline):
    data = tiny_pipeline.prepare()
    seen = SeenFacts.load(tiny_pipeline.bundle_folder)

    assert all(seen.holds(row["fact"]) for row in data.with_term("train")[:5])
    assert all(seen.holds(row["fact"]) for row in data.with_term("validation")[:5])
    assert not seen.holds(FRESH)


def test_a_bundle_without_sketches_says_so_and_a_damaged_file_is_refused(tmp_path):
    assert SeenFacts.load(tmp_path) is None
    (tmp_path / SKETCHES).write_bytes(b"nothing")
    with pytest.raises(BundleError, match="damaged"):
        SeenFacts.load(tmp_path)
