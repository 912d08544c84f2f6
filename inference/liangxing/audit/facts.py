"""What the predictor may see of a judgment: the facts, never the recommendation or verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from liangxing.case import MAX_FACT_CHARACTERS, Case
from liangxing.errors import CaseError
from liangxing.law.circumstances import fact_names
from liangxing.reading.circumstances import read_circumstances
from liangxing.reading.compact import compact
from liangxing.reading.judgment_types import DefendantReading, Judgment
from liangxing.reading.masking import mask_verdicts
from liangxing.reading.normalise import normalise

_FEWEST = 40
# A finding that only points back at the charge tells no facts.
_POINTS_BACK = re.compile(
    r"(?:事实|证据)[^。]{0,30}(?:一致|相同|无异|属实|相符)|与(?:公诉机关|起诉书|指控)[^。]{0,12}(?:一致|相同)"
)
_SENTENCE = re.compile(r"[^。！？\n]+[。！？\n]*")
_ADVICE = re.compile(
    r"建议[^。]{0,60}(?:判处|处以|量刑|处刑|幅度|缓刑|有期|拘役|管制|罚金|徒刑)|量刑(?:建议|意见)"
    r"|(?:判决|裁定)如下|提请[^。]{0,20}(?:判处|惩处)"
)


@dataclass(frozen=True)
class OpinionCircumstance:
    """A circumstance that the court's opinion states or denies, with its words."""

    id: str
    value: bool
    text: str


def facts_text(judgment: Judgment) -> str | None:
    """The facts as found, else as charged, without any sentence on a recommendation; null where
    the document tells none. Penalties that are left are masked.
    """
    for name in ("facts", "indictment"):
        told = _without_advice(judgment.section(name))
        plain = "".join(told.split())
        if len(plain) >= _FEWEST and not (_POINTS_BACK.search(plain) and len(plain) < 120):
            return mask_verdicts(normalise(told)).strip()[:MAX_FACT_CHARACTERS]
    return None


def opinion_circumstances(judgment: Judgment, name: str | None) -> list[OpinionCircumstance]:
    """What the court's opinion says of a defendant (`name` null: of the only one)."""
    text = normalise(judgment.section("opinion"))
    return [
        OpinionCircumstance(found.id, found.value == "yes", found.evidence.text)
        for found in read_circumstances(text, defendant=name)
        if found.evidence and found.id in fact_names()
    ]


def case_of(
    judgment: Judgment,
    person: DefendantReading,
    fact: str,
    circumstances: Mapping[str, bool],
    id_: str,
) -> Case | CaseError:
    """The case for the predictor, or why there is none; `fact` is what `facts_text` gave."""
    verdict = person.verdict or person.first_instance
    several = len(judgment.defendants) > 1
    try:
        return Case.from_row(
            {
                "id": id_,
                "fact": fact,
                "defendant": person.name if several else None,
                "charges": list(verdict.charges) if verdict else [],
                "judgment_date": judgment.judgment_date,
                "birth_date": person.birth_date,
                "detained_from": person.detained_from,
                "defendants_count": len(judgment.defendants) or None,
                "circumstances": dict(circumstances),
            }
        )
    except CaseError as error:
        return error


def _without_advice(text: str) -> str:
    kept = (match.group() for match in _SENTENCE.finditer(text))
    return "".join(s for s in kept if not _ADVICE.search(compact(s).text))
