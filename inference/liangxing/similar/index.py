"""SimilarCases: an index over the user's own cases, searched with the bundle's encoder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np

from liangxing.errors import CaseError
from liangxing.law.charges import canonical_charge
from liangxing.model.session import Floats
from liangxing.predictor import SentencePredictor
from liangxing.reading import READING_VERSION
from liangxing.similar import store
from liangxing.similar.answers import SimilarAnswer, distribution_of, median_of, neighbour
from liangxing.similar.judged import IndexedCase, JudgedCase


class SimilarCases:
    """Cases by the cosine of their embeddings, found exactly.

    Kept of a case: id, charges, verdict, circumstances, quantities and the embedding; its text
    only with `keep_text`. Many threads may query; one may add.
    """

    def __init__(self, predictor: SentencePredictor, *, keep_text: bool = False) -> None:
        self._predictor = predictor
        self._manifest = store.IndexManifest(
            rows=0,
            dimension=0,
            encoder_sha256=store.encoder_sha256(predictor.bundle.manifest),
            model=f"{predictor.bundle.manifest.name} {predictor.bundle.manifest.version}",
            keep_text=keep_text,
            reading_version=READING_VERSION,
        )
        self._vectors: Any = None
        self._cases: list[IndexedCase] = []
        self._rows: dict[str, int] = {}

    @classmethod
    def load(cls, folder: str | Path, predictor: SentencePredictor) -> Self:
        """A saved index. Raises DataError naming a damaged file, or for another encoder."""
        encoder = store.encoder_sha256(predictor.bundle.manifest)
        manifest, vectors, cases = store.read_index(Path(folder), encoder=encoder)
        loaded = cls(predictor, keep_text=manifest.keep_text)
        loaded._manifest, loaded._vectors, loaded._cases = manifest, vectors, cases
        loaded._rows = {case.id: row for row, case in enumerate(cases)}
        return loaded

    def __len__(self) -> int:
        return len(self._cases)

    @property
    def cases(self) -> tuple[IndexedCase, ...]:
        """What is kept of the cases, in the order they were added."""
        return tuple(self._cases)

    @property
    def embeddings(self) -> Floats:
        """The vectors of the cases, of length 1, [cases, d]."""
        return self._vectors.reconstruct_n(0, len(self))

    def add(self, judged: JudgedCase) -> None:
        """Adds one case; raises CaseError when its id is in the index already."""
        if judged.id in self._rows:
            raise CaseError(
                f"id {judged.id!r} is in the index already"
                + ("" if judged.case.id else " (the same fact); give the row an id to keep both")
            )
        kept = IndexedCase.of(judged, keep_text=self._manifest.keep_text)
        vector = self._embed(judged)
        if self._vectors is None:
            self._vectors = store.faiss().IndexFlatIP(vector.shape[1])
        self._vectors.add(vector)
        self._rows[kept.id] = len(self._cases)
        self._cases.append(kept)

    def save(self, folder: str | Path) -> None:
        """Writes the index in one step; on an error an older one stays as it was."""
        manifest = self._manifest.model_copy(
            update={"rows": len(self), "dimension": self._vectors.d if len(self) else 0}
        )
        store.write_index(Path(folder), manifest, self._vectors, self._cases)

    def query(
        self,
        case: JudgedCase | Mapping[str, Any],
        *,
        k: int = 10,
        charge: str | None = None,
    ) -> SimilarAnswer:
        """The `k` nearest cases, of one charge if `charge` is given, never the case itself.

        The case itself is the one with the same id, or with the same text where it has no id.
        Raises CaseError for a bad case.
        """
        if k < 1:
            raise CaseError(f"k {k} is not a number of neighbours; give 1 or more")
        asked = case if isinstance(case, JudgedCase) else JudgedCase.from_row(case)
        query = IndexedCase.of(asked, keep_text=False)
        among = self._of_charge(charge)
        found = self._search(self._embed(asked), among, k, self._rows.get(asked.id))
        judged = [(self._cases[row].verdict, similarity) for row, similarity in found]
        return SimilarAnswer(
            id=asked.case.id,
            neighbours=[neighbour(query, self._cases[row], near) for row, near in found],
            counted=sum(verdict.known and weight > 0 for verdict, weight in judged),
            distribution=distribution_of(judged),
            median=median_of(judged),
            warnings=self._warnings(charge, len(found), k),
        )

    def _embed(self, judged: JudgedCase) -> Floats:
        vector = self._predictor.embed([judged.case])
        return vector / np.maximum(np.linalg.norm(vector, axis=1, keepdims=True), 1e-12)

    def _of_charge(self, charge: str | None) -> list[int] | None:
        """Rows of the cases that hold the charge; null for all."""
        if charge is None:
            return None
        name = canonical_charge(charge) or charge
        return [row for row, case in enumerate(self._cases) if name in case.charges]

    def _search(
        self, vector: Floats, among: list[int] | None, k: int, itself: int | None
    ) -> list[tuple[int, float]]:
        """(row, similarity), nearest first."""
        if not len(self) or among == []:
            return []
        library = store.faiss()
        # One more than asked for, since the case itself may be among them.
        wanted = min(k + 1, len(self) if among is None else len(among))
        chosen = None
        if among is not None:
            selector = library.IDSelectorBatch(np.asarray(among, dtype=np.int64))
            chosen = library.SearchParameters(sel=selector)
        similarities, rows = self._vectors.search(vector, wanted, params=chosen)
        pairs = zip(rows[0].tolist(), similarities[0].tolist(), strict=True)
        return [(row, near) for row, near in pairs if row not in (itself, -1)][:k]

    def _warnings(self, charge: str | None, found: int, k: int) -> list[str]:
        warnings: list[str] = []
        if found < k:
            what = f"罪名为{charge}的" if charge else ""
            warnings.append(f"索引中{what}其他案件只有{found}件（fewer cases than asked for）")
        if self._manifest.reading_version != READING_VERSION:
            warnings.append(
                "索引由其他版本的读取规则建立，情节与数额的差异可能不准"
                "（built with other reading rules: build the index again）"
            )
        return warnings
