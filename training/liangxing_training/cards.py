"""Data cards rendered from the preparation's own report, with the maker's words beside it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Any

from pydantic import BaseModel, ConfigDict

from liangxing_training.splits import SPLITS

_SHOWN = 30


class CardText(BaseModel):
    """What no count can tell; the defaults hold for published judgments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origin: str = (
        "Published criminal judgments, or facts taken from them, as others collected them. "
        "Names are partly anonymised by the courts."
    )
    biases: tuple[str, ...] = (
        "Published judgments are a selection: not every court publishes, and not every case.",
        "Charges, regions and years are unevenly represented.",
        "Circumstances are told in few facts; silence is not absence.",
        "One defendant's term stands for a fact that may tell of several defendants.",
        "Articles from CAIL2018 are bare numbers and lose a 之一; its amounts and statute numbers "
        "are partly blanked out, and it tells nothing of suspension.",
        "The law and practice of the recorded years apply, not today's.",
    )
    not_for: tuple[str, ...] = (
        "deciding a case, or standing in for a judge, prosecutor or counsel",
        "ranking or profiling judges, prosecutors, defendants or victims",
        "identifying people",
        "any use in which a person cannot check and contest the figure",
    )


SYNTHETIC = CardText(
    origin=(
        "Generated: fictional facts with invented names. Terms follow the tiers and thresholds of "
        "the law data, the ratios of the circumstances told, and noise."
    ),
    biases=(
        "The texts come from a few dozen sentence patterns; real judgments are far richer.",
        "A circumstance that is not told does not hold, unlike in real judgments.",
        "Frequencies of charges, amounts and circumstances are the generator's own.",
        "Fines and suspensions follow simple rules of the generator, not practice.",
    ),
    not_for=(
        "learning or saying anything about real cases; it shows that the line runs",
        "comparing models, or quoting a score without the word synthetic",
    ),
)


def data_card(report: Mapping[str, Any], text: CardText | None = None) -> str:
    """Markdown card of one prepared data set; without a text, the default one for its kind."""
    if text is None:
        only_synthetic = report["synthetic"] == report["records"]
        text = SYNTHETIC if only_synthetic else CardText()
    template = files("liangxing_training") / "templates" / "data_card.md"
    balance = report["balance"]
    years = [year for year in balance["year"] if year.isdecimal()]
    return Template(template.read_text(encoding="utf-8")).substitute(
        name=report["name"],
        fingerprint=report["fingerprint"],
        origin=text.origin,
        sources=_rows(report["sources"].items()),
        licences="; ".join(f"{name} ({n})" for name, n in report["licences"].items()),
        synthetic=_synthetic(report),
        records=report["records"],
        read=sum(report["rows_read"].values()),
        with_term=report["with_term"],
        opinions=report["opinions"],
        suspension=report["suspension_known"],
        fine=report["fine_known"],
        characters=report["characters_median"],
        splits=_rows((s, c["records"], c["with_term"]) for s, c in report["splits"].items()),
        clusters=report["clusters"]["count"],
        dropped=_rows((reason, d["count"]) for reason, d in report["dropped"].items()),
        charges_count=report["charges"],
        charges=_rows((c, *_counts(n)) for c, n in list(balance["charge"].items())[:_SHOWN]),
        bins=_rows((b, *_counts(n)) for b, n in balance["term_bin"].items()),
        years=f"{years[0]} to {years[-1]}" if years else "not stated",
        year_rows=_rows((year, sum(n.values())) for year, n in balance["year"].items()),
        masking="masked" if report["mask_verdicts"] else "**not masked**",
        biases="\n".join(f"- {bias}" for bias in text.biases),
        not_for="\n".join(f"- {use}" for use in text.not_for),
    )


def _synthetic(report: Mapping[str, Any]) -> str:
    if not report["synthetic"]:
        return "No record is synthetic."
    return f"**{report['synthetic']} of {report['records']} records are synthetic.**"


def _counts(by_split: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(by_split.get(split, 0) for split in SPLITS)


def _rows(rows: Any) -> str:
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows) or "| none |"
