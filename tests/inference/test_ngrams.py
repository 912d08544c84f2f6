import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from liangxing.model.ngrams import hashed_counts, tfidf

BUCKETS = 2**17


@given(st.text(min_size=1, max_size=60))
def test_every_character_and_pair_is_counted_once(text):
    indices, counts = hashed_counts(text, BUCKETS)
    assert counts.sum() == 2 * len(text) - 1
    assert (np.diff(indices) > 0).all()
    assert indices[0] >= 0
    assert indices[-1] < BUCKETS


def test_the_order_of_two_characters_matters():
    one, other = (set(hashed_counts(text, BUCKETS)[0]) for text in ("盗窃", "窃盗"))
    assert len(one & other) == 2
    assert len(one ^ other) == 2


def test_a_vector_has_length_1_and_ngrams_without_weight_are_nothing():
    idf = np.ones(BUCKETS, np.float32)
    _, weights = tfidf("被告人盗窃手机一部", idf)
    assert np.linalg.norm(weights) == np.float32(1)
    _, weights = tfidf("被告人", np.zeros(BUCKETS, np.float32))
    assert not weights.any()
