import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liangxing import cli
from liangxing.errors import CaseError, ConfigError
from liangxing.law.circumstances import circumstance_rules
from liangxing.law.leniency import plea_rules
from liangxing.predictor import SentencePredictor
from liangxing.whatif.changes import read_changes
from liangxing.whatif.outlook import Figures, envelope
from typer.testing import CliRunner

FACT = (
    "2022年5月6日下午，被告人赵某甲在东河市某商场趁无人之机窃得孙某乙的手机三部，"
    "经鉴定价值人民币42000元。被告人赵某甲到案后如实供述自己的罪行，自愿认罪认罚。"
)
CASE = {"fact": FACT, "charges": ["盗窃"], "defendant": "赵某甲"}
STAGES = plea_rules().stages
LIGHTER = sorted(r.id for r in circumstance_rules().values() if r.direction == "reduce")
HEAVIER = sorted(r.id for r in circumstance_rules().values() if r.direction == "increase")
run = CliRunner().invoke


@pytest.fixture(scope="module")
def predictor():
    loaded = SentencePredictor.load(threads=1)
    with loaded.remembering():
        yield loaded


def one(predictor, changes, case=CASE, **options):
    (variant,) = predictor.what_if(case, changes, **options).variants
    return variant


def gravity(variant):
    """Figures that rise with gravity; life and death stand above every month."""
    penalty, interval = variant.outlook.penalty, variant.outlook.interval
    rank = {"life": 1e6, "death": 2e6}.get(penalty.kind, penalty.months)
    low = interval.low if interval.low is not None else 1e6 if interval.life else 2e6
    high = 2e6 if interval.death else 1e6 if interval.life else interval.high
    return rank, low, high


def not_graver(one, other):
    return all(a <= b + 1e-9 for a, b in zip(gravity(one), gravity(other), strict=True))


def test_many_changes_at_once_cost_a_few_looks_and_say_what_was_not_compared(
    predictor, monkeypatch
):
    looks, rerun = [], predictor.rerun
    monkeypatch.setattr(predictor, "rerun", lambda *given: looks.extend(given[2]) or rerun(*given))
    few = one(predictor, dict.fromkeys(LIGHTER[-5:], True))
    assert not any("未比较全部组合" in warning for warning in few.warnings)
    assert len(looks) <= 2**5
    looks.clear()
    every = dict.fromkeys([*LIGHTER, *HEAVIER], True)
    many = one(predictor, every)
    assert any("未比较全部组合" in warning for warning in many.warnings)
    assert len(looks) <= 3 * (len(every) + 2)


def test_each_change_shows_the_laws_effect_with_its_source_and_the_models_beside_it(predictor):
    variant = one(predictor, {"surrender": True, "recidivist": "yes"})
    surrender, recidivist = variant.effects
    assert surrender.direction == "lighter"
    assert any("减少基准刑的0%至40%" in step.rule for step in surrender.law.steps)
    assert any("《刑法》第67条" in step.source for step in surrender.law.steps)
    assert surrender.law.after.guideline.low < surrender.law.before.guideline.low
    assert recidivist.direction == "heavier"
    assert any("《刑法》第65条" in step.source for step in recidivist.law.steps)
    assert {effect.model.note for effect in variant.effects} == {"文本未变"}
    assert not variant.outlook.suspension.eligible


def test_a_smaller_amount_moves_the_tier_and_names_the_threshold(predictor):
    (effect,) = one(predictor, {"amount": "8000"}).effects
    assert effect.id == "amount_yuan"
    assert effect.words == "42000元→8000元"
    assert effect.law.before.statutory.high == 120
    assert effect.law.after.statutory.high == 36
    assert any("法释〔2013〕8号" in step.source for step in effect.law.steps)


def test_the_figures_before_are_those_of_the_prediction(predictor):
    found = predictor.what_if(CASE, {"surrender": True})
    assert found.baseline == predictor.predict(CASE)
    data = json.loads(found.to_json())
    assert data["variants"][0]["before"]["penalty"] == data["baseline"]["penalty"]


def test_what_is_set_to_what_it_already_is_changes_nothing(predictor):
    variant = one(predictor, {"plea_leniency": True, "amount_yuan": 42000})
    base = predictor.predict(CASE)
    assert variant.outlook.penalty == base.penalty
    assert variant.outlook.interval == base.interval
    assert variant.bounds == base.bounds
    assert {effect.direction for effect in variant.effects} == {"open"}


def test_the_text_is_encoded_once_however_many_variants_there_are(predictor, monkeypatch):
    fresh = {**CASE, "fact": FACT + "赵某甲归案后退出部分赃款。"}
    texts, read = [], []
    encode, grams = predictor.parts.graphs.encode, predictor.parts.trees.read
    monkeypatch.setattr(predictor.parts.graphs, "encode", lambda t: texts.extend(t) or encode(t))
    monkeypatch.setattr(predictor.parts.trees, "read", lambda t: read.append(t) or grams(t))
    found = predictor.what_if(fresh, None)
    assert len(found.variants) > 8
    assert len(texts) == len(read) == 1


def test_a_stage_of_the_plea_implies_the_plea_and_cites_the_national_rule(predictor):
    silent = {**CASE, "fact": FACT.replace("，自愿认罪认罚", "")}
    (effect,) = one(predictor, {"plea_stage": "investigation"}, silent).effects
    assert effect.direction == "lighter"
    rules = "".join(step.rule for step in effect.law.steps)
    assert "减少基准刑的0%至30%" in rules
    assert "早认罪优于晚认罪" in rules


@pytest.mark.parametrize("ladder", [None, *(each.id for each in plea_rules().ladders)])
def test_an_earlier_plea_never_looks_worse_than_a_later_one(predictor, ladder):
    rows = [{"set": {"plea_stage": stage}} for stage in (*STAGES, "none")]
    found = predictor.what_if(CASE, rows, ladder=ladder).variants
    for earlier, later in pairwise(found):
        assert not_graver(earlier, later)
        assert earlier.bounds.guideline.low <= later.bounds.guideline.low
        assert earlier.bounds.guideline.high <= later.bounds.guideline.high
    if ladder == "321":
        assert found[0].bounds.guideline.high < found[2].bounds.guideline.high


def test_a_plea_ladder_moves_the_range_only_and_is_cited(predictor):
    staged = {**CASE, "stage": "investigation"}
    plain, laddered = predictor.predict(staged), predictor.predict(staged, ladder="321")
    assert laddered.bounds.guideline.high < plain.bounds.guideline.high
    assert laddered.penalty == plain.penalty
    assert laddered.interval == plain.interval
    assert any("厦门" in step.source and "30%" in step.rule for step in laddered.trace)
    assert any("厦门" in warning for warning in laddered.warnings)
    assert not any("厦门" in step.source for step in plain.trace)
    with pytest.raises(ConfigError, match="321, jinan"):
        predictor.predict(staged, ladder="123")


values = st.sampled_from([True, False])
stated = st.dictionaries(st.sampled_from([*LIGHTER, *HEAVIER]), values, max_size=3)
changed = st.dictionaries(st.sampled_from([*LIGHTER, *HEAVIER]), st.just(True), max_size=3)


@given(stated, changed, st.sampled_from(LIGHTER))
@settings(max_examples=20)
def test_one_more_mitigating_circumstance_never_looks_worse(predictor, known, changes, added):
    case = {**CASE, "circumstances": known}
    without = {name: value for name, value in changes.items() if name != added}
    more = one(predictor, {**without, added: True}, case)
    fewer = one(predictor, without, case) if without else one(predictor, {"counts": None}, case)
    assert not_graver(more, fewer)
    assert next(e for e in more.effects if e.id == added).direction != "heavier"


@given(stated, changed, st.sampled_from(HEAVIER))
@settings(max_examples=20)
def test_one_more_aggravating_circumstance_never_looks_better(predictor, known, changes, added):
    case = {**CASE, "circumstances": known}
    without = {name: value for name, value in changes.items() if name != added}
    more = one(predictor, {**without, added: True}, case)
    fewer = one(predictor, without, case) if without else one(predictor, {"counts": None}, case)
    assert not_graver(fewer, more)
    assert next(e for e in more.effects if e.id == added).direction != "lighter"


def test_where_the_model_goes_against_the_law_no_change_is_shown_and_a_warning_says_so(
    predictor, monkeypatch
):
    """The head made to answer a surrender with the longest term of all."""
    decide = predictor.parts.graphs.decide
    names = predictor.bundle.manifest.feature_names
    column = names.index("circumstance:surrender")
    predictor.parts.trees.wide.weight[...], kept = 0, predictor.parts.trees.wide.weight.copy()

    def contrary(embedding, features, present):
        out = decide(embedding, features, present)
        logits = out.outcome_logits.copy()
        logits[features[:, column] > 0, 60] += 50
        return type(out)(logits, out.suspension_logit, out.fine_quantiles)

    monkeypatch.setattr(predictor.parts.graphs, "decide", contrary)
    variant = one(predictor, {"surrender": True})
    predictor.parts.trees.wide.weight[...] = kept
    (effect,) = variant.effects
    assert effect.model.clamped
    assert effect.model.after == effect.model.before == variant.outlook.penalty
    assert any("自首" in warning and "以法律的方向为准" in warning for warning in variant.warnings)


figure = st.integers(0, 9).map(lambda n: Figures(n, n, n, n, float(n), (n, n, n)))


@given(st.data())
@settings(max_examples=40)
def test_the_envelope_is_monotone_in_every_change(data):
    ways = {"a": "lighter", "b": "lighter", "c": "heavier", "d": "heavier"}
    parts = [frozenset(n for i, n in enumerate(ways) if number >> i & 1) for number in range(16)]
    seen = {part: data.draw(figure) for part in parts}

    def shown(part):
        known = {each: seen[each] for each in parts if each <= part}
        return envelope(known, {name: ways[name] for name in part}).outcome

    for part in parts:
        for name in part:
            less = shown(part - {name})
            assert shown(part) <= less if ways[name] == "lighter" else shown(part) >= less


def test_unknown_names_and_values_are_refused_with_what_is_near(predictor):
    for changes, said in (
        ({"surender": True}, r"surrender \(自首\)"),
        ({"confession": True}, "confession_basic"),
        ({"赔偿": True}, "compensation_only"),
        ({"amount": "many"}, "amount_yuan.*元"),
        ({"amount": -1}, "amount_yuan"),
        ({"surrender": 3}, "surrender"),
        ({"plea_stage": "late"}, "investigation, prosecution, trial, none"),
        ({}, "nothing is changed"),
        ([{"name": "a", "sets": {}}], "sets"),
    ):
        with pytest.raises(CaseError, match=said):
            predictor.what_if(CASE, changes)
    with pytest.raises(CaseError, match="twice"):
        read_changes({"自首": True, "surrender": False})


def test_taking_back_what_the_text_states_brings_its_rule_to_an_end(predictor):
    (effect,) = one(predictor, {"plea_leniency": None}).effects
    assert effect.words == "有→未说明"
    assert effect.direction == "heavier"
    assert any("认罪认罚" in step.rule for step in effect.law.taken_away)


def test_a_lower_grade_of_injury_is_graver(predictor):
    case = {
        "fact": "2022年5月6日，被告人赵某甲持棍殴打孙某乙，致其轻伤二级。",
        "charges": ["故意伤害"],
    }
    (effect,) = one(predictor, {"minor_injury_grade": 1}, case).effects
    assert effect.direction == "heavier"


def test_the_command_tells_the_law_the_source_and_the_unchanged_text():
    arguments = ["whatif", "--fact", FACT, "--charge", "盗窃", "--set", "surrender=yes"]
    done = run(cli.app, arguments)
    assert done.exit_code == 0
    assert "自首（未说明→有，从宽）" in done.output
    assert "《刑法》第67条" in done.output
    assert "模型（文本未变）" in done.output


def test_variants_come_from_a_file_and_go_out_as_json(tmp_path):
    path = tmp_path / "variants.json"
    rows = [
        {"name": "甲", "set": {"merit": True}},
        {"name": "乙", "set": {"amount": 8000}, "unset": ["confession_basic"]},
    ]
    path.write_text(json.dumps(rows), encoding="utf-8")
    done = run(
        cli.app,
        ["whatif", "--fact", FACT, "--charge", "盗窃", "--variants", str(path), "--json"],
    )
    assert done.exit_code == 0
    variants = json.loads(done.output)["variants"]
    assert [variant["name"] for variant in variants] == ["甲", "乙"]
    assert [effect["id"] for effect in variants[1]["effects"]] == [
        "amount_yuan",
        "confession_basic",
    ]


def test_a_wrong_use_of_the_command_is_one_line_and_exit_code_2(monkeypatch, capsys, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("[", encoding="utf-8")
    for arguments in (
        ["--set", "surrender=yes"],
        ["--fact", FACT, "--set", "surrender"],
        ["--fact", FACT, "--variants", str(broken)],
        ["--fact", FACT, "--variants", str(tmp_path / "none.json")],
        ["--fact", FACT, "--sheet", "sheet.pdf"],
    ):
        monkeypatch.setattr("sys.argv", ["liangxing", "whatif", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        assert stopped.value.code == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_sheet_is_the_same_in_both_forms_and_holds_effects_limits_and_sources(tmp_path):
    base = ["whatif", "--fact", FACT, "--charge", "盗窃", "--ladder", "321"]
    for name in ("sheet.md", "sheet.html"):
        done = run(cli.app, [*base, "--sheet", str(tmp_path / name)])
        assert done.exit_code == 0
        page = (tmp_path / name).read_text(encoding="utf-8")
        for words in (
            "对控辩双方完全相同",
            "一、现状",
            "三、方案",
            "四、限度",
            "退赃、退赔：未说明→有",
        ):
            assert words in page
        assert "厦门市集美区人民法院阶梯式从宽，侦查阶段认罪认罚" in page
        assert "至多减少基准刑的60%" in page
        assert "文本未变" in page
    assert "<script" not in page
    assert "http" not in page.split("</style>")[0]


def test_the_sheet_escapes_what_the_text_holds(predictor):
    from liangxing.whatif.sheet import negotiation_sheet

    case = {**CASE, "id": "<b>|甲", "charges": ["盗窃"]}
    sheet = negotiation_sheet(predictor.what_if(case, {"surrender": True}))
    assert "&lt;b&gt;" in sheet.html()
    assert "<b>\\|甲" in sheet.markdown()
