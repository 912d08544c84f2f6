"""What is told twice counts once, and what is told of another case or person not at all."""

import pytest
from liangxing.reading.circumstances import read_circumstances
from liangxing.reading.normalise import normalise
from liangxing.reading.quantities import read_quantities

DRUGS = ["走私、贩卖、运输、制造毒品"]


def quantities(text: str, *charges: str) -> dict[str, float]:
    return {q.id: q.value for q in read_quantities(normalise(text), charges=charges)}


def circumstances(text: str, defendant: str | None = None) -> dict[str, str]:
    return {c.id: c.value for c in read_circumstances(normalise(text), defendant=defendant)}


def test_a_gun_that_is_hidden_and_then_found_is_one_gun():
    text = "2013年，被告人杜某将一支双管猎枪沉入水库。同年11月，民警在水库中打捞出双管猎枪一支。"
    assert quantities(text, "非法持有、私藏枪支、弹药")["guns"] == 1


def test_two_guns_found_in_two_places_are_two():
    text = "民警在被告人杜某家中查获猎枪一支，又在其车内查获气枪一支。"
    assert quantities(text, "非法持有、私藏枪支、弹药")["guns"] == 2


def test_the_death_another_offender_caused_is_not_the_harbourers():
    text = (
        "2014年1月，高某用匕首捅伤倪某，倪某经抢救无效死亡。被告人齐某明知高某犯罪，仍留其住宿。"
    )
    assert "deaths" not in quantities(text, "窝藏、包庇")
    assert quantities(text, "故意伤害")["deaths"] == 1


def test_victims_whose_masked_names_differ_at_the_end_are_counted_apart():
    text = (
        "被告人李某驾车刮倒摩托车，致周某彬当场死亡、周某宇送医院抢救无效死亡。"
        "经认定，李某负全部责任，周某彬、周某宇无责任。"
    )
    assert quantities(text, "交通肇事")["deaths"] == 2


def test_two_named_before_many_words_died_both():
    text = "被告人杜某驾车与电动车相撞，致纪某1、李某1受伤经医院抢救无效于当日死亡。"
    assert quantities(text, "交通肇事")["deaths"] == 2


@pytest.mark.parametrize(
    ("told", "harm"),
    [
        ("分别受轻伤、轻微伤", {"minor_injuries": 1, "slight_injuries": 1}),
        ("分别构成轻伤", {"minor_injuries": 2}),
    ],
)
def test_injuries_told_respectively_go_to_each_in_order(told, harm):
    text = f"被告人持酒瓶将被害人王某、刘某砸伤。经鉴定，王某、刘某{told}。"
    assert quantities(text, "故意伤害") == harm


def test_what_was_made_holds_what_was_sold_and_seized_of_it():
    text = (
        "2015年6月起，被告人齐某在租住处制作咖啡因90余袋，重约1186克。"
        "2016年2月，齐某卖给聂某咖啡因2袋，重约26.3克。"
        "民警当场收缴15袋咖啡因，重197.741克。"
    )
    assert quantities(text, *DRUGS)["grams_other_drug"] == 1186


def test_what_is_seized_beyond_the_sales_is_added():
    text = (
        "被告人肖某二次向王某、薛某贩卖甲基苯丙胺共计1.5克。民警从其身上查获甲基苯丙胺13.5克。"
        "具体犯罪事实如下：1、2015年11月，肖某向王某贩卖甲基苯丙胺约1克；"
        "2、2015年12月，肖某向薛某贩卖甲基苯丙胺约0.5克。"
    )
    assert quantities(text, *DRUGS)["grams_meth"] == 15


def test_crystals_without_the_drug_in_them_do_not_count():
    text = "其住处的白色粉末3.6克检出甲基苯丙胺，另外1023克未检出甲基苯丙胺。"
    assert quantities(text, *DRUGS)["grams_meth"] == 3.6


def test_weights_of_what_was_about_to_be_sold_count_when_weighed():
    text = (
        "2019年6月，被告人赵某欲将甲基苯丙胺3包（净重8.05克和3.2克）"
        "以及甲基苯丙胺片剂6颗（净重0.75克）贩卖给钱某，尚未交货即被抓。"
    )
    assert quantities(text, *DRUGS)["grams_meth"] == pytest.approx(12.0)


def test_the_weight_the_prosecution_charges_outweighs_a_part():
    text = (
        "被告人熊某贩卖海洛因共计1.15克、冰毒共计0.1克。"
        "公诉机关认为，被告人熊某贩卖毒品海洛因8.42克、冰毒12克，应以贩卖毒品罪追究其刑事责任。"
    )
    assert quantities(text, *DRUGS) == {"grams_heroin": 8.42, "grams_meth": 12}


def test_the_amount_that_is_weighed_outweighs_the_parts_before_repayment():
    text = (
        "2012年11月，被告人包某骗取陶某人民币5.5万元，案发前返还2.5万元。"
        "同年12月，包某骗取王某人民币4万元。"
        "公诉机关认为，被告人包某骗取他人财物70000元，数额巨大，应以诈骗罪追究其刑事责任。"
    )
    assert quantities(text, "诈骗")["amount_yuan"] == 70000


def test_what_was_drawn_from_a_card_counts_where_it_is_more_than_what_was_handed_over():
    text = (
        "被告人易某骗得李某的银行卡5张，后使用上述银行卡刷卡消费、透支取现共计人民币85050.4元。"
        "同年10月，易某又骗取李某现金1000元。"
    )
    assert quantities(text, "诈骗")["amount_yuan"] == 85050.4


def test_thefts_told_day_by_day_are_counted():
    text = (
        "2014年10月的一天，被告人代某先后两次在宿舍盗窃孙某现金800元。"
        "2014年10月26日，代某在网吧窃得现金1600元。2014年10月28日，代某在另一网吧窃取现金600元。"
    )
    assert quantities(text, "盗窃")["counts"] == 4


def test_a_further_theft_within_an_item_is_counted():
    text = (
        "公诉机关指控：1.2015年8月20日，被告人胡某进入商行，盗得现金2700元。"
        "2.同年10月4日，胡某伙同他人进入食堂，盗得现金400元。而后，胡某又至饭店，盗得电脑1台。"
    )
    assert quantities(text, "盗窃")["counts"] == 3


def test_girls_abused_one_after_another_are_victims():
    text = "2008年至2011年间，被告人赵某先后奸淫幼女13起13人。"
    assert quantities(text, "强奸")["victims"] == 13


@pytest.mark.parametrize(
    "text",
    [
        "被告人吉某到薛某家中，欲强奸被害人薛某未遂，被当场抓获。",
        "后因被害人王某强烈反抗，被告人陈某强奸未果逃离现场。",
        "被告人汪某欲与崔某发生性关系，因崔某激烈反抗致其未成功。",
    ],
)
def test_an_attempt_is_read_however_it_is_told(text):
    assert circumstances(text)["attempt"] == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "被告人多次催收未果，遂将其打伤。",
        "被告人抢救被害人未果。",
        "同案人李某（另案处理，系犯罪未遂）盗窃。",
    ],
)
def test_what_failed_besides_the_offence_is_no_attempt(text):
    assert "attempt" not in circumstances(text)


def test_giving_up_of_ones_own_will_is_desistance():
    assert circumstances("因李某生气，被告人尹某自动放弃了强奸行为。")["desistance"] == "yes"
    assert "desistance" not in circumstances("被告人主动放弃治疗。")


@pytest.mark.parametrize(
    ("told", "id_"),
    [
        ("被告人李某案发时只有十六岁，应当从轻处罚。", "juvenile_16_18"),
        ("被告人董某作案时年仅15周岁。", "juvenile_12_16"),
        ("被告人董某还未满15周岁。", "juvenile_12_16"),
    ],
)
def test_an_age_told_of_the_offence_makes_a_juvenile(told, id_):
    assert circumstances(told)[id_] == "yes"


def test_a_victims_age_makes_no_juvenile():
    assert (
        circumstances("被告人与被害人林某（女，案发时16周岁）发生性关系。")
        .keys()
        .isdisjoint({"juvenile_12_16", "juvenile_16_18"})
    )


@pytest.mark.parametrize(
    "text",
    [
        "被告人赵某在前罪判决宣告后、刑罚执行完毕以前又犯罪。",
        "在某监狱三号监舍内，被告人苏某用拳击打罪犯戚某面部。",
    ],
)
def test_who_offends_before_the_sentence_is_served_has_a_remainder(text):
    assert circumstances(text)["unserved_remainder"] == "yes"


def test_a_prison_as_a_place_leaves_no_remainder():
    assert circumstances("被告人李某将监狱八监区机耕路上的杨树盗伐。") == {}
    assert circumstances("被告人刑罚执行完毕以后，五年以内再犯。") == {}


def test_a_former_drug_conviction_and_a_new_one_make_a_drug_recidivist():
    text = "赵某曾因贩卖毒品罪被判过刑，出狱半年，现又犯贩卖毒品罪。"
    assert circumstances(text)["drug_recidivist"] == "yes"
    assert "drug_recidivist" not in circumstances("被告人曾因贩卖毒品罪被判刑，现又犯盗窃罪。")


def test_loot_the_police_gave_back_is_no_restitution():
    assert circumstances("被告人在逃离途中被抓获，案发后赃物已返还被害人。") == {}
    assert circumstances("被告人被失主发现，所盗现金如数退还。") == {"restitution": "yes"}


@pytest.mark.parametrize(
    "text",
    [
        "扣押在案的现金三千元，依法退还被害人。",
        "暂存于法院的保全款由本院予以退还。",
        "被告人因退还押金与店主发生争执。",
        "被告人索要被拒，要求对方退还所输赌资。",
        "民警从被告人处查获手机一部和现金若干，均已返还失主。",
        "被告人明知无偿还能力，仍承诺按期偿还全部货款。",
        "被告人为还清赌债而起意行骗。",
    ],
)
def test_what_a_court_or_the_police_gives_back_or_somebody_asks_for_is_no_restitution(text):
    assert "restitution" not in circumstances(text)


@pytest.mark.parametrize(
    "text",
    [
        "案发后，被告人的家属代为退还被害人四千元。",
        "被告人已将骗得的钱款全部归还被害人。",
    ],
)
def test_what_the_offender_or_the_family_gives_back_is_restitution(text):
    assert circumstances(text)["restitution"] == "yes"


def test_a_chance_of_merit_that_somebody_stages_is_no_merit():
    assert "merit" not in circumstances("他人为被告人制造立功机会。")
    assert circumstances("被告人检举他人，查证属实，具有立功表现。")["merit"] == "yes"


def test_careless_driving_before_a_flight_does_not_deny_it():
    text = "被告人朱某未确保安全行驶发生交通事故后逃逸，负全部责任。"
    assert circumstances(text)["flee"] == "yes"


def test_several_who_rape_in_turn_are_a_gang():
    text = "被告人王某伙同徐某（另案处理）轮流与被害人杨某发生性关系。"
    assert circumstances(text)["gang_rape"] == "yes"


def test_a_minor_offence_is_read_where_it_is_stated_not_where_it_is_claimed():
    assert circumstances("公诉机关认为，被告人刘某犯罪情节轻微。")["minor_offence"] == "yes"
    assert circumstances("辩护人提出被告人犯罪情节轻微。") == {}
