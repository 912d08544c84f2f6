"""Settings of the export stage."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class ExportSettings(BaseModel):
    """`tolerance` is the largest allowed difference of an outcome probability in fp32.

    `int8` quantises the encoder's weights for CPUs, `fp16` halves them for a GPU; at most one.
    On the validation split the encoder may then lose `max_cail_loss` points of cail_score and
    `max_coverage_loss` points of coverage against fp32, and its embeddings must keep a cosine of
    at least `minimum_cosine` with those of fp32 on `quantised_texts` texts of the training split.
    Where int8 loses more, it is tried again with the operators that lose most left in fp32, as
    many as `int8_kept` says, try by try; they are found on `weighed_texts` texts of that split.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "liangxing"
    version: str = "0"
    tolerance: float = Field(default=1e-4, gt=0)
    int8: bool = False
    fp16: bool = False
    max_cail_loss: float = 0.3
    max_coverage_loss: float = 1.0
    minimum_cosine: float = Field(default=0.9, gt=0, le=1)
    int8_kept: tuple[int, ...] = (6, 12)
    parity_batches: int = Field(default=12, ge=1)
    quantised_texts: int = Field(default=64, ge=1)
    weighed_texts: int = Field(default=12, ge=1)
    seed: int = 17

    @property
    def precision(self) -> str:
        """fp32, int8 or fp16."""
        return "int8" if self.int8 else "fp16" if self.fp16 else "fp32"

    @model_validator(mode="after")
    def _one_precision(self) -> Self:
        if self.int8 and self.fp16:
            raise ValueError("int8 and fp16 exclude each other; set one of them to false")
        return self
