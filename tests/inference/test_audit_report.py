"""Figures and report of an audit, and the command that writes them."""

import csv
import json
import re

import pytest
from judgment_texts import judgment
from liangxing.audit import statistics
from liangxing.audit.drift import population_stability
from liangxing.audit.report import report_csv, report_html
from liangxing.audit.statistics import FIRST_LOOK, AuditStats, outside_by, wilson
from liangxing.cli import app
from typer.testing import CliRunner


def row(number=0, *, months=8.0, low=6.0, high=10.0, adopted=True, flags=(), **given):
    """One row of an audit as the report reads it."""
    recommended = {"low": low, "high": high, "suspended": False, "text": f"{low}至{high}个月"}
    verdict = {
        "kind": "fixed_term",
        "months": months,
        "suspended": False,
        "acquitted": False,
        "text": f"有期徒刑{months}个月",
    }
    person = {
        "counts": [
            {"charge": given.get("charge", "盗窃"), "months": months, "kind": "fixed_term"}
        ],
        "recommended": recommended if low is not None or high is not None else None,
        "verdict": verdict,
        "first_instance": None,
        "adopted": {"value": adopted, "source": "derived"},
        "predicted": {
            "months": given.get("predicted", 9.0),
            "text": "有期徒刑九个月",
            "interval": {"low": 6.0, "high": 12.0, "life": False, "death": False},
        },
        "flags": list(flags),
        "flag_details": [{"name": "提示", "evidence": "<证据>"} for _ in flags],
        "adjustments": 0,
        "name": "王小甲",
    }
    return {
        "id": f"row-{number}",
        "court": given.get("court", "甲市乙区人民法院"),
        "case_number": f"（2021）某01刑初{number}号",
        "judgment_date": given.get("day", "2021-06-18"),
        "instance": "first",
        "outcome": None,
        "defendants": [person],
    }


def stats_of(rows):
    stats = AuditStats()
    for each in rows:
        stats.add(each)
    return stats


def test_adoption_is_counted_over_all_and_by_charge_court_and_month():
    stats = stats_of(
        [
            row(1),
            row(2, adopted=False, months=12.0, charge="诈骗"),
            row(3, adopted=None, low=None, high=None, court="丙县人民法院", day="2021-07-01"),
        ]
    )
    assert (stats.whole.defendants, stats.whole.known, stats.whole.adopted) == (3, 2, 1)
    assert stats.groups["charge"]["诈骗"].rate == 0
    assert stats.groups["court"]["丙县人民法院"].rate is None
    assert stats.groups["month"]["2021-06"].rate == 0.5
    assert stats.covered == 3


@pytest.mark.parametrize(
    ("low", "high", "months", "distance"),
    [(6, 10, 8, 0), (6, 10, 12, 2), (6, 10, 4.5, -1.5), (None, 12, 8, 0), (36, None, 30, -6)],
)
def test_a_deviation_is_the_distance_to_the_recommended_range(low, high, months, distance):
    assert outside_by({"low": low, "high": high}, {"months": months}) == distance


def test_a_deviation_needs_a_term_on_both_sides():
    assert outside_by(None, {"months": 3}) is None
    assert outside_by({"low": None, "high": None}, {"months": 3}) is None
    assert outside_by({"low": 1, "high": 2}, {"months": None}) is None


def test_wilson_agrees_with_published_values():
    low, high = wilson(81, 263)  # Newcombe 1998, Statistics in Medicine 17, table I
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 0) is None


def test_drift_compares_later_quarters_with_the_first_half_of_the_cases():
    steady = [row(n, day=f"2021-0{1 + n % 3}-05", predicted=8.0) for n in range(60)]
    later = [row(n, day="2021-11-05", predicted=30.0) for n in range(40)]
    first, last = stats_of(steady + later).drift()
    assert (first.cases, first.compared, first.index) == (60, False, None)
    assert last.index > 0.25
    assert population_stability([10, 20], [10, 20]) == 0


def test_few_cases_claim_no_drift():
    drift = stats_of([row(1), row(2, day="2021-12-01")]).drift()
    assert [each.index for each in drift] == [None, None]


def test_the_gravest_cases_come_first_and_memory_stays_bounded():
    rows = [row(n, months=12.0 + n, adopted=False, flags=["verdict_deviates"]) for n in range(50)]
    rows.append(row(99, flags=["recommendation_outside_bounds", "verdict_deviates"]))
    looks = stats_of(rows).first_looks()
    assert len(looks) == FIRST_LOOK
    assert looks[0].id == "row-99"
    assert looks[1].id == "row-49"


def test_names_without_end_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(statistics, "MOST_GROUPS", 3)
    stats = stats_of([row(n, court=f"扫描件法院{n}") for n in range(10)])
    courts = stats.groups["court"]
    assert len(courts) == 4
    assert courts[statistics.OTHERS].defendants == 7
    assert sum(group.defendants for group in courts.values()) == stats.whole.defendants == 10


def test_the_page_is_whole_in_itself_and_names_nobody():
    page = report_html(stats_of([row(n, flags=["verdict_deviates"]) for n in range(3)]))
    assert not re.search(r"(?:src|href)=|https?://|@import|url\(", page)
    assert "采纳率" in page
    assert "<svg" in page
    assert "王小甲" not in page
    assert "&lt;证据&gt;" in page


def test_an_empty_audit_still_gives_a_page_and_a_table():
    assert "没有需要优先复核的案件" in report_html(AuditStats())
    assert report_csv(AuditStats()).startswith("\ufeffgroup,")


def test_the_command_writes_the_good_rows_and_lists_the_bad_ones(tmp_path):
    source, target, report = (tmp_path / n for n in ("in.jsonl", "out.jsonl", "r.html"))
    text = judgment(
        advice="公诉机关建议判处拘役四个月。", verdict="被告人王小甲犯盗窃罪，判处拘役四个月。"
    )
    lines = [json.dumps({"id": "a", "document": text}), "{", json.dumps({"document": 3})]
    source.write_text("\n".join(lines), encoding="utf-8")
    arguments = ["audit", "--input", source, "--output", target, "--report", report]
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 1
    (found,) = map(json.loads, target.read_text(encoding="utf-8").splitlines())
    assert found["defendants"][0]["adopted"] == {"value": True, "source": "derived"}
    assert "另有2份无法读入" in report.read_text(encoding="utf-8")
    table = list(csv.DictReader(report.with_suffix(".csv").open(encoding="utf-8-sig")))
    assert (table[0]["group"], table[0]["adopted"]) == ("all", "1")
    assert not list(tmp_path.glob(".out*"))


def test_bad_usage_leaves_no_file(tmp_path):
    target = tmp_path / "out.jsonl"
    source = tmp_path / "in.jsonl"
    source.write_text("{}", encoding="utf-8")
    for extra in (
        ["--level", "2"],
        ["--report", str(tmp_path / "r.pdf")],
        ["--report", str(tmp_path / "missing" / "r.html")],
        ["--output", str(source)],
    ):
        arguments = ["audit", "--input", str(source), "--output", str(target), *extra]
        assert CliRunner().invoke(app, arguments).exit_code != 0
    assert not target.exists()
    assert source.read_text(encoding="utf-8") == "{}"
