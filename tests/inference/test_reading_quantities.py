"""Quantities: money, drugs, injuries, counts and measures, as judgments tell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liangxing.reading.normalise import normalise
from liangxing.reading.quantities import UNITS, read_quantities
from liangxing_training.evaluation.reading_report import reading_report
from reading_gold import snippets

# fmt: off
WORDS = st.sampled_from([
    "被告人", "张某甲", "窃得现金", "骗取", "3000元", "2万某", "价值1.5万余元", "共计",
    "五千元", "其中", "冰毒", "12.3克", "海洛因", "致", "二人", "轻伤二级", "死亡",
    "（殁年6岁）", "3次", "1、2012年1月", "经鉴定", "综上", "退赔", "获利", "100mg/100ml",
    "百分之三十", "一百二十亩", "，", "。", "；", "、", "（", "）", "公诉机关认为",
])
# fmt: on


def read(text: str, **given) -> dict[str, float]:
    return {q.id: q.value for q in read_quantities(normalise(text), **given)}


@pytest.mark.parametrize("tag", ["negation", "attribution", "numeral", "plain"])
def test_quantities_of_the_gold_snippets_reach_the_floor(tag):
    tagged = [snippet for snippet in snippets() if tag in snippet.tags]
    report = reading_report(tagged)
    assert len(tagged) >= 15
    assert report.quantities.f1 >= 0.95, [str(e) for e in report.errors]


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("窃得现金四百元和价值1.2万某的金链。", 12_400),
        ("骗取被害人50万，后用于挥霍。", 500_000),
        ("窃得现金1,250元、价值2,340.5元的手机。", 3_590.5),
        ("骗得人民币三十二万五千元。", 325_000),
        ("窃得价值壹万贰仟元的手表。", 12_000),
        ("敲诈被害人二百八十余万元。", 2_800_000),
    ],
)
def test_reads_money_in_every_spelling(text, yuan):
    assert read(text)["amount_yuan"] == yuan


def test_a_stated_total_wins_over_its_parts():
    text = "窃得现金3000元、手机一部价值1800元，共计价值4800元。"
    assert read(text)["amount_yuan"] == 4800


def test_parts_without_a_total_are_added():
    assert read("2020年1月窃得现金3000元；同年2月又窃得1800元。")["amount_yuan"] == 4800


def test_a_total_told_first_is_not_added_to_its_parts():
    text = (
        "被告人盗窃2起，窃得财物合计7000元，具体如下：1、2020年1月3日窃得手机价值3000元；"
        "2、2020年2月4日窃得手机价值4000元。"
    )
    assert read(text) == {"amount_yuan": 7000, "counts": 2}


def test_a_summing_up_takes_the_place_of_all_before():
    text = (
        "1、2020年1月3日骗取货物价值3000元；2、2020年2月4日骗取货物价值4000元。"
        "综上，被告人共计诈骗2起，骗得财物价值6500元。"
    )
    assert read(text)["amount_yuan"] == 6500


def test_a_total_of_a_later_offence_does_not_swallow_the_earlier_one():
    text = "2020年1月3日，被告人骗得刘某8000元。2020年2月至3月，又骗得周某、林某总计13300元。"
    assert read(text)["amount_yuan"] == 21_300


@pytest.mark.parametrize(
    "text",
    [
        "后被告人赔偿被害人经济损失共计30000元。",
        "被告人退缴违法所得2000元，缴纳罚金1000元。",
        "以200元的价格出售。",
        "附带民事诉讼原告人请求判令被告人赔偿医疗费465元、误工费6000元。",
    ],
)
def test_repayment_penalties_and_prices_are_no_amount(text):
    assert "amount_yuan" not in read(text)


def test_the_defendants_own_share_counts_for_the_defendant():
    text = "该团伙虚开发票900份，税款合计1500万元。其中被告人王甲参与虚开289份，税款合计450万元。"
    charges = ["虚开增值税专用发票、用于骗取出口退税、抵扣税款发票"]
    assert read(text, defendant="王甲", charges=charges)["amount_yuan"] == 4_500_000


def test_tax_is_the_amount_of_a_tax_offence():
    text = "虚开发票4份，价税合计468000元，税额68000元。"
    assert read(text, charges=["逃税"])["amount_yuan"] == 68_000


def test_damage_is_the_amount_of_wilful_damage_and_a_loss_otherwise():
    text = "造成车辆损失1278元。"
    assert read(text, charges=["寻衅滋事"]) == {"amount_yuan": 1278}
    assert read(text, charges=["交通肇事"]) == {"loss_yuan": 1278}


def test_weights_are_summed_by_drug_and_estimates_give_way_to_the_scales():
    text = "当场查获疑似冰毒一包（约0.9克），经称重净重0.638克，另查获海洛因3包，净重2克、1克。"
    assert read(text) == {"grams_meth": 0.638, "grams_heroin": 3}


def test_what_was_only_planned_is_not_weighed():
    text = "被告人商定购买1500克甲基苯丙胺。2013年4月3日，民警当场查获甲基苯丙胺1503克。"
    assert read(text)["grams_meth"] == 1503


def test_blood_counts_and_breath_does_not():
    text = "呼气测试结果为145mg/100ml，血液中乙醇含量为132.56毫克/100毫升。"
    assert read(text) == {"alcohol_mg_100ml": 132.56}


def test_each_person_counts_by_the_gravest_injury():
    text = "李某甲左肾损伤构成轻伤二级，肺破裂构成重伤二级，王某某构成轻微伤。"
    assert read(text) == {
        "serious_injuries": 1,
        "serious_injury_grade": 2,
        "slight_injuries": 1,
    }


def test_the_dead_are_counted_by_their_ages_at_death():
    text = (
        "被告人持斧砍击周某（女，殁年20岁）及孙某（殁年57岁），致周某死亡。"
        "孙的颈部受伤，经抢救无效死亡。"
    )
    assert read(text)["deaths"] == 2


def test_injuries_of_an_earlier_offence_do_not_count():
    text = "被告人曾因致一人重伤被判刑。2013年，被告人致刘某轻伤二级。"
    assert read(text) == {"minor_injuries": 1, "minor_injury_grade": 2}


def test_offences_are_counted_where_told_one_by_one_or_stated():
    listed = (
        "一、盗窃1、2014年1月2日窃得衣物；2、2014年2月窃得手机。"
        "二、抢劫1、2014年3月抢得包；2、2014年4月抢得车。"
    )
    assert read(listed)["counts"] == 4
    assert read("被告人先后三次盗窃。")["counts"] == 3
    assert "counts" not in read("被告人经民警三次传唤到案。")


def test_trees_matter_for_forestry_offences_only():
    text = "被告人砍伐杨树12株。"
    assert read(text, charges=["滥伐林木"]) == {"trees": 12}
    assert read(text, charges=["故意伤害"]) == {}


def test_articles_of_law_are_no_items_of_information():
    text = "依据《解释》第五条、第十一条，被告人出售公民个人信息200条。"
    assert read(text)["information_items"] == 200


@pytest.mark.parametrize(
    ("text", "given", "quantities"),
    [
        # Drawn from errors on real texts; the texts are invented.
        ("查获疑似淫秽影碟243张（经鉴定，其中226张为淫秽物品）。", {}, {"obscene_items": 226}),
        ("贩卖0.1克海洛因时被抓获，0.1克海洛因被当场收缴。", {}, {"grams_heroin": 0.1}),
        ("猎捕野兔59只、斑鸠4只。后查获被捕杀的野兔59只、斑鸠4只。", {}, {"animals": 63}),
        ("向王某贩卖了100元的冰毒。", {}, {}),
        ("占利润总额的158.11%，以总金额6%的开票费虚开。", {}, {"percentage": 158.11}),
        ("致使36只鸟粘在网上死亡。", {"charges": ["非法狩猎"]}, {"animals": 36}),
        ("被害人受伤致陆级伤残，左下肢功能丧失75%。", {}, {"disability_grade": 6}),
        ("劫得现金200元，持银行卡取款共3600元。", {"charges": ["抢劫"]}, {"amount_yuan": 3800}),
        ("查获含有甲基苯丙胺、咖啡因成分的毒品6.5克。", {}, {"grams_meth": 6.5}),
    ],
)
def test_turns_of_phrase_of_real_judgments(text, given, quantities):
    assert read(text, **given) == quantities


@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map("".join)))
def test_any_text_is_read_without_error_and_every_value_has_its_place(text):
    text = normalise(text)
    found = read_quantities(text, defendant="张某甲")
    assert len({quantity.id for quantity in found}) == len(found)
    for quantity in found:
        assert quantity.value > 0
        assert quantity.unit == UNITS[quantity.id]
        evidence = quantity.evidence
        assert evidence
        assert text[evidence.start : evidence.end] == evidence.text != ""
