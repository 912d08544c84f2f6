"""The law as dated data: charges, statutory ranges, bounds."""

from liangxing.law.articles import article_text
from liangxing.law.bounds import Statutory, statutory_bounds
from liangxing.law.charges import all_charges, article_of, canonical_charge, split_charges
from liangxing.law.circumstances import CaseFacts
from liangxing.law.files import law_sha256
from liangxing.law.general import general_rules
from liangxing.law.statutes import Statute, Tier, Version, find, statutes
from liangxing.law.versions import CaseDays

__all__ = [
    "CaseDays",
    "CaseFacts",
    "Statute",
    "Statutory",
    "Tier",
    "Version",
    "all_charges",
    "article_of",
    "article_text",
    "canonical_charge",
    "find",
    "general_rules",
    "law_sha256",
    "split_charges",
    "statutes",
    "statutory_bounds",
]
