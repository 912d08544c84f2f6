"""Each suite's reader on a small file in the official format, each score against a calculation by
hand. All texts are fictional."""

import json
import math

import numpy as np
import pytest
from liangxing.errors import DataError
from liangxing_training.evaluation.benchmarks import SUITES
from liangxing_training.evaluation.benchmarks.anchors import anchors_of, published
from liangxing_training.evaluation.benchmarks.answers import read_answers
from liangxing_training.evaluation.benchmarks.items import Answer
from liangxing_training.evaluation.benchmarks.judge import document_months
from liangxing_training.evaluation.benchmarks.lawbench import parts_of

FACT = "2019年5月6日，被告人赵某甲在东河市某商场窃得孙某乙的手机一部，价值人民币4200元。"


def write(path, rows, *, as_list=False):
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    text = "[" + ",\n".join(lines) + "]" if as_list else "\n".join(lines)
    path.write_text(text, encoding="utf-8")
    return path


def values(suite, items, answers):
    return {name: score.value for name, score in suite.score(items, answers).items()}


def cail_row(months, charges=("盗窃",), articles=(264,), fact=FACT, life=False):
    term = {"imprisonment": months, "life_imprisonment": life, "death_penalty": False}
    return {
        "fact": fact,
        "meta": {
            "criminals": ["赵某甲"],
            "accusation": list(charges),
            "relevant_articles": list(articles),
            "punish_of_money": 0,
            "term_of_imprisonment": term,
        },
    }


@pytest.mark.parametrize("name", ["cail2018-small", "cail2018-big"])
def test_cail_scores_all_rows_and_the_bins_of_rows_with_one_charge(name, tmp_path):
    rows = [
        cail_row(12),
        cail_row(36, ["故意伤害"], [234]),
        cail_row(-1, ["故意杀人"], [232], life=True),
        cail_row(60, ["盗窃", "诈骗"], [264, 266]),
        cail_row(6, fact=FACT + "二审维持。"),
    ]
    items = SUITES[name].read(write(tmp_path / "test.json", rows)).items
    answers = [Answer(10), Answer(24), Answer(life=True), Answer(120), Answer(6)]

    found = values(SUITES[name], items, answers)

    # ln(13/11) = .17, ln(37/25) = .39, life, ln(121/61) = .68, the same.
    assert found["cail_score"] == pytest.approx((100 + 80 + 100 + 40 + 100) / 5)
    # 12 and 10 share bin 7; 36 is bin 5 and 24 bin 6; life is bin 0.
    assert found["single_charge/term_bin_accuracy"] == pytest.approx(200 / 3)
    # Bins 0, 5, 6, 7: recall 1, 0, none, 1.
    assert found["single_charge/macro_recall"] == pytest.approx(50)
    # The two thefts alone are off by 2 and 0 months.
    assert found["theft/mae_months"] == pytest.approx(1)
    assert found["theft/within_3_months"] == 100


def test_cail_items_carry_charge_article_defendant_and_line_number(tmp_path):
    path = write(tmp_path / "test.json", [cail_row(12, ["[贩卖]毒品"], [347])])

    item = SUITES["cail2018-small"].read(path).items[0]

    assert (item.id, item.charges, item.articles) == (
        "1",
        ("走私、贩卖、运输、制造毒品",),
        ("347",),
    )
    assert (item.defendant, item.months) == ("赵某甲", 12)


def lawbench_row(answer, question=f"事实:{FACT}\n罪名:盗窃"):
    return {
        "instruction": "根据下列事实、罪名预测判决刑期。",
        "question": question,
        "answer": answer,
    }


def test_lawbench_reads_numbers_as_the_official_scorer_and_charges_abstentions(tmp_path):
    path = write(
        tmp_path / "3-4.json",
        [lawbench_row(a) for a in ("刑期:12个月", "刑期:12个月", "刑期:死刑", "刑期:5个月")],
        as_list=True,
    )
    suite = SUITES["lawbench-3-4"]
    items = suite.read(path).items
    answers = [Answer(text=t) for t in ("有期徒刑三年", "刑期:12个月", "死刑", "无法判断")]

    found = values(suite, items, answers)

    distance = (math.log(37 / 13) + 0 + math.log(216)) / 3
    assert found["log_distance"] == pytest.approx(distance)
    assert found["lawbench_score"] == pytest.approx(100 * (1 - distance / math.log(216)))
    assert found["abstention_rate"] == pytest.approx(1 / 4)


def test_lawbench_takes_our_points_as_whole_months_and_life_as_an_abstention(tmp_path):
    path = write(tmp_path / "3-5.json", [lawbench_row("刑期:8个月")] * 2, as_list=True)
    suite = SUITES["lawbench-3-5"]
    items = suite.read(path).items

    found = values(suite, items, [Answer(7.5), Answer(life=True)])

    assert found["log_distance"] == pytest.approx(math.log(216) / 2)
    assert found["abstention_rate"] == 0.5


def test_lawbench_questions_give_fact_charge_and_article(tmp_path):
    question = f"案件事实：{FACT}\n罪名：盗窃、诈骗\n法条：第二百六十四条、第266条"
    path = write(tmp_path / "q.json", [lawbench_row("刑期:6个月", question)], as_list=True)

    item = SUITES["lawbench-3-5"].read(path).items[0]

    assert item.fact == FACT
    assert item.charges == ("盗窃", "诈骗")
    assert item.articles == ("264", "266")
    assert parts_of("只有事实，没有标记。") == {"fact": "只有事实，没有标记。"}


def test_lawbench_refuses_an_answer_of_another_form(tmp_path):
    path = write(tmp_path / "x.json", [lawbench_row("十二个月")], as_list=True)

    with pytest.raises(DataError, match="刑期:12个月"):
        SUITES["lawbench-3-4"].read(path)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("interval-2025", {"fact": FACT, "months": 6}, {"fact": FACT}),
        ("judge", {"text": FACT, "fd": "判处有期徒刑六个月。"}, {"text": FACT}),
    ],
)
def test_rows_that_cannot_be_read_are_counted_by_reason_and_lines_number_the_rest(
    name, good, bad, tmp_path
):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join([json.dumps(bad), "{broken", json.dumps(good)]), encoding="utf-8")

    found = SUITES[name].read(path)

    assert [(item.id, item.months) for item in found.items] == [("3", 6)]
    assert sorted(found.skipped.values()) == [1, 1]
    assert "not a complete JSON object on one line" in found.skipped


def judgment(operative):
    return (
        "某人民法院刑事判决书。公诉机关指控被告人赵某甲犯盗窃罪，曾被判处有期徒刑五年。"
        f"本院认为，被告人的行为构成犯罪。判决如下：{operative}如不服本判决，可在十日内上诉。"
    )


ONE = "被告人赵某甲犯盗窃罪，判处有期徒刑一年，缓刑二年，并处罚金人民币二千元。"
CUMULATED = (
    "被告人赵某甲犯盗窃罪，判处有期徒刑一年；犯诈骗罪，判处有期徒刑二年；"
    "决定执行有期徒刑二年六个月。"
)


def judge_row(number, document):
    return {"text_id": f"t{number}", "text": FACT, "la": [264], "fd": document}


def test_judge_scores_the_terms_read_in_both_documents(tmp_path):
    operative = [
        ONE,
        CUMULATED,
        "被告人赵某甲犯盗窃罪，免予刑事处罚。",
        "准许撤诉。",
        "被告人赵某甲犯故意杀人罪，判处死刑。",
    ]
    given = [
        "判处有期徒刑九个月。",
        "判处有期徒刑三年。",
        "免予刑事处罚。",
        "准许撤诉。",
        "判处无期徒刑。",
    ]
    # A withdrawal quotes no earlier sentence here, so that no term is told at all.
    documents = [judgment(o) if "撤诉" not in o else f"判决如下：{o}" for o in operative]
    suite = SUITES["judge"]
    items = suite.read(
        write(tmp_path / "test.json", [judge_row(n, d) for n, d in enumerate(documents)])
    ).items

    found = values(suite, items, [Answer(text=f"判决如下：{words}") for words in given])

    # 9/12; 36 of 12 + 24 + 30; both 0; left out; death against life.
    assert found["judge_time"] == pytest.approx((0.75 + 36 / 66 + 1 + 0) / 4)


def test_judge_scores_our_points_on_the_same_scale(tmp_path):
    rows = [judge_row(1, judgment(ONE)), judge_row(2, judgment("犯抢劫罪，判处无期徒刑。"))]
    suite = SUITES["judge"]
    items = suite.read(write(tmp_path / "test.json", rows)).items

    found = values(suite, items, [Answer(9.0), Answer(life=True)])

    assert found["judge_time"] == pytest.approx((0.75 + 1) / 2)


def test_judge_reads_the_operative_part_and_its_verdict_where_it_is_single(tmp_path):
    rows = [judge_row(1, judgment(ONE)), judge_row(2, judgment(CUMULATED))]

    items = SUITES["judge"].read(write(tmp_path / "test.json", rows)).items

    assert [item.months for item in items] == [12, None]
    assert items[0].charges == ("盗窃",)
    assert items[1].charges == ("盗窃", "诈骗")
    assert [item.id for item in items] == ["t1", "t2"]


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("有期徒刑十一年", 132),
        ("有期徒刑三年零六个月", 42),
        ("拘役5个月", 5),
        ("有期徒刑壹年陆个月", 18),
        # The official reader of numerals knows neither 两 nor 零十.
        ("有期徒刑两年", 0),
        ("有期徒刑一年零十个月", 12),
        ("罚金人民币五千元", -1),
    ],
)
def test_judge_reads_wordings_as_the_official_scorer_does(words, months):
    assert document_months(f"判决如下：判处{words}。") == months


def test_intervals_of_2025_are_scored_case_by_case_and_a_missing_one_as_nothing(tmp_path):
    rows = [{"fact": FACT, "months": m, "charges": ["盗窃"]} for m in (12, 4, 12)]
    suite = SUITES["interval-2025"]
    items = suite.read(write(tmp_path / "rows.jsonl", rows)).items
    answers = [Answer(low=6, high=16), Answer(low=6, high=16), Answer()]

    found = values(suite, items, answers)

    # W = 10 and 10 + 10 * 2 = 30.
    assert found["interval_score"] == pytest.approx((1 / 2 + 1 / 4 + 0) / 3)
    assert found["coverage"] == pytest.approx(1 / 3)
    assert found["mean_width"] == 10


def test_rows_without_what_a_suite_needs_are_counted_with_the_reason(tmp_path):
    rows = [{"fact": FACT, "months": 6}, {"fact": FACT}, {"months": 6}]

    found = SUITES["interval-2025"].read(write(tmp_path / "rows.jsonl", rows))

    assert len(found.items) == 1
    assert sum(found.skipped.values()) == 2


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "empty.jsonl"
    path.write_text("", encoding="utf-8")

    with pytest.raises(DataError, match="no row to score"):
        SUITES["cail2018-small"].read(path)


@pytest.fixture
def items(tmp_path):
    rows = [{"id": f"r{n}", "fact": FACT, "months": 6} for n in range(3)]
    return SUITES["interval-2025"].read(write(tmp_path / "rows.jsonl", rows)).items


def test_answers_of_any_system_are_aligned_by_id_and_missing_ones_listed(items, tmp_path):
    rows = [
        {"id": "r2", "months": 8, "low": 6, "high": 10},
        {"id": "r0", "life": True},
        {"id": "elsewhere", "months": 1},
    ]

    found = read_answers(write(tmp_path / "p.jsonl", rows), items)

    assert found.missing == ("r1",)
    assert found.unknown == ("elsewhere",)
    assert found.answers == (Answer(life=True), Answer(), Answer(8, low=6, high=10))


def test_predictions_as_we_write_them_are_answers(items, tmp_path):
    row = {
        "id": "r0",
        "penalty": {"kind": "fixed_term", "months": 7.5, "text": "有期徒刑七个月十五日"},
        "interval": {"level": 0.9, "low": 6, "high": 12, "life": False, "death": False},
    }

    found = read_answers(write(tmp_path / "p.jsonl", [row]), items)

    assert found.answers[0] == Answer(7.5, low=6, high=12, level=0.9)


def test_a_csv_of_months_is_read_too(items, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("id,months,low,high\nr0,8,6,10\nr1,9,,\n", encoding="utf-8")

    found = read_answers(path, items)

    assert found.answers[:2] == (Answer(8, low=6, high=10), Answer(9))


def test_run_files_of_lawbench_and_document_lists_of_judge_keep_their_own_words(items, tmp_path):
    run = {"0": {"origin_prompt": "…", "prediction": "三年", "refr": "刑期:36个月"}}
    path = tmp_path / "run.json"
    path.write_text(json.dumps(run), encoding="utf-8")
    listed = write(tmp_path / "d.json", [{"id": "r1", "document": "判处拘役。"}], as_list=True)

    assert read_answers(path, items).unknown == ("0",)
    assert read_answers(listed, items).answers[1] == Answer(text="判处拘役。")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"id": "r0", "low": 9, "high": 6}, "low 9 lies above high 6"),
        ({"id": "r0", "low": 9}, "both low and high"),
        ({"id": "r0", "months": 6, "life": True}, "one of months, life and death"),
        ({"id": "r0", "months": "six"}, "months"),
    ],
)
def test_a_wrong_answer_names_its_row_and_the_fault(row, words, items, tmp_path):
    with pytest.raises(DataError, match=words):
        read_answers(write(tmp_path / "p.jsonl", [row]), items)


def test_an_id_answered_twice_is_refused(items, tmp_path):
    path = write(tmp_path / "p.jsonl", [{"id": "r0", "months": 6}] * 2)

    with pytest.raises(DataError, match="answered twice"):
        read_answers(path, items)


def test_published_figures_name_a_suite_a_score_of_it_and_a_source(tmp_path):
    cail = SUITES["cail2018-small"]
    item = cail.read(write(tmp_path / "c.json", [cail_row(12)])).items
    known = set(cail.score(item, [Answer(12)])) | {
        "lawbench_score",
        "judge_time",
        "interval_score",
    }

    assert set(published()) <= set(SUITES)
    for suite in published():
        assert all(set(anchor.metrics) <= known and anchor.source for anchor in anchors_of(suite))
    assert anchors_of("lawbench-3-5") == ()


def test_scores_come_with_bootstrap_statistics_that_reproduce_their_value(tmp_path):
    suite = SUITES["judge"]
    items = suite.read(write(tmp_path / "t.json", [judge_row(1, judgment(ONE))])).items

    score = suite.score(items, [Answer(9.0)])["judge_time"]

    assert score.statistic(np.zeros((3, 1), np.int64)).tolist() == [0.75] * 3
