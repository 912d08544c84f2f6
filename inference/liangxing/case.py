"""The input of every command: one criminal case of one defendant."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from liangxing.errors import CaseError

MAX_FACT_CHARACTERS = 20_000
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")

Stage = Literal["investigation", "prosecution", "trial"]


class Case(BaseModel):
    """One case. What is given here overrides what is read from the text.

    `fact` holds 1 to 20 000 characters with at least one Chinese character. `charges` are
    official names of 罪名 or known aliases; an unknown one is no error. Dates are ISO
    (YYYY-MM-DD). `circumstances` maps the id of a circumstance to true, false or a number;
    `quantities` maps the id of a quantity to a number in the unit of its name; an unknown id is
    an error.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)

    fact: str = Field(
        json_schema_extra={
            "minLength": 1,
            "maxLength": MAX_FACT_CHARACTERS,
            "pattern": _HAN.pattern,
        }
    )
    id: str | None = None
    defendant: str | None = None
    charges: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    offence_date: date | None = None
    judgment_date: date | None = None
    birth_date: date | None = None
    detained_from: date | None = None
    defendants_count: int | None = Field(default=None, ge=1)
    stage: Stage | None = None
    circumstances: Mapping[str, bool | float] = Field(default_factory=dict)
    quantities: Mapping[str, float] = Field(default_factory=dict)

    @field_validator("fact")
    @classmethod
    def _readable_fact(cls, fact: str) -> str:
        if not fact.strip():
            raise ValueError("is empty; give the facts of the case as Chinese text")
        if len(fact) > MAX_FACT_CHARACTERS:
            raise ValueError(
                f"has {len(fact)} characters, the limit is {MAX_FACT_CHARACTERS}; "
                "give the facts section only"
            )
        if not _HAN.search(fact):
            raise ValueError("holds no Chinese character; give the facts in Chinese")
        return fact

    @field_validator("charges", "articles", mode="before")
    @classmethod
    def _list_of_text(cls, value: Any) -> Any:
        return tuple(cast(list[Any], value)) if isinstance(value, list) else value

    @field_validator("offence_date", "judgment_date", "birth_date", "detained_from", mode="before")
    @classmethod
    def _iso_date(cls, value: Any) -> Any:
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError as error:
                raise ValueError(f"{value!r} is not an ISO date such as 2023-05-31") from error
        return value

    @field_validator("circumstances", "quantities")
    @classmethod
    def _known_ids(cls, given: Mapping[str, Any], info: ValidationInfo) -> Mapping[str, Any]:
        if given:
            # Only a case that names ids needs the law data, which takes its time to load.
            from liangxing.law.known_ids import known_circumstances, known_quantities, unknown_id

            quantities = info.field_name == "quantities"
            known = known_quantities() if quantities else known_circumstances()
            if (wrong := unknown_id(given, known)) is not None:
                raise ValueError(wrong)
        return given

    @classmethod
    def from_row(cls, row: object, *, default_id: str | None = None) -> Case:
        """A case from one decoded JSON object; null means not given.

        Raises CaseError naming the field, what is wrong with it and the fix.
        """
        if isinstance(row, Case):
            return row
        if not isinstance(row, Mapping):
            raise CaseError(
                f"a case must be a JSON object with a 'fact', not {type(row).__name__}"
            )
        columns = cast(Mapping[Any, Any], row)
        given = {str(name): value for name, value in columns.items() if value is not None}
        if "fact" not in given:
            raise CaseError("field 'fact' is missing; give the facts of the case as text")
        if isinstance(given.get("id"), int):
            given["id"] = str(given["id"])
        given.setdefault("id", default_id)
        for name, value in given.items():
            if not is_unicode(value):
                raise CaseError(
                    f"field '{name}' holds half a character (a lone surrogate); "
                    "write the text as UTF-8 again"
                )
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise CaseError(_one_line(error)) from error


def is_unicode(value: object) -> bool:
    """Whether decoded JSON can be written again: JSON escapes may hold half a character.

    >>> is_unicode({"fact": "刑"}), is_unicode(["\\ud800"])
    (True, False)
    """
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][:2])
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "value_error":
        return f"field '{field}' {message}"
    return f"field '{field}': {message[0].lower()}{message[1:]}, got {first['input']!r:.60}"
