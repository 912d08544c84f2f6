"""What is read from the operative part of full judgments."""

from datetime import date

import pytest
from judgment_texts import APPEAL, SECTIONS, judgment
from liangxing.reading.judgment import read_judgment


def penalty_of(verdict: str, **parts):
    """The penalty to be executed of the first defendant."""
    return read_judgment(judgment(verdict=verdict, **parts)).defendants[0].verdict.penalty


@pytest.mark.parametrize(
    ("words", "kind", "months", "suspension", "fine"),
    [
        ("判处有期徒刑八个月，并处罚金人民币五千元", "fixed_term", 8, None, 5000),
        ("判处有期徒刑一年零六个月，缓刑二年，并处罚金5,000元", "fixed_term", 18, 24, 5000),
        ("判处拘役四个月十五日，宣告缓刑六个月", "detention", 4.5, 6, None),
        ("判处拘役一月，缓刑二月，并处罚金叁仟元", "detention", 1, 2, 3000),
        ("判处管制一年", "surveillance", 12, None, None),
        ("判处有期徒刑三年，宣告缓刑，缓刑考验期四年", "fixed_term", 36, 48, None),
        ("判处罚金人民币1.5万元（罚金已缴纳）", "fine_only", 0, None, 15000),
        ("单处罚金人民币三千元", "fine_only", 0, None, 3000),
        ("免予刑事处罚", "exempt", 0, None, None),
        ("判处无期徒刑，剥夺政治权利终身", "life", None, None, None),
        ("判处死刑，缓期二年执行，剥夺政治权利终身", "death_reprieve", None, None, None),
        ("判处死刑，剥夺政治权利终身", "death", None, None, None),
        ("判处有有期徒刑七个月，罚金人民币一千元", "fixed_term", 7, None, 1000),
    ],
)
def test_a_single_penalty_is_read_in_its_usual_wordings(words, kind, months, suspension, fine):
    penalty = penalty_of(
        f"被告人王小甲犯盗窃罪，{words}。（刑期从判决执行之日起计算，先行羁押一日折抵一日，"
        "即自2021年1月2日起至2022年9月1日止。罚金应在判决生效之后十日内缴清。）"
    )
    assert (penalty.kind, penalty.months) == (kind, months)
    assert (penalty.suspension_months, penalty.fine) == (suspension, fine)
    assert penalty.suspended == (suspension is not None)


def test_several_counts_give_the_term_to_be_executed_and_every_count():
    verdict = (
        read_judgment(
            judgment(
                verdict="被告人王小甲犯盗窃罪，判处有期徒刑一年，并处罚金人民币二千元；犯诈骗罪，判处有期徒刑七个月，并处罚金1100元，"
                "总和刑期有期徒刑一年七个月，决定执行有期徒刑一年五个月，并处罚金3100元。"
            )
        )
        .defendants[0]
        .verdict
    )
    assert [(c.charge, c.penalty.months, c.penalty.fine) for c in verdict.counts] == [
        ("盗窃", 12, 2000),
        ("诈骗", 7, 1100),
    ]
    assert (verdict.penalty.months, verdict.penalty.fine) == (17, 3100)


@pytest.mark.parametrize(
    "words",
    [
        "撤销某法院（2019）某01刑初1号刑事判决中宣告缓刑七个月的部分，执行原判拘役三个月，决定执行有期徒刑一年",
        "连同前罪判处的有期徒刑二年，并处罚金三千元，决定执行有期徒刑一年",
        "原犯诈骗罪被判处有期徒刑八个月，并处罚金六千元；决定执行有期徒刑一年",
        "与尚未执行完毕的有期徒刑五个月并罚，决定执行有期徒刑一年",
    ],
)
def test_an_earlier_penalty_is_no_count_of_this_case(words):
    verdict = (
        read_judgment(judgment(verdict=f"被告人王小甲犯盗窃罪，判处有期徒刑十个月；{words}。"))
        .defendants[0]
        .verdict
    )
    assert [(c.charge, c.penalty.months) for c in verdict.counts] == [("盗窃", 10)]
    assert verdict.penalty.months == 12


def test_each_co_defendant_gets_his_own_verdict_and_restitution_is_no_penalty():
    read = read_judgment(
        judgment(
            names=("王小甲", "李小乙", "陈某丙"),
            verdict="一、被告人王小甲犯盗窃罪，判处有期徒刑一年，并处罚金人民币二千元。二、被告人李小乙、陈某丙犯掩饰、隐瞒犯罪所得罪，"
            "均判处拘役三个月，缓刑五个月。三、责令被告人王小甲退赔被害人人民币4200元；作案工具手机一部予以没收。",
        )
    )
    assert [
        (d.name, d.verdict.penalty.months, d.verdict.penalty.suspended) for d in read.defendants
    ] == [("王小甲", 12, False), ("李小乙", 3, True), ("陈某丙", 3, True)]
    assert read.defendants[1].verdict.charges == ("掩饰、隐瞒犯罪所得、犯罪所得收益",)


def test_an_acquittal_is_no_penalty():
    penalty = penalty_of("被告人王小甲无罪。")
    assert penalty.acquitted
    assert penalty.kind is penalty.months is None


def test_metadata_and_custody_come_from_the_header():
    read = read_judgment(judgment(verdict="被告人王小甲犯盗窃罪，判处拘役五个月。"))
    person = read.defendants[0]
    assert (read.court, read.case_number) == ("某省甲市乙区人民法院", "（2021）某0102刑初345号")
    assert read.instance == "first"
    assert read.judgment_date == date(2021, 6, 18)
    assert (person.sex, person.ethnicity, person.birth_date) == ("男", "汉族", date(1990, 3, 5))
    assert person.detained_from == date(2021, 1, 2)
    assert [event.measure for event in person.custody] == ["拘留", "逮捕"]
    assert read.articles == ("264", "67", "52")


def test_release_on_bail_ends_custody():
    text = judgment(verdict="被告人王小甲犯盗窃罪，判处拘役五个月。").replace(
        "同年1月15日被逮捕", "同月9日被取保候审"
    )
    person = read_judgment(text).defendants[0]
    assert person.custody[-1].day == date(2021, 1, 9)
    assert person.detained_from is None


def test_sections_hold_what_they_are_named_for():
    read = read_judgment(
        judgment(
            verdict="被告人王小甲犯盗窃罪，判处拘役五个月。",
            advice="建议判处拘役四个月至六个月。",
        )
    )
    assert read.section("facts").startswith("2020年12月3日15时许")
    assert "本院认为" not in read.section("facts")
    assert read.section("evidence").startswith("上述事实")
    assert read.section("citations").startswith("依照")
    assert read.section("disposition").startswith("被告人王小甲犯盗窃罪")
    assert "建议判处拘役" in read.section("recommendation")
    assert "数额较大的，处三年以下" not in read.section("disposition")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "".join(text.split()),
        lambda text: " ".join(text),
        lambda text: text.translate(
            {ord(d): ord(w) for d, w in zip("0123456789", "０１２３４５６７８９", strict=True)}
        ),
        lambda text: text.replace("二〇二一年", "二O二一年").replace("2021年", "2O21年"),
        lambda text: text.replace("\n", "<br/>\n&nbsp;&nbsp;"),
    ],
)
def test_layout_and_scanning_noise_change_nothing(spoil):
    clean = judgment(
        verdict="被告人王小甲犯盗窃罪，判处有期徒刑七个月，缓刑一年，并处罚金5000元。",
        advice="公诉机关建议判处有期徒刑六个月至十个月，并处罚金。",
        opinion="公诉机关的量刑建议适当，本院予以采纳。",
    )
    read, expected = read_judgment(spoil(clean)), read_judgment(clean)
    assert read.defendants == expected.defendants
    assert read.judgment_date == expected.judgment_date == date(2021, 6, 18)


def test_sections_of_a_structured_file_are_read_by_their_labels():
    read = read_judgment(SECTIONS)
    (person,) = read.defendants
    assert (person.name, person.verdict.penalty.months, person.verdict.penalty.fine) == (
        "王小甲",
        4,
        2000,
    )
    assert (person.recommendation.low, person.recommendation.suspended) == (4, False)
    assert person.adoption is True
    assert read.section("facts").startswith("2023年3月1日")
    assert read_judgment("\n".join(f"{k}：{v}" for k, v in SECTIONS.items())) == read


@pytest.mark.parametrize(
    ("order", "kind", "outcome", "months", "suspended", "fine"),
    [
        ("裁定如下：驳回上诉，维持原判。", "裁定", "upheld", 8, False, 3000),
        ("裁定如下：准许上诉人王小甲撤回上诉。", "裁定", "withdrawn", 8, False, 3000),
        (
            "判决如下：一、维持甲市乙区人民法院（2021）某0102刑初345号刑事判决的定罪及罚金部分，即被告人王小甲犯盗窃罪，并处罚金人民币三千元；"
            "二、撤销该判决的主刑部分，即判处有期徒刑八个月；三、上诉人（原审被告人）王小甲犯盗窃罪，判处有期徒刑六个月，缓刑一年。",
            "判决",
            "changed",
            6,
            True,
            3000,
        ),
    ],
)
def test_an_appeal_carries_both_outcomes(order, kind, outcome, months, suspended, fine):
    read = read_judgment(APPEAL.format(opinion="", order=order, kind=kind))
    (person,) = read.defendants
    assert (read.instance, read.outcome) == ("second", outcome)
    assert person.first_instance.penalty.months == 8
    penalty = person.verdict.penalty
    assert (penalty.months, penalty.suspended, penalty.fine) == (months, suspended, fine)


def test_a_case_sent_back_has_no_verdict():
    order = "裁定如下：一、撤销甲市乙区人民法院（2021）某0102刑初345号刑事判决；二、发回甲市乙区人民法院重新审判。"
    read = read_judgment(APPEAL.format(opinion="", order=order, kind="裁定"))
    assert read.outcome == "remanded"
    assert read.defendants[0].verdict is None
    assert read.defendants[0].first_instance.penalty.months == 8


def test_a_reduction_of_a_sentence_is_no_verdict():
    read = read_judgment(
        "某省某市中级人民法院刑事裁定书（2018）某01刑更12号罪犯王小甲，男，1980年1月1日出生，现在某监狱服刑。"
        "本院裁定如下：对罪犯王小甲减去有期徒刑九个月。"
    )
    assert read.instance == "commutation"
    assert all(d.verdict is None for d in read.defendants)
