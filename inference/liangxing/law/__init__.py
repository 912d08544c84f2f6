"""The law as dated data: charges, statutory ranges, bounds."""

from liangxing.law.articles import article_text
from liangxing.law.bounds import fine_only_open, statutory_bounds
from liangxing.law.charges import all_charges, article_of, canonical_charge, split_charges
from liangxing.law.files import law_sha256
from liangxing.law.general import general_rules
from liangxing.law.statutes import Statute, Tier, Version, find, statutes

__all__ = [
    "Statute",
    "Tier",
    "Version",
    "all_charges",
    "article_of",
    "article_text",
    "canonical_charge",
    "find",
    "fine_only_open",
    "general_rules",
    "law_sha256",
    "split_charges",
    "statutes",
    "statutory_bounds",
]
