"""API keys: made once, kept as hashes, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from liangxing.atomic import write_bytes
from liangxing.errors import ConfigError

RATE_PER_MINUTE, CASES_PER_DAY = 120, 20_000


class Key(BaseModel):
    """One key. The secret has 256 random bits, so that its plain SHA-256 cannot be searched.

    `rate_per_minute` counts requests, `cases_per_day` counts cases, over the last minute and day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    created: str
    rate_per_minute: int = Field(default=RATE_PER_MINUTE, ge=1)
    cases_per_day: int = Field(default=CASES_PER_DAY, ge=1)


class _KeyFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: tuple[Key, ...]


class Keys:
    """The keys of a file, which is read again when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark = _mark(path)
        self._keys = read_keys(path)

    def find(self, secret: str) -> Key | None:
        """The key that a secret belongs to. Takes the same time wherever it stands in the file."""
        self._renew()
        given = _hashed(secret)
        found: Key | None = None
        for key in self._keys:
            if hmac.compare_digest(key.sha256, given):
                found = key
        return found

    def _renew(self) -> None:
        """A file that cannot be read leaves the keys as they were."""
        try:
            mark = _mark(self._path)
            if mark != self._mark:
                self._keys = read_keys(self._path)
                self._mark = mark
        except (ConfigError, OSError):
            return


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys of a file; ConfigError names the file and what is wrong."""
    try:
        found = _KeyFile.model_validate_json(path.read_bytes()).keys
    except OSError as error:
        raise ConfigError(f"keys {path} cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"keys {path}: {place or 'the file'}: {first['msg']}") from error
    if not found:
        raise ConfigError(f"keys {path} holds no key; make one with --new-key NAME")
    return found


def new_key(
    path: Path,
    name: str,
    *,
    rate_per_minute: int = RATE_PER_MINUTE,
    cases_per_day: int = CASES_PER_DAY,
) -> str:
    """Adds a key to a file, made if it is not there, and returns its secret, kept nowhere else.

    Raises ConfigError for a name that is taken or holds other than letters, digits and ._-
    """
    known = read_keys(path) if path.exists() else ()
    if any(key.name == name for key in known):
        raise ConfigError(f"keys {path} holds a key {name!r} already; take another name")
    secret = f"lx_{secrets.token_urlsafe(32)}"
    try:
        key = Key(
            name=name,
            sha256=_hashed(secret),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            rate_per_minute=rate_per_minute,
            cases_per_day=cases_per_day,
        )
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise ConfigError(f"new key {name!r}: {first['loc'][0]}: {first['msg']}") from error
    content = {"keys": [each.model_dump() for each in (*known, key)]}
    write_bytes(path, (json.dumps(content, indent=1) + "\n").encode(), mode=0o600)
    return secret


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
