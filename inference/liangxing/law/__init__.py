"""The law as dated data: charges, statutory ranges, bounds."""

from liangxing.law.bounds import fine_only_open, statutory_bounds
from liangxing.law.charges import all_charges, canonical_charge, split_charges
from liangxing.law.files import law_sha256
from liangxing.law.general import general_rules
from liangxing.law.statutes import Statute, find, statutes

__all__ = [
    "Statute",
    "all_charges",
    "canonical_charge",
    "find",
    "fine_only_open",
    "general_rules",
    "law_sha256",
    "split_charges",
    "statutes",
    "statutory_bounds",
]
