from liangxing_training.cards import CardText, data_card

REPORT = {
    "name": "made-up",
    "fingerprint": "f" * 64,
    "mask_verdicts": True,
    "rows_read": {"a.jsonl": 4},
    "records": 3,
    "with_term": 2,
    "synthetic": 0,
    "opinions": 1,
    "suspension_known": 1,
    "fine_known": 2,
    "characters_median": 120,
    "dropped": {"no charge": {"count": 1, "examples": ["x"]}},
    "splits": {
        "train": {"records": 2, "with_term": 1},
        "validation": {"records": 0, "with_term": 0},
        "calibration": {"records": 0, "with_term": 0},
        "test": {"records": 1, "with_term": 1},
    },
    "clusters": {"count": 3},
    "sources": {"somewhere": 3},
    "licences": {"MIT": 3},
    "charges": 1,
    "balance": {
        "charge": {"盗窃": {"train": 2, "test": 1}},
        "term_bin": {"8": {"train": 1, "test": 1}},
        "kind": {},
        "year": {"2015": {"train": 2}, "2016": {"test": 1}, "unknown": {}},
    },
}
TEXT = CardText(origin="Made up.", biases=("Too few.",), not_for=("anything",))
EXPECTED = """# Data card: made-up

Rendered from the preparation's own report. Fingerprint `{fingerprint}`.

## Origin and licence

Made up.

No record is synthetic.

Licences as the origins state them, with records: MIT (3).

| origin | records |
|---|---|
| somewhere | 3 |

## Size

4 rows read, 3 records kept in 3 near-duplicate clusters; 2 with a
known outcome, 1 with a known suspension, 2 with a known fine; 1 are court
opinions instead of facts. The median text has 120 characters. Verdict and recommendation
phrases are masked.

| split | records | facts with a term |
|---|---|---|
| train | 2 | 1 |
| validation | 0 | 0 |
| calibration | 0 | 0 |
| test | 1 | 1 |

| dropped because | rows |
|---|---|
| no charge | 1 |

## Charges

1 charges; the most frequent:

| charge | train | validation | calibration | test |
|---|---|---|---|---|
| 盗窃 | 2 | 0 | 0 | 1 |

## Terms

Facts with a term by bin: 0 life or death, 1 over 120 months, 2 to 120, 3 to 84, 4 to 60, 5 to 36,
6 to 24, 7 to 12, 8 to 9, 9 to 6, 10 zero.

| bin | train | validation | calibration | test |
|---|---|---|---|---|
| 8 | 1 | 0 | 0 | 1 |

## Years

2015 to 2016, of the judgment where stated, else of the last dated event.

| year | records |
|---|---|
| 2015 | 2 |
| 2016 | 1 |
| unknown | 0 |

## Known biases

- Too few.

## Not to be used for

- anything
"""


def test_the_card_is_rendered_whole_from_the_report():
    assert data_card(REPORT, TEXT) == EXPECTED.format(fingerprint="f" * 64)


def test_the_default_text_speaks_of_published_judgments():
    assert "Published criminal judgments" in data_card(REPORT)


def test_synthetic_records_and_unmasked_texts_stand_out():
    card = data_card(REPORT | {"synthetic": 3, "mask_verdicts": False})
    assert "Generated: fictional facts" in card
    assert "**3 of 3 records are synthetic.**" in card
    assert "phrases are **not masked**" in card
