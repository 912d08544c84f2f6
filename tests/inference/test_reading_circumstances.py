"""Circumstances: what counts for the defendant, and what does not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liangxing.reading.circumstances import read_circumstances, word_rules
from liangxing.reading.normalise import normalise
from liangxing_training.evaluation.reading_report import reading_report
from reading_gold import snippets

STATED = {
    "自首": "surrender",
    "立功": "merit",
    "累犯": "recidivist",
    "从犯": "accessory",
    "坦白": "confession_basic",
    "犯罪未遂": "attempt",
    "防卫过当": "excess_defence",
}
# fmt: off
WORDS = st.sampled_from([
    "被告人", "张三", "李某某", "同案人", "被害人", "自首", "累犯", "从犯", "未", "不构成",
    "系", "具有", "辩护人提出", "的意见", "不予采纳", "取得谅解", "赔偿", "持刀", "（", "）",
    "，", "。", "；", "《", "》", "曾因", "被判处", "有期徒刑", "另案处理", "多次", "入户",
    "未遂", "公诉机关认为", "经审理查明", "1、", "、",
])
# fmt: on


def read(text: str, defendant: str | None = None) -> dict[str, str]:
    return {c.id: c.value for c in read_circumstances(normalise(text), defendant=defendant)}


@pytest.mark.parametrize("tag", ["negation", "attribution", "numeral", "plain"])
def test_circumstances_of_the_gold_snippets_reach_the_floor(tag):
    tagged = [snippet for snippet in snippets() if tag in snippet.tags]
    report = reading_report(tagged)
    assert len(tagged) >= 15
    assert report.circumstances.f1 >= 0.95, [str(e) for e in report.errors]


@pytest.mark.parametrize(("word", "id_"), STATED.items())
def test_a_stated_circumstance_counts(word, id_):
    assert read(f"被告人张三具有{word}情节。")[id_] == "yes"


@pytest.mark.parametrize(("word", "id_"), STATED.items())
@pytest.mark.parametrize("denial", ["不构成", "不属于", "依法不能认定为", "不具有", "并非"])
def test_a_denied_circumstance_is_read_as_no(word, id_, denial):
    assert read(f"被告人张三{denial}{word}。")[id_] == "no"


@pytest.mark.parametrize(("word", "id_"), STATED.items())
def test_a_claim_of_the_defence_counts_for_nothing(word, id_):
    assert id_ not in read(f"辩护人提出被告人张三系{word}，请求从轻处罚。")


@pytest.mark.parametrize(("word", "id_"), STATED.items())
def test_a_claim_that_the_court_rejects_is_read_as_no(word, id_):
    assert read(f"辩护人提出被告人张三具有{word}情节的意见，不予采纳。")[id_] == "no"


@pytest.mark.parametrize(("word", "id_"), STATED.items())
def test_a_claim_that_the_court_accepts_counts(word, id_):
    assert read(f"辩护人提出被告人张三具有{word}情节的意见，予以采纳。")[id_] == "yes"


@pytest.mark.parametrize(("word", "id_"), STATED.items())
def test_the_circumstance_of_an_accomplice_is_not_the_defendants(word, id_):
    assert id_ not in read(f"同案人李某某系{word}。被告人张三参与盗窃。", "张三")
    assert id_ not in read(f"被告人张三伙同李某某（另案处理，系{word}）盗窃。", "张三")


def test_a_claim_goes_on_through_its_list():
    text = (
        "辩护人提出，1、证据不足；2、被告人张三系自首；被告人张三已赔偿被害人；3、被害人有过错。"
    )
    assert read(text) == {}


def test_reasons_for_a_rejection_are_not_rejected_with_it():
    text = (
        "关于辩护人所提张三得到谅解的意见，经查，张三赔偿了被害人8000元，"
        "但被害人不予谅解，不予采纳。"
    )
    assert read(text) == {"compensation_only": "yes"}


def test_no_forgiveness_is_read_as_no():
    assert read("被告人未赔偿，未取得谅解。") == {"compensation_and_forgiveness": "no"}
    assert read("被告人赔偿了被害人损失，但未取得谅解。") == {"compensation_only": "yes"}


def test_the_titles_of_laws_tell_nothing():
    assert read("依照《关于处理自首和立功具体应用法律若干问题的解释》第一条之规定。") == {}


def test_the_wider_circumstance_takes_in_the_narrower():
    text = "被告人投案自首，如实供述，当庭认罪。其曾因盗窃被判处有期徒刑一年，系累犯。"
    assert read(text) == {"surrender": "yes", "recidivist": "yes"}


def test_weapons_in_the_hands_of_the_victim_or_on_a_corpse_do_not_count():
    assert "weapon" not in read("被害人王某持刀砍向被告人，被告人夺刀后将其打伤。")
    assert "weapon" not in read("被告人掐死被害人，后用菜刀肢解尸体。")
    assert read("被告人持切肉刀砍击被害人。")["weapon"] == "yes"


def test_entering_a_shop_or_entering_to_kill_is_no_burglary():
    assert "burglary" not in read("被告人至某超市，采用撬门入室手段，窃得香烟。")
    assert "burglary" not in read("被告人潜入被害人家中，持刀将被害人砍死。")
    assert read("被告人潜入被害人家中，窃得现金。")["burglary"] == "yes"


def test_a_suicide_that_failed_is_no_attempted_crime():
    assert "attempt" not in read("被告人作案后自杀未遂。")


def test_every_pattern_of_the_vocabulary_can_be_searched_for():
    rules = [rule for _, _, rules in word_rules() for rule in rules]
    patterns = {p for rule in rules for p in (rule.near, rule.unless, rule.whole) if p}
    assert len(patterns) > 50
    for pattern in patterns:
        re.compile(pattern)


def test_a_child_is_known_by_the_age_on_the_day_of_the_offence():
    offence = "2013年5月12日，被告人驾车将胡某（女，{}生）撞倒，致胡某死亡。"
    assert read(offence.format("1999年12月11日"))["child_victim"] == "yes"
    assert "child_victim" not in read(offence.format("1999年3月11日"))


@given(
    st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map("".join)),
    st.sampled_from([None, "张三"]),
)
def test_any_text_is_read_without_error_and_every_finding_has_its_place(text, defendant):
    text = normalise(text)
    found = read_circumstances(text, defendant=defendant)
    assert len({circumstance.id for circumstance in found}) == len(found)
    for circumstance in found:
        assert circumstance.value in ("yes", "no")
        evidence = circumstance.evidence
        assert evidence
        assert text[evidence.start : evidence.end] == evidence.text != ""


@given(
    st.sampled_from(sorted(STATED)),
    st.sampled_from(["不构成", "不属于", "不能认定为", "并无", "没有"]),
    st.lists(st.sampled_from(["2020年1月2日，", "被告人张三盗窃手机。", "归案后，"]), max_size=3),
)
def test_no_denial_is_ever_read_as_yes(word, denial, before):
    text = "".join(before) + f"被告人张三{denial}{word}。"
    assert read(text).get(STATED[word]) == "no"
