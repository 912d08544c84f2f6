"""Everything that can be set about the service. Seconds, bytes and rows."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from liangxing.errors import ConfigError

MEBIBYTE = 1 << 20


class Settings(BaseModel):
    """Settings of one service; every limit holds for one worker unless it says otherwise.

    `concurrency` predictions run at once, `queue` more may wait, and what comes on top is refused
    at once. `deadline` runs from the first byte of a request until it is answered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    model: str | None = None
    index: Path | None = None
    local_thresholds: Path | None = None
    workers: int = Field(default=1, ge=1)
    threads: int = Field(default=1, ge=1)
    concurrency: int = Field(default=1, ge=1)
    queue: int = Field(default=16, ge=0)
    deadline: float = Field(default=10.0, gt=0)
    batch_deadline: float = Field(default=300.0, gt=0)
    # A client that is slow to send its headers, its body, or to take the answer is cut off.
    header_seconds: float = Field(default=10.0, gt=0)
    body_seconds: float = Field(default=10.0, gt=0)
    write_seconds: float = Field(default=30.0, gt=0)
    # Longer than clients keep an idle connection (httpx 5, aiohttp 15), or one is closed just as
    # it is used again.
    idle_seconds: int = Field(default=20, ge=1)
    connections: int = Field(default=500, ge=1)
    json_bytes: int = Field(default=MEBIBYTE, ge=1)
    judgment_bytes: int = Field(default=4 * MEBIBYTE, ge=1)
    document_bytes: int = Field(default=10 * MEBIBYTE, ge=1)
    batch_bytes: int = Field(default=16 * MEBIBYTE, ge=1)
    batch_rows: int = Field(default=1000, ge=1)
    # Hashed API keys, and the folder in which their use is counted for all workers.
    keys: Path | None = None
    state: Path | None = None
    allowed_hosts: tuple[str, ...] = ()
    poll_seconds: float = Field(default=5.0, gt=0)
    log_cases: bool = False

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address or name stands for this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(settings: Settings) -> None:
    """Raises ConfigError for settings under which the service must not listen."""
    if not settings.loopback and settings.keys is None:
        raise ConfigError(
            f"--host {settings.host} can be reached from other machines and needs --keys; make a "
            "key with: liangxing serve --keys keys.json --new-key NAME"
        )
