"""Requests and answers as they stand in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from liangxing.case import Case, is_unicode
from liangxing.errors import CaseError

EXAMPLE: dict[str, Any] = {
    "fact": "2022年5月6日，被告人赵某甲窃得手机三部，价值人民币42000元，到案后自愿认罪认罚。",
    "charges": ["盗窃"],
    "judgment_date": "2022-09-01",
}
_LEVEL = Field(default=0.9, gt=0, lt=1, description="Coverage of the interval")
_LADDER = Field(default=None, description="A court's leniency by stage of the plea: 321 or jinan")


_MOST_ENTRIES = {"charges": 50, "articles": 100, "circumstances": 200, "quantities": 200}


def given_case(row: object, *, default_id: str | None = None) -> Case:
    """A case of a request; CaseError names the field, the limit and the fix."""
    case = Case.from_row(row, default_id=default_id)
    for field, most in _MOST_ENTRIES.items():
        if (number := len(getattr(case, field))) > most:
            raise CaseError(f"field '{field}' has {number} entries, the limit is {most}")
    return case


def _case(value: object) -> Case:
    try:
        return given_case(value)
    except CaseError as error:
        raise ValueError(str(error)) from error


_MOST_CHANGES = 20
# What a change sets: yes or no, a number, a word such as "yes" or a stage; null takes it back.
Changes = Annotated[dict[str, bool | float | str | None], Field(max_length=_MOST_CHANGES)]
GivenCase = Annotated[Case, BeforeValidator(_case)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _whole_characters(cls, value: Any) -> Any:
        if not is_unicode(value):
            raise ValueError("the body holds half a character (a lone surrogate)")
        return value


class _Asked(_Body):
    case: GivenCase = Field(examples=[EXAMPLE])


class PredictRequest(_Asked):
    level: float = _LEVEL
    ladder: str | None = _LADDER


class Variant(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str | None = Field(default=None, max_length=200)
    set: Changes = {}
    unset: list[str] = Field(default=[], max_length=_MOST_CHANGES)


class WhatIfRequest(_Asked):
    """`variants` is one set of changes by id or Chinese name (null takes back what is stated), or
    a list of {"name", "set", "unset"}; without it each fact that a plea may be joined with."""

    variants: Changes | Annotated[list[Variant], Field(max_length=20)] | None = Field(
        default=None, examples=[{"surrender": True}]
    )
    level: float = _LEVEL
    ladder: str | None = _LADDER


class SimilarRequest(_Asked):
    k: int = Field(default=10, ge=1, le=100)
    charge: str | None = Field(default=None, description="Only cases of this charge")


class DraftRequest(_Asked):
    penalty: str | None = Field(
        default=None, description="A penalty in Chinese words, instead of the model's"
    )
    level: float = _LEVEL
    ladder: str | None = _LADDER


class AuditRequest(_Body):
    id: str | None = None
    document: str | Mapping[str, str] = Field(
        description="The judgment's text, or its sections by name",
        examples=["判决如下：被告人赵某犯盗窃罪，判处拘役四个月，并处罚金人民币二千元。"],
    )


class Accused(BaseModel):
    name: str
    charges: list[str]


class DocumentReading(BaseModel):
    """What fills the form: the text, its facts section, and whom it is about."""

    document: str
    fact: str
    defendants: list[Accused]
    charges: list[str]
    warnings: list[str]


class ModelDescription(BaseModel):
    name: str
    version: str
    sha256: str
    charges: list[str]
    calibrated: bool
    synthetic: bool
    law_sha256: str
    similar_cases: int | None = Field(description="Cases in the index; null without one")
    card: str = Field(description="The model card, Markdown")


class ChargeDescription(BaseModel):
    name: str
    article: str | None
    modelled: bool = Field(description="Whether the model can name it by itself")


class Terms(BaseModel):
    """Names of ids, in Chinese."""

    circumstances: dict[str, str]
    quantities: dict[str, str]
    units: dict[str, str]
    stages: dict[str, str]
    ladders: dict[str, str]


class Status(BaseModel):
    status: str = Field(examples=["ready"])
    newer_model_refused: bool | None = None
