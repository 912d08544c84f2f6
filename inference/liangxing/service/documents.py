"""What fills the form from a judgment, or from any text with facts."""

from __future__ import annotations

from liangxing.audit.facts import facts_text
from liangxing.case import MAX_FACT_CHARACTERS
from liangxing.errors import CaseError
from liangxing.reading.judgment import read_judgment
from liangxing.service.schemas import Accused, DocumentReading

_WHOLE = "未找到事实部分，全文作为案情，请核对（no facts section: the whole text is used）"
_CUT = "案情过长，只保留开头部分（the text is too long: only its beginning is kept）"


def reading_of(text: str) -> DocumentReading:
    """The facts section, the defendants and their charges; CaseError for an empty text."""
    if not text.strip():
        raise CaseError("field 'document' is empty; give the judgment's text")
    judgment = read_judgment(text)
    warnings: list[str] = []
    fact = facts_text(judgment)
    if fact is None:
        fact = text.strip()
        warnings.append(_WHOLE)
        if len(fact) > MAX_FACT_CHARACTERS:
            fact = fact[:MAX_FACT_CHARACTERS]
            warnings.append(_CUT)
    defendants = [
        Accused(name=person.name, charges=list(verdict.charges) if verdict else [])
        for person in judgment.defendants
        for verdict in (person.verdict or person.first_instance,)
    ]
    charges = dict.fromkeys(charge for each in defendants for charge in each.charges)
    return DocumentReading(
        document=text,
        fact=fact,
        defendants=defendants,
        charges=list(charges),
        warnings=warnings,
    )
