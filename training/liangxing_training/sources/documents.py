"""Full judgments with a parsed outcome: the fact section as text, first-instance months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liangxing_training.sources import jsonl
from liangxing_training.sources.rows import BadRow, RawRow

NO_OUTCOME = "document without a parsed outcome"


def parse_row(values: Mapping[str, Any], place: str) -> RawRow | BadRow:
    """The row in neutral terms; a document whose outcome nobody has read yet is unusable.

    An appeal's `months` are those of the first instance, which judged these facts;
    `second_instance_months` stays out.
    """
    if values.get("charges") is None:
        return BadRow(place, NO_OUTCOME, kind="unusable")
    return jsonl.parse_row(values, place)
