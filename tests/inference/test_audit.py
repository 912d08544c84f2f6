"""The audit's rows, flags and what the predictor may see, with the bundled model."""

import json

import pytest
from judgment_texts import APPEAL, judgment
from liangxing.audit import audit_documents, audit_in_processes, row_json
from liangxing.audit.facts import facts_text
from liangxing.documents_in import Document
from liangxing.predictor import SentencePredictor
from liangxing.reading.judgment import read_judgment

KEPT = judgment(
    advice="公诉机关建议判处有期徒刑六个月至十个月，并处罚金。",
    opinion="被告人归案后如实供述，可以从轻处罚。公诉机关的量刑建议适当，本院予以采纳。",
    verdict="被告人王小甲犯盗窃罪，判处有期徒刑八个月，并处罚金人民币二千元。",
)
DEVIATING = judgment(
    advice="公诉机关建议判处有期徒刑五年，并处罚金。",
    opinion="被告人归案后如实供述，可以从轻处罚。",
    verdict="被告人王小甲犯盗窃罪，判处有期徒刑八个月，并处罚金人民币二千元。",
)
BARRED = judgment(
    advice="公诉机关建议判处有期徒刑一年，缓刑二年。",
    opinion="被告人系累犯，应当从重处罚。",
    verdict="被告人王小甲犯盗窃罪，判处有期徒刑一年，缓刑二年。",
)
UNWEIGHED = judgment(
    advice="公诉机关建议判处有期徒刑八个月，缓刑一年。",
    opinion="公诉机关指控的罪名成立，应予支持，为维护社会秩序，保护公私财产不受侵犯，应予惩处，以儆效尤。",
    verdict="被告人王小甲犯盗窃罪，判处有期徒刑八个月。",
)
FOLLOWED = judgment(
    advice="公诉机关建议判处有期徒刑一年以下。",
    opinion="公诉机关的量刑建议适当，本院予以采纳。",
    verdict="被告人王小甲犯盗窃罪，判处拘役五个月。",
)
BEYOND = judgment(
    advice="公诉机关建议判处有期徒刑六个月。",
    opinion="公诉机关的量刑建议适当，本院予以采纳。",
    verdict="被告人王小甲犯盗窃罪，判处有期徒刑一年。",
)
APPEALED = APPEAL.format(opinion="", order="裁定如下：驳回上诉，维持原判。", kind="裁定")


@pytest.fixture(scope="module")
def predictor():
    return SentencePredictor.load(threads=1)


@pytest.fixture(scope="module")
def rows(predictor):
    texts = {
        "kept": KEPT,
        "deviating": DEVIATING,
        "barred": BARRED,
        "unweighed": UNWEIGHED,
        "followed": FOLLOWED,
        "beyond": BEYOND,
        "appealed": APPEALED,
    }
    documents = (Document(name, text) for name, text in texts.items())
    return {row["id"]: row for row in audit_documents(documents, predictor, batch_size=2)}


def test_a_row_holds_what_the_contract_names(rows):
    row = rows["kept"]
    (person,) = row["defendants"]
    assert json.loads(row_json(row)) == row
    assert person["name"] == "王小甲"
    assert person["counts"] == [{"charge": "盗窃", "months": 8, "kind": "fixed_term"}]
    recommended = person["recommended"]
    assert (recommended["low"], recommended["high"], recommended["kind"]) == (6, 10, "fixed_term")
    assert (recommended["suspended"], recommended["fine"]) == (False, None)
    assert recommended["text"] == "有期徒刑六个月至十个月，并处罚金"
    verdict = person["verdict"]
    assert (verdict["kind"], verdict["months"], verdict["fine"]) == ("fixed_term", 8, 2000)
    assert verdict["suspension_months"] is None
    assert person["adopted"] == {"value": True, "source": "stated"}
    assert person["predicted"]["interval"]["level"] == 0.9
    assert person["bounds"]["statutory"]["high"] == 36
    assert not {"verdict_deviates", "recommendation_outside_bounds"} & set(person["flags"])


def test_the_prediction_depends_on_neither_recommendation_nor_verdict(predictor):
    def predicted(advice, verdict):
        text = judgment(
            advice=f"公诉机关建议判处{advice}。",
            verdict=f"被告人王小甲犯盗窃罪，判处{verdict}。",
        )
        (row,) = audit_documents([Document("x", text)], predictor)
        return row["defendants"][0]["predicted"]

    assert predicted("有期徒刑六个月", "有期徒刑六个月") == predicted("有期徒刑三年", "拘役一个月")


@pytest.mark.parametrize(
    "text",
    [
        KEPT,
        KEPT.replace(
            "归案后如实供述。\n上述", "归案后如实供述。公诉机关建议判处有期徒刑九个月。\n上述"
        ),
        KEPT.replace("经审理查明，", "经审理查明的事实与公诉机关指控的一致。另查明，"),
    ],
)
def test_the_facts_shown_to_the_predictor_hold_no_penalty(text):
    facts = facts_text(read_judgment(text))
    assert "窃得" in facts
    assert not [word for word in ("建议", "有期徒刑", "判处", "予以采纳") if word in facts]


def test_findings_that_only_point_back_give_the_charge_as_facts():
    start, end = KEPT.index("经审理查明"), KEPT.index("上述事实")
    text = KEPT[:start] + "经审理查明的事实与公诉机关指控的事实一致。\n" + KEPT[end:]
    facts = facts_text(read_judgment(text))
    assert facts.startswith(("2020年12月3日", "公诉机关指控"))
    assert "建议" not in facts


def test_a_recommendation_beyond_the_statute_and_a_verdict_off_it_are_flagged(rows):
    (person,) = rows["deviating"]["defendants"]
    assert person["adopted"] == {"value": False, "source": "derived"}
    assert {"recommendation_outside_bounds", "verdict_deviates"} <= set(person["flags"])
    detail = person["flag_details"][0]
    assert detail["code"] == "recommendation_outside_bounds"
    assert "五年" in detail["evidence"]
    assert detail["source"]
    assert detail["rule"]


def test_a_court_that_says_it_follows_is_held_to_it_only_where_it_goes_beyond(rows):
    assert "verdict_deviates" not in rows["followed"]["defendants"][0]["flags"]
    assert "verdict_deviates" in rows["beyond"]["defendants"][0]["flags"]
    assert rows["beyond"]["defendants"][0]["adopted"] == {"value": True, "source": "stated"}


def test_a_suspension_that_the_law_bars_is_flagged_by_what_the_opinion_states(rows):
    (person,) = rows["barred"]["defendants"]
    assert "suspension_ineligible" in person["flags"]
    (detail,) = (d for d in person["flag_details"] if d["code"] == "suspension_ineligible")
    assert "累犯" in detail["evidence"]


def test_a_circumstance_found_but_not_weighed_and_a_refused_suspension_are_flagged(rows):
    (person,) = rows["unweighed"]["defendants"]
    assert {"circumstance_not_reflected", "suspension_deviates"} <= set(person["flags"])
    assert "circumstance_not_reflected" not in rows["kept"]["defendants"][0]["flags"]


def test_an_appeal_shows_both_outcomes(rows):
    row = rows["appealed"]
    (person,) = row["defendants"]
    assert (row["instance"], row["outcome"]) == ("second", "upheld")
    assert person["first_instance"]["months"] == person["verdict"]["months"] == 8
    assert person["adopted"] == {"value": None, "source": "derived"}


def test_a_text_that_is_no_judgment_gives_a_row_without_defendants(predictor):
    (row,) = audit_documents([Document("x", "今日天气晴朗。")], predictor)
    assert row["defendants"] == []


def test_documents_are_taken_a_batch_at_a_time(predictor):
    taken = []

    def documents():
        for number in range(7):
            taken.append(number)
            yield Document(str(number), "今日天气晴朗。")

    rows = audit_documents(documents(), predictor, batch_size=2)
    next(rows)
    assert len(taken) == 2


def test_several_processes_give_the_same_rows_in_the_same_order(rows):
    documents = [Document("kept", KEPT), Document("deviating", DEVIATING)]
    found = list(audit_in_processes(documents, model=None, workers=2, batch_size=1))
    assert [row["id"] for row in found] == ["kept", "deviating"]
    assert [row["defendants"][0]["flags"] for row in found] == [
        rows[name]["defendants"][0]["flags"] for name in ("kept", "deviating")
    ]
