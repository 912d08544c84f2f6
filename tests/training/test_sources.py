import json
import logging
import tracemalloc

import pytest
from judgment_texts import APPEAL, judgment
from liangxing.errors import DataError
from liangxing_training.sources import BadRow, RawRow, Source, cail, read_source
from pydantic import ValidationError

FACT = "2016年3月5日，被告人赵某在某市场窃得手机一部，价值人民币三千元。"
CASE = {"fact": FACT, "charges": ["盗窃"], "articles": [264], "months": 7, "fine": 2000}
CAIL = {
    "fact": FACT,
    "meta": {
        "relevant_articles": [264],
        "accusation": ["盗窃"],
        "punish_of_money": 2000,
        "criminals": ["赵某"],
        "term_of_imprisonment": {
            "death_penalty": False,
            "imprisonment": 7,
            "life_imprisonment": False,
        },
    },
}


def write(path, *rows, encoding="utf-8", newline="\n"):
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_bytes((newline.join(lines) + newline).encode(encoding))
    return path


def read(path, **settings):
    return list(read_source(Source(path=path, **settings)))


def test_formats_are_recognised_row_by_row(tmp_path):
    document = CASE | {"document": "判决书全文", "second_instance_months": 5}
    rows = read(write(tmp_path / "a.jsonl", CASE, CAIL, document))
    assert [row.months for row in rows] == [7, 7, 7]
    assert [row.charges for row in rows] == [("盗窃",)] * 3
    assert rows[1].defendants == ("赵某",)
    assert rows[1].source == "CAIL2018"


def test_a_document_without_outcome_is_unusable_but_not_the_users_fault(tmp_path):
    document = {"id": "d", "document": "判决书全文", "fact": FACT, "articles": [264]}
    (row,) = read(write(tmp_path / "a.jsonl", document))
    assert isinstance(row, BadRow)
    assert row.kind == "unusable"


def test_a_document_without_outcome_gives_one_row_per_defendant_as_read(tmp_path):
    text = judgment(
        names=("王小甲", "李小乙"),
        advice="公诉机关建议判处被告人王小甲有期徒刑六个月至十个月，并处罚金。",
        verdict="一、被告人王小甲犯盗窃罪，判处有期徒刑八个月，缓刑一年，并处罚金人民币二千元。"
        "二、被告人李小乙犯盗窃罪，判处管制六个月。",
    )
    first, second = read(write(tmp_path / "a.jsonl", {"id": "d", "document": text}))
    assert (first.id, first.defendants, first.defendants_count) == ("d", ("王小甲",), 2)
    assert (first.months, first.fine, first.kind) == (8, 2000, "fixed_term")
    assert (first.suspension, first.suspension_months) == (True, 12)
    assert first.judgment_date == "2021-06-18"
    assert first.recommendation == "有期徒刑六个月至十个月，并处罚金"
    assert first.charges == ("盗窃",)
    assert "窃得其手机" in first.fact
    assert "建议" not in first.fact
    assert (second.id, second.months, second.kind, second.suspension) == (
        "d-2",
        6,
        "surveillance",
        None,
    )


def test_a_given_outcome_stays_and_is_filled_up_from_the_document(tmp_path):
    text = judgment(verdict="被告人王小甲犯盗窃罪，判处有期徒刑七个月，缓刑一年。")
    same, other = read(
        write(
            tmp_path / "a.jsonl",
            CASE | {"document": text},
            CASE | {"document": text, "months": 9},
        )
    )
    assert (same.months, same.fine, same.suspension) == (7, 2000, True)
    assert same.defendants == ("王小甲",)
    assert (other.months, other.suspension, other.judgment_date) == (9, None, None)


def test_an_appeal_is_learnt_from_as_the_first_instance_judged_it(tmp_path):
    order = (
        "判决如下：一、撤销甲市乙区人民法院（2021）某0102刑初345号刑事判决；"
        "二、上诉人王小甲犯盗窃罪，判处拘役四个月。"
    )
    text = APPEAL.format(opinion="", order=order, kind="判决")
    (row,) = read(write(tmp_path / "a.jsonl", {"document": text, "fact": FACT}))
    assert (row.months, row.fine, row.judgment_date) == (8, 3000, None)


def test_cail_life_and_death_carry_no_months(tmp_path):
    meta = CAIL["meta"] | {
        "term_of_imprisonment": {
            "death_penalty": False,
            "imprisonment": -1,
            "life_imprisonment": True,
        }
    }
    (row,) = read(write(tmp_path / "a.json", CAIL | {"meta": meta}))
    assert (row.months, row.life, row.death) == (None, True, False)


def test_a_folder_is_read_file_by_file_and_the_limit_holds_over_all(tmp_path):
    for name in ("b.json", "a.jsonl"):
        write(tmp_path / name, CAIL, CAIL)
    write(tmp_path / "notes.txt", "not data")
    rows = read(tmp_path, limit=3)
    assert [row.place for row in rows] == ["a.jsonl:1", "a.jsonl:2", "b.json:1"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"fact": "被告人', "not a complete JSON object"),
        ("[1, 2]", "a JSON object is needed"),
        ('{"charges": ["盗窃"]}', "column 'fact' is missing"),
        ('{"fact": "被告人赵某盗窃"}', "column 'charges' is missing"),
        ('{"fact": 5, "charges": []}', "column 'fact' must be text"),
        ('{"fact": "甲", "charges": [["盗窃"]]}', "column 'charges' must list texts"),
        ('{"fact": "甲", "charges": [], "months": "7"}', "column 'months' must be a number"),
        ('{"fact": "甲", "charges": [], "months": true}', "column 'months' must be a number"),
        ('{"fact": "甲", "charges": [], "months": NaN}', "column 'months' must lie within"),
        ('{"fact": "甲", "charges": [], "life": 1}', "column 'life' must be true or false"),
        ('{"fact": "甲", "charges": [], "year": 2016.5}', "column 'year' must be a whole number"),
        ('{"fact": "甲", "charges": [], "offence_date": "May"}', "must be an ISO date"),
        ('{"fact": "甲", "meta": {"accusation": ["盗窃"]}}', "column 'imprisonment' is missing"),
    ],
)
def test_a_bad_row_names_place_and_column_and_the_others_go_on(tmp_path, line, reason):
    rows = read(write(tmp_path / "a.jsonl", CASE, line, CASE))
    assert [type(row) for row in rows] == [RawRow, BadRow, RawRow]
    assert rows[1].place == "a.jsonl:2"
    assert reason in rows[1].reason
    assert rows[1].kind == "unreadable"


@pytest.mark.parametrize(
    ("encoding", "newline"),
    [("utf-8", "\r\n"), ("utf-8-sig", "\n"), ("gb18030", "\n"), ("gb18030", "\r\n")],
)
def test_line_ends_boms_and_gb18030_change_nothing(tmp_path, encoding, newline, caplog):
    path = write(tmp_path / "a.jsonl", CASE, CASE, encoding=encoding, newline=newline)
    with caplog.at_level(logging.WARNING):
        assert [row.fact for row in read(path)] == [FACT, FACT]
    assert ("GB18030" in caplog.text) == (encoding == "gb18030")


def test_a_broken_byte_costs_one_row(tmp_path):
    path = write(tmp_path / "a.jsonl", CASE, CASE, CASE)
    lines = path.read_bytes().splitlines()
    lines[1] = lines[1][:20] + b"\xff" + lines[1][20:]
    path.write_bytes(b"\n".join(lines))
    rows = read(path)
    assert [type(row) for row in rows] == [RawRow, BadRow, RawRow]
    assert "UTF-8" in rows[1].reason


def test_half_an_emoji_does_not_stop_the_line(tmp_path):
    path = write(
        tmp_path / "a.jsonl", json.dumps(CASE | {"id": "x\ud83d", "fact": FACT + "\ud83d"})
    )
    (row,) = read(path)
    row.fact.encode()
    row.id.encode()


def test_utf16_asks_for_a_conversion(tmp_path):
    with pytest.raises(DataError, match="UTF-16; convert it: iconv"):
        read(write(tmp_path / "a.jsonl", CASE, encoding="utf-16"))


def test_a_missing_file_and_an_empty_folder_are_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere.jsonl does not exist"):
        read(tmp_path / "nowhere.jsonl")
    with pytest.raises(DataError, match=r"holds no .json or .jsonl file"):
        read(tmp_path)


def test_opinions_are_recognised_or_declared(tmp_path):
    opinion = CASE | {"fact": "本院认为被告人赵某的行为构成盗窃罪"}
    path = write(tmp_path / "a.jsonl", CASE, opinion)
    assert [row.text_kind for row in read(path)] == ["fact", "opinion"]
    assert [row.text_kind for row in read(path, text_kind="opinion")] == ["opinion"] * 2


def test_an_unreachable_hub_says_what_to_do(monkeypatch):
    import datasets

    def unreachable(*_, **__):
        raise ConnectionError("no route")

    monkeypatch.setattr(datasets, "load_dataset", unreachable)
    with pytest.raises(DataError, match="check the network, or download it and give a path"):
        list(read_source(Source(hub=cail.HUB_NAME)))


def test_the_hub_is_streamed_split_by_split_up_to_the_limit(monkeypatch):
    import datasets

    flat = {
        "fact": FACT,
        "relevant_articles": [264],
        "accusation": ["盗窃"],
        "punish_of_money": 0,
        "criminals": ["赵某"],
        "death_penalty": False,
        "imprisonment": 7,
        "life_imprisonment": False,
    }
    asked = []

    def load(name, *, split, streaming):
        asked.append(split)
        assert streaming
        return iter([flat, flat | {"accusation": None}])

    monkeypatch.setattr(datasets, "load_dataset", load)
    rows = list(read_source(Source(hub=cail.HUB_NAME, limit=3)))
    assert [type(row) for row in rows] == [RawRow, BadRow, RawRow]
    assert not any(split.endswith("_test") for split in asked)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"path": "a", "hub": "b"},
        {"format": "synthetic"},
        {"format": "synthetic", "limit": 5, "path": "a"},
        {"path": "a", "limt": 5},
    ],
)
def test_a_source_has_one_origin_and_no_typo(settings):
    with pytest.raises(ValidationError):
        Source(**settings)


def test_reading_needs_constant_memory(tmp_path):
    long = CASE | {"fact": FACT * 200}
    path = write(tmp_path / "a.jsonl", *([long] * 2000))
    tracemalloc.start()
    count = sum(1 for _ in read_source(Source(path=path)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 2000
    assert peak < 5_000_000 < path.stat().st_size
