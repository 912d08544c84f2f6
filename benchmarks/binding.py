"""What I/O binding would save: `run` already reads numpy arrays where they lie on a CPU."""

from __future__ import annotations

from typing import Any

import numpy as np
from contestants import Contestants
from figures import Figure, compared, rounds
from liangxing.model.bundle import ENCODER
from liangxing.model.session import ENCODER_OUTPUTS, open_session, pad_windows
from workload import facts


def binding(sides: Contestants, *, cases: int, count: int) -> list[Figure]:
    """The encoder's time on single cases as the wrapper runs it, against inputs and outputs that
    are bound; both must say the same."""
    session = open_session(sides.bundle / ENCODER, sides.threads)
    pad_id = sides.predictor.bundle.manifest.windows.pad_id
    feeds = [pad_windows([sides.predictor.windows(fact)], pad_id) for fact in facts(cases)]
    for one, other in zip(
        session.run(ENCODER_OUTPUTS, feeds[0]), _bound(session, feeds[0]), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    taken = rounds(
        {
            "run": lambda: [session.run(ENCODER_OUTPUTS, feed) for feed in feeds],
            "bound": lambda: [_bound(session, feed) for feed in feeds],
        },
        count,
    )
    return [
        compared(
            "encoder on single cases, mean",
            "ms",
            [1000 * each / cases for each in taken["run"]],
            "with I/O binding",
            [1000 * each / cases for each in taken["bound"]],
            note=f"{sides.threads} thread(s)",
        )
    ]


def _bound(session: Any, feed: dict[str, Any]) -> list[Any]:
    bound = session.io_binding()
    for name, array in feed.items():
        bound.bind_cpu_input(name, array)
    for name in ENCODER_OUTPUTS:
        bound.bind_output(name)
    session.run_with_iobinding(bound)
    return bound.copy_outputs_to_cpu()
