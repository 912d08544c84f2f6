"""Cards rendered from recorded facts, never typed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Any


def data_card(report: Mapping[str, Any]) -> str:
    """Markdown card of one prepared data set, from its report."""
    template = files("liangxing_training") / "templates" / "data_card.md"
    synthetic = report["synthetic"]
    return Template(template.read_text(encoding="utf-8")).substitute(
        name=report["name"],
        fingerprint=report["fingerprint"],
        sources="\n".join(f"- {name}: {n} records" for name, n in report["sources"].items()),
        licences=_listed(report["licences"]),
        synthetic=f"**{synthetic} records are synthetic.**" if synthetic else "No synthetic record.",
        records=report["records"],
        with_term=report["with_term"],
        characters_median=report["characters_median"],
        splits="\n".join(
            f"| {name} | {split['records']} | {split['with_term']} |"
            for name, split in report["splits"].items()
        ),
        dropped="; ".join(f"{r} ({d['count']})" for r, d in report["dropped"].items()) or "none",
        charges=_listed(report["charges"]),
        outcomes=_listed(report["outcomes"]),
        years=_listed(report["years"]) or "none stated",
        masking="masked" if report["mask_verdicts"] else "NOT masked",
    )


def _listed(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in counts.items())
