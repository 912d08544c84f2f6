"""Parts of a bundle that are nothing but named arrays, in one .npz file each."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np

from liangxing.errors import BundleError


@dataclass(frozen=True)
class ArrayPart:
    """The base of a part whose fields are all arrays."""

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Raises BundleError when the file is not readable or lacks an array."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(**{field.name: arrays[field.name] for field in fields(cls)})
        except (OSError, ValueError, KeyError) as error:
            raise BundleError(f"{path.name} is not a readable part: {error}") from error

    def save(self, path: Path) -> None:
        """Writes the .npz file."""
        arrays: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        np.savez_compressed(path, **arrays)
