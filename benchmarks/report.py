"""The figures as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import onnxruntime
from figures import Figure
from rich.table import Table


def table(figures: Sequence[Figure], title: str) -> Table:
    """One line a figure; the ratio with its extremes over the rounds."""
    shown = Table(title=title)
    for name in ("measure", "ours", "peer", "ratio", "goal", ""):
        shown.add_column(name, justify="left" if name in ("measure", "peer") else "right")
    for one in figures:
        if one.skipped:
            shown.add_row(one.measure, "", f"{one.against}: {one.skipped}", "", "", "skipped")
            continue
        peer = "" if one.peer is None else f"{one.against} {one.peer:.4g}"
        ratio = "" if one.ratio is None else f"{one.ratio:.3g}"
        if one.low is not None and one.high is not None and one.low != one.high:
            ratio += f" [{one.low:.3g}, {one.high:.3g}]"
        verdict = {True: "reached", False: "MISSED", None: ""}[one.met]
        measure = f"{one.measure} ({one.note})" if one.note else one.measure
        shown.add_row(measure, f"{one.ours:.4g} {one.unit}", peer, ratio, _goal(one), verdict)
    return shown


def write(path: Path, figures: Sequence[Figure], settings: dict[str, Any]) -> None:
    """All figures with the machine and the settings, in one step."""
    content = {
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "load_average": os.getloadavg() if hasattr(os, "getloadavg") else None,
            "python": platform.python_version(),
            "onnxruntime": onnxruntime.__version__,
        },
        "settings": settings,
        "figures": [{**asdict(one), "met": one.met} for one in figures],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_suffix(".tmp")
    staging.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    staging.replace(path)


def _goal(one: Figure) -> str:
    parts = [
        f"{sign} {limit:g}"
        for sign, limit in (("≥", one.at_least), ("≤", one.at_most))
        if limit is not None
    ]
    return ", ".join(parts)
