"""One YAML file configures the whole line; a typo is an error that names the nearest key."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from liangxing.errors import ConfigError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from liangxing_training.ablations import AblateSettings
from liangxing_training.calibrate import CalibrateSettings
from liangxing_training.charge_grams import ChargeGramSettings
from liangxing_training.evaluation.settings import EvaluateSettings
from liangxing_training.export import ExportSettings
from liangxing_training.finetune import EncoderSettings, FinetuneSettings
from liangxing_training.prepare import PrepareSettings
from liangxing_training.pretrain_texts import PretrainSettings
from liangxing_training.tiny import TinySettings
from liangxing_training.tracking import TrackingSettings
from liangxing_training.trees import TreeSettings
from liangxing_training.tune import TuneSettings

_VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::-([^}]*))?\}")


class Config(BaseModel):
    """All settings. `output` is the folder of prepared data, checkpoints, model and bundle.

    With `tiny`, a small untrained encoder and its tokenizer are made from the train texts and
    `encoder.name` is ignored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: Path
    data: PrepareSettings
    encoder: EncoderSettings
    tiny: TinySettings | None = None
    pretrain: PretrainSettings = Field(default_factory=PretrainSettings)
    finetune: FinetuneSettings
    export: ExportSettings = Field(default_factory=ExportSettings)
    charge_grams: ChargeGramSettings = Field(default_factory=ChargeGramSettings)
    trees: TreeSettings = Field(default_factory=TreeSettings)
    calibrate: CalibrateSettings = Field(default_factory=CalibrateSettings)
    evaluate: EvaluateSettings = Field(default_factory=EvaluateSettings)
    tune: TuneSettings = Field(default_factory=TuneSettings)
    ablate: AblateSettings = Field(default_factory=AblateSettings)
    tracking: TrackingSettings = Field(default_factory=TrackingSettings)
    purpose: Literal["real", "demonstration"] = "real"


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Reads a YAML config with `key.path=value` overrides; `${NAME:-default}` takes the
    environment. Raises ConfigError naming the key and the fix."""
    if not path.is_file():
        raise ConfigError(f"config file {path} does not exist")
    try:
        content = yaml.safe_load(_expand(path.read_text(encoding="utf-8"), path))
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not valid YAML: {str(error).splitlines()[-1]}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path} must be a mapping of settings")
    for override in overrides:
        _override(content, override)
    try:
        return Config.model_validate(content)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_explain(error)}") from error


def _expand(text: str, path: Path) -> str:
    def value(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = os.environ.get(name, default)
        if found is None:
            raise ConfigError(
                f"{path} needs the environment variable {name}; set it and run again"
            )
        return found

    return _VARIABLE.sub(value, text)


def _override(content: dict[str, Any], override: str) -> None:
    key, separator, value = override.partition("=")
    if not separator or not key:
        raise ConfigError(f"override {override!r} is not of the form key.path=value")
    *parents, last = key.split(".")
    node = content
    for parent in parents:
        node = node.setdefault(parent, {})
        if not isinstance(node, dict):
            raise ConfigError(f"override {key}: {parent} is not a section")
    node[last] = yaml.safe_load(value)


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        known = _keys_at(Config, first["loc"][:-1])
        close = difflib.get_close_matches(str(first["loc"][-1]), known, n=1)
        hint = f"; did you mean '{close[0]}'?" if close else f"; known keys: {', '.join(known)}"
        return f"unknown key '{where}'{hint}"
    if first["type"] == "missing":
        return f"key '{where}' is missing"
    return f"key '{where}': {first['msg'].removeprefix('Value error, ')}, got {first['input']!r}"


def _keys_at(model: type[BaseModel], where: Sequence[Any]) -> list[str]:
    current: Any = model
    for part in where:
        field = getattr(current, "model_fields", {}).get(part)
        current = field.annotation if field else None
        arguments: Mapping[str, Any] | tuple[Any, ...] = getattr(current, "__args__", ())
        current = next((a for a in arguments if hasattr(a, "model_fields")), current)
    return list(getattr(current, "model_fields", {}))
