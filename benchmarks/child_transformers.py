"""In a process of its own: what a user writes with transformers and torch for the first answer.

Arguments: a folder with the encoder and its tokenizer in Hugging Face form, number of cases.
"""

from __future__ import annotations

import json
import sys

from workload import facts

if __name__ == "__main__":
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder, cases = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()

    def embed(fact: str) -> float:
        tokens = tokenizer(fact, truncation=True, max_length=320, return_tensors="pt")
        tokens.pop("token_type_ids", None)
        with torch.inference_mode():
            return float(model(**tokens).last_hidden_state.mean(1).norm())

    print(json.dumps({"first": embed(facts(1)[0])}), flush=True)
    if cases:
        import psutil

        done = sum(embed(fact) > 0 for fact in facts(cases))
        resident = psutil.Process().memory_info().rss
        print(json.dumps({"done": done, "resident": resident}), flush=True)
