import errno
import json

import pytest
from liangxing.errors import DataError
from liangxing_training import prepare as module
from liangxing_training.prepare import CARD, REPORT, REPORT_TEXT, PrepareSettings, load_prepared
from liangxing_training.records import FEATURES
from liangxing_training.sources.synthetic import generate
from liangxing_training.splits import SPLITS
from pydantic import ValidationError
from rich.progress import Progress


def corpus(path, count=60, seed=5, extra=()):
    lines = [json.dumps(row, ensure_ascii=False) for row in generate(count, seed)]
    path.write_text("\n".join([*lines, *extra]) + "\n", encoding="utf-8")
    return path


def settings(*paths, **change):
    return PrepareSettings(name="made-up", sources=[{"path": path} for path in paths], **change)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    source = corpus(
        folder / "cases.jsonl", extra=('{"fact": "被告', '{"fact": "甲", "charges": ["盗窃"]}')
    )
    return module.prepare(settings(source), folder / "data")


def test_a_prepared_folder_loads_as_it_was_written(prepared):
    again = load_prepared(prepared.folder)
    assert again.report == prepared.report
    assert set(again.splits) == set(SPLITS)
    assert again.splits["train"].features == FEATURES
    assert sum(len(again.splits[name]) for name in SPLITS) == again.report["records"]


def test_the_report_accounts_for_every_row(prepared):
    report = prepared.report
    assert sum(report["rows_read"].values()) == 62
    dropped = sum(entry["count"] for entry in report["dropped"].values())
    assert report["records"] + dropped == 62
    assert report["unreadable"] == ["cases.jsonl:61: not a complete JSON object on one line"]
    assert sum(split["records"] for split in report["splits"].values()) == report["records"]


def test_reports_and_card_tell_ids_and_counts_but_no_text(prepared):
    facts = [row["fact"] for name in SPLITS for row in prepared.splits[name]]
    for file in (REPORT, REPORT_TEXT, CARD):
        content = (prepared.folder / file).read_text(encoding="utf-8")
        assert not any(fact[:20] in content for fact in facts)


def test_the_fingerprint_is_that_of_the_content(prepared, tmp_path):
    source = corpus(tmp_path / "renamed.jsonl")
    same = module.prepare(settings(source), tmp_path / "same")
    other = module.prepare(settings(source, mask_verdicts=True, salt="x"), tmp_path / "other")
    assert same.fingerprint == prepared.fingerprint != other.fingerprint


def test_appending_a_source_moves_no_row(prepared, tmp_path):
    first = corpus(tmp_path / "cases.jsonl")
    more = corpus(tmp_path / "more.jsonl", count=40, seed=6)
    longer = module.prepare(settings(first, more), tmp_path / "longer")
    for name in SPLITS:
        before = set(prepared.splits[name]["id"])
        assert before <= set(longer.splits[name]["id"])


def test_only_facts_with_a_term_are_measured(tmp_path):
    rows = list(generate(4, 9))
    rows[1] |= {"months": None, "life": False, "death": False}
    rows[2] |= {"fact": "本院认为" + rows[2]["fact"]}
    rows[0] |= {"months": 9, "life": False, "death": False}
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    data = module.prepare(settings(path, fractions=(1, 0, 0, 0)), tmp_path / "data")
    assert len(data.splits["train"]) == 4
    assert {row["id"] for row in data.with_term("train")} == {rows[0]["id"], rows[3]["id"]}


def test_a_run_replaces_its_own_folder_but_nobody_elses(tmp_path):
    source = corpus(tmp_path / "cases.jsonl", count=20)
    output = tmp_path / "data"
    module.prepare(settings(source), output)
    module.prepare(settings(source, salt="again"), output)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(DataError, match="choose another output"):
        module.prepare(settings(source), tmp_path / "photos")
    assert (tmp_path / "photos" / "holiday.jpg").exists()


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    source = corpus(tmp_path / "cases.jsonl", count=20)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "_append", full)
    with pytest.raises(DataError, match="No space left on device; free some space"):
        module.prepare(settings(source), tmp_path / "data")
    assert [path.name for path in tmp_path.iterdir()] == ["cases.jsonl"]


def test_nothing_left_names_the_reasons(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"fact": "甲", "charges": ["盗窃"]}\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"fact shorter than 10 characters \(1\)"):
        module.prepare(settings(path), tmp_path / "data")


@pytest.mark.parametrize("damage", ["missing", "format", "broken"])
def test_a_folder_that_is_no_prepared_data_is_refused(tmp_path, damage):
    source = corpus(tmp_path / "cases.jsonl", count=20)
    folder = module.prepare(settings(source), tmp_path / "data").folder
    report = folder / REPORT
    if damage == "missing":
        report.unlink()
    elif damage == "format":
        report.write_text(json.dumps({"format": 1}), encoding="utf-8")
    else:
        report.write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="liangxing-train prepare"):
        load_prepared(folder)


def test_a_typo_in_the_settings_is_refused(tmp_path):
    with pytest.raises(ValidationError, match="mask_verdict"):
        settings(tmp_path, mask_verdict=False)


def test_progress_is_shown_while_rows_are_read(tmp_path, monkeypatch):
    shown = []
    add_task = Progress.add_task

    def noted(self, text, **rest):
        shown.append(text)
        return add_task(self, text, **rest)

    monkeypatch.setattr(Progress, "add_task", noted)
    module.prepare(settings(corpus(tmp_path / "cases.jsonl", count=20)), tmp_path / "data")
    assert shown == ["Preparing cases.jsonl"]
