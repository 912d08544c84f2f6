import importlib.util
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
from liangxing import cli
from liangxing.case import Case
from liangxing.drafts import KINDS, draft
from liangxing.errors import CaseError, DataError
from liangxing.law.assess import assess
from liangxing.law.custody import credit_of, custody_rules
from liangxing.predictor import SentencePredictor
from typer.testing import CliRunner

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "build_templates.py"
CASE = {
    "fact": (
        "2022年5月6日下午，被告人赵某甲在东河市某商场趁无人之机窃得孙某乙的手机三部，经鉴定价值人民币"
        "4200元。赵某甲主动到公安机关投案，如实供述自己的罪行，自愿认罪认罚，退赔被害人全部损失。"
    ),
    "charges": ["盗窃"],
    "defendant": "赵某甲",
    "birth_date": "1990-03-02",
    "detained_from": "2022-05-07",
    "judgment_date": "2022-08-01",
}
BARE = {"fact": "被告人<酒后>驾车，血液酒精含量为156mg/100ml & 未伤人。", "charges": ["危险驾驶"]}


@pytest.fixture(scope="module")
def predictor():
    loaded = SentencePredictor.load(threads=1)
    with loaded.remembering():
        yield loaded


def drafted(predictor, kind, row, **options):
    case = Case.from_row(row)
    return draft(kind, case, predictor.predict(case), assess(case), **options)


def text_of(content):
    """Paragraphs and cells in their order."""
    parts = []
    for block in docx.Document(io.BytesIO(content)).iter_inner_content():
        if hasattr(block, "rows"):
            parts += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            parts.append(block.text)
    return "\n".join(parts)


def test_a_recommendation_names_penalty_fine_suspension_and_reasons_with_articles(predictor):
    text = text_of(drafted(predictor, "recommendation", CASE).content)
    penalty = predictor.predict(CASE).penalty.text
    assert f"建议判处被告人赵某甲{penalty}" in text
    assert "罚金：人民币" in text
    assert "缓刑：是否适用：______" in text
    assert "《中华人民共和国刑法》第二百六十四条" in text
    assert "自首（“赵某甲主动到公安机关投案”）【《中华人民共和国刑法》第六十七条" in text
    assert "减少基准刑的0%至40%" in text
    statutory, discretionary = text.split("3．酌定从重处罚情节")
    assert "退赃、退赔" in discretionary
    assert "退赃、退赔" not in statutory


def test_time_served_is_credited_where_the_dates_are_given(predictor):
    text = text_of(drafted(predictor, "recommendation", CASE, penalty="有期徒刑八个月").content)
    assert "有期徒刑八个月（承办人填写）" in text
    assert "羁押86日，折抵刑期86日" in text
    assert "刑期自2022年5月7日起至2023年1月6日止" in text
    assert "第四十七条" in text
    watched = text_of(drafted(predictor, "worksheet", CASE, penalty="管制一年").content)
    assert "羁押86日，折抵刑期172日" in watched
    assert "第四十一条" in watched
    assert "止（中断" not in watched


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_case_does_not_say_stays_blank(predictor, kind):
    done = drafted(predictor, kind, BARE)
    text = text_of(done.content)
    # What is said of the model may name a year; of the case no year is known.
    for warning in done.warnings:
        text = text.replace(warning, "")
    assert "______" in text
    assert "____年__月__日" in text
    assert "赵某甲" not in text
    assert not any(f"{year}年" in text.replace("____年", "") for year in range(2000, 2031))
    assert "{" not in text
    assert "None" not in text


def test_a_plea_statement_holds_fact_charge_penalty_and_room_to_sign(predictor):
    text = text_of(drafted(predictor, "plea-statement", CASE).content)
    assert "本人姓名：赵某甲，性别：______，出生日期：1990年3月2日" in text
    assert CASE["fact"] in text
    assert "盗窃罪；《中华人民共和国刑法》第二百六十四条" in text
    assert "□速裁程序" in text
    assert "本人签名：______" in text


def test_the_worksheet_is_the_trace_as_a_table(predictor):
    content = drafted(predictor, "worksheet", CASE).content
    steps = docx.Document(io.BytesIO(content)).tables[1]
    rows = [[cell.text for cell in row.cells] for row in steps.rows]
    assert rows[0] == ["序号", "步骤", "规则", "出处", "核实", "之前", "之后", "案情依据"]
    law = assess(Case.from_row(CASE))
    assert [row[1] for row in rows[1 : len(law.trace) + 1]] == [s.step for s in law.trace]
    assert [row[2] for row in rows[1 : len(law.trace) + 1]] == [s.rule for s in law.trace]
    assert rows[-1][1] == "缓刑"


def test_a_text_is_data_and_never_part_of_the_template(predictor):
    row = {**BARE, "fact": BARE["fact"] + "{{ 7 * 7 }}{% raw %}\x07\x0b被告人认罪。"}
    text = text_of(drafted(predictor, "plea-statement", row).content)
    assert "{{ 7 * 7 }}{% raw %}" in text
    assert "<酒后>" in text
    assert "49" not in text


def test_a_court_may_bring_a_template_of_its_own(predictor, tmp_path):
    own = docx.Document()
    own.add_paragraph("本院意见：{{ defendant }}，{{ penalty }}")
    own.save(tmp_path / "own.docx")
    done = drafted(predictor, "worksheet", CASE, template=tmp_path / "own.docx")
    assert text_of(done.content).startswith("本院意见：赵某甲，")
    wrong = docx.Document()
    wrong.add_paragraph("{{ prisoner }}")
    wrong.save(tmp_path / "wrong.docx")
    with pytest.raises(DataError, match=r"wrong\.docx.*prisoner.*defendant"):
        drafted(predictor, "worksheet", CASE, template=tmp_path / "wrong.docx")
    (tmp_path / "text.docx").write_text("no document")
    with pytest.raises(DataError, match=r"text\.docx"):
        drafted(predictor, "worksheet", CASE, template=tmp_path / "text.docx")


def test_a_template_cannot_reach_beyond_its_fields(predictor, tmp_path):
    sly = docx.Document()
    sly.add_paragraph("{{ fact.__class__.__mro__ }}")
    sly.save(tmp_path / "sly.docx")
    with pytest.raises(DataError, match=r"sly\.docx"):
        drafted(predictor, "worksheet", CASE, template=tmp_path / "sly.docx")


def test_a_penalty_outside_the_bounds_is_written_with_a_warning(predictor):
    done = drafted(predictor, "recommendation", CASE, penalty="有期徒刑五年")
    assert any("不在案情所允许的法定刑之内" in warning for warning in done.warnings)
    inside = drafted(predictor, "recommendation", CASE)
    assert not any("不在案情所允许的法定刑之内" in warning for warning in inside.warnings)
    with pytest.raises(CaseError, match="有期徒刑八个月"):
        drafted(predictor, "recommendation", CASE, penalty="很久")


def test_a_charge_is_never_guessed_and_dates_must_fit(predictor):
    with pytest.raises(CaseError, match="charges"):
        drafted(predictor, "recommendation", {**CASE, "charges": []})
    with pytest.raises(CaseError, match="detained_from"):
        drafted(predictor, "recommendation", {**CASE, "detained_from": "2022-09-01"})


def test_custody_counts_by_articles_41_44_and_47():
    rules = {rule.kind: (rule.days_per_day, rule.article) for rule in custody_rules().credits}
    assert rules == {"surveillance": (2, "41"), "detention": (1, "44"), "fixed_term": (1, "47")}
    assert credit_of("life", None, date(2022, 1, 1), date(2022, 2, 1)) is None
    found = credit_of("detention", 1.5, date(2024, 1, 31), None)
    assert found.last == date(2024, 3, 14)
    assert found.days is None


def test_the_templates_are_those_that_the_script_builds():
    spec = importlib.util.spec_from_file_location("build_templates", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    built = {
        "recommendation": script.recommendation(),
        "plea-statement": script.plea_statement(),
        "worksheet": script.worksheet(),
    }
    assert set(built) == set(KINDS)
    for name, page in built.items():
        out = io.BytesIO()
        page.save(out)
        kept = script.FOLDER / f"{name}.docx"
        parts = [
            zipfile.ZipFile(source).read("word/document.xml")
            for source in (io.BytesIO(out.getvalue()), kept)
        ]
        assert parts[0] == parts[1], f"run python scripts/build_templates.py ({name})"


def test_the_command_writes_the_document_and_tells_what_to_look_at(tmp_path):
    source, target = tmp_path / "cases.jsonl", tmp_path / "out.docx"
    rows = [{**CASE, "id": "a"}, {**BARE, "id": "b"}]
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    arguments = ["draft", "--kind", "recommendation", "--input", str(source)]
    done = CliRunner().invoke(cli.app, [*arguments, "--id", "b", "--output", str(target)])
    assert done.exit_code == 0
    assert "注意：犯罪日期未知" in done.output
    assert "危险驾驶罪" in text_of(target.read_bytes())


def test_a_wrong_use_of_the_command_is_one_line_and_exit_code_2(monkeypatch, capsys, tmp_path):
    source = tmp_path / "cases.jsonl"
    source.write_text("\n".join(map(json.dumps, [CASE, BARE])), encoding="utf-8")
    target = str(tmp_path / "out.docx")
    for arguments in (
        ["--kind", "verdict", "--fact", CASE["fact"], "--output", target],
        ["--kind", "worksheet", "--fact", CASE["fact"], "--output", "out.pdf"],
        ["--kind", "worksheet", "--input", str(source), "--output", target],
        ["--kind", "worksheet", "--output", target],
    ):
        monkeypatch.setattr("sys.argv", ["liangxing", "draft", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        assert stopped.value.code == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not Path(target).exists()
