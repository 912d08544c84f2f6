"""What-if: one case with circumstances, quantities or the stage of the plea switched."""

from liangxing.whatif.answer import WhatIf, answer

__all__ = ["WhatIf", "answer"]
