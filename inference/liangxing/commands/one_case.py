"""The one case that a command is about: a fact on the command line, or a row of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from liangxing.case import Case
from liangxing.case_files import read_cases
from liangxing.errors import CaseError, DataError


def one_case(
    fact: str | None, source: Path | None, charges: Sequence[str] | None, id_: str | None = None
) -> Case:
    """The case; `charges` replace those of the file, `id_` picks one of several rows."""
    if (fact is None) == (source is None):
        raise DataError("give either --fact or --input")
    if fact is not None:
        return Case.from_row({"fact": fact, "charges": list(charges or ())})
    assert source is not None
    found: list[Case] = []
    for line, case in read_cases(source):
        if isinstance(case, CaseError):
            if id_ is None:
                raise CaseError(f"{source.name} line {line}: {case}")
        elif id_ is None or case.id == id_:
            found.append(case)
    if len(found) != 1:
        which = f"with id {id_!r}" if id_ else "in all"
        raise DataError(f"{source} holds {len(found)} cases {which}; name one of them with --id")
    return found[0].model_copy(update={"charges": tuple(charges)}) if charges else found[0]
