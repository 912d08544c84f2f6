"""Figures of an audit, gathered while the rows go by; memory does not grow with their number."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from liangxing.audit.drift import Drift, drift_of, empty_errors, error_bin
from liangxing.audit.rules import rules

EDGES = (3.0, 6.0, 12.0, 36.0)
"""Edges in months of how far verdicts lie below or above recommendations."""
BINS = 2 * (len(EDGES) + 1) + 1
"""Bins of deviations; the middle one is for verdicts inside the recommendation."""
FIRST_LOOK = 20
MOST_GROUPS = 20_000
"""Keys of one grouping; China has some 3,500 courts, and names in scans have no end."""
UNKNOWN, OTHERS = "不详", "其他"
_Z = 1.959963984540054
_TOLD = ("recommended", "verdict", "predicted")


@dataclass
class Adoption:
    """Counts of one group: defendants, with a recommendation, with known adoption, adopted.

    `inside`, `compared` and `distance` are of numeric recommendations: months outside the range.
    """

    defendants: int = 0
    recommended: int = 0
    known: int = 0
    adopted: int = 0
    compared: int = 0
    inside: int = 0
    distance: float = 0.0

    @property
    def rate(self) -> float | None:
        return self.adopted / self.known if self.known else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.adopted, self.known)

    @property
    def mean_distance(self) -> float | None:
        return self.distance / self.compared if self.compared else None


@dataclass(frozen=True)
class Look:
    """One defendant worth a first look; nobody is named."""

    score: float
    order: int
    id: str
    place: int
    court: str
    case_number: str
    charges: str
    recommended: str
    verdict: str
    predicted: str
    flags: tuple[str, ...]
    details: tuple[str, ...]

    def __lt__(self, other: Look) -> bool:
        return (self.score, -self.order) < (other.score, -other.order)


@dataclass
class AuditStats:
    """All that the report shows; feed it every row with `add`."""

    documents: int = 0
    failed: int = 0
    defendants: int = 0
    predicted: int = 0
    covered: int = 0
    stated: int = 0
    derived: int = 0
    adjusted: int = 0
    suspended_recommended: int = 0
    suspended_followed: int = 0
    flags: Counter[str] = field(default_factory=Counter[str])
    instances: Counter[str] = field(default_factory=Counter[str])
    whole: Adoption = field(default_factory=Adoption)
    deviations: list[int] = field(default_factory=lambda: [0] * BINS)
    groups: dict[str, defaultdict[str, Adoption]] = field(
        default_factory=lambda: {n: defaultdict(Adoption) for n in ("charge", "court", "month")}
    )
    errors: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(empty_errors))
    looks: list[Look] = field(default_factory=list[Look])

    def add(self, row: Mapping[str, Any]) -> None:
        """Counts one row of the audit."""
        self.documents += 1
        self.instances[row["instance"]] += 1
        for place, person in enumerate(row["defendants"], start=1):
            self._add(row, place, person)

    def _add(self, row: Mapping[str, Any], place: int, person: Mapping[str, Any]) -> None:
        self.defendants += 1
        self.flags.update(person["flags"])
        self.adjusted += bool(person["adjustments"])
        charges = [count["charge"] for count in person["counts"] if count["charge"]]
        month = (row["judgment_date"] or "")[:7] or UNKNOWN
        keys = {
            "charge": charges[0] if charges else UNKNOWN,
            "court": row["court"] or UNKNOWN,
            "month": month,
        }
        adopted = person["adopted"]
        advice, verdict = person["recommended"], person["first_instance"] or person["verdict"]
        if adopted["value"] is not None:
            self.stated += adopted["source"] == "stated"
            self.derived += adopted["source"] == "derived"
        distance = outside_by(advice, verdict)
        if distance is not None:
            self.deviations[bin_of(distance)] += 1
        if advice and verdict and advice["suspended"]:
            self.suspended_recommended += 1
            self.suspended_followed += bool(verdict["suspended"])
        for group in self._groups(keys):
            group.defendants += 1
            group.recommended += advice is not None
            group.known += adopted["value"] is not None
            group.adopted += adopted["value"] is True
            if distance is not None:
                group.compared += 1
                group.inside += distance == 0
                group.distance += abs(distance)
        self._error(person, verdict, month)
        self._look(row, place, person, charges, distance)

    def _error(
        self, person: Mapping[str, Any], verdict: Mapping[str, Any] | None, month: str
    ) -> None:
        guess = person["predicted"]
        if not guess or not verdict or verdict["acquitted"]:
            return
        self.predicted += 1
        interval, months = guess["interval"], verdict["months"]
        if verdict["kind"] == "life":
            self.covered += bool(interval["life"])
        elif verdict["kind"] in ("death", "death_reprieve"):
            self.covered += bool(interval["death"])
        elif months is not None and interval["low"] is not None:
            self.covered += interval["low"] <= months <= interval["high"]
        if months is not None and guess["months"] is not None:
            error = math.log1p(months) - math.log1p(guess["months"])
            self.errors[month][error_bin(error)] += 1

    def _look(
        self,
        row: Mapping[str, Any],
        place: int,
        person: Mapping[str, Any],
        charges: list[str],
        distance: float | None,
    ) -> None:
        if not person["flags"]:
            return
        score = sum(rules().flags[code].gravity for code in person["flags"])
        score += 0.0 if distance is None else math.log1p(abs(distance))
        words = [person[key]["text"] if person[key] else "" for key in _TOLD]
        look = Look(
            score=score,
            order=self.defendants,
            id=str(row["id"]),
            place=place,
            court=row["court"] or "",
            case_number=row["case_number"] or "",
            charges="、".join(charges),
            recommended=words[0],
            verdict=words[1],
            predicted=words[2],
            flags=tuple(person["flags"]),
            details=tuple(f"{d['name']}：{d['evidence']}" for d in person["flag_details"]),
        )
        heapq.heappush(self.looks, look)
        if len(self.looks) > FIRST_LOOK:
            heapq.heappop(self.looks)

    def first_looks(self) -> list[Look]:
        """The defendants to look at first, gravest first."""
        return sorted(self.looks, reverse=True)

    def drift(self) -> list[Drift]:
        """Model error by quarter against the first quarters that hold half of the dated cases."""
        return drift_of({month: n for month, n in self.errors.items() if month != UNKNOWN})

    def _groups(self, keys: Mapping[str, str]) -> Iterator[Adoption]:
        """The whole, and of each grouping the group of a defendant."""
        yield self.whole
        for name, key in keys.items():
            groups = self.groups[name]
            yield groups[key if key in groups or len(groups) < MOST_GROUPS else OTHERS]


def wilson(successes: int, cases: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval of a proportion (Wilson 1927); null without cases.

    >>> [round(end, 3) for end in wilson(9, 10)]
    [0.596, 0.982]
    """
    if not cases:
        return None
    share, square = successes / cases, _Z * _Z
    centre = (share + square / (2 * cases)) / (1 + square / cases)
    spread = share * (1 - share) / cases + square / (4 * cases * cases)
    half = _Z * math.sqrt(spread) / (1 + square / cases)
    return max(0.0, centre - half), min(1.0, centre + half)


def outside_by(
    advice: Mapping[str, Any] | None, verdict: Mapping[str, Any] | None
) -> float | None:
    """Months by which a verdict lies above (below: negative) a recommended term; 0 inside, null
    where either has no term."""
    if not advice or not verdict or verdict["months"] is None:
        return None
    low, high, months = advice["low"], advice["high"], verdict["months"]
    if low is None and high is None:
        return None
    if low is not None and months < low:
        return months - low
    if high is not None and months > high:
        return months - high
    return 0.0


def bin_of(distance: float) -> int:
    """The bin of a deviation in months.

    >>> bin_of(0.0), bin_of(-50), bin_of(-0.5), bin_of(3), bin_of(50)
    (5, 0, 4, 6, 10)
    """
    middle = BINS // 2
    if distance == 0:
        return middle
    steps = 1 + sum(abs(distance) > edge for edge in EDGES)
    return middle + steps if distance > 0 else middle - steps
