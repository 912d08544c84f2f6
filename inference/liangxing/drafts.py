"""Documents out (.docx): recommendation (量刑建议书), plea statement (认罪认罚具结书), worksheet.

A draft for a person to check and sign. What the case does not say stays blank; no name and no date
is ever guessed.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from liangxing.case import Case
from liangxing.draft_fields import Draftable, fields_of
from liangxing.errors import CaseError, DataError
from liangxing.law.assess import LegalAssessment
from liangxing.prediction import Penalty, PenaltyKind, Prediction
from liangxing.terms import PENALTY_WORDS, parse_term, penalty_text

DraftKind = Literal["recommendation", "plea-statement", "worksheet"]
KINDS: tuple[DraftKind, ...] = get_args(DraftKind)
_WITH_TERM: tuple[PenaltyKind, ...] = ("surveillance", "detention", "fixed_term")


@dataclass(frozen=True)
class Draft:
    """A document as the bytes of a .docx file, and what its signer must look at."""

    content: bytes
    warnings: tuple[str, ...]


def draft(
    kind: DraftKind,
    case: Case,
    prediction: Prediction,
    law: LegalAssessment,
    *,
    penalty: str | None = None,
    template: Path | None = None,
) -> Draft:
    """One document. `penalty` in Chinese words stands in for the model's; `template` is a .docx
    with docxtpl placeholders that stands in for ours.

    Raises CaseError for a case without charge or a penalty that is none, DataError for a template
    that cannot be read or names an unknown field.
    """
    if not case.charges:
        raise CaseError(
            "field 'charges' is empty; a document names its charge, which is not guessed"
        )
    chosen = parse_penalty(penalty) if penalty else prediction.penalty
    found = Draftable(case, prediction, law, chosen, penalty is not None)
    fields = fields_of(found)
    return Draft(_rendered(kind, template, fields), tuple(fields["warnings"]))


def parse_penalty(text: str) -> Penalty:
    """A penalty from its Chinese words; CaseError where they are none.

    >>> parse_penalty("有期徒刑八个月").months, parse_penalty("死刑，缓期二年执行").kind
    (8.0, 'death_reprieve')
    """
    stripped = text.strip()
    kinds: tuple[PenaltyKind, ...] = get_args(PenaltyKind)
    fitting: list[PenaltyKind] = [
        each for each in kinds if stripped.startswith(PENALTY_WORDS[each])
    ]
    # 死刑 begins 死刑，缓期二年执行 too.
    kind: PenaltyKind | None = max(fitting, key=_length) if fitting else None
    months = parse_term(stripped) if kind in _WITH_TERM else None
    if kind is None or (kind in _WITH_TERM and not months):
        raise CaseError(f"penalty {text!r} is no penalty such as 有期徒刑八个月 or 单处罚金")
    if kind in ("exempt", "fine_only"):
        months = 0.0
    return Penalty(kind, months, penalty_text(kind, months))


def _length(kind: PenaltyKind) -> int:
    return len(PENALTY_WORDS[kind])


def _rendered(kind: DraftKind, template: Path | None, fields: dict[str, Any]) -> bytes:
    try:
        from docxtpl import DocxTemplate  # pyright: ignore[reportMissingTypeStubs]
        from jinja2 import StrictUndefined, TemplateError
        from jinja2.sandbox import SandboxedEnvironment
    except ImportError as error:
        raise DataError("documents need the extra docs: pip install 'liangxing[docs]'") from error
    name = template.name if template else f"{kind}.docx"
    try:
        content = (
            template.read_bytes()
            if template
            else (files("liangxing") / "templates" / name).read_bytes()
        )
    except OSError as error:
        raise DataError(f"template {template} cannot be read ({error.strerror})") from error
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    out = io.BytesIO()
    try:
        document: Any = DocxTemplate(io.BytesIO(content))
        document.render(fields, environment, autoescape=True)
        document.save(out)
    except TemplateError as error:
        raise DataError(
            f"template {name}: {error}; the fields are {', '.join(sorted(fields))}"
        ) from error
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"template {name} is no .docx file that can be filled: {error}") from error
    return out.getvalue()
