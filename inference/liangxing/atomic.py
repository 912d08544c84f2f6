"""Files and folders that are there whole or not at all: written beside it, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from liangxing.errors import DataError


@contextmanager
def atomic_file(target: Path) -> Generator[IO[str]]:
    """A temporary UTF-8 file beside `target` that replaces it when the block succeeds.

    On any error `target` stays as it was and nothing half-written is left. Raises DataError when
    the folder does not exist.
    """
    with _replacing(target, "w", encoding="utf-8") as file:
        yield file


def write_lines(target: Path, lines: Iterable[str]) -> None:
    """Writes lines to a file that is there whole or not at all."""
    with atomic_file(target) as file:
        file.writelines(line + "\n" for line in lines)


def write_bytes(target: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Writes a file that is there whole or not at all, and never with another `mode`."""
    with _replacing(target, "wb", permissions=mode) as file:
        file.write(content)


@contextmanager
def atomic_folder(target: Path) -> Generator[Path]:
    """A temporary folder beside `target` that replaces it when the block succeeds.

    On any error `target` stays as it was and nothing half-written is left.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield staging
        staging.chmod(0o755)
        if target.exists():
            retired = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
            target.replace(retired / "old")
            staging.replace(target)
            shutil.rmtree(retired)
        else:
            staging.replace(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _replacing(
    target: Path, mode: str, *, permissions: int = 0o644, encoding: str | None = None
) -> Generator[IO[Any]]:
    if not target.parent.is_dir():
        raise DataError(f"folder {target.parent} does not exist; make it or choose another path")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, mode, encoding=encoding) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(permissions)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
