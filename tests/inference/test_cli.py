import json

import pytest
from liangxing import cli
from typer.testing import CliRunner

FACT = "2020年1月5日，被告人张某在某小区盗窃手机一部，价值人民币3000元。"
run = CliRunner().invoke


def test_bad_rows_are_listed_and_the_others_written(bundle_folder, tmp_path):
    source, target = tmp_path / "cases.jsonl", tmp_path / "predictions.jsonl"
    rows = [{"fact": FACT, "id": "a"}, {"fact": ""}, {"fact": FACT}]
    source.write_text("\n".join(map(json.dumps, rows)) + '\n{"fact": "', encoding="utf-8")
    arguments = ["predict", "--model", str(bundle_folder)]
    done = run(cli.app, [*arguments, "--input", str(source), "--output", str(target)])
    assert done.exit_code == 1
    ids = [json.loads(line)["id"] for line in target.read_text("utf-8").splitlines()]
    assert ids == ["a", "3"]
    assert "line 2" in done.output
    assert "line 4" in done.output


def test_a_row_with_an_unknown_id_is_reported_and_the_batch_goes_on(bundle_folder, tmp_path):
    source, target = tmp_path / "cases.csv", tmp_path / "predictions.jsonl"
    source.write_text(
        "id,fact,circumstances\n"
        f"""a,{FACT},"{{""surender"": true}}"\n"""
        f"""b,{FACT},"{{""surrender"": true}}"\n""",
        encoding="utf-8",
    )
    arguments = ["predict", "--model", str(bundle_folder)]
    done = run(cli.app, [*arguments, "--input", str(source), "--output", str(target)])
    assert done.exit_code == 1
    assert "line 2: field 'circumstances' names the unknown id 'surender'" in done.output
    (row,) = map(json.loads, target.read_text("utf-8").splitlines())
    assert row["id"] == "b"
    assert "surrender" in [each["id"] for each in row["circumstances"]]


def test_one_fact_prints_one_json_line(bundle_folder):
    done = run(cli.app, ["predict", "--model", str(bundle_folder), "--fact", FACT])
    assert done.exit_code == 0
    assert json.loads(done.output)["penalty"]["kind"]


def test_one_fact_is_explained_with_the_figures_and_every_source(bundle_folder):
    arguments = ["explain", "--model", str(bundle_folder), "--fact", FACT, "--charge", "盗窃"]
    done = run(cli.app, arguments)
    assert done.exit_code == 0
    assert done.output.startswith("建议刑罚：")
    assert "第264条" in done.output
    assert "法发〔2017〕7号" in done.output or "法发〔2021〕21号" in done.output
    assert "注意：模型只用合成数据训练" in done.output


def test_a_failed_write_leaves_the_old_predictions(bundle_folder, tmp_path, monkeypatch):
    source, target = tmp_path / "cases.jsonl", tmp_path / "predictions.jsonl"
    source.write_text(json.dumps({"fact": FACT}), encoding="utf-8")
    target.write_text("old", encoding="utf-8")

    def full(*_):
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr("liangxing.prediction.Prediction.to_json", full)
    arguments = ["liangxing", "predict", "--model", str(bundle_folder)]
    monkeypatch.setattr("sys.argv", [*arguments, "--input", str(source), "--output", str(target)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    assert target.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cases.jsonl",
        "predictions.jsonl",
    ]


def test_a_wrong_use_is_one_line_and_exit_code_2(monkeypatch, capsys, tmp_path):
    for arguments in (
        ["predict", "--model", str(tmp_path / "nowhere"), "--fact", FACT],
        ["predict", "--model", str(tmp_path)],
        ["law", "show", "虚构的罪"],
    ):
        monkeypatch.setattr("sys.argv", ["liangxing", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        assert stopped.value.code == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_law_can_be_shown_and_checked():
    shown = run(cli.app, ["law", "show", "盗窃", "--date", "2022-01-01"])
    assert "264" in shown.output
    assert run(cli.app, ["law", "check"]).exit_code == 0
    assert "\t盗窃\t" in run(cli.app, ["law", "list"]).output
