"""Turn a fact into windows of token ids, the same way for training and for use.

A window is [CLS] defendant [SEP] piece-of-the-fact [SEP]; every window repeats the defendant's
marker, because a fact with several defendants has one term per defendant.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from tokenizers import Tokenizer

from liangxing.errors import BundleError
from liangxing.reading.masking import mask_verdicts
from liangxing.reading.normalise import normalise


class WindowSettings(BaseModel):
    """How a fact is cut: `window` and `stride` in tokens, special tokens included in `window`.

    When a fact needs more than `max_windows`, the first ones and the last are kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    window: int = Field(ge=32)
    stride: int = Field(ge=16)
    max_windows: int = Field(ge=1)
    marker_tokens: int = Field(default=16, ge=0)
    cls_id: int
    sep_id: int
    pad_id: int
    mask_verdicts: bool = True


def encoder_text(fact: str, *, mask: bool) -> str:
    """The fact as the encoder reads it: normalised, verdict phrases masked."""
    text = normalise(fact)
    return mask_verdicts(text) if mask else text


class WindowTokenizer:
    """Windows of token ids; holds no state that a call changes, so threads may share it."""

    def __init__(self, tokenizer: Tokenizer, settings: WindowSettings) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self.settings = settings

    @classmethod
    def from_file(cls, path: Path, settings: WindowSettings) -> WindowTokenizer:
        """Raises BundleError when the file is not a tokenizer."""
        try:
            return cls(Tokenizer.from_file(str(path)), settings)
        except Exception as error:
            raise BundleError(f"{path} is not a readable tokenizer.json: {error}") from error

    def ids(self, text: str) -> list[int]:
        """Token ids of a text without special tokens."""
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def windows(self, fact: str, defendant: str | None) -> tuple[list[list[int]], bool]:
        """Windows of ids of one case (at least one), and whether the fact was cut."""
        return self.batch([(fact, defendant)])[0]

    def batch(self, cases: Sequence[tuple[str, str | None]]) -> list[tuple[list[list[int]], bool]]:
        """The same of many cases, (fact, defendant) each; the texts are tokenised together."""
        settings = self.settings
        texts = [encoder_text(fact, mask=settings.mask_verdicts) for fact, _ in cases]
        bodies = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return [
            self._cut(body.ids, self._head(defendant))
            for body, (_, defendant) in zip(bodies, cases, strict=True)
        ]

    def _head(self, defendant: str | None) -> list[int]:
        """What every window of a case starts with."""
        settings = self.settings
        marker: list[int] = []
        if defendant and settings.marker_tokens:
            marker = self.ids("被告人" + normalise(defendant))[: settings.marker_tokens]
        return [settings.cls_id, *marker, settings.sep_id] if marker else [settings.cls_id]

    def _cut(self, body: list[int], head: list[int]) -> tuple[list[list[int]], bool]:
        settings = self.settings
        room = settings.window - len(head) - 1
        step = min(settings.stride, room)
        starts = [0]
        while starts[-1] + room < len(body):
            starts.append(starts[-1] + step)
        cut = len(starts) > settings.max_windows
        if cut:
            starts = [*starts[: settings.max_windows - 1], starts[-1]]
        return [[*head, *body[start : start + room], settings.sep_id] for start in starts], cut
