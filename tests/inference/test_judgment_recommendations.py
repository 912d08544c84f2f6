"""The prosecutor's recommendation in full judgments, and what the court makes of it."""

import pytest
from judgment_texts import APPEAL, judgment
from liangxing.reading.adoption import kept_to
from liangxing.reading.judgment import read_judgment

VERDICT = "被告人王小甲犯盗窃罪，判处有期徒刑八个月，并处罚金2100元。"


def person_of(**parts):
    return read_judgment(judgment(**{"verdict": VERDICT, **parts})).defendants[0]


@pytest.mark.parametrize(
    ("words", "low", "high", "kind", "form"),
    [
        ("建议判处被告人王小甲有期徒刑八个月，并处罚金", 8, 8, "fixed_term", "exact"),
        ("建议对其判处一年以上二年以下有期徒刑", 12, 24, "fixed_term", "range"),
        ("建议判处有期徒刑六个月至一年", 6, 12, "fixed_term", "range"),
        ("建议在拘役五个月至有期徒刑八个月的幅度内量刑", 5, 8, "fixed_term", "range"),
        ("建议在拘役四个月以上有期徒刑十个月以下幅度内量刑", 4, 10, "fixed_term", "range"),
        ("建议在有期徒刑一年六个月以下量刑", None, 18, "fixed_term", "at_most"),
        ("建议判处一年以下有期徒刑或者拘役", None, 12, "fixed_term", "at_most"),
        ("建议判处有期徒刑三年以上刑罚", 36, None, "fixed_term", "at_least"),
        ("建议判处有期徒刑三年左右", 36, 36, "fixed_term", "about"),
        ("建议判处拘役一个月十五日以上四个月十五日以下", 1.5, 4.5, "detention", "range"),
        ("建议判处拘役二至六个月", 2, 6, "detention", "range"),
        ("建议判处3-4年有期徒刑", 36, 48, "fixed_term", "range"),
        ("提出判处有期徒刑一年至一年六个月的量刑建议", 12, 18, "fixed_term", "range"),
        ("量刑建议：判处被告人王小甲有期徒刑一至二年", 12, 24, "fixed_term", "range"),
        ("建议的量刑幅度为有期徒刑十一年至有期徒刑十三年", 132, 156, "fixed_term", "range"),
        ("建议判处有期徒刑十五年或者无期徒刑", 180, None, "life", "range"),
        ("建议判处罚金人民币三千元", 0, 0, "fine_only", "exact"),
        ("提请本院在有期徒刑六个月至一年的幅度内判处", 6, 12, "fixed_term", "range"),
        ("建议在三年到四年之间量刑", 36, 48, "fixed_term", "range"),
        ("并建议本院在有期徒刑七个月至九个月幅度内量刑", 7, 9, "fixed_term", "range"),
    ],
)
def test_every_form_of_a_recommendation_is_read(words, low, high, kind, form):
    advice = person_of(advice=f"公诉机关认为应当以盗窃罪追究其刑事责任，{words}。").recommendation
    assert (advice.low, advice.high, advice.kind, advice.form) == (low, high, kind, form)


def test_suspension_and_fine_belong_to_the_recommendation():
    advice = person_of(
        advice="公诉机关建议判处拘役三个月，缓刑五个月，并处罚金2200元。"
    ).recommendation
    assert (advice.suspended, advice.suspension_months) == (True, 5)
    assert (advice.fined, advice.fine_low, advice.fine_high) == (True, 2200, 2200)


@pytest.mark.parametrize(
    "parts",
    [
        {"advice": "公诉机关建议适用简易程序审理。"},
        {"advice": "公诉机关建议适用速裁程序。"},
        {"defence": "辩护人提出被告人系初犯，建议判处有期徒刑六个月，缓刑一年。"},
        {"defence": "被告人的辩护人对公诉机关的指控没有异议，建议判处拘役并适用缓刑。"},
        {"defence": "被告人自愿认罪，请求判处拘役三个月。"},
        {"evidence": "社区矫正机构经调查评估，建议对被告人适用缓刑。"},
        {"advice": "被告人曾因犯诈骗罪被判处有期徒刑二年，系累犯，提请依法判处。"},
        {"opinion": "辩护人建议判处拘役三个月的意见，本院不予采纳。"},
    ],
)
def test_what_the_prosecutor_does_not_recommend_is_no_recommendation(parts):
    person = person_of(**parts)
    assert person.recommendations == ()
    assert person.adoption is None


def test_each_defendant_has_his_own_recommendation_and_adoption():
    read = read_judgment(
        judgment(
            names=("王小甲", "李小乙", "陈某丙"),
            advice="公诉机关建议对被告人王小甲在有期徒刑十一个月至一年五个月的幅度内处刑，对被告人李小乙、陈某丙在有期徒刑六个月至八个月的幅度内处刑，并均处罚金。",
            opinion="公诉机关对李小乙、陈某丙的量刑建议恰当，本院予以采纳；被告人王小甲为从犯，公诉机关对其所提量刑建议偏高，本院予以调整。",
            verdict="一、被告人王小甲犯盗窃罪，判处有期徒刑八个月。二、被告人李小乙犯盗窃罪，判处有期徒刑七个月。三、被告人陈某丙犯盗窃罪，判处有期徒刑六个月。",
        )
    )
    assert [
        (d.recommendation.low, d.recommendation.high, d.adoption) for d in read.defendants
    ] == [(11, 17, False), (6, 8, True), (6, 8, True)]


def test_one_recommendation_for_all_holds_for_each():
    read = read_judgment(
        judgment(
            names=("王小甲", "李小乙"),
            advice="建议分别判处二被告人有期徒刑十个月，缓刑一年二个月，并处罚金贰万元。",
            verdict="被告人王小甲、李小乙犯盗窃罪，分别判处有期徒刑十个月，缓刑一年二个月，并处罚金二万元。",
        )
    )
    assert [
        (d.recommendation.low, d.recommendation.fine_low, d.recommendation.suspended)
        for d in read.defendants
    ] == [(10, 20000, True)] * 2


def test_counts_without_a_total_go_from_the_longest_to_the_sum():
    advice = person_of(
        advice="公诉机关建议对王小甲犯抢劫罪在有期徒刑三年六个月以上四年以下处刑；犯盗窃罪处拘役三个月以上五个月以下，并处罚金。"
    ).recommendation
    assert (advice.low, advice.high, advice.counts) == (42, 48, 2)
    both = person_of(
        advice="公诉机关建议对王小甲犯盗窃罪判处有期徒刑一年，犯诈骗罪判处有期徒刑八个月。"
    ).recommendation
    assert (both.low, both.high, both.counts) == (12, 20, 2)


def test_an_adjusted_recommendation_replaces_the_first_and_is_counted():
    later = person_of(
        advice="公诉机关建议判处有期徒刑一年至一年六个月。",
        evidence="庭审中，公诉机关变更量刑建议为判处有期徒刑六个月至十个月。",
    )
    assert [(r.low, r.high) for r in later.recommendations] == [(12, 18), (6, 10)]
    assert later.adjustments == 1
    at_once = person_of(
        advice="公诉机关建议判处有期徒刑二年，后变更量刑建议为有期徒刑一年，提请依法判处。"
    )
    assert (at_once.recommendation.low, at_once.adjustments) == (12, 1)


def test_a_repeated_recommendation_counts_once():
    person = person_of(
        advice="公诉机关建议判处有期徒刑六个月至十个月，并处罚金。",
        opinion="公诉机关提出判处有期徒刑六个月至十个月的量刑建议适当，予以采纳。",
    )
    assert len(person.recommendations) == 1
    assert person.recommendation.fined
    assert person.adjustments == 0


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("公诉机关的量刑建议适当，本院予以采纳。", True),
        ("公诉机关提出的量刑建议，可予采纳。", True),
        ("公诉机关量刑建议合理，王小甲亦表示同意，本院予以支持。", True),
        ("公诉机关指控的罪名成立，量刑建议与其罪责相适应，予以采纳。", True),
        ("公诉机关的量刑建议偏重，本院不予采纳。", False),
        ("检察机关的量刑建议明显不当，本院予以调整。", False),
        ("公诉机关判处拘役三个月的量刑建议予以采纳；并处罚金三千元的量刑建议不予采纳。", True),
        ("公诉机关量刑建议适当，予以采纳，辩护人请求适用缓刑的意见不予采纳。", True),
        ("对公诉机关的量刑建议本院予以确认。", True),
        ("公诉机关的量刑建议未考虑其赔偿情节，故不予完全采纳。", None),
        ("辩护人的量刑建议不予采纳。", None),
        ("结合公诉机关的量刑建议，可以从轻处罚。", None),
        ("被告人对公诉机关的量刑建议没有异议。", None),
        ("检察机关在提出量刑建议时，应当全面考虑各项情节，与其罪责相适应。", None),
        ("检察机关可以建议有关组织提起公益诉讼，诉讼请求合理的，法院予以支持。", None),
    ],
)
def test_adoption_is_what_the_court_says_of_the_prosecutors_recommendation(words, value):
    assert person_of(opinion=words).adoption is value


def test_the_law_printed_below_a_judgment_adopts_nothing():
    assert "一般应当采纳" in judgment(verdict=VERDICT)
    assert person_of().adoption is None


@pytest.mark.parametrize(
    ("advice", "verdict", "kept"),
    [
        ("有期徒刑六个月至十个月", "有期徒刑八个月", True),
        ("有期徒刑六个月至十个月", "有期徒刑一年", False),
        ("有期徒刑一年以下", "有期徒刑八个月", True),
        ("有期徒刑三年左右", "有期徒刑三年三个月", True),
        ("有期徒刑三年左右", "有期徒刑四年", False),
        ("拘役六个月", "有期徒刑六个月", False),
        ("拘役五个月至有期徒刑八个月", "拘役五个月", True),
        ("有期徒刑十五年或者无期徒刑", "无期徒刑", True),
        ("缓刑", "有期徒刑一年", None),
    ],
)
def test_a_verdict_keeps_to_a_recommendation_by_kind_and_term(advice, verdict, kept):
    person = person_of(
        advice=f"公诉机关建议判处{advice}。",
        verdict=f"被告人王小甲犯盗窃罪，判处{verdict}。",
    )
    assert kept_to(person.recommendation, person.verdict.penalty) is kept


def test_an_appeal_tells_the_first_instances_word_on_the_recommendation():
    text = APPEAL.format(
        opinion="原公诉机关的量刑建议适当，原审法院已予采纳。",
        order="裁定如下：驳回上诉，维持原判。",
        kind="裁定",
    )
    assert read_judgment(text).defendants[0].adoption is True


def test_what_the_court_takes_together_with_the_defences_request_is_adopted():
    words = "公诉机关的量刑建议、被告人及其辩护人请求从轻处罚的意见，本院均予以采纳。"
    assert person_of(opinion=words).adoption is True


def test_a_list_of_evidence_does_not_hand_the_word_to_the_defence():
    advice = "公诉机关出示了以下证据：书证；被告人王小甲的供述和辩解；鉴定意见。建议判处二个月以下拘役。"
    recommendation = person_of(advice=advice).recommendation
    assert (recommendation.low, recommendation.high, recommendation.kind) == (None, 2, "detention")
