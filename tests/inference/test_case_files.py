import json

import pytest
from liangxing.case import Case
from liangxing.case_files import read_cases
from liangxing.errors import CaseError, DataError

FACT = "2020年1月，被告人张某在某小区盗窃手机一部。"


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_bad_lines_are_reported_and_the_others_read(tmp_path):
    lines = [json.dumps({"fact": FACT}), '{"fact": "张', "[]", "", json.dumps({"fact": FACT})]
    found = list(read_cases(write(tmp_path / "cases.jsonl", "\r\n".join(lines))))
    assert [line for line, _ in found] == [1, 2, 3, 5]
    assert [isinstance(case, CaseError) for _, case in found] == [False, True, True, False]
    assert "cut off" in str(found[1][1])


def test_gb18030_and_a_byte_order_mark_read_like_utf8(tmp_path):
    line = json.dumps({"fact": FACT}, ensure_ascii=False)
    for name, encoding in (("a.jsonl", "gb18030"), ("b.jsonl", "utf-8-sig")):
        (_, case), *_ = read_cases(write(tmp_path / name, line, encoding))
        assert isinstance(case, Case)
        assert case.fact == FACT


def test_csv_takes_the_same_columns(tmp_path):
    text = f"fact,charges,defendants_count\r\n{FACT},盗窃;诈骗,2\r\n{FACT},,x\r\n"
    (_, case), (_, bad) = read_cases(write(tmp_path / "cases.csv", text))
    assert isinstance(case, Case)
    assert case.charges == ("盗窃", "诈骗")
    assert case.defendants_count == 2
    assert "defendants_count" in str(bad)


def test_xlsx_takes_the_same_columns(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["fact", "charges"])
    book.active.append([FACT, "盗窃"])
    book.save(tmp_path / "cases.xlsx")
    ((line, case),) = read_cases(tmp_path / "cases.xlsx")
    assert (line, case.charges) == (2, ("盗窃",))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\xd8\xff", None])
def test_an_unreadable_file_is_an_error_of_the_file(tmp_path, content):
    path = tmp_path / "cases.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"cases\.jsonl"):
        list(read_cases(path))


def test_a_table_without_facts_names_the_column(tmp_path):
    with pytest.raises(DataError, match="'fact'"):
        list(read_cases(write(tmp_path / "cases.csv", "text\nx\n")))
