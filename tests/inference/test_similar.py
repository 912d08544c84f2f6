import json
import sys

import pytest
from liangxing.case_files import read_cases
from liangxing.errors import CaseError, DataError
from liangxing.model.bundle import Manifest, write_manifest
from liangxing.prediction import Penalty
from liangxing.predictor import SentencePredictor
from liangxing.similar import JudgedCase, SimilarCases, Verdict
from liangxing.similar.answers import distribution_of, median_of

THEFT = "2022年5月6日，被告人赵某甲在东河市某商场窃得手机一部，价值人民币{}元。"
ROWS = [
    {"id": "t1", "fact": THEFT.format(4200), "charges": ["盗窃"], "months": 8, "fine": 3000},
    {
        "id": "t2",
        "fact": THEFT.format(4300) + "被告人赵某甲主动投案，如实供述自己的罪行。",
        "charge": "盗窃罪",
        "months": 6,
        "suspension": True,
        "suspension_months": 12,
    },
    {"id": "t3", "fact": THEFT.format(52000) + "被告人赵某甲系累犯。", "charges": ["盗窃"]},
    {
        "id": "k1",
        "fact": "2021年9月12日，被告人钱某乙持刀将郑某丙捅刺致死。",
        "charges": ["故意杀人"],
        "months": None,
        "life": True,
    },
    {
        "id": "d1",
        "fact": "2020年3月15日，被告人孙某丁醉酒驾驶小型轿车，血液中酒精含量为165mg/100ml。",
        "charges": ["危险驾驶"],
        "months": 2,
    },
]


@pytest.fixture(scope="module")
def predictor(bundle_folder):
    return SentencePredictor.load(bundle_folder)


@pytest.fixture(scope="module")
def cases(predictor):
    return indexed(predictor, ROWS)


@pytest.fixture
def saved(cases, tmp_path):
    cases.save(tmp_path / "index")
    return tmp_path / "index"


def indexed(predictor, rows, **options):
    index = SimilarCases(predictor, **options)
    for row in rows:
        index.add(JudgedCase.from_row(row))
    return index


def ids(answer):
    return [neighbour.id for neighbour in answer.neighbours]


def test_the_same_text_under_another_id_comes_first_with_its_penalty(cases):
    answer = cases.query({**ROWS[0], "id": "new"}, k=3)
    nearest = answer.neighbours[0]
    assert nearest.id == "t1"
    assert nearest.similarity == pytest.approx(1, abs=1e-3)
    assert nearest.penalty == Penalty("fixed_term", 8.0, "有期徒刑八个月")
    assert nearest.fine == 3000
    assert nearest.differs.circumstances == nearest.differs.quantities == []
    similarities = [neighbour.similarity for neighbour in answer.neighbours]
    assert similarities == sorted(similarities, reverse=True)


def test_the_vector_of_a_text_does_not_depend_on_its_company(predictor):
    texts = [JudgedCase.from_row(row).case for row in ROWS]
    together = predictor.embed(texts)
    for text, vector in zip(texts, together, strict=True):
        assert (predictor.embed([text])[0] == vector).all()


def test_a_case_is_never_its_own_neighbour(predictor, cases):
    for row in ROWS:
        assert sorted(ids(cases.query(row))) == sorted({r["id"] for r in ROWS} - {row["id"]})
    nameless = [{k: v for k, v in row.items() if k != "id"} for row in ROWS]
    index = indexed(predictor, nameless)
    assert len(index.query(nameless[0]).neighbours) == len(ROWS) - 1


def test_only_cases_of_the_charge_are_found_however_it_is_written(cases):
    assert sorted(ids(cases.query({"fact": ROWS[4]["fact"]}, charge="盗窃罪"))) == [
        "t1",
        "t2",
        "t3",
    ]
    assert ids(cases.query(ROWS[0], charge="盗窃", k=1)) in (["t2"], ["t3"])
    none = cases.query(ROWS[0], charge="走私武器、弹药")
    assert none.neighbours == []
    assert none.distribution is none.median is None
    assert any("fewer cases" in warning for warning in none.warnings)


def test_what_differs_is_named_with_both_values(cases):
    answer = cases.query({"fact": THEFT.format(4200), "charges": ["盗窃"]}, charge="盗窃")
    other = next(n for n in answer.neighbours if n.id == "t3")
    (amount,) = [q for q in other.differs.quantities if q.id == "amount_yuan"]
    assert (amount.query, amount.neighbour, amount.unit) == (4200, 52000, "元")
    (recidivist,) = [c for c in other.differs.circumstances if c.id == "recidivist"]
    assert (recidivist.name, recidivist.query, recidivist.neighbour) == (
        "累犯",
        "not_stated",
        "yes",
    )


def test_the_distribution_weighs_known_penalties_by_similarity():
    judged = [
        (Verdict(months=8), 0.9),
        (Verdict(months=6), 0.6),
        (Verdict(life=True), 0.3),
        (Verdict(), 0.9),
        (Verdict(months=100), -0.2),
    ]
    distribution = distribution_of(judged)
    assert distribution.bins["8"] == pytest.approx(0.5)
    assert distribution.bins["9"] == pytest.approx(1 / 3)
    assert distribution.life == pytest.approx(1 / 6)
    assert sum(distribution.bins.values()) + distribution.life == pytest.approx(1)
    assert median_of(judged).months == 8
    assert median_of([(Verdict(months=3), 0.4), (Verdict(death=True), 0.6)]).kind == "death"


def test_a_neighbour_without_verdict_is_shown_and_not_counted(cases):
    answer = cases.query({"fact": THEFT.format(52000)}, charge="盗窃")
    assert next(n for n in answer.neighbours if n.id == "t3").penalty is None
    assert (len(answer.neighbours), answer.counted) == (3, 2)


def test_a_saved_index_and_one_added_to_answer_like_one_built_at_once(predictor, cases, tmp_path):
    part = indexed(predictor, ROWS[:2])
    part.save(tmp_path / "index")
    grown = SimilarCases.load(tmp_path / "index", predictor)
    for row in ROWS[2:]:
        grown.add(JudgedCase.from_row(row))
    grown.save(tmp_path / "index")
    loaded = SimilarCases.load(tmp_path / "index", predictor)
    for row in ROWS:
        assert loaded.query(row).to_dict() == cases.query(row).to_dict()
    assert [p.name for p in tmp_path.iterdir()] == ["index"]


def test_an_id_is_kept_once(predictor):
    index = indexed(predictor, ROWS[:1])
    with pytest.raises(CaseError, match="'t1' is in the index already"):
        index.add(JudgedCase.from_row(ROWS[0]))
    assert len(index) == 1


@pytest.mark.parametrize("name", ["vectors.faiss", "cases.jsonl", "manifest.json"])
@pytest.mark.parametrize("damage", ["changed", "cut off", "missing"])
def test_a_damaged_index_is_refused_by_file_name(predictor, saved, name, damage):
    path = saved / name
    content = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    else:
        content[0 if name == "manifest.json" else len(content) // 2] ^= 1
        path.write_bytes(content if damage == "changed" else content[: len(content) // 2])
    expected = "no index" if (name, damage) == ("manifest.json", "missing") else name
    with pytest.raises(DataError, match=expected):
        SimilarCases.load(saved, predictor)


def test_an_index_of_another_encoder_is_refused(saved, bundle_copy):
    tokenizer = bundle_copy / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text("utf-8") + "\n", encoding="utf-8")
    (bundle_copy / "calibration.json").unlink()
    manifest = json.loads((bundle_copy / "manifest.json").read_text("utf-8"))
    del manifest["files"]["calibration.json"]
    write_manifest(bundle_copy, Manifest.model_validate(manifest))
    with pytest.raises(DataError, match="another encoder"):
        SimilarCases.load(saved, SentencePredictor.load(bundle_copy))


def test_texts_are_kept_only_when_asked_for(predictor, tmp_path):
    for keep in (False, True):
        folder = tmp_path / str(keep)
        indexed(predictor, ROWS[:2], keep_text=keep).save(folder)
        kept = "".join(p.read_bytes().decode("utf-8", "ignore") for p in folder.iterdir())
        assert ("赵某甲" in kept) is keep
        answer = SimilarCases.load(folder, predictor).query({"fact": THEFT.format(1)})
        assert (answer.neighbours[0].text is not None) is keep


def test_a_failed_write_leaves_the_old_index(predictor, cases, saved, monkeypatch):
    import faiss

    before = (saved / "manifest.json").read_bytes()

    def full(*_):
        raise RuntimeError("No space left on device")

    monkeypatch.setattr(faiss, "write_index", full)
    with pytest.raises(DataError, match="cannot be written"):
        cases.save(saved)
    assert (saved / "manifest.json").read_bytes() == before
    assert [p.name for p in saved.parent.iterdir()] == ["index"]
    assert len(SimilarCases.load(saved, predictor)) == len(ROWS)


def test_without_the_library_the_error_says_what_to_install(predictor, saved, monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(DataError, match=r"pip install 'liangxing\[similar\]'"):
        SimilarCases.load(saved, predictor)


def test_a_verdict_must_make_sense():
    row = {"fact": "被告人赵某盗窃。"}
    for wrong in ({"months": -1}, {"months": "半年"}, {"months": 6, "life": True}):
        with pytest.raises(CaseError, match="verdict"):
            JudgedCase.from_row(row | wrong)
    fined = JudgedCase.from_row(row | {"months": "0", "fine": "2000"}).verdict.penalty
    assert fined == Penalty("fine_only", 0.0, "单处罚金")


def test_files_still_read_into_cases(tmp_path):
    """Reading rows with verdicts shares the reader of plain cases."""
    path = tmp_path / "cases.csv"
    path.write_text(f"id,fact,months\na,{THEFT.format(10)},6\n", encoding="utf-8")
    ((line, case),) = read_cases(path)
    assert (line, case.id) == (2, "a")
