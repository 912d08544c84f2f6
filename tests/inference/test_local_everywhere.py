"""A province's own figures reach every command that speaks of tiers."""

import json

import docx
import pytest
from judgment_texts import judgment
from liangxing.cli import app
from typer.testing import CliRunner

FIGURE = """\
province: 某省
thresholds:
- {charge: 盗窃, tier: huge, quantity: amount_yuan, from_value: 80000, source: 某省高院规定}
"""
# 数额较大 or 数额巨大, as the province has it.
FACT = "2022年5月6日，被告人赵某甲在东河市某商场窃得手表一块，价值人民币50000元。"


@pytest.fixture
def local(tmp_path):
    path = tmp_path / "local.yaml"
    path.write_text(FIGURE, encoding="utf-8")
    return ["--local-thresholds", str(path)]


def output_of(*arguments):
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_predict_explain_and_whatif(local):
    case = ["--fact", FACT, "--charge", "盗窃"]
    assert json.loads(output_of("predict", *case))["bounds"]["statutory"]["high"] == 120
    found = json.loads(output_of("predict", *case, *local))
    assert found["bounds"]["statutory"]["high"] == 36
    assert "某省高院规定" in output_of("explain", *case, *local)
    changed = json.loads(output_of("whatif", *case, *local, "--set", "amount=90000", "--json"))[
        "variants"
    ][0]
    assert changed["before"]["bounds"]["statutory"]["high"] == 36
    assert changed["after"]["bounds"]["statutory"]["high"] == 120


def test_draft(local, tmp_path):
    target = tmp_path / "out.docx"
    case = ["--fact", FACT, "--charge", "盗窃", "--output", target]
    output_of("draft", "--kind", "recommendation", *case, *local)
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(target)).paragraphs)
    assert "其法定刑为：三年以下有期徒刑" in text
    output_of("draft", "--kind", "recommendation", *case)
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(target)).paragraphs)
    assert "或者三年以上十年以下有期徒刑" in text


def test_audit_and_score(local, tmp_path):
    text = judgment(
        advice="公诉机关建议判处有期徒刑五年，并处罚金。",
        verdict="被告人王小甲犯盗窃罪，判处有期徒刑五年，并处罚金人民币二万元。",
    ).replace("4200元", "50000元")
    source, cases, target = (tmp_path / n for n in ("in.jsonl", "cases.jsonl", "out.jsonl"))
    source.write_text(json.dumps({"document": text}), encoding="utf-8")
    flags = []
    for extra in ([], local):
        output_of("audit", "--input", source, "--output", target, *extra)
        (row,) = map(json.loads, target.read_text(encoding="utf-8").splitlines())
        flags.append("recommendation_outside_bounds" in row["defendants"][0]["flags"])
    assert flags == [False, True]
    cases.write_text(json.dumps({"fact": FACT, "charges": ["盗窃"]}), encoding="utf-8")
    folder = tmp_path / "scored"
    arguments = ["score", "--input", cases, "--output", folder, "--workers", "1"]
    output_of(*arguments, *local)
    scored = json.loads((folder / "part-000000.jsonl").read_text(encoding="utf-8"))
    assert scored["bounds"]["statutory"]["high"] == 36
    mixed = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert mixed.exit_code != 0
    assert "another local_thresholds_sha256" in str(mixed.exception)
