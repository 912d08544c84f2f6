"""Read a full judgment: sections, defendants, recommendations, verdicts, appeals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from liangxing.reading import appeals
from liangxing.reading.adoption import adoptions_in
from liangxing.reading.compact import compact
from liangxing.reading.defendants import Person, persons_of
from liangxing.reading.disposition import merged, verdicts_in
from liangxing.reading.judgment_parts import (
    Parts,
    articles_of,
    case_number_of,
    court_of,
    judgment_date_of,
)
from liangxing.reading.judgment_sections import Span, sections_of
from liangxing.reading.judgment_types import (
    AppealOutcome,
    DefendantReading,
    Instance,
    Judgment,
    Section,
    Verdict,
)
from liangxing.reading.recommendations import Advice, advice_in, latest
from liangxing.reading.speakers import Speaker

_SPEAKERS: dict[str, Speaker | None] = {
    "indictment": "prosecutor",
    "recommendation": "prosecutor",
    "defence": "defence",
    "facts": "court",
    "evidence": "court",
    "opinion": "court",
    "first_instance": "court",
}
_LABELLED_NAME = re.compile(r"[、，,；;\s]")
_ROLE = re.compile(r"[（(][^）)]*[）)]?|原审被告人|被告人|上诉人|[，,](?:男|女|汉|曾用名|绰号).*")
_MOST_CHARACTERS = 400_000
_MOST_DEFENDANTS = 120


def read_judgment(document: str | Mapping[str, Any]) -> Judgment:
    """A judgment as read. Never fails: what the text does not tell is null or empty.

    `document` is the text, or a mapping of section names to texts as structured collections
    publish it. Characters beyond the first 400 000 are left out.

    >>> judgment = read_judgment("判决如下：被告人甲某犯盗窃罪，判处拘役四个月十五日。")
    >>> judgment.defendants[0].verdict.penalty.months
    4.5
    """
    text = compact(_as_text(document)[:_MOST_CHARACTERS])
    spans = sections_of(text)
    parts = Parts(text, spans)
    people = _people(parts)
    instance = appeals.instance_of(parts.opening, text.text)
    names = [person.name for person in people]
    now, first, outcome = _verdicts(parts, instance, names)
    if outcome and instance == "first":
        # A report of a case under its first number that goes on to the appeal.
        instance = "second"
    advice = [a for span in spans for a in _advice(parts, span, names)]
    stated = adoptions_in(parts.opinions, names)
    told = list(dict.fromkeys([*names, *now, *first]))
    known = {person.name: person for person in people}
    defendants: list[DefendantReading] = []
    for name in told[:_MOST_DEFENDANTS]:
        person = known.get(name) or Person(name)
        mine = [a for a in advice if not a.names[0] or name in a.names]
        own = latest(mine)
        said = next((a for a in reversed(stated) if name in a.names), None)
        # "The recommendation is adopted" says nothing of one for whom there was none.
        if said is None and (own or not advice):
            said = next((a for a in stated if not a.names), None)
        defendants.append(
            DefendantReading(
                name=name,
                unit=person.unit,
                sex=person.sex,
                birth_date=person.birth_date,
                ethnicity=person.ethnicity,
                custody=person.custody,
                detained_from=person.detained_from,
                verdict=now.get(name),
                first_instance=first.get(name),
                recommendations=own,
                adjustments=max(len(own) - 1, 1 if any(a.adjusted for a in mine) else 0),
                adoption=said.value if said else None,
                adoption_text=said.text if said else None,
            )
        )
    return Judgment(
        court=court_of(parts),
        case_number=case_number_of(parts),
        instance=instance,
        outcome=outcome,
        judgment_date=judgment_date_of(parts),
        defendants=tuple(defendants),
        sections=tuple(_sections(parts, advice)),
        articles=articles_of(parts),
    )


def _as_text(document: str | Mapping[str, Any]) -> str:
    if isinstance(document, str):
        return document
    lines: list[str] = []
    for key, value in document.items():
        values = cast(list[Any], value) if isinstance(value, list) else [value]
        lines += [f"{key}：{item}" for item in values if item is not None]
    return "\n".join(lines)


def _people(parts: Parts) -> list[Person]:
    stated = parts.labelled("被告", "被告人", "上诉人", "原审被告人", "上诉人（原审被告人）")
    known = [name for name in _LABELLED_NAME.split(_ROLE.sub("", stated)) if 1 < len(name) <= 16]
    header = "" if parts.structured and known else parts.opening
    told = parts.labelled("被告基本情况", "上诉人基本情况")
    if known and told and len(known) == 1:
        header = f"被告人{known[0]}，{told}"
    operative = parts.disposition + parts.labelled("一审法院审判结果")
    return persons_of(header, operative or parts.text.text, known)


def _verdicts(
    parts: Parts, instance: Instance, names: Sequence[str]
) -> tuple[dict[str, Verdict], dict[str, Verdict], AppealOutcome | None]:
    """(verdicts of this document, those of the first instance, what an appeal did)."""
    operative = parts.disposition
    if instance == "commutation":
        return {}, {}, None
    if (
        any(span.label in ("裁判结果", "处理结果", "诉讼过程") for span in parts.spans)
        or not operative
    ):
        whole = parts.text.text
        return _reported(parts, operative or appeals.told_outcome(whole) or whole, names)
    decided = verdicts_in(operative, names)
    if instance == "first":
        return decided, {}, None
    results = parts.results or operative
    told = parts.labelled("一审法院审判结果")
    end = next((s.start for s in parts.spans if s.name == "disposition"), len(parts.text.text))
    first = (
        verdicts_in(told, names)
        if told
        else appeals.first_verdicts(parts.text.text[:end], operative, names)
    )
    outcome = appeals.outcome_of(instance, results, bool(verdicts_in(results, names)))
    if outcome in ("remanded",):
        return {}, first, outcome
    upheld = verdicts_in(operative, names, mode="upheld")
    standing = {**first, **upheld} if outcome in ("upheld", "withdrawn") else upheld
    kept = {name: verdict for name, verdict in first.items() if name not in decided}
    final = merged(decided, {**kept, **standing} if outcome != "changed" else {**kept, **upheld})
    return final, first, outcome


def _reported(
    parts: Parts, result: str, names: Sequence[str]
) -> tuple[dict[str, Verdict], dict[str, Verdict], AppealOutcome | None]:
    """The outcome as a report of a case tells it, both instances in one text."""
    before, after = appeals.reported(result)
    first = verdicts_in(before, names)
    if not after:
        return first, {}, None
    changed = verdicts_in(after, names) if re.search("改判|撤销|再审", after) else {}
    if not first:
        return changed or verdicts_in(result, names), {}, None
    if not changed:
        return first, {}, None
    return {**first, **changed}, first, "changed"


def _advice(parts: Parts, span: Span, names: Sequence[str]) -> list[Advice]:
    if span.name in ("disposition", "appendix", "citations") and not span.label:
        return []
    text = parts.text.text[span.start : span.end]
    return advice_in(text, names, _SPEAKERS.get(span.name))


def _sections(parts: Parts, advice: Sequence[Advice]) -> list[Section]:
    made = [
        Section(span.name, parts.text.original(span.start, span.end).strip())
        for span in parts.spans
        if span.end > span.start
    ]
    sentences = dict.fromkeys(a.sentence for a in advice)
    return [*made, *(Section("recommendation", sentence) for sentence in sentences)]
