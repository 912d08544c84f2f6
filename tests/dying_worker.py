"""Work for processes that die; spawned processes import it by name."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def die_once(marker: str) -> str:
    """Kills its process the first time it is called with a path, answers the second time."""
    path = Path(marker)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path.name


def die(_: str) -> None:
    """Kills its process."""
    os.kill(os.getpid(), signal.SIGKILL)
