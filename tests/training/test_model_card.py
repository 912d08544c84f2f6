"""The model card says what the bundle records, all of it and nothing else."""

from liangxing.model.bundle import CARD, Manifest, load_bundle
from liangxing.model.calibration import Calibration
from liangxing.model.side_calibration import FineResiduals, SuspensionScaling
from liangxing_training.model_card import model_card, record_figures

MANIFEST = Manifest.model_validate(
    {
        "format_version": 1,
        "name": "made-up",
        "version": "0.1",
        "files": {},
        "feature_names": ["statutory_low", "charge:盗窃"],
        "outcome_grid": [0, 6, 12],
        "charges": ["盗窃"],
        "articles": ["264"],
        "labels_seen": ["fine"],
        "windows": {
            "window": 320,
            "stride": 288,
            "max_windows": 2,
            "cls_id": 0,
            "sep_id": 2,
            "pad_id": 1,
        },
        "law_sha256": "a" * 64,
        "reading_version": "1",
        "encoder": "some-encoder",
        "git_revision": "b" * 40,
        "data": {"name": "judgments", "fingerprint": "f" * 8},
        "metrics": {
            "parity_max_difference": 2e-6,
            "validation/best_constant/cail_score": 42.76,
            "validation/best_constant/cail_score_low": 40.1,
            "validation/best_constant/cail_score_high": 45.2,
            "validation/model_charge_given/cail_score": 66.5,
            "validation/model_charge_given/coverage": 0.91,
            "validation/model_charge_given/fine_cases": 400.0,
            "validation/model_charge_given/fine_coverage": 0.81,
            "validation/model_charge_given/fine_log_error": 0.5,
            "validation/model_charge_given/fine_mean_log_error": 0.9,
        },
    }
)
CALIBRATION = Calibration(
    0.1,
    {
        "charge_given": {"pooled": [0.1, 0.5, float("inf")], "盗窃": [0.1]},
        "charge_predicted": {"pooled": [0.2, 0.6]},
    },
    suspension={
        "charge_given": SuspensionScaling(31, 12, 0.75, -0.1),
        "charge_predicted": SuspensionScaling(29, 11),
    },
    fine={
        "charge_given": FineResiduals(2, 0.5, {"pooled": [0, 1]}),
        "charge_predicted": FineResiduals(1, 1.0, {}),
    },
)
EXPECTED = """# Model card: made-up 0.1

Rendered from what the bundle records, never typed by hand.

Predicts the sentence in Chinese criminal cases from the facts: a point, an interval, the statutory
bounds and the steps behind them. **Decision support, never a verdict.**

Trained on real judgments.

## What it was made from

| | |
|---|---|
| encoder | some-encoder |
| data | judgments, fingerprint `ffffffff` |
| charges it can name | 1 |
| articles it can name | 1 |
| labels seen in training | fine |
| features beside the text | 2 |
| outcomes | 3 month values from 0 to 12 months, life, death |
| windows | 320 tokens, 2 at most; a longer fact loses its middle |
| law data | `aaaaaaaaaaaa` |
| reading rules | version 1 |
| source revision | `bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb` |

## Export and calibration

Largest difference of an outcome probability between ONNX Runtime and PyTorch: 2e-06.

No quantisation and no trees: one encoder, one head.

Split-conformal intervals; mass outside the chosen tier is discounted by 0.1.

| mode | cases | of them outside the bounds | charges with intervals of their own |
|---|---|---|---|
| charge given | 3 | 1 | 1 |
| charge predicted | 2 | 0 | 0 |

Suspension (Platt scaling): charge given: 31 eligible verdicts, 12 of them suspended, slope 0.75;
charge predicted: 29 eligible verdicts, 11 of them suspended, too few to fit.

Fine (split-conformal point and 80 % range): charge given: 2 fines, 0.5 of the estimate kept;
charge predicted: 1 fines, too few to fit.

## Measured

On the validation split:

| system | cail_score | coverage |
| --- | --- | --- |
| best constant | 42.76 [40.1, 45.2] | — |
| model charge given | 66.5 | 0.91 |

| fine | verdicts | coverage (80 % range) | width (log) | log error | of the charge's median \
| mean log error | mean, of that median |
| --- | --- | --- | --- | --- | --- | --- | --- |
| model charge given | 400 | 0.81 | — | 0.5 | — | 0.9 | — |

`cail_score`, `lawbench_score`, `term_bin_accuracy` and `within_25pct` run from 0 to 100,
`coverage` and `outside_bounds` from 0 to 1, the others are months. Brackets are 95 % bootstrap
intervals; the model's intervals are asked for at level 0.9. Read a figure beside the constant
predictor, never alone.

## Limits

- Coverage is a property of cases like those of the calibration split, not of one case. It lapses
  for other years, regions, kinds of text, and when the law data or the reading rules change.
- The training texts are published judgments, a selection that mirrors past practice with its
  inequalities; the model cannot tell a just sentence from a usual one.
- A circumstance that the text does not tell is unknown to the model. Silence is not absence.
- Death with and without reprieve are one outcome. Surveillance is read, never predicted.
- Charges that are rare or newer than the data are predicted from their statute more than from
  experience. Bounds marked unverified in a trace need checking.

## Not to be used for

- deciding a case, or standing in for a judge, prosecutor or counsel
- ranking or profiling judges, prosecutors, defendants or victims
- any use in which a person cannot see every step, and contest it
"""


def test_the_card_is_rendered_whole_from_what_the_bundle_records():
    assert model_card(MANIFEST, CALIBRATION) == EXPECTED


def test_heads_that_were_not_calibrated_say_what_is_shown_instead():
    few = {"charge_given": SuspensionScaling(3, 1)}
    calibration = Calibration(
        1.0, {"charge_given": {"pooled": [0.1]}}, few, {"charge_given": FineResiduals(2, 1.0, {})}
    )

    card = " ".join(model_card(MANIFEST, calibration).split())

    assert "no probability of suspension is shown" in card
    assert "the range of a fine is the head's own" in card
    before = model_card(MANIFEST, Calibration(1.0, {"charge_given": {"pooled": [0.1]}}))
    assert "Suspension and fine are not calibrated" in before


def test_a_synthetic_uncalibrated_unmeasured_model_says_so():
    bare = MANIFEST.model_copy(update={"synthetic": True, "metrics": {}})

    card = model_card(bare, None)

    assert "**Trained on synthetic cases only" in card
    assert "Not calibrated: every interval is the whole range" in card
    assert "Nothing yet; run liangxing-train evaluate." in card


def test_recorded_figures_reach_the_card_and_leave_the_model_files_alone(bundle_copy):
    before = load_bundle(bundle_copy)

    record_figures(bundle_copy, {"test/made_up/cail_score": 12.5, "test/made_up/macro_f1": 1.0})

    after = load_bundle(bundle_copy)
    assert "| made up | 12.5 |" in (bundle_copy / CARD).read_text(encoding="utf-8")
    assert "test/made_up/macro_f1" not in after.manifest.metrics
    assert after.calibration == before.calibration
    assert after.manifest.files["encoder.onnx"] == before.manifest.files["encoder.onnx"]


def test_the_same_figures_again_change_nothing(bundle_copy):
    record_figures(bundle_copy, {"test/made_up/cail_score": 12.5})
    sha256 = load_bundle(bundle_copy).sha256

    record_figures(bundle_copy, {"test/made_up/cail_score": 12.5})

    assert load_bundle(bundle_copy).sha256 == sha256
