"""Our own JSON Lines: one case a row, with or without a term."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liangxing_training.sources.rows import ColumnError, Columns, RawRow


def parse_row(values: Mapping[str, Any], place: str) -> RawRow:
    """The row in neutral terms; ColumnError names a missing or wrongly typed column.

    `defendants` names the one the term belongs to, `n_defendants` counts all of the case.
    """
    columns = Columns(values)
    if "charges" not in values:
        raise ColumnError("column 'charges' is missing")
    defendant = columns.optional_text("defendant")
    count = columns.whole("n_defendants" if "n_defendants" in columns else "defendants_count")
    return RawRow(
        place=place,
        fact=columns.text("fact"),
        charges=columns.texts("charges"),
        articles=columns.texts("articles"),
        months=columns.number("months"),
        life=columns.flag("life"),
        death=columns.flag("death"),
        fine=columns.number("fine"),
        suspension=columns.optional_flag("suspension"),
        suspension_months=columns.number("suspension_months"),
        id=columns.label("id"),
        source=columns.optional_text("source") or "",
        licence=columns.optional_text("licence") or "not stated",
        defendants=(defendant,) if defendant else columns.texts("defendants"),
        defendants_count=count or None,
        offence_date=columns.iso_date("offence_date"),
        judgment_date=columns.iso_date("judgment_date"),
        year=columns.whole("year"),
        synthetic=columns.flag("synthetic"),
    )
