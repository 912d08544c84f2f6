"""Circumstances of a fact: those of the guideline, and the facts that statutes ask for.

The vocabulary is data (`data/circumstances.yaml`). Here stand the rules of reading: a denied or
rejected circumstance is "no", a mere claim of the defence and someone else's circumstance are
nothing, findings outweigh tellings, and one fact is read once (surrender takes in confession).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from liangxing.prediction import Circumstance, Evidence
from liangxing.reading.ages import victims_ages
from liangxing.reading.attribution import People, Role
from liangxing.reading.vocabulary import load
from liangxing.reading.voices import Sentence, rejection_in, sentences_of

_REACH = 36
_HITS_PER_WORD = 48
_ADULT, _CHILD, _OLD = 18, 14, 60

_NEGATED = re.compile(
    r"(?:不构成|不属于?|不具有|不具备|不能|不应|不予|不符合|不是|不宜|不存在|不适用|不区分|没有|没|尚未(?!掌握)|未(?!成年|满|经|遂|取得驾|取得机|掌握|归案|到案|确保|保持|按|注意|减速|靠|让|避让|礼让|戴|佩戴|及时|尽|察|开启|登记|悬挂|定期)"
    r"|并无|无(?!驾驶|有效|机动|业|视|证|牌|故|偿|期|法|辜|锡|罪)|并非|非(?!法|常|但)|拒不|拒绝|不(?!仅|但|锈|满|法|慎|备|足|顾|久|同|断|料))"
    r"[^，,。；：:（(]{0,14}$"
)
_DENIED_AFTER = re.compile(
    r"^[^，。；]{0,12}(?:不成立|不能成立|不予认定|指控不当|不足以认定|尚待|有待|未能?查证|证据不足)"
)
_IF = re.compile(r"(?:若|如果|倘若|假如)[^。；]{0,30}$")
_NEGLIGENT = re.compile(r"过失|肇事|失火|责任事故")
_CLAUSE = re.compile(r"[，。；：,;:\n]")


@dataclass(frozen=True)
class _Rule:
    id: str
    near: str | None
    unless: str | None
    whole: str | None
    firm: bool
    says: Literal["yes", "no"]
    of: Literal["defendant", "anyone", "joint"]
    denial: Literal["says_no", "ignore", "overlook"]
    proof: bool


@dataclass(frozen=True)
class _Finding:
    value: Literal["yes", "no"]
    firm: bool
    start: int
    end: int

    @property
    def weight(self) -> tuple[bool, int]:
        return (self.firm, self.start)


def read_circumstances(text: str, *, defendant: str | None = None) -> list[Circumstance]:
    """What a normalised text states or denies of the defendant (of all, where none is given).

    Each circumstance comes with the clause that says so, [start, end) of `text`. Order: by place.

    >>> [(c.id, c.value) for c in read_circumstances("被告人投案，但未如实供述，不构成自首。")]
    [('confession_basic', 'no'), ('surrender', 'no')]
    """
    findings: dict[str, list[_Finding]] = {}
    for id_, finding in _findings(text, People(text, defendant)):
        findings.setdefault(id_, []).append(finding)
    for id_, start, end in _by_age(text):
        findings.setdefault(id_, []).append(_Finding("yes", False, start, end))
    settled = {id_: max(found, key=lambda f: f.weight) for id_, found in findings.items()}
    _combine(settled, negligent=bool(_NEGLIGENT.search(text)))
    ordered = sorted(settled.items(), key=lambda item: (item[1].start, item[0]))
    return [Circumstance(id_, f.value, _evidence(text, f)) for id_, f in ordered]


def _findings(text: str, people: People) -> Iterator[tuple[str, _Finding]]:
    sentences = sentences_of(text)
    carried = _carried_subjects(sentences, people)
    characters = set(text)
    for word, needed, rules in word_rules():
        if not needed <= characters:
            continue
        position, hits = text.find(word), 0
        while position >= 0 and hits < _HITS_PER_WORD:
            hits += 1
            index = _sentence_at(sentences, position)
            if index is not None:
                end = position + len(word)
                for rule in rules if not _in_title(text, sentences[index], position) else ():
                    finding = _judge(
                        text, rule, sentences[index], carried[index], people, position, end
                    )
                    if finding:
                        yield rule.id, finding
            position = text.find(word, position + len(word))


def _in_title(text: str, sentence: Sentence, position: int) -> bool:
    """Whether a position lies inside 《》: the title of a law tells nothing of the case."""
    opened = text.rfind("《", sentence.start, position)
    return opened > text.rfind("》", sentence.start, position)


def _judge(
    text: str,
    rule: _Rule,
    sentence: Sentence,
    carried: Role | None,
    people: People,
    start: int,
    end: int,
) -> _Finding | None:
    """What one hit of a rule's word at [start, end) says, if anything."""
    if sentence.voice == "claim" or (sentence.voice == "evidence" and not rule.proof):
        return None
    left, right = max(sentence.start, start - _REACH), min(sentence.end, end + _REACH)
    window = text[left:right]
    if rule.near and not _compiled(rule.near).search(window):
        return None
    if rule.unless and _compiled(rule.unless).search(window):
        return None
    if rule.whole and not _compiled(rule.whole).search(text):
        return None
    role = people.speaks_of(sentence, start, carried)
    if role == "witness" or (role == "victim" and rule.of != "anyone"):
        return None
    if role == "other_defendant" and rule.of != "joint":
        return None
    if people.names_other_at(end):
        return None
    if _IF.search(text[left:start]):
        return None
    negated = bool(_NEGATED.search(text[left:start]))
    if rejection_in(text, sentence, start):
        return None if negated else _Finding("no", True, start, end)
    denied = negated or bool(_DENIED_AFTER.match(text[end:right]))
    if denied and rule.denial != "overlook":
        ignored = rule.denial == "ignore" or rule.says == "no"
        return None if ignored else _Finding("no", rule.firm, start, end)
    return _Finding(rule.says, rule.firm, start, end)


def _by_age(text: str) -> Iterator[tuple[str, int, int]]:
    for age, start, end in victims_ages(text):
        if age < _CHILD:
            yield "child_victim", start, end
        if age < _ADULT or age >= _OLD:
            yield "vulnerable_victim", start, end


def _combine(found: dict[str, _Finding], *, negligent: bool) -> None:
    """Join the parts and let the wider circumstance take in the narrower one, in place."""
    _compensation(found)
    if "elderly" in found:
        found["elderly_negligence" if negligent else "elderly_intent"] = found.pop("elderly")
    yes = {id_ for id_, finding in found.items() if finding.value == "yes"}
    if "child_victim" in yes and "vulnerable_victim" not in yes:
        found["vulnerable_victim"] = found["child_victim"]
    if "gun" in yes and "weapon" not in yes:
        found["weapon"] = found["gun"]
    for wider, narrower in _TAKES_IN:
        if wider in yes:
            for id_ in narrower:
                found.pop(id_, None)


_CONFESSIONS = (
    "confession_basic",
    "confession_heavier_same_kind",
    "confession_averted_grave_result",
)
_TAKES_IN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("surrender", (*_CONFESSIONS, "plea_in_court")),
    ("confession_heavier_same_kind", ("confession_basic", "plea_in_court")),
    ("confession_averted_grave_result", ("confession_basic", "plea_in_court")),
    ("confession_basic", ("plea_in_court",)),
    ("plea_leniency", ("plea_in_court",)),
    ("recidivist", ("prior_record",)),
    ("major_merit", ("merit",)),
    ("coerced", ("accessory",)),
)


def _compensation(found: dict[str, _Finding]) -> None:
    paid, forgiven = found.pop("compensation", None), found.pop("forgiveness", None)
    if forgiven and forgiven.value == "yes":
        both = paid is not None and paid.value == "yes"
        found["compensation_and_forgiveness" if both else "forgiveness_only"] = forgiven
    elif paid and paid.value == "yes":
        found["compensation_only"] = paid
    elif denial := forgiven or paid:
        found["compensation_and_forgiveness"] = denial


def _carried_subjects(sentences: Sequence[Sentence], people: People) -> list[Role | None]:
    """For each sentence, the defendant that an earlier one leaves as the subject."""
    carried: list[Role | None] = []
    current: Role | None = None
    for sentence in sentences:
        carried.append(current)
        current = people.last_defendant(sentence) or current
    return carried


def _sentence_at(sentences: Sequence[Sentence], position: int) -> int | None:
    low, high = 0, len(sentences)
    while low < high:
        middle = (low + high) // 2
        if sentences[middle].end <= position:
            low = middle + 1
        else:
            high = middle
    inside = low < len(sentences) and sentences[low].start <= position
    return low if inside else None


def _evidence(text: str, finding: _Finding) -> Evidence:
    """The clause around the finding, at most a few dozen characters."""
    start, end = finding.start, finding.end
    for match in _CLAUSE.finditer(text, max(0, start - _REACH), start):
        start = match.end()
    if start == finding.start and not _CLAUSE.match(text, max(0, start - 1)):
        start = max(0, finding.start - _REACH // 2)
    following = _CLAUSE.search(text, end, min(len(text), end + _REACH))
    end = following.start() if following else min(len(text), end + _REACH // 2)
    return Evidence(text[start:end], start, end)


@lru_cache(maxsize=1)
def word_rules() -> list[tuple[str, frozenset[str], list[_Rule]]]:
    """Each word of the package's vocabulary with its characters and rules."""
    entries: list[dict[str, Any]] = load("circumstances")["rules"]
    by_word: dict[str, list[_Rule]] = {}
    for entry in entries:
        rule = _Rule(
            id=entry["id"],
            near=entry.get("near"),
            unless=entry.get("unless"),
            whole=entry.get("text"),
            firm=entry.get("firm", False),
            says=entry.get("says", "yes"),
            of=entry.get("of", "defendant"),
            denial=entry.get("denial", "says_no"),
            proof=entry.get("proof", True),
        )
        for word in entry["words"]:
            by_word.setdefault(word, []).append(rule)
    return [(word, frozenset(word), rules) for word, rules in by_word.items()]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Once a word is hit: most patterns are for words that a text lacks.
    return re.compile(pattern)
