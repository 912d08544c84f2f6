"""The JSON of a fast tokenizer with fewer pieces: Unigram, WordPiece, WordLevel or BPE."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

_MARKS = re.compile(r"^(##|▁|Ġ)")
_ALWAYS = re.compile(
    r"[\x00-\x7f]?|[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"
    r"|<0x[0-9A-F]{2}>"
)


def kept_ids(content: Mapping[str, Any], used: Counter[int], minimum_count: int) -> list[int]:
    """Ids to keep, ascending: pieces used often enough, added tokens, ASCII and Han characters."""
    model = content["model"]
    pieces = _pieces(model)
    keep = {token["id"] for token in content["added_tokens"]}
    keep |= {number for number, count in used.items() if count >= minimum_count}
    unknown = model.get("unk_id") if model["type"] == "Unigram" else pieces.get(_unknown(model))
    if unknown is not None:
        keep.add(unknown)
    keep |= {n for piece, n in pieces.items() if _ALWAYS.fullmatch(_MARKS.sub("", piece))}
    if model["type"] == "BPE":
        # Whatever a merge is made of, down to the single characters it starts from.
        keep |= {number for piece, number in pieces.items() if len(piece) == 1}
        for first, second in reversed([_pair(merge) for merge in model["merges"]]):
            if pieces.get(first + second) in keep:
                keep |= {pieces[first], pieces[second]}
    return sorted(keep)


def _pieces(model: Mapping[str, Any]) -> dict[str, int]:
    if model["type"] == "Unigram":
        return {piece: number for number, (piece, _) in enumerate(model["vocab"])}
    return model["vocab"]


def _unknown(model: Mapping[str, Any]) -> str:
    return model.get("unk_token") or ""


def _pair(merge: str | Sequence[str]) -> tuple[str, str]:
    first, second = merge.split(" ") if isinstance(merge, str) else merge
    return first, second


def pruned(content: dict[str, Any], keep: Sequence[int]) -> dict[str, Any]:
    """The tokenizer's JSON with the kept pieces alone, renumbered in their order."""
    new = {old: number for number, old in enumerate(keep)}
    model = dict(content["model"])
    if model["type"] == "Unigram":
        model["vocab"] = [row for number, row in enumerate(model["vocab"]) if number in new]
        if model.get("unk_id") is not None:
            model["unk_id"] = new[model["unk_id"]]
    else:
        model["vocab"] = {p: new[number] for p, number in model["vocab"].items() if number in new}
    if model["type"] == "BPE":
        pairs = [_pair(merge) for merge in model["merges"]]
        vocabulary = model["vocab"]
        model["merges"] = [
            [a, b] for a, b in pairs if a in vocabulary and b in vocabulary and a + b in vocabulary
        ]
    added = [{**token, "id": new[token["id"]]} for token in content["added_tokens"]]
    processor = _renumbered(content["post_processor"], new)
    return {**content, "model": model, "added_tokens": added, "post_processor": processor}


def _renumbered(processor: Any, new: Mapping[int, int]) -> Any:
    """A post-processor whose special tokens have their new ids."""
    if not processor:
        return processor
    changed = dict(processor)
    if processor["type"] == "Sequence":
        changed["processors"] = [_renumbered(part, new) for part in processor["processors"]]
    elif processor["type"] == "TemplateProcessing":
        changed["special_tokens"] = {
            name: {**token, "ids": [new[number] for number in token["ids"]]}
            for name, token in processor["special_tokens"].items()
        }
    for name in ("sep", "cls"):
        if name in processor:
            piece, number = processor[name]
            changed[name] = [piece, new[number]]
    return changed
