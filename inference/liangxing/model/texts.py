"""What a model reads of texts once, however often the law on their cases is asked again."""

from __future__ import annotations

from dataclasses import dataclass

from liangxing.model.session import Encoding
from liangxing.model.trees import Grams


@dataclass(frozen=True)
class ReadTexts:
    """A batch of texts through encoder and n-grams; `grams` is empty in a bundle without trees.

    `truncated`: the text was longer than the model reads.
    """

    truncated: tuple[bool, ...]
    encoding: Encoding
    grams: tuple[Grams, ...]

    def repeated(self, times: int) -> ReadTexts:
        """The one text of a batch of one, `times` times."""
        encoding = Encoding.joined([self.encoding] * times)
        return ReadTexts(self.truncated * times, encoding, self.grams * times)
