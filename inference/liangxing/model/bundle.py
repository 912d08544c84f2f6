"""A model bundle: a folder of files whose hashes the manifest lists and loading checks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from liangxing.errors import BundleError
from liangxing.model.calibration import Calibration
from liangxing.model.features import check_names
from liangxing.model.outcomes import OutcomeGrid
from liangxing.model.side_calibration import FineResiduals, SuspensionScaling
from liangxing.model.tokens import WindowSettings

Precision = Literal["fp32", "int8", "fp16"]

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
# Key of the manifest's data: verdicts that the model was trained on, by year.
ROWS_BY_YEAR = "rows_by_year"
ENCODER, HEAD, TOKENIZER = "encoder.onnx", "head.onnx", "tokenizer.json"
TREES, WIDE, GROUPS, TERMS = "trees.onnx", "wide.npz", "groups.npz", "terms.onnx"
FINES = "fines.onnx"
CHARGES = "charges.npz"
CALIBRATION, CARD = "calibration.json", "MODEL_CARD.md"
MODEL_FILES = (ENCODER, HEAD, TOKENIZER)
OPTIONAL_FILES = (TREES, WIDE, CHARGES, GROUPS, TERMS, FINES)
BUNDLED = Path(__file__).parent.parent / "bundled"


class Manifest(BaseModel):
    """What a bundle holds. `labels_seen` names the outputs that had training labels; `precision`
    of the encoder is null in a bundle that predates the field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: int
    name: str
    version: str
    files: Mapping[str, str]
    feature_names: tuple[str, ...]
    outcome_grid: tuple[float, ...]
    charges: tuple[str, ...]
    articles: tuple[str, ...]
    labels_seen: tuple[str, ...]
    windows: WindowSettings
    law_sha256: str
    reading_version: str
    encoder: str
    git_revision: str | None
    data: Mapping[str, Any]
    metrics: Mapping[str, float] = {}
    synthetic: bool = False
    precision: Precision | None = None


@dataclass(frozen=True)
class Bundle:
    """A verified bundle. `calibration` is null before `liangxing-train calibrate` has run."""

    folder: Path
    manifest: Manifest
    calibration: Calibration | None
    sha256: str

    @property
    def grid(self) -> OutcomeGrid:
        return OutcomeGrid(self.manifest.outcome_grid)


def load_bundle(folder: str | Path) -> Bundle:
    """Reads and verifies a bundle.

    Raises BundleError when the folder or a file is missing, a byte has changed (naming the file),
    or the bundle needs a newer liangxing.
    """
    folder = Path(folder)
    if folder == BUNDLED and not folder.is_dir():
        raise BundleError(
            "this installation holds no bundled model; give --model a bundle folder, or install "
            "a release of liangxing"
        )
    if not folder.is_dir():
        raise BundleError(f"model folder {folder} does not exist; give --model a bundle folder")
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleError(f"{folder} holds no {MANIFEST}; it is not a liangxing bundle")
    raw = path.read_bytes()
    try:
        content = json.loads(raw)
        version = content.get("format_version")
        if version != FORMAT_VERSION:
            raise BundleError(
                f"{path}: format version {version} is not {FORMAT_VERSION}; "
                "upgrade liangxing or export the model again"
            )
        manifest = Manifest.model_validate(content)
    except (ValueError, AttributeError) as error:
        detail = error.errors()[0]["loc"] if isinstance(error, ValidationError) else error
        raise BundleError(f"{path} is not a valid manifest ({detail}); copy it again") from error
    for name, digest in manifest.files.items():
        _verify(folder / name, digest)
    check_names(manifest.feature_names)
    calibration = None
    if CALIBRATION in manifest.files:
        calibration = _read_calibration(folder / CALIBRATION, manifest)
    return Bundle(folder, manifest, calibration, hashlib.sha256(raw).hexdigest())


def model_sha256(files: Mapping[str, str]) -> str:
    """Hash over the hashes of the model files, to which a calibration is bound."""
    optional = (name for name in OPTIONAL_FILES if name in files)
    joined = "".join(files[name] for name in (*MODEL_FILES, *optional))
    return hashlib.sha256(joined.encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest with the hashes of all files now in `folder`."""
    files = {p.name: file_sha256(p) for p in sorted(folder.iterdir()) if p.name != MANIFEST}
    text = manifest.model_copy(update={"files": files}).model_dump_json(indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def write_calibration(folder: Path, calibration: Calibration, files: Mapping[str, str]) -> None:
    """Writes calibration.json bound to the model files of `files` (name to SHA-256)."""
    content = {
        "model_sha256": model_sha256(files),
        "discount": calibration.discount,
        "sets": calibration.sets,
        "scores": {mode: _finite(groups) for mode, groups in calibration.scores.items()},
        "suspension": {mode: asdict(fitted) for mode, fitted in calibration.suspension.items()},
        "fine": {mode: asdict(fitted) for mode, fitted in calibration.fine.items()},
    }
    (folder / CALIBRATION).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _read_calibration(path: Path, manifest: Manifest) -> Calibration:
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["model_sha256"] != model_sha256(manifest.files):
        raise BundleError(
            f"{path.name} was fitted for other model files; run liangxing-train calibrate again"
        )
    return Calibration(
        discount=content["discount"],
        scores={mode: _scores(groups) for mode, groups in content["scores"].items()},
        # Bundles calibrated before these heads were have neither.
        suspension={
            mode: SuspensionScaling(**fitted)
            for mode, fitted in content.get("suspension", {}).items()
        },
        fine={mode: FineResiduals(**fitted) for mode, fitted in content.get("fine", {}).items()},
        # Earlier sets grew by density.
        sets=content.get("sets", "density"),
    )


def _finite(groups: Mapping[str, Sequence[float]]) -> dict[str, list[float | None]]:
    """JSON has no infinity; null stands for a verdict outside the outer bounds."""
    return {
        group: [None if value == float("inf") else value for value in scores]
        for group, scores in groups.items()
    }


def _scores(groups: Mapping[str, Sequence[float | None]]) -> dict[str, list[float]]:
    return {
        group: [float("inf") if value is None else value for value in scores]
        for group, scores in groups.items()
    }


def _verify(path: Path, digest: str) -> None:
    if not path.is_file():
        raise BundleError(f"{path.name} is missing from the bundle {path.parent}; copy it again")
    if file_sha256(path) != digest:
        raise BundleError(
            f"{path.name} in {path.parent} was changed (its SHA-256 is not the manifest's); "
            "copy the bundle again"
        )
