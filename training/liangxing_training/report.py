"""Counts of a preparation, gathered while the rows go by."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from liangxing.terms import term_bin

from liangxing_training.records import Record
from liangxing_training.sources import BadRow
from liangxing_training.splits import SPLITS

_EXAMPLES = 5
_SHOWN_CHARGES = 30


class PreparationReport:
    """What was read, kept and dropped, and how the splits are balanced; ids, never texts."""

    def __init__(self) -> None:
        self._read: Counter[str] = Counter()
        self._kept_by_source: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._examples: defaultdict[str, list[str]] = defaultdict(list)
        self._unreadable: list[str] = []
        self._splits = {name: Counter[str]() for name in SPLITS}
        self._clusters: Counter[str] = Counter()
        self._balance = {
            name: defaultdict(Counter[str]) for name in ("charge", "term_bin", "year", "kind")
        }
        self._counts: dict[str, Counter[str]] = {
            name: Counter() for name in ("source", "licence", "charges")
        }
        self._totals: Counter[str] = Counter()
        self._lengths: list[int] = []
        self._digests: list[bytes] = []

    def read(self, source: str) -> None:
        self._read[source] += 1

    def bad(self, row: BadRow) -> None:
        self.drop(row.reason, row.place)
        if row.kind == "unreadable":
            self._unreadable.append(f"{row.place}: {row.reason}")

    def drop(self, reason: str, row_id: str) -> None:
        self._dropped[reason] += 1
        if len(self._examples[reason]) < _EXAMPLES:
            self._examples[reason].append(row_id)

    def keep(self, record: Record, row: dict[str, Any], source: str) -> None:
        """Counts a kept record; `row` is what is stored of it."""
        split = row["split"]
        self._kept_by_source[source] += 1
        self._splits[split]["records"] += 1
        self._splits[split]["with_term"] += not record.train_only
        self._clusters[row["cluster"]] += 1
        self._totals.update(
            with_term=record.term_known,
            synthetic=record.synthetic,
            opinions=record.text_kind == "opinion",
            suspension_known=record.suspension is not None,
            fine_known=record.fine is not None,
            defendant_known=record.defendant is not None,
        )
        for charge in record.charges:
            self._balance["charge"][charge][split] += 1
        if not record.train_only:
            bin_ = term_bin(record.months, life=record.life, death=record.death)
            self._balance["term_bin"][str(bin_)][split] += 1
            self._balance["kind"][record.kind or "unknown"][split] += 1
        self._balance["year"][str(record.year or "unknown")][split] += 1
        self._counts["source"][_origin(record.source)] += 1
        self._counts["licence"][record.licence] += 1
        self._lengths.append(len(record.fact))
        content = json.dumps(row, ensure_ascii=False, sort_keys=True)
        self._digests.append(hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest())

    @property
    def empty(self) -> bool:
        return not self._splits["train"]["records"]

    @property
    def reasons(self) -> str:
        return _listed(self._dropped) or "no row was read"

    def to_dict(self) -> dict[str, Any]:
        """Plain data. The fingerprint hashes the sorted hashes of all records."""
        lengths = sorted(self._lengths)
        charges = sorted(
            self._balance["charge"], key=lambda c: (-sum(self._balance["charge"][c].values()), c)
        )
        shared = [size for size in self._clusters.values() if size > 1]
        return {
            "fingerprint": hashlib.sha256(b"".join(sorted(self._digests))).hexdigest(),
            "rows_read": dict(self._read),
            "rows_kept": dict(self._kept_by_source),
            "records": len(lengths),
            **{name: self._totals[name] for name in _TOTALS},
            "dropped": {
                reason: {"count": count, "examples": self._examples[reason]}
                for reason, count in self._dropped.most_common()
            },
            "unreadable": self._unreadable,
            "splits": {
                name: {key: counts[key] for key in ("records", "with_term")}
                for name, counts in self._splits.items()
            },
            "clusters": {
                "count": len(self._clusters),
                "of_several": len(shared),
                "records_in_them": sum(shared),
                "largest": max(self._clusters.values(), default=0),
            },
            "characters_median": lengths[len(lengths) // 2] if lengths else 0,
            "sources": dict(self._counts["source"].most_common()),
            "licences": dict(self._counts["licence"].most_common()),
            "charges": len(charges),
            "balance": {
                "charge": {name: dict(self._balance["charge"][name]) for name in charges},
                **{name: _sorted(self._balance[name]) for name in ("term_bin", "kind", "year")},
            },
        }


_TOTALS = (
    "with_term",
    "synthetic",
    "opinions",
    "suspension_known",
    "fine_known",
    "defendant_known",
)


def report_markdown(report: dict[str, Any]) -> str:
    """The report for reading: one table per question."""
    parts = [
        f"# Preparation of {report['name']}",
        f"{sum(report['rows_read'].values())} rows read, {report['records']} kept; "
        f"fingerprint `{report['fingerprint']}`.",
        "## Sources\n"
        + _table(
            ("source", "rows read", "kept"),
            [(s, n, report["rows_kept"].get(s, 0)) for s, n in report["rows_read"].items()],
        ),
        "## Dropped\n"
        + _table(
            ("reason", "rows", "for example"),
            [(r, d["count"], ", ".join(d["examples"])) for r, d in report["dropped"].items()],
        ),
        "## Splits\n"
        + _table(
            ("split", "records", "facts with a term"),
            [(s, c["records"], c["with_term"]) for s, c in report["splits"].items()],
        ),
        "Clusters: {count}, of them {of_several} with several records ({records_in_them} "
        "records, the largest holds {largest}).".format(**report["clusters"]),
    ]
    for name, rows in report["balance"].items():
        shown = list(rows.items())[:_SHOWN_CHARGES] if name == "charge" else list(rows.items())
        parts.append(
            f"## By {name.replace('_', ' ')}\n"
            + _table((name, *SPLITS), [(k, *(c.get(s, 0) for s in SPLITS)) for k, c in shown])
        )
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _listed(counts: Counter[str]) -> str:
    return "; ".join(f"{name} ({count})" for name, count in counts.most_common())


def _sorted(counts: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    def position(key: str) -> tuple[bool, int, str]:
        return not key.isdecimal(), int(key) if key.isdecimal() else 0, key

    return {key: dict(counts[key]) for key in sorted(counts, key=position)}


def _origin(source: str) -> str:
    """The repository of a source, without the file inside it."""
    return source.split(":")[0].split(" ")[0] or "not stated"
