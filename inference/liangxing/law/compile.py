"""Write what is made from the law's sources: `python -m liangxing.law.compile`, after every edit.

First the statutes derived from the articles, then the compiled copy of all YAML.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from liangxing.law import files
from liangxing.law.derive import derived_statutes
from liangxing.law.statutes import MACHINE

_HEADER = """\
# Derived by machine from articles.tsv and clauses.yaml; do not edit, write again with
#   python -m liangxing.law.compile
"""


def machine_text() -> str:
    """The file statutes_machine.yaml."""
    charges = [
        statute.model_dump(mode="json", exclude_defaults=True) for statute in derived_statutes()
    ]
    sources = [{"id": "articles", "what": "articles.tsv, read by penalty_clauses.py"}]
    content = {"sources": sources, "charges": charges}
    dumped = yaml.safe_dump(
        content, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=None
    )
    return _HEADER + dumped


def write_all() -> list[Path]:
    """Write both files into the package's folder; needs a source checkout."""
    folder = Path(str(files.data_folder()))
    machine, compiled = folder / MACHINE, folder / files.COMPILED
    machine.write_text(machine_text(), encoding="utf-8", newline="\n")
    files.forget()
    compiled.write_text(files.compiled_text(), encoding="utf-8", newline="\n")
    return [machine, compiled]


if __name__ == "__main__":
    write_all()
