from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liangxing_training.splits import (
    SPLITS,
    Assigned,
    Left,
    SplitSettings,
    assign_splits,
    split_of,
)
from pydantic import ValidationError
from record_factory import RECORD

SETTINGS = SplitSettings(near_duplicate_threshold=0.5)
STORIES = (
    "被告人赵某在东河市某市场趁无人之机窃得孙某的手机一部，经鉴定价值人民币三千元，赃物已被销售。",
    "被告人钱某因停车问题与李某发生争执，持木棍将对方打伤，损伤程度经鉴定为轻伤二级，随后逃离现场。",
    "被告人周某酒后驾驶小型轿车行驶至花桥镇路口时被民警查获，血液中酒精含量为每百毫升一百六十毫克。",
    "被告人吴某以介绍工作为名骗取郑某人民币两万元，所得款项用于归还个人债务及日常挥霍，至今未还。",
)


def record(number, story=0, ending="", **change):
    return replace(RECORD, id=f"r{number}", fact=STORIES[story] + ending, **change)


def assign(*records, split_settings=SETTINGS):
    return list(assign_splits(records, split_settings))


records_of_any_kind = st.lists(
    st.builds(
        lambda story, ending, months, defendant, known: {
            "story": story,
            "ending": ending,
            "months": months,
            "defendant": defendant,
            "term_known": known,
        },
        st.integers(0, 3),
        st.sampled_from(("", "案发后如实供述。", STORIES[1], STORIES[2][:30], "已退赃。" * 6)),
        st.sampled_from((6.0, 12.0)),
        st.sampled_from((None, "赵某", "钱某")),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(first=records_of_any_kind, later=records_of_any_kind)
def test_appending_rows_never_changes_what_became_of_an_earlier_one(first, later):
    every = [record(number, **values) for number, values in enumerate(first + later)]
    alone, together = assign(*every[: len(first)]), assign(*every)
    assert together[: len(first)] == alone


@settings(max_examples=60, deadline=None)
@given(records_of_any_kind)
def test_a_cluster_lies_in_one_split_and_held_out_splits_measure(values):
    kept = [
        item
        for item in assign(*(record(n, **each) for n, each in enumerate(values)))
        if isinstance(item, Assigned)
    ]
    splits = {}
    for item in kept:
        assert splits.setdefault(item.cluster, item.split) == item.split
        assert item.split == "train" or not item.record.train_only


def test_the_same_case_told_twice_is_kept_once():
    kept, left = assign(record(1), record(2, ending="已退赃。"))
    assert isinstance(kept, Assigned)
    assert left == Left(left.record, "near-duplicate")


@pytest.mark.parametrize("change", [{"defendant": "孙某"}, {"months": 24.0}])
def test_another_defendant_or_term_of_the_same_fact_stays_in_the_cluster(change):
    first, second = assign(record(1), record(2, **change))
    assert (second.cluster, second.split) == ("r1", first.split)


def test_a_row_that_joins_two_clusters_is_left_out():
    both = STORIES[0] + STORIES[1]
    settings_ = SplitSettings(near_duplicate_threshold=0.35)
    rows = record(1), record(2, story=1), replace(record(3), fact=both, months=48.0)
    *_, last = assign(*rows, split_settings=settings_)
    assert last.reason == "near-duplicate of two clusters"


def test_rows_that_only_train_go_to_train_or_away():
    only_train = SplitSettings(fractions=(0, 0, 0, 1))
    held_out, similar, other = assign(
        record(1),
        record(2, defendant="孙某", term_known=False),
        record(3, story=1, term_known=False),
        split_settings=only_train,
    )
    assert held_out.split == "test"
    assert similar.reason == "train-only near-duplicate of a held-out record"
    assert other.split == "train"


def test_an_id_seen_before_is_left_out():
    assert assign(record(1), record(1, story=1))[1].reason == "id seen before"


def test_fractions_hold_and_the_salt_draws_anew():
    drawn = [split_of(f"case-{number}", SplitSettings()) for number in range(4000)]
    shares = Counter(drawn)
    for name, fraction in zip(SPLITS, SplitSettings().fractions, strict=True):
        assert abs(shares[name] / 4000 - fraction) < 0.03
    assert drawn != [split_of(f"case-{n}", SplitSettings(salt="other")) for n in range(4000)]


@pytest.mark.parametrize("fractions", [(0.7, 0.1, 0.1, 0.2), (1.2, -0.2, 0, 0)])
def test_fractions_must_be_shares_of_one(fractions):
    with pytest.raises(ValidationError, match="sum to 1"):
        SplitSettings(fractions=fractions)
