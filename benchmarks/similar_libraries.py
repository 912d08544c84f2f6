"""Vector libraries for similar cases, by recall@10 and speed.

    python benchmarks/similar_libraries.py --prepared runs/default/data --work runs/similar

takes the train split as the index and the validation split as queries, with the bundled encoder
(`liangxing-train prepare` makes the folder from LIANGXING_REAL_DATA). Without --prepared,
fictional cases are used. Needs usearch (2.26 here) and hnswlib
(0.8) beside the extra `similar`. `--scale 16`
repeats every vector 16 times with noise, to see larger indexes. One thread searches.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import hnswlib
import numpy as np
import usearch.index
from liangxing.similar import SimilarCases
from numpy.typing import NDArray
from rich.console import Console
from similar_data import K, both, parser, table

CONNECTIVITY, BUILD_BREADTH, SEARCH_BREADTH = 16, 128, 64
# Where a library cannot filter, this many neighbours are fetched and then filtered.
OVERFETCH = 200
RESULTS = Path(__file__).parent / "results" / "similar_libraries.json"
Vectors = NDArray[np.float32]
Search = Callable[[Vectors, int], Iterable[int]]
FilteredSearch = Callable[[Vectors, int, Sequence[int]], Iterable[int]]


@dataclass(frozen=True)
class Built:
    """One library's index: a search, a search among rows, and how to save it."""

    search: Search
    among: FilteredSearch
    save: Callable[[str], Any]


def main() -> None:
    """Builds both sets, compares the libraries, prints and writes the figures."""
    arguments = parser(__doc__)
    arguments.add_argument("--scale", type=int, default=1, help="copies of each vector")
    options = arguments.parse_args()
    faiss.omp_set_num_threads(1)
    with both(options) as (train, queries), tempfile.TemporaryDirectory() as folder:
        vectors = repeated(train.embeddings, options.scale)
        held = [case.charges for case in train.cases for _ in range(options.scale)]
        figures = [
            {"library": name} | measured(build, vectors, held, queries, Path(folder))
            for name, build in LIBRARIES.items()
        ]
    title = f"{len(vectors)} vectors, {len(queries)} queries, k = {K}"
    Console().print(table(title, figures))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"title": title, "libraries": figures}, indent=1), "utf-8")


def repeated(vectors: Vectors, scale: int) -> Vectors:
    """Every vector `scale` times, all but the first copy moved a little, of length 1."""
    copies = np.repeat(vectors, scale, axis=0)
    noise = np.random.default_rng(0).normal(0, 0.1 / vectors.shape[1] ** 0.5, copies.shape)
    noise[::scale] = 0
    moved = copies + noise.astype(np.float32)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def measured(
    build: Callable[[Vectors], Built],
    vectors: Vectors,
    held: Sequence[Sequence[str]],
    queries: SimilarCases,
    folder: Path,
) -> dict[str, float]:
    """Seconds to build, milliseconds a query (median), recall@10, both again among the cases of
    the query's charge, megabytes on disk."""
    start = time.perf_counter()
    built = build(vectors)
    seconds = time.perf_counter() - start
    rows_of: dict[str, list[int]] = {}
    for row, charges in enumerate(held):
        for charge in charges:
            rows_of.setdefault(charge, []).append(row)
    plain: list[tuple[float, float]] = []
    filtered: list[tuple[float, float]] = []
    for vector, case in zip(queries.embeddings, queries.cases, strict=True):
        near = vectors @ vector
        plain.append(judge(lambda v=vector: built.search(v, K), near, range(len(vectors))))
        chosen = rows_of.get(case.charges[0], []) if case.charges else []
        if len(chosen) >= K:
            among = judge(lambda v=vector, c=chosen: built.among(v, K, c), near, chosen)
            filtered.append(among)
    built.save(str(folder / "saved"))
    return {
        "build s": seconds,
        "ms": statistics.median(ms for ms, _ in plain),
        "recall@10": statistics.fmean(recall for _, recall in plain),
        "ms, one charge": statistics.median(ms for ms, _ in filtered),
        "recall, one charge": statistics.fmean(recall for _, recall in filtered),
        "MB": (folder / "saved").stat().st_size / 1e6,
    }


def judge(
    search: Callable[[], Iterable[int]], near: Vectors, chosen: Sequence[int]
) -> tuple[float, float]:
    """Milliseconds of one search and the share of the true neighbours it finds.

    A row as near as the tenth counts as true, since equal texts have equal vectors.
    """
    start = time.perf_counter()
    found = list(search())
    taken = 1000 * (time.perf_counter() - start)
    tenth = np.sort(near[list(chosen)])[-K]
    return taken, sum(near[row] >= tenth - 1e-5 for row in found[:K]) / K


def faiss_index(vectors: Vectors, index: Any, parameters: Callable[..., Any]) -> Built:
    index.add(vectors)

    def among(vector: Vectors, k: int, chosen: Sequence[int]) -> Iterable[int]:
        selector = faiss.IDSelectorBatch(np.asarray(chosen, dtype=np.int64))
        found = index.search(vector[None], k, params=parameters(sel=selector))[1][0]
        return found[found >= 0]

    return Built(
        lambda vector, k: index.search(vector[None], k)[1][0],
        among,
        lambda path: faiss.write_index(index, path),
    )


def faiss_flat(vectors: Vectors) -> Built:
    return faiss_index(vectors, faiss.IndexFlatIP(vectors.shape[1]), faiss.SearchParameters)


def faiss_hnsw(vectors: Vectors) -> Built:
    index = faiss.IndexHNSWFlat(vectors.shape[1], CONNECTIVITY, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction, index.hnsw.efSearch = BUILD_BREADTH, SEARCH_BREADTH

    def parameters(**selected: Any) -> Any:
        return faiss.SearchParametersHNSW(efSearch=SEARCH_BREADTH, **selected)

    return faiss_index(vectors, index, parameters)


def usearch_hnsw(vectors: Vectors) -> Built:
    index = usearch.index.Index(
        ndim=vectors.shape[1],
        metric="ip",
        dtype="f32",
        connectivity=CONNECTIVITY,
        expansion_add=BUILD_BREADTH,
        expansion_search=SEARCH_BREADTH,
    )
    index.add(np.arange(len(vectors)), vectors, threads=1)
    return overfetching(
        lambda vector, k: index.search(vector, k, threads=1).keys.astype(int), index.save
    )


def usearch_exact(vectors: Vectors) -> Built:
    index = usearch.index.Index(ndim=vectors.shape[1], metric="ip", dtype="f32")
    index.add(np.arange(len(vectors)), vectors, threads=1)
    return overfetching(
        lambda vector, k: index.search(vector, k, threads=1, exact=True).keys.astype(int),
        index.save,
    )


def hnswlib_index(vectors: Vectors) -> Built:
    index = hnswlib.Index(space="ip", dim=vectors.shape[1])
    index.init_index(len(vectors), M=CONNECTIVITY, ef_construction=BUILD_BREADTH)
    index.add_items(vectors, num_threads=1)
    index.set_ef(SEARCH_BREADTH)

    def among(vector: Vectors, k: int, chosen: Sequence[int]) -> Iterable[int]:
        allowed = set(chosen)
        try:
            return index.knn_query(vector, k, num_threads=1, filter=allowed.__contains__)[0][0]
        except RuntimeError:  # it found fewer than k
            return []

    return Built(
        lambda vector, k: index.knn_query(vector, k, num_threads=1)[0][0], among, index.save_index
    )


def overfetching(search: Search, save: Callable[[str], Any]) -> Built:
    """For a library whose Python side cannot filter."""

    def among(vector: Vectors, k: int, chosen: Sequence[int]) -> Iterable[int]:
        allowed = set(chosen)
        return [row for row in search(vector, OVERFETCH) if row in allowed][:k]

    return Built(search, among, save)


LIBRARIES: Mapping[str, Callable[[Vectors], Built]] = {
    "faiss flat": faiss_flat,
    "faiss HNSW": faiss_hnsw,
    "usearch HNSW": usearch_hnsw,
    "usearch exact": usearch_exact,
    "hnswlib": hnswlib_index,
}


if __name__ == "__main__":
    main()
