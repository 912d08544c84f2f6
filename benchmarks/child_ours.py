"""In a process of its own: load a bundle, predict, say how much memory is held.

Arguments: bundle folder ("-" is the bundled model), number of cases, seed. Prints JSON lines:
one after the first prediction, one at the end with `resident` bytes and `seconds` of the rest.
"""

from __future__ import annotations

import json
import sys
import time

from workload import facts

if __name__ == "__main__":
    from liangxing.predictor import SentencePredictor

    folder, cases = sys.argv[1], int(sys.argv[2])
    predictor = SentencePredictor.load(None if folder == "-" else folder, threads=1)
    rows = ({"fact": fact} for fact in facts(1))
    first = next(predictor.predict_many(rows))
    print(json.dumps({"first": first.penalty.text}), flush=True)
    if cases:
        import psutil

        process = psutil.Process()
        known = facts(min(cases, 500))
        start = time.perf_counter()
        # Facts repeat beyond 500; nothing remembers them, so that this costs the same.
        many = ({"fact": known[place % len(known)]} for place in range(cases))
        done = sum(1 for _ in predictor.predict_many(many, batch_size=int(sys.argv[3])))
        taken = time.perf_counter() - start
        resident = process.memory_info().rss
        print(json.dumps({"done": done, "seconds": taken, "resident": resident}), flush=True)
