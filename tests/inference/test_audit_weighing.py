"""When an opinion has weighed what the facts state, and when it has passed it over."""

from liangxing.audit.facts import OpinionCircumstance
from liangxing.audit.rules import rules
from liangxing.audit.weighing import unweighed
from liangxing.law.circumstances import fact_names
from liangxing.prediction import Circumstance, Evidence

PLAIN = (
    "本院认为，被告人的行为已构成犯罪，指控的罪名成立，应予支持。"
    "为维护社会秩序，保护公民权利不受侵犯，应予惩处，以儆效尤，并教育他人。"
)


def stated(*ids, value="yes"):
    return [Circumstance(id_, value, Evidence("案情中的话", 0, 5)) for id_ in ids]


def passed_over(found, said="", *, opinion=(), others=(), charges=("盗窃",)):
    told = unweighed(found, opinion, PLAIN + said, others=others, charges=charges)
    return [circumstance.id for circumstance in told]


def test_what_the_opinion_does_not_take_up_is_passed_over():
    assert passed_over(stated("surrender", "restitution")) == ["surrender", "restitution"]


def test_a_word_for_the_fact_weighs_it_whatever_the_court_makes_of_it():
    said = "被告人虽主动到案，但不构成自首；家属代为退还的部分，酌情考虑。"
    assert passed_over(stated("surrender", "restitution"), said) == []
    assert passed_over(stated("merit"), said) == ["merit"]


def test_one_name_of_a_fact_that_was_read_weighs_its_other_names():
    read = [OpinionCircumstance("compensation_and_forgiveness", True, "取得对方原宥")]
    assert passed_over(stated("forgiveness_only", "attempt"), opinion=read) == ["attempt"]


def test_what_is_said_of_another_defendant_alone_does_not_count():
    said = "被告人钱乙具有自首情节，可以从轻处罚。"
    assert passed_over(stated("surrender"), said, others=["钱乙"]) == ["surrender"]
    assert passed_over(stated("surrender"), said.replace("钱乙", "赵甲"), others=["钱乙"]) == []


def test_who_the_victim_was_weighs_only_where_the_offence_chose_its_victim():
    assert passed_over(stated("vulnerable_victim"), charges=["抢劫"]) == ["vulnerable_victim"]
    assert passed_over(stated("vulnerable_victim"), charges=["交通肇事"]) == []


def test_what_is_denied_or_told_without_words_or_weighs_nothing_by_the_guidelines_is_left_out():
    bare = [Circumstance("surrender", "yes", None)]
    assert passed_over([*stated("recidivist", value="no"), *bare, *stated("burglary")]) == []


def test_an_opinion_of_a_few_words_weighs_nothing_in_particular():
    short = unweighed(stated("surrender"), [], "罪名成立。", others=[], charges=["盗窃"])
    assert list(short) == []


def test_the_families_name_circumstances_that_exist():
    known = set(fact_names())
    for family in rules().weighing.families:
        for prefix in family.circumstances:
            assert any(id_.startswith(prefix) for id_ in known), prefix
    assert set(rules().weighing.not_in_negligence) <= known
