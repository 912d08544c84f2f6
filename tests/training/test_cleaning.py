import pytest
from liangxing_training.cleaning import CleaningSettings, UnusableRowError, to_record
from liangxing_training.sources import RawRow

FACT = "２０１６年３月５日，被告人赵某在某市场窃得手机一部。公诉机关建议判处有期徒刑七个月。"


def clean(**values):
    settings = values.pop("settings", CleaningSettings())
    given = {"place": "a.jsonl:1", "fact": FACT, "charges": ("盗窃",), "months": 7.0} | values
    return to_record(RawRow(**given), settings)


def test_facts_are_normalised_and_masked_by_default():
    record = clean()
    assert record.fact.startswith("2016年3月5日")
    assert "七个月" not in record.fact
    assert "七个月" in clean(settings=CleaningSettings(mask_verdicts=False)).fact


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("[故意伤害]罪",), ("故意伤害",)),
        (("盗窃、诈骗",), ("盗窃", "诈骗")),
        (("盗窃罪", "盗窃"), ("盗窃",)),
        (("[走私、贩卖、运输、制造]毒品",), ("走私、贩卖、运输、制造毒品",)),
        (("盗窃", "没有这个罪名"), ("盗窃",)),
    ],
)
def test_charges_get_their_official_names(given, expected):
    assert clean(charges=given).charges == expected


@pytest.mark.parametrize(
    ("months", "expected"), [(1.17, 1.0), (1.67, 1.5), (7, 7.0), (0, 0.0), (300, 300.0)]
)
def test_terms_are_rounded_to_half_a_month(months, expected):
    assert clean(months=months).months == expected


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"months": 7.0}, "fixed_term"),
        ({"months": 5.0}, "detention"),
        ({"months": 0.0, "fine": 2000.0}, "fine_only"),
        ({"months": 0.0, "fine": 0.0}, "exempt"),
        ({"months": None, "life": True}, "life"),
        ({"months": None, "death": True}, "death"),
        ({"months": None}, None),
    ],
)
def test_the_kind_of_penalty_follows_from_term_and_fine(values, kind):
    assert clean(**values).kind == kind


def test_a_row_without_any_outcome_keeps_no_term():
    record = clean(months=None)
    assert not record.term_known
    assert record.train_only


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"fact": "  "}, "fact shorter than 10 characters"),
        ({"fact": "盗窃。"}, "fact shorter than 10 characters"),
        ({"fact": "甲" * 20_001}, "fact longer than 20000 characters"),
        ({"fact": "The defendant stole a phone."}, "fact without a Chinese character"),
        ({"charges": ()}, "no charge"),
        ({"charges": ("没有这个罪名",)}, "no official charge"),
        ({"life": True}, "contradictory term: months beside life or death"),
        ({"months": None, "life": True, "death": True}, "contradictory term: life and death"),
        ({"months": 301.0}, "term outside 0 to 300 months"),
        ({"months": -1.0}, "term outside 0 to 300 months"),
        ({"fine": -5.0}, "negative fine"),
    ],
)
def test_what_cannot_be_learnt_from_is_dropped_with_a_reason(values, reason):
    with pytest.raises(UnusableRowError, match=reason):
        clean(**values)


def test_articles_are_texts_and_what_cail_lost_is_not_guessed():
    assert clean(articles=("133", "第133条之一", "133")).articles == ("133", "133之一")


def test_the_term_belongs_to_the_first_defendant():
    record = clean(defendants=("赵某Ａ", "钱某"), defendants_count=2)
    assert (record.defendant, record.defendants_count) == ("赵某A", 2)
    assert clean().defendant is None


def test_the_year_is_the_judgments_or_that_of_the_last_dated_event():
    assert clean(year=2017).year == 2017
    assert clean().year == 2016


def test_a_row_without_id_gets_one_from_its_content():
    assert clean().id == clean().id != clean(defendants=("钱某",)).id
    assert clean(id="own").id == "own"


def test_what_a_document_tells_of_kind_and_recommendation_is_kept():
    record = clean(kind="surveillance", months=6.0, recommendation="管制六个月")
    assert (record.kind, record.recommendation) == ("surveillance", "管制六个月")
    assert clean(months=6.0).kind == "fixed_term"
