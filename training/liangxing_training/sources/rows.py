"""What a reader hands on: a row in neutral terms, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from liangxing.prediction import PenaltyKind

from liangxing_training.records import TextKind

_LARGEST, _LARGEST_WHOLE = 1e15, 2**31 - 1


@dataclass(frozen=True)
class RawRow:
    """A row as its source states it: spellings, widths and units of charges untouched.

    `place` is file:line; months are as given. `kind` is set where the source tells it.
    """

    place: str
    fact: str
    charges: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    months: float | None = None
    life: bool = False
    death: bool = False
    fine: float | None = None
    suspension: bool | None = None
    suspension_months: float | None = None
    kind: PenaltyKind | None = None
    recommendation: str | None = None
    id: str | None = None
    source: str = ""
    licence: str = "not stated"
    text_kind: TextKind = "fact"
    defendants: tuple[str, ...] = ()
    defendants_count: int | None = None
    offence_date: str | None = None
    judgment_date: str | None = None
    year: int | None = None
    synthetic: bool = False


@dataclass(frozen=True)
class BadRow:
    """A row that yields no case: `unreadable` is the user's to mend, `unusable` is expected."""

    place: str
    reason: str
    kind: Literal["unreadable", "unusable"] = "unreadable"


class ColumnError(ValueError):
    """A column is missing or of the wrong type."""


class Columns:
    """Typed access to one decoded JSON object; every error names the column."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str) -> str:
        if self._values.get(name) is None:
            raise ColumnError(f"column '{name}' is missing")
        return self._typed(name, str, "text")

    def optional_text(self, name: str) -> str | None:
        return self._typed(name, str, "text") if name in self else None

    def label(self, name: str) -> str | None:
        """A text or whole number, as text."""
        value = self._values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.optional_text(name)

    def flag(self, name: str) -> bool:
        return self._typed(name, bool, "true or false") if name in self else False

    def optional_flag(self, name: str) -> bool | None:
        return self.flag(name) if name in self else None

    def number(self, name: str) -> float | None:
        if name not in self:
            return None
        value = self._values[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ColumnError(f"column '{name}' must be a number or null, got {_shown(value)}")
        # NaN fails the comparison too, and no figure of a judgment comes near the limit.
        if not abs(value) <= _LARGEST:
            raise ColumnError(f"column '{name}' must lie within ±{_LARGEST:g}")
        return float(value)

    def whole(self, name: str) -> int | None:
        value = self.number(name)
        if value is not None and (value != int(value) or not 0 <= value <= _LARGEST_WHOLE):
            raise ColumnError(f"column '{name}' must be a whole number from 0, got {value:g}")
        return None if value is None else int(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts or whole numbers, as texts; a single one stands for a list of one."""
        value = self._values.get(name)
        items = value if isinstance(value, list | tuple) else [] if value is None else [value]
        for item in items:
            if isinstance(item, bool) or not isinstance(item, str | int):
                raise ColumnError(f"column '{name}' must list texts, got {_shown(item)}")
        return tuple(_storable(str(item)) for item in items)

    def iso_date(self, name: str) -> str | None:
        value = self.optional_text(name)
        try:
            return None if value is None else date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise ColumnError(
                f"column '{name}' must be an ISO date such as 2023-05-31, got {_shown(value)}"
            ) from error

    def mapping(self, name: str) -> Columns:
        return Columns(self._typed(name, Mapping, "an object"))

    def _typed(self, name: str, kind: type[Any], words: str) -> Any:
        value = self._values.get(name)
        if not isinstance(value, kind):
            raise ColumnError(f"column '{name}' must be {words}, got {_shown(value)}")
        return _storable(value) if isinstance(value, str) else value


def _storable(text: str) -> str:
    """The text without halves of surrogate pairs, which a cut-off emoji leaves behind."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _shown(value: object) -> str:
    return "null" if value is None else f"{type(value).__name__}"
