"""The law as files: where they lie, how they are read and checked, and one hash over all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from liangxing.errors import ConfigError

COMPILED = "compiled.json"
Schema = TypeVar("Schema", bound=BaseModel)


def data_folder() -> Traversable:
    """The folder of the law data inside the package."""
    return files("liangxing.law") / "data"


@cache
def source_names() -> tuple[str, ...]:
    """Names of the law's source files, sorted."""
    names = (entry.name for entry in data_folder().iterdir())
    return tuple(sorted(name for name in names if name.endswith((".yaml", ".tsv"))))


@cache
def law_sha256() -> str:
    """SHA-256 over the law's source files; a bundle remembers the one it was calibrated against.

    Line ends do not count, so that a checkout on any system has the same hash.
    """
    digest = hashlib.sha256()
    for name in source_names():
        digest.update(name.encode() + b"\0")
        digest.update((data_folder() / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def read_text(name: str) -> str:
    """The text of one law file."""
    return (data_folder() / name).read_text(encoding="utf-8")


def read_yaml(name: str) -> Any:
    """The content of one law file, from the compiled copy while that matches the sources.

    ConfigError names the file and line when it is not YAML.
    """
    compiled = _compiled()
    return compiled[name] if name in compiled else parse_yaml(read_text(name), name)


def parse_yaml(text: str, name: str) -> Any:
    """YAML text as data; ConfigError names the file and line when it is not YAML."""
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"law file {name}{line}: not valid YAML; correct it") from error


@cache
def load(name: str, schema: type[Schema]) -> Schema:
    """A law file as its schema; ConfigError names the file, line and key that break it."""
    return validate(name, read_yaml(name), schema)


def validate(name: str, content: Any, schema: type[Schema], text: str | None = None) -> Schema:
    """Content of the law file `name` as its schema; `text` is its source, read if not given."""
    try:
        return TypeAdapter(schema).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        line = line_of(text if text is not None else read_text(name), first["loc"])
        key = ".".join(map(str, first["loc"])) or "the file"
        raise ConfigError(f"law file {name}, line {line}: {key}: {first['msg']}") from error


def line_of(text: str, path: Sequence[int | str]) -> int:
    """The line of the entry at `path` in YAML text, or of its nearest parent that stands there."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def compiled_text() -> str:
    """The law's YAML as one JSON text with the hash of its sources.

    YAML takes a tenth of a second to read and JSON a few milliseconds.
    """
    names = [name for name in source_names() if name.endswith(".yaml")]
    content = {name: parse_yaml(read_text(name), name) for name in names}
    compiled = {"law_sha256": law_sha256(), "files": content}
    return json.dumps(compiled, ensure_ascii=False, indent=0, default=str) + "\n"


def compiled_is_current() -> bool:
    """Whether the compiled copy was made from the sources as they are."""
    return bool(_compiled())


@cache
def _compiled() -> dict[str, Any]:
    path = data_folder() / COMPILED
    if not path.is_file():
        return {}
    compiled: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return compiled["files"] if compiled.get("law_sha256") == law_sha256() else {}


def forget() -> None:
    """Read the files again when they have changed."""
    for cached in (source_names, law_sha256, load, _compiled):
        cached.cache_clear()
