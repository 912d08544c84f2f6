"""The page's files: no build, nothing from elsewhere, names in step with the law."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest
from liangxing.case import MAX_FACT_CHARACTERS
from liangxing.law.circumstances import fact_names, quantity_names
from liangxing.reading.quantities import UNITS
from liangxing.whatif.directions import harm_of

PAGE = files("liangxing.service") / "page"
SCRIPTS = sorted(each.name for each in PAGE.iterdir() if each.name.endswith(".js"))
WAYS = {-1: "lighter", 0: "open", 1: "heavier"}


def read(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


def test_every_name_of_the_law_is_told_in_english_with_its_way():
    names = json.loads(read("names.json"))
    assert set(names["circumstances"]) == set(fact_names())
    assert set(names["quantities"]) == set(quantity_names())
    assert {unit for unit in UNITS.values() if not unit.isascii()} <= set(names["units"])
    for id_, told in names["circumstances"].items():
        harm = harm_of(id_, True, ())
        assert told["way"] == WAYS[(harm > 0) - (harm < 0)], id_


def test_both_languages_have_the_same_words():
    keys = [
        set(re.findall(r"^  '?([\w.-]+)'?:", read(f"strings_{each}.js"), re.M))
        for each in ("zh", "en")
    ]
    assert keys[0] == keys[1]
    assert len(keys[0]) > 150


def test_every_word_that_the_page_asks_for_is_there():
    known = set(re.findall(r"^  '?([\w.-]+)'?:", read("strings_zh.js"), re.M))
    asked = set(re.findall(r'data-t(?:-label|-placeholder)?="([\w.-]+)"', read("index.html")))
    for name in SCRIPTS:
        asked |= set(re.findall(r"\bt\('([\w.-]+)'", read(name)))
    assert asked <= known


@pytest.mark.parametrize("name", ["index.html", "style.css", "icon.svg", *SCRIPTS])
def test_nothing_is_loaded_from_elsewhere(name):
    addresses = re.findall(r"https?://[^\s'\"]+", read(name))
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_writes_html(name):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", read(name)
    )


def test_nothing_is_inline():
    html = read("index.html")
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", html)


def test_the_page_knows_the_limit_of_a_fact():
    assert f"LIMIT = {MAX_FACT_CHARACTERS};" in read("form.js")


def test_every_module_is_asked_for_at_once():
    preloaded = re.findall(r'rel="modulepreload" href="static/([\w.]+)"', read("index.html"))
    assert {*preloaded, "app.js"} == set(SCRIPTS)
