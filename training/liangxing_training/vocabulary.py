"""Cut an encoder's vocabulary and embedding matrix to the pieces that a corpus uses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from liangxing.atomic import atomic_folder
from liangxing.errors import ConfigError, DataError
from liangxing.model.tokens import encoder_text
from safetensors import safe_open
from tokenizers import Tokenizer
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForMaskedLM,
    AutoTokenizer,
    PreTrainedTokenizerFast,
)
from transformers.utils.hub import cached_file

from liangxing_training.prepare import REPORT, load_prepared
from liangxing_training.sources.lines import files_of, read_objects
from liangxing_training.sources.rows import BadRow
from liangxing_training.tokenizer_pruning import kept_ids, pruned
from liangxing_training.training_parts import first_line

_TEXT_COLUMNS = ("fact", "text")
_BATCH, _CHECKED, _CHECKED_TOKENS = 256, 8, 128


@dataclass(frozen=True)
class Pruning:
    """Sizes before and after: pieces, bytes of the weights, and pieces per text."""

    pieces: tuple[int, int]
    weight_bytes: tuple[int, int]
    pieces_per_text: tuple[float, float]
    texts: int


def read_texts(paths: Iterable[Path]) -> Iterator[str]:
    """The `fact` or `text` of every row of JSON Lines files, or the train split of a folder of
    prepared data, as the encoder reads them.

    Raises DataError when a file cannot be read or a row has neither column.
    """
    paths = list(paths)
    for folder in (path for path in paths if (path / REPORT).is_file()):
        for fact in load_prepared(folder).facts("train"):
            yield encoder_text(fact, mask=True)
    files = (path for path in paths if not (path / REPORT).is_file())
    for path in (file for given in files for file in files_of(given)):
        for row in read_objects(path):
            if isinstance(row, BadRow):
                raise DataError(f"{row.place}: {row.reason}; correct the line")
            place, values = row
            text = next((values[c] for c in _TEXT_COLUMNS if isinstance(values.get(c), str)), None)
            if text is None:
                raise DataError(f"{place}: no column {' or '.join(_TEXT_COLUMNS)} with a text")
            yield encoder_text(text, mask=True)


def prune_vocabulary(
    encoder: str, texts: Callable[[], Iterable[str]], output: Path, minimum_count: int = 2
) -> Pruning:
    """Keeps the pieces that occur `minimum_count` times in the texts, special tokens, single Han
    characters and ASCII; ids keep their order. `texts` is called once for every pass.

    Texts whose pieces are all kept are cut as before and give the same encoder outputs, which is
    checked before `output` is written, in one step. Pruning the result again changes nothing.
    Raises ConfigError for an encoder that cannot be loaded or has no fast tokenizer, DataError
    when there is no text.
    """
    wrapped, model, layout, absent = _load(encoder)
    content = json.loads(wrapped.backend_tokenizer.to_str())
    whole = Tokenizer.from_str(json.dumps(content))
    count, total, pieces_before = _count(whole, texts())
    if not count:
        raise DataError("--texts hold no text; give JSON Lines with fact or text")
    rows = model.get_input_embeddings().num_embeddings
    size = whole.get_vocab_size(with_added_tokens=True)
    if size > rows:
        raise ConfigError(
            f"--encoder {encoder}: the tokenizer has {size} pieces, the encoder {rows}; "
            "they do not belong together"
        )
    kept = list(range(size))
    # A dropped piece changes how its neighbours are cut, so count until nothing more is dropped.
    while True:
        tokenizer = Tokenizer.from_str(json.dumps(content))
        used, _, pieces_after = _count(tokenizer, texts())
        keep = kept_ids(content, used, minimum_count)
        if len(keep) == len(kept):
            break
        content = pruned(content, keep)
        kept = [kept[number] for number in keep]
    weight_bytes = sum(
        value.numel() * value.element_size()
        for name, value in model.named_parameters()
        if name not in absent
    )
    smaller = _cut_model(model, kept)
    _set_layout(layout, smaller, kept)
    with atomic_folder(output) as staging:
        state = {n: value for n, value in smaller.state_dict().items() if n not in absent}
        smaller.save_pretrained(staging, state_dict=state)
        layout.save_pretrained(staging)
        _wrap(tokenizer, wrapped).save_pretrained(staging)
        _check(whole, model, staging, kept, texts())
        written = _bytes(staging)
    return Pruning(
        (rows, len(kept)),
        (weight_bytes, written),
        (pieces_before / total, pieces_after / total),
        total,
    )


def _load(encoder: str) -> tuple[Any, Any, Any, set[str]]:
    """Tokenizer, model in the precision it is stored in, its layout as stored, and the names of
    weights that are not stored and would be random."""
    try:
        wrapped = AutoTokenizer.from_pretrained(encoder)
        layout = AutoConfig.from_pretrained(encoder)
    except Exception as error:
        raise _unusable(encoder, error) from error
    if getattr(wrapped, "backend_tokenizer", None) is None:
        raise ConfigError(
            f"--encoder {encoder} has no fast tokenizer (tokenizer.json); supported are Unigram, "
            "WordPiece, WordLevel and BPE"
        )
    masked = any(name.endswith("ForMaskedLM") for name in layout.architectures or ())
    family = AutoModelForMaskedLM if masked else AutoModel
    try:
        model, report = family.from_pretrained(
            encoder, dtype=_stored_dtype(encoder), output_loading_info=True
        )
    except Exception as error:
        raise _unusable(encoder, error) from error
    return wrapped, model.eval(), layout, set(report["missing_keys"])


def _unusable(encoder: str, error: Exception) -> ConfigError:
    return ConfigError(
        f"--encoder {encoder} cannot be loaded ({first_line(error)}); give a hub name or a "
        "folder with config.json, model.safetensors and tokenizer.json"
    )


def _stored_dtype(encoder: str) -> torch.dtype:
    path = cached_file(encoder, "model.safetensors", _raise_exceptions_for_missing_entries=False)
    if path is None:
        return torch.float32
    with safe_open(path, "pt") as file:
        return file.get_tensor(next(iter(file.keys()))).dtype


def _count(tokenizer: Tokenizer, texts: Iterable[str]) -> tuple[Counter[int], int, int]:
    """How often each id occurs, the number of texts and of pieces."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    used: Counter[int] = Counter()
    total = 0
    stream = iter(texts)
    while group := list(islice(stream, _BATCH)):
        total += len(group)
        for encoding in tokenizer.encode_batch(group, add_special_tokens=False):
            used.update(encoding.ids)
    return used, total, used.total()


def _cut_model(model: Any, kept: Sequence[int]) -> Any:
    """A model of the same kind with the kept rows of the embeddings and all that is tied to them.

    Matrices are told by where they lie, so a layer that happens to be as wide stays whole.
    """
    output = model.get_output_embeddings()
    modules = [model.get_input_embeddings(), *([output] if output is not None else [])]
    by_piece = {p.data_ptr() for module in modules for p in module.parameters()}
    rows = torch.tensor(kept)
    state = {
        name: tensor[rows] if tensor.data_ptr() in by_piece else tensor
        for name, tensor in model.state_dict().items()
    }
    config = type(model.config).from_dict({**model.config.to_dict(), "vocab_size": len(kept)})
    smaller = type(model)(config).to(model.dtype)
    smaller.load_state_dict(state)
    return smaller.eval()


def _set_layout(layout: Any, model: Any, kept: Sequence[int]) -> None:
    """The stored layout with the new size and ids; how weights are to be loaded stays."""
    new = {old: number for number, old in enumerate(kept)}
    layout.vocab_size = len(kept)
    layout.architectures = [type(model).__name__]
    for name, value in layout.to_dict().items():
        if name.endswith("_token_id") and isinstance(value, int):
            setattr(layout, name, new.get(value))


def _wrap(tokenizer: Tokenizer, wrapped: Any) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=wrapped.model_max_length,
        **wrapped.special_tokens_map,
    )


def _check(
    whole: Tokenizer, model: Any, folder: Path, kept: Sequence[int], texts: Iterable[str]
) -> None:
    """Compares pieces and outputs before and after on texts whose pieces are all kept."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    smaller = type(model).from_pretrained(folder, dtype=torch.float32).eval().base_model
    larger = model.float().base_model
    new = {old: number for number, old in enumerate(kept)}
    same = (
        (text, [new[number] for number in ids], ids)
        for text in texts
        for ids in [whole.encode(text, add_special_tokens=True).ids]
        if ids and all(number in new for number in ids)
    )
    for text, expected, before in islice(same, _CHECKED):
        found = tokenizer(text)["input_ids"]
        with torch.no_grad():
            outputs = [
                encoder(torch.tensor([ids[:_CHECKED_TOKENS]])).last_hidden_state
                for encoder, ids in ((larger, before), (smaller, found))
            ]
        if found != expected or not torch.allclose(*outputs, atol=1e-5):
            raise ConfigError(
                "the pruned encoder does not read or answer as before; nothing was written"
            )


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))
