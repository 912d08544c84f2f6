"""The law's files: compiled copy, hash, and errors that name the place."""

import pytest
from liangxing.errors import ConfigError
from liangxing.law import files
from liangxing.law.general import GeneralRules, general_rules
from liangxing.law.statutes import StatuteFile

STATUTES = """\
sources:
- {id: invented, what: 'an invented source'}
charges:
- charge: 盗窃
  articles: ['264']
  versions:
  - effective_from: '2011-05-01'
    tiers:
    - tier: large
      condition: 数额较大
      months: [36, 1]
      options: [detention]
      verified: true
"""


def test_the_compiled_copy_equals_the_sources():
    """Written again with: python -m liangxing.law.compile"""
    assert files.compiled_is_current()
    compiled = (files.data_folder() / files.COMPILED).read_text(encoding="utf-8")
    assert compiled == files.compiled_text()


def test_the_hash_is_stable_and_of_all_sources():
    assert len(files.law_sha256()) == 64
    assert {"charges.yaml", "general.yaml", "statutes.yaml"} <= set(files.source_names())


def test_broken_yaml_names_file_and_line():
    with pytest.raises(ConfigError, match=r"statutes.yaml, line 3"):
        files.parse_yaml("a: 1\nb: [1,\nc: }", "statutes.yaml")


def test_a_wrong_value_names_file_line_and_key():
    content = files.parse_yaml(STATUTES, "mine.yaml")
    with pytest.raises(ConfigError, match=r"mine.yaml, line 9: charges.0.versions.0.tiers.0.*36"):
        files.validate("mine.yaml", content, StatuteFile, STATUTES)


def test_an_unknown_key_names_its_line():
    text = STATUTES.replace("[36, 1]", "[1, 36]").replace("verified: true", "verifed: true")
    content = files.parse_yaml(text, "mine.yaml")
    with pytest.raises(ConfigError, match=r"mine.yaml, line (9|13)"):
        files.validate("mine.yaml", content, StatuteFile, text)


def test_general_rules_are_those_of_the_code():
    """Criminal Law arts. 38, 42, 45, 69 and 72; caps of 20 and 25 years."""
    rules = general_rules()
    assert isinstance(rules, GeneralRules)
    assert rules.surveillance.months == (3, 24)
    assert rules.detention.months == (1, 6)
    assert rules.detention.cumulated_cap == 12
    assert rules.fixed_term.months == (6, 180)
    assert rules.cumulation.cap == 240
    assert rules.cumulation.cap_from_sum.cap == 300
    assert rules.suspension.max_months == 36
