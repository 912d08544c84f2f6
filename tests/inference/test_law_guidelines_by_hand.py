"""Ranges derived by hand from the article and the guideline, one crime each.

How all of them go: the base sentence reaches from the lower end of the starting point to the
tier's maximum, since no text names an increment; the low end takes the largest reductions and
the smallest increases, the high end the reverse; the bench moves it by 20 %; the result stays in
the statute's bounds and is rounded outward to half months. Offence 2022-01-01 and judgment
2022-06-01 unless said otherwise. Months.
"""

from datetime import date

from guideline_cases import guideline_of, months

IN_2024 = {"committed": date(2024, 8, 1), "judged": date(2024, 9, 1)}


def weighed(*args, **kwargs):
    """The months after all circumstances, before the bench's discretion."""
    found = guideline_of(*args, **kwargs)
    after = [step.after for step in found.trace if step.step == "量刑情节"][-1]
    return after["low"], after["high"]


def test_traffic_accident_with_flight_and_surrender():
    """Art. 133: 36-84 for flight. Guideline: from 36. Surrender up to 40 %: 36 x 0.6 = 21.6 to
    84; with 20 %: 17.28 to 100.8. Art. 67 may mitigate, so 17 holds below 36; at most 84."""
    facts = {"flee": True, "flee_caused_death": False, "surrender": True}
    assert weighed("交通肇事", {}, facts) == (21.6, 84)
    assert months("交通肇事", {}, facts) == (17, 84)


def test_dangerous_driving_under_the_text_of_2017():
    """Art. 133-1: detention of 1-6. 2017(II): from 1-2, raised by an unnamed amount. Confession up
    to 20 %: 0.8 to 6; with 20 %: 0.64 to 7.2; detention lasts at least 1 month."""
    old = {"committed": date(2019, 5, 1), "judged": date(2019, 9, 1)}
    assert weighed("危险驾驶", {}, {"confession_basic": True}, **old) == (0.8, 6)
    assert months("危险驾驶", {}, {"confession_basic": True}, **old) == (1, 6)


def test_dangerous_driving_under_the_text_of_2021():
    """Art. 133-1: 1-6. 2021: set directly inside 1-6. Prior record up to 10 %: 1 to 6.6."""
    assert weighed("危险驾驶", {}, {"prior_record": True}) == (1, 6.6)
    assert months("危险驾驶", {}, {"prior_record": True}) == (1, 6)


def test_deposits_of_six_million_repaid_with_a_plea():
    """Art. 176: 36-120 from 5 million (since March 2022), art. 176(3) may mitigate for
    repayment. Guideline: from 36. Plea and restitution jointly up to 60 %: 36 x 0.4 = 14.4;
    with 20 %: 11.52."""
    case = ({"amount_yuan": 6_000_000.0}, {"plea_leniency": True, "restitution": True})
    late = {"committed": date(2022, 4, 1), "judged": date(2022, 9, 1)}
    assert weighed("非法吸收公众存款", *case, **late) == (14.4, 120)
    assert months("非法吸收公众存款", *case, **late) == (11.5, 120)


def test_an_accessory_to_fundraising_fraud():
    """Art. 192: 36-84 from 100 000, 84 from 300 000 (until March 2022). Guideline: from 36.
    Accessory 20-50 %: 18 to 67.2; with 20 %: 14.4 to 80.64. Art. 27 may mitigate or exempt."""
    case = ({"amount_yuan": 200_000.0}, {"accessory": True})
    assert weighed("集资诈骗", *case) == (18, 67.2)
    assert months("集资诈骗", *case) == (14, 81)


def test_fundraising_fraud_under_the_old_article():
    """Art. 192 before 2021-03-01: 60-120 from 300 000. 2017(II): from 60. Merit up to 20 %:
    48 to 120; with 20 %: 38.4. Art. 68 may mitigate into the tier of 1-60."""
    case = ({"amount_yuan": 400_000.0}, {"merit": True})
    old = {"committed": date(2019, 5, 1), "judged": date(2019, 9, 1)}
    assert weighed("集资诈骗", *case, **old) == (48, 120)
    assert months("集资诈骗", *case, **old) == (38, 120)


def test_card_fraud_by_a_recidivist():
    """Art. 196: 1-60 from 5 000, 60 from 50 000. Guideline: from 1. Recidivist 10-40 %, at least
    3 months: 1 + 3 = 4 to 60 x 1.4 = 84; with 20 %: 3.2 to 100.8; at most 60."""
    case = ({"amount_yuan": 20_000.0}, {"recidivist": True})
    assert weighed("信用卡诈骗", *case) == (4, 84)
    assert months("信用卡诈骗", *case) == (3, 60)


def test_grievous_injury_with_surrender_and_compensation():
    """Art. 234(2): 36-120. Guideline: from 36. Surrender up to 40 % and compensation with
    forgiveness up to 40 % add: 36 x 0.2 = 7.2; with 20 %: 5.76. Art. 67 may mitigate."""
    case = (
        {"serious_injuries": 1.0},
        {"surrender": True, "compensation_and_forgiveness": True},
    )
    assert weighed("故意伤害", *case) == (7.2, 120)
    assert months("故意伤害", *case) == (5.5, 120)


def test_grievous_injury_settled_without_a_ground_of_mitigation():
    """Art. 234(2): 36-120. Settlement up to 50 %: 18. It does not mitigate: 36 stays (art. 63)."""
    case = ({"serious_injuries": 1.0}, {"settlement_art288": True})
    assert weighed("故意伤害", *case) == (18, 120)
    assert months("故意伤害", *case) == (36, 120)


def test_rape_of_a_girl_under_fourteen():
    """Art. 236: 36-120. Guideline: a girl under 14 from 48, a woman from 36. Vulnerable victim up
    to 20 %: 48 to 144; with 20 %: 38.4 to 172.8; at most 120."""
    case = ({"serious_injuries": 0.0}, {"child_victim": True, "vulnerable_victim": True})
    assert weighed("强奸", *case) == (48, 144)
    assert months("强奸", *case) == (38, 120)


def test_rape_of_a_woman_under_the_text_of_2014():
    """Art. 236: 36-120. 2014: 36-60. Forgiveness alone up to 20 %: 28.8; no mitigation: 36."""
    case = ({"serious_injuries": 0.0}, {"child_victim": False, "forgiveness_only": True})
    old = {"committed": date(2015, 5, 1), "judged": date(2015, 9, 1)}
    assert weighed("强奸", *case, **old) == (28.8, 120)
    assert months("强奸", *case, **old) == (36, 120)


def test_unlawful_detention_with_a_beating():
    """Art. 238(2): 36-120 for grievous injury. 2017: from 36, a beating adds 10-20 %: 39.6 to 144;
    with 20 %: 31.68 to 172.8; inside 36-120."""
    case = ({"serious_injuries": 1.0}, {"beating_or_insult": True})
    old = {"committed": date(2019, 5, 1), "judged": date(2019, 9, 1)}
    assert weighed("非法拘禁", *case, **old) == (39.6, 144)
    assert months("非法拘禁", *case, **old) == (36, 120)


def test_attempted_robbery_in_a_home():
    """Art. 263: 120-180 in a home. Guideline: from 120. Attempt up to 50 %: 60; with 20 %: 48.
    Art. 23 may mitigate into the tier of 36-120."""
    facts = {"burglary": True, "attempt": True}
    assert weighed("抢劫", {}, facts) == (60, 180)
    assert months("抢劫", {}, facts) == (48, 180)


def test_theft_by_a_juvenile():
    """Art. 264: 36-120 from 30 000-100 000. Guideline: from 36. 16-18 years 10-50 %: 18 to 108;
    with 20 %: 14.4 to 129.6. Art. 17 mitigates; at most 120."""
    case = ({"amount_yuan": 150_000.0}, {"juvenile_16_18": True})
    assert weighed("盗窃", *case) == (18, 108)
    assert months("盗窃", *case) == (14, 120)


def test_theft_by_a_juvenile_accessory_with_surrender():
    """Two circumstances of layer 1 multiply: 36 x 0.5 x 0.5 = 9 to 120 x 0.9 x 0.8 = 86.4; then
    surrender up to 40 %: 5.4 to 86.4; with 20 %: 4.32 to 103.68."""
    case = (
        {"amount_yuan": 150_000.0},
        {"juvenile_16_18": True, "accessory": True, "surrender": True},
    )
    assert weighed("盗窃", *case) == (5.4, 86.4)
    assert months("盗窃", *case) == (4, 104)


def test_fraud_with_major_merit():
    """Art. 266: 120-180 from 500 000. Guideline: from 120. Major merit 20-50 %: 60 to 144; with
    20 %: 48 to 172.8. Art. 68 mitigates or exempts."""
    case = ({"amount_yuan": 600_000.0}, {"major_merit": True})
    assert weighed("诈骗", *case) == (60, 144)
    assert months("诈骗", *case) == (48, 173)


def test_snatching_where_the_province_decides_the_tier():
    """Art. 267: 50 000 lies in the range 30 000-80 000 of 数额巨大, so 1-36 and 36-120 are open.
    Guideline: from 1. In a time of disaster up to 20 %: 1 to 144."""
    case = ({"amount_yuan": 50_000.0}, {"disaster_period": True})
    assert weighed("抢夺", *case) == (1, 144)
    assert months("抢夺", *case) == (1, 120)


def test_embezzlement_under_the_old_article():
    """Art. 271 before 2021-03-01: 1-60. 2014/2017: from 1. Confession up to 20 % and restitution
    up to 30 % add: 0.5 to 60; a plain detention of 1 month stays."""
    case = ({"amount_yuan": 100_000.0}, {"confession_basic": True, "restitution": True})
    old = {"committed": date(2020, 5, 1), "judged": date(2020, 9, 1)}
    assert weighed("职务侵占", *case, **old) == (0.5, 60)
    assert months("职务侵占", *case, **old) == (1, 60)


def test_extortion_with_a_plea_and_good_conduct():
    """Art. 274: 36-120 from 30 000-100 000. Guideline: from 36. Good conduct in custody counts
    within the plea: up to 30 %, 25.2. It does not mitigate: 36."""
    case = ({"amount_yuan": 200_000.0}, {"plea_leniency": True, "good_custody": True})
    assert weighed("敲诈勒索", *case) == (25.2, 120)
    assert months("敲诈勒索", *case) == (36, 120)


def test_obstruction_with_an_attack_on_police():
    """Art. 277: 1-36. 2017: from 1, a violent attack on police adds 10-30 %: 1.1 to 46.8."""
    old = {"committed": date(2018, 5, 1), "judged": date(2018, 9, 1)}
    facts = {"violent_attack_on_police": True}
    assert weighed("妨害公务", {}, facts, **old) == (1.1, 46.8)
    assert months("妨害公务", {}, facts, **old) == (1, 36)


def test_a_coerced_part_in_an_armed_affray():
    """Art. 292: 36-120 with weapons. Art. 28: shall be mitigated or exempted, and the guideline
    names no ratio: from 0 to the top of the tier below, 36."""
    facts = {"weapon": True, "coerced": True}
    assert weighed("聚众斗殴", {}, facts) == (0, 120)
    assert months("聚众斗殴", {}, facts) == (0, 36)


def test_picking_quarrels_with_limited_capacity():
    """Art. 293: no repeated acts with a gathered crowd are told (60-120), so 1-60. Art. 18(3) may
    mitigate without a ratio: 0 to 60; a term lasts at least 1 month."""
    assert weighed("寻衅滋事", {}, {"limited_capacity": True}) == (0, 60)
    assert months("寻衅滋事", {}, {"limited_capacity": True}) == (1, 60)


def test_an_accessory_to_concealing_proceeds_who_surrenders():
    """Art. 312: 36-84 from 100 000 (until 2025-08-25). Guideline: from 36. Accessory 20-50 %:
    18 to 67.2; surrender up to 40 % of that: 10.8; with 20 %: 8.64 to 80.64."""
    case = ({"amount_yuan": 200_000.0}, {"accessory": True, "surrender": True})
    assert weighed("掩饰、隐瞒犯罪所得、犯罪所得收益", *case) == (10.8, 67.2)
    assert months("掩饰、隐瞒犯罪所得、犯罪所得收益", *case) == (8.5, 81)


def test_twenty_grams_of_heroin_sold_by_a_drug_recidivist():
    """Art. 347: 84-180 from 10 grams. Guideline: from 84. Recidivist 10-40 % and drug recidivist
    10-30 % add: 84 x 1.2 = 100.8 to 180 x 1.7 = 306; with 20 %: 80.64; inside 84-180."""
    case = ({"grams_heroin": 20.0}, {"recidivist": True, "drug_recidivist": True})
    assert weighed("走私、贩卖、运输、制造毒品", *case) == (100.8, 306)
    assert months("走私、贩卖、运输、制造毒品", *case) == (84, 180)


def test_possession_of_sixty_grams_as_an_accessory():
    """Art. 348: 84-180 from 50 grams. Guideline: from 84. Accessory 20-50 %: 42 to 144; with 20 %:
    33.6 to 172.8."""
    case = ({"grams_meth": 60.0}, {"accessory": True})
    assert weighed("非法持有毒品", *case) == (42, 144)
    assert months("非法持有毒品", *case) == (33.5, 173)


def test_lodging_drug_users_as_a_recidivist_with_a_given_ratio():
    """Art. 354: 1-36. Guideline: from 1. 20 %, at least 3 months: 4 to 43.2; with 20 %: 3.2."""
    assert weighed("容留他人吸毒", {}, {"recidivist": 0.2}) == (4, 43.2)
    assert months("容留他人吸毒", {}, {"recidivist": 0.2}) == (3, 36)


def test_lodging_prostitution_in_old_age():
    """Art. 359: nothing tells 1-60 from 60 and more. Guideline: from 1. Over 75 up to 40 %: 0.6
    to 180; art. 17-1 may mitigate, a term lasts at least 1 month."""
    assert weighed("引诱、容留、介绍卖淫", {}, {"elderly_intent": True}) == (0.6, 180)
    assert months("引诱、容留、介绍卖淫", {}, {"elderly_intent": True}) == (1, 180)


def test_molesting_a_child_as_a_recidivist():
    """Art. 237(3): 6-60. 2024(II): from 12. Recidivist 10-40 %, at least 3 months: 15 to 84; with
    20 %: 12 to 100.8; at most 60."""
    facts = {"public_place": False, "recidivist": True}
    assert weighed("猥亵儿童", {}, facts, **IN_2024) == (15, 84)
    assert months("猥亵儿童", {}, facts, **IN_2024) == (12, 60)


def test_personal_data_sold_with_plea_and_surrender():
    """Art. 253-1: 36-84 from a gain of 50 000. 2024(II): from 36. Jointly up to 60 %: 14.4; with
    20 %: 11.52. Art. 67 may mitigate."""
    case = ({"gain_yuan": 60_000.0}, {"plea_leniency": True, "surrender": True})
    assert weighed("侵犯公民个人信息", *case, **IN_2024) == (14.4, 84)
    assert months("侵犯公民个人信息", *case, **IN_2024) == (11.5, 84)


def test_an_accessory_to_helping_network_crime_with_plea_and_restitution():
    """Art. 287-2: 1-36. 2024(II): from 1. Accessory 20-50 %: 0.5 to 28.8; jointly up to 60 %: 0.2;
    with 20 %: 0.16 to 34.56. Art. 27 may exempt: 0."""
    facts = {"accessory": True, "plea_leniency": True, "restitution": True}
    assert weighed("帮助信息网络犯罪活动", {}, facts, **IN_2024) == (0.2, 28.8)
    assert months("帮助信息网络犯罪活动", {}, facts, **IN_2024) == (0, 35)


def test_organised_prostitution_without_circumstances():
    """Art. 358: nothing tells 60-120 from 120 and more. 2024(II): from 60. 20 %: 48 to 216; inside
    60-180 without a ground of mitigation."""
    assert months("组织卖淫", **IN_2024) == (60, 180)
