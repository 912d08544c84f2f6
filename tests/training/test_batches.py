"""Labels as the losses get them."""

import numpy as np
import pytest
from liangxing.model.bundle import load_bundle
from liangxing.model.outcomes import OutcomeGrid
from liangxing.model.tokens import WindowTokenizer
from liangxing_training.batches import CaseDataset, label_space
from liangxing_training.model import FINE_QUANTILES


@pytest.fixture(scope="module")
def datasets(tiny_pipeline):
    """Makes a dataset of train rows whose fines are replaced, one after the other."""
    rows = tiny_pipeline.prepare().with_term("train")
    thefts = [row for row in rows if row["charges"] == ["盗窃"] and row["months"]]
    bundle = load_bundle(tiny_pipeline.bundle_folder)
    tokenizer = WindowTokenizer.from_file(
        tiny_pipeline.bundle_folder / "tokenizer.json", bundle.manifest.windows
    )

    def make(fines):
        fined = [{**row, "fine": fine} for row, fine in zip(thefts, fines, strict=False)]
        space = label_space(fined, OutcomeGrid((0, 6, 12, 36)), 1)
        return CaseDataset(fined, tokenizer, space, 0.1, "reading")

    return make


def test_a_fine_of_zero_where_the_law_demands_one_is_no_label(datasets):
    labels = [datasets([0.0, 2000.0, None])[row]["fine_labels"] for row in range(3)]
    assert np.isnan(labels[0])
    assert labels[1] == pytest.approx(np.log1p(2000))
    assert np.isnan(labels[2])


def test_the_head_of_the_fine_starts_from_the_quantiles_of_known_fines(datasets):
    fines = [0.0, 1000.0, 2000.0, 5000.0, None]
    expected = np.quantile(np.log1p([1000.0, 2000.0, 5000.0]), FINE_QUANTILES)
    assert datasets(fines).fine_quantiles().numpy() == pytest.approx(expected, rel=1e-5)
    assert datasets([0.0, None]).fine_quantiles() is None
