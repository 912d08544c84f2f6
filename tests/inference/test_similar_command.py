import json

import pytest
from liangxing import cli
from typer.testing import CliRunner

FACT = "2022年5月6日，被告人赵某甲在东河市某商场窃得手机一部，价值人民币{}元。"
run = CliRunner().invoke


@pytest.fixture
def similar(bundle_folder, tmp_path):
    """Runs `liangxing similar` on the index of the test."""
    places = ["--index", str(tmp_path / "index"), "--model", str(bundle_folder)]

    def call(command, *arguments):
        return run(cli.app, ["similar", command, *places, *map(str, arguments)])

    return call


def written(path, rows):
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_build_add_and_query_a_file(similar, tmp_path):
    rows = [
        {"id": str(n), "fact": FACT.format(n), "charges": ["盗窃"], "months": 6, "articles": [264]}
        for n in (2000, 3000, 4000)
    ]
    first = similar("build", "--input", written(tmp_path / "a.jsonl", rows[:2]))
    assert first.exit_code == 0, first.output
    again = similar("add", "--input", written(tmp_path / "b.jsonl", [*rows[1:], {"fact": ""}]))
    assert again.exit_code == 1
    assert "line 1: id '3000' is in the index already" in again.output
    assert "line 3: field 'fact' is empty" in again.output
    target = tmp_path / "answers.jsonl"
    asked = written(tmp_path / "c.jsonl", [*rows, {"fact": FACT.format(1)}])
    done = similar("query", "--input", asked, "--output", target, "--k", 5)
    assert done.exit_code == 0, done.output
    answers = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["2000", "3000", "4000", "4"]
    found = [{n["id"] for n in answer["neighbours"]} for answer in answers]
    everyone = {"2000", "3000", "4000"}
    assert found == [everyone - {"2000"}, everyone - {"3000"}, everyone - {"4000"}, everyone]
    assert answers[0]["distribution"]["bins"]["9"] == pytest.approx(1)


def test_one_fact_prints_one_json_line(similar, tmp_path):
    row = {"fact": FACT.format(2000), "charges": ["盗窃"], "months": 7}
    assert similar("build", "--input", written(tmp_path / "a.jsonl", [row])).exit_code == 0
    done = similar("query", "--fact", FACT.format(2100), "--charge", "盗窃")
    assert json.loads(done.stdout)["median"]["text"] == "有期徒刑七个月"


def test_an_index_is_never_built_over_something_else(bundle_folder, tmp_path, monkeypatch, capsys):
    source = written(tmp_path / "a.jsonl", [{"fact": FACT.format(1)}])
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "letter.txt").write_text("keep me")
    arguments = ["similar", "build", "--input", str(source), "--index", str(folder)]
    monkeypatch.setattr("sys.argv", ["liangxing", *arguments, "--model", str(bundle_folder)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    assert "not empty" in capsys.readouterr().err
    assert (folder / "letter.txt").read_text() == "keep me"


def test_a_file_without_a_good_row_writes_nothing(similar, tmp_path):
    done = similar("build", "--input", written(tmp_path / "a.jsonl", [{"fact": ""}]))
    assert done.exit_code == 1
    assert "nothing was written" in done.output
    assert not (tmp_path / "index").exists()
