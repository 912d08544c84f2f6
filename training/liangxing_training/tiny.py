"""A tiny untrained encoder with a character tokenizer, so that the line runs without a hub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import BertConfig, PreTrainedTokenizerFast

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


class TinySettings(BaseModel):
    """Size of the encoder that is made on the spot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden: int = Field(default=64, ge=8)
    layers: int = Field(default=2, ge=1)
    heads: int = Field(default=4, ge=1)
    positions: int = Field(default=256, ge=64)
    vocabulary: int = Field(default=4_000, ge=50)


def make_tiny_encoder(texts: Iterable[str], settings: TinySettings, folder: Path) -> Path:
    """Writes a configuration and a tokenizer (runs of digits stay whole) to `folder`."""
    counts = Counter(character for text in texts for character in text)
    digits = [str(number) for number in range(1_000)]
    pieces = [*_SPECIAL, *(c for c, _ in counts.most_common(settings.vocabulary)), *digits]
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split(Regex(r"[0-9]{1,3}|\S"), behavior="removed", invert=True)
    folder.mkdir(parents=True, exist_ok=True)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    ).save_pretrained(folder)
    BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=settings.hidden,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        intermediate_size=4 * settings.hidden,
        max_position_embeddings=settings.positions,
        pad_token_id=0,
    ).save_pretrained(folder)
    return folder
