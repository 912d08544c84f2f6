"""Quantities of a fact: what the tiers and thresholds of the statutes are measured in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from liangxing.prediction import Evidence, Quantity
from liangxing.reading.amounts import read_money
from liangxing.reading.counts import read_counts, read_victims
from liangxing.reading.drugs import read_grams
from liangxing.reading.injuries import read_injuries
from liangxing.reading.measures import read_alcohol, read_measures, read_percentage
from liangxing.reading.scope import scope_of
from liangxing.reading.voices import sentences_of

UNITS: dict[str, str] = {
    "amount_yuan": "元",
    "loss_yuan": "元",
    "gain_yuan": "元",
    "grams_heroin": "克",
    "grams_meth": "克",
    "grams_opium": "克",
    "grams_morphine": "克",
    "grams_cocaine": "克",
    "grams_ketamine": "克",
    "grams_mdma": "克",
    "grams_cannabis": "克",
    "grams_methcathinone": "克",
    "grams_methadone": "克",
    "grams_precursor": "克",
    "grams_other_drug": "克",
    "poppy_plants": "株",
    "alcohol_mg_100ml": "mg/100ml",
    "deaths": "人",
    "serious_injuries": "人",
    "minor_injuries": "人",
    "slight_injuries": "人",
    "serious_injury_grade": "级",
    "minor_injury_grade": "级",
    "disability_grade": "级",
    "counts": "次",
    "victims": "人",
    "percentage": "%",
    "tons": "吨",
    "mu": "亩",
    "cubic_metres": "立方米",
    "trees": "株",
    "animals": "只",
    "information_items": "条",
    "obscene_items": "个",
    "guns": "支",
    "ammunition": "发",
}

_Found = tuple[str, float, int, int]


def read_quantities(
    text: str, *, defendant: str | None = None, charges: Sequence[str] = ()
) -> list[Quantity]:
    """The quantities of a normalised text, each once, with evidence at [start, end) of it.

    A stated total wins over its parts; without one the parts are added. `charges` decide what an
    amount is (for tax and invoice offences the tax). Units: `UNITS`.

    >>> [(q.id, q.value) for q in read_quantities("窃得现金四百元和价值1.2万某的金链。")]
    [('amount_yuan', 12400.0)]
    """
    return [
        Quantity(id_, value, UNITS[id_], Evidence(text[start:end], start, end))
        for id_, value, start, end in sorted(
            _read(text, defendant, charges), key=lambda q: (q[2], q[0])
        )
    ]


def _read(text: str, defendant: str | None, charges: Sequence[str]) -> Iterator[_Found]:
    sentences = sentences_of(text)
    scope = scope_of(text, sentences, defendant=defendant)
    money = read_money(scope, charges)
    amount = money.amount
    if not amount and any(sentence.voice == "evidence" for sentence in sentences):
        # Some facts state the value only where they list the evidence for it.
        proof = scope_of(text, sentences, defendant=defendant, with_evidence=True)
        amount = read_money(proof, charges, only_valued=True).amount
    for id_, settled in (
        ("amount_yuan", amount),
        ("loss_yuan", money.loss),
        ("gain_yuan", money.gain),
    ):
        if settled:
            yield id_, settled[0], settled[1].start, settled[1].end
    for id_, (value, shown) in (read_grams(scope) | read_measures(scope, charges)).items():
        yield id_, value, shown.start, shown.end
    for id_, harm in read_injuries(scope, charges).items():
        yield id_, harm.value, harm.start, harm.end
    for id_, figure in (
        ("alcohol_mg_100ml", read_alcohol(scope)),
        ("percentage", read_percentage(scope)),
    ):
        if figure:
            yield id_, figure.value, figure.start, figure.end
    for id_, counted in (("counts", read_counts(scope)), ("victims", read_victims(scope))):
        if counted:
            yield id_, *counted
