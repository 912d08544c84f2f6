"""The folder of an index: vectors, what is kept of the cases, and a manifest with hashes."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from liangxing.atomic import atomic_folder
from liangxing.errors import DataError
from liangxing.model.bundle import ENCODER, TOKENIZER, Manifest, file_sha256
from liangxing.similar.judged import IndexedCase

FORMAT_VERSION = 1
VECTORS, CASES, MANIFEST = "vectors.faiss", "cases.jsonl", "manifest.json"


class IndexManifest(BaseModel):
    """What an index holds, and of which encoder its vectors are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["liangxing-similar"] = "liangxing-similar"
    format_version: int = FORMAT_VERSION
    files: dict[str, str] = {}
    rows: int
    dimension: int
    encoder_sha256: str
    model: str
    keep_text: bool
    reading_version: str


def faiss() -> Any:
    """The vector library; raises DataError with the install hint when it is missing."""
    try:
        return importlib.import_module("faiss")
    except ImportError as error:
        raise DataError("similar cases need faiss; pip install 'liangxing[similar]'") from error


def encoder_sha256(manifest: Manifest) -> str:
    """Hash of all that an embedding depends on: encoder, tokenizer, windows."""
    parts = (
        manifest.files[ENCODER],
        manifest.files[TOKENIZER],
        manifest.windows.model_dump_json(),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def check_target(folder: Path) -> None:
    """Raises DataError when a new index would replace anything at `folder`."""
    if not folder.exists():
        return
    if (folder / MANIFEST).is_file():
        raise DataError(f"{folder} holds an index already; use `add`, or choose another --index")
    if not folder.is_dir() or any(folder.iterdir()):
        raise DataError(f"{folder} is no index and not empty; choose another --index")


def write_index(
    folder: Path, manifest: IndexManifest, vectors: Any, cases: Sequence[IndexedCase]
) -> None:
    """Writes the whole folder beside `folder` and puts it in place in one step.

    On an error `folder` stays as it was; DataError when the disk is full.
    """
    with atomic_folder(folder) as staging:
        try:
            faiss().write_index(vectors, str(staging / VECTORS))
        except RuntimeError as error:
            raise DataError(
                f"the index cannot be written to {folder}; free space or choose another --index"
            ) from error
        with (staging / CASES).open("w", encoding="utf-8") as file:
            for case in cases:
                file.write(case.model_dump_json(exclude_none=True) + "\n")
        files = {name: file_sha256(staging / name) for name in (VECTORS, CASES)}
        text = manifest.model_copy(update={"files": files}).model_dump_json(indent=1)
        (staging / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_index(folder: Path, *, encoder: str) -> tuple[IndexManifest, Any, list[IndexedCase]]:
    """Manifest, faiss index and cases; `encoder` is the hash of the encoder in use.

    Raises DataError naming the file that is missing or changed, or saying that the vectors are
    of another encoder.
    """
    manifest = _read_manifest(folder)
    for name in (VECTORS, CASES):
        path = folder / name
        if not path.is_file():
            raise DataError(f"{name} is missing from the index {folder}; copy or build it again")
        if file_sha256(path) != manifest.files.get(name):
            raise DataError(
                f"{name} in {folder} was changed or cut off (its SHA-256 is not the manifest's); "
                "copy or build the index again"
            )
    if manifest.encoder_sha256 != encoder:
        raise DataError(
            f"the index {folder} was built with another encoder (of {manifest.model}); "
            "build it again with this model, or give --model that one"
        )
    try:
        vectors = faiss().read_index(str(folder / VECTORS))
        cases = list(_read_cases(folder / CASES))
    except (RuntimeError, ValueError) as error:
        raise DataError(
            f"the index {folder} cannot be read by this version of liangxing; build it again"
        ) from error
    if not len(cases) == vectors.ntotal == manifest.rows or vectors.d != manifest.dimension:
        raise DataError(f"{VECTORS} and {CASES} in {folder} disagree; build the index again")
    return manifest, vectors, cases


def _read_manifest(folder: Path) -> IndexManifest:
    path = folder / MANIFEST
    if not path.is_file():
        raise DataError(f"{folder} holds no index; make one with liangxing similar build")
    try:
        manifest = IndexManifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(f"{path} is not the manifest of an index; build it again") from error
    if manifest.format_version != FORMAT_VERSION:
        raise DataError(f"{path}: another format version; build the index again")
    return manifest


def _read_cases(path: Path) -> Iterator[IndexedCase]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield IndexedCase.model_validate_json(line)
