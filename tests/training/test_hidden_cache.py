"""Frozen layers computed once give what they give in every pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from liangxing_training.hidden_cache import HiddenStates, hidden_states, split_encoder
from liangxing_training.training_parts import freeze
from torch import nn
from transformers import AutoModel, BertConfig, RobertaConfig

_SIZES = {
    "vocab_size": 60,
    "hidden_size": 16,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 40,
}
_CASES = [[[2, 7, 8, 9, 3]], [[2, 11, 3], [2, 12, 13, 14, 15, 16, 3]], [[2, 5, 5, 3]]]


def _encoder(config: type[BertConfig] | type[RobertaConfig] = BertConfig) -> nn.Module:
    torch.manual_seed(5)
    encoder = AutoModel.from_config(config(**_SIZES))
    freeze(encoder, 2, "finetune")
    return encoder.eval()


@pytest.mark.parametrize("config", [BertConfig, RobertaConfig])
def test_the_upper_layers_on_cached_states_give_what_the_whole_encoder_gives(
    config: type[BertConfig], tmp_path: Path
) -> None:
    encoder = _encoder(config)
    lower, upper = split_encoder(encoder, 2)
    states = hidden_states(lower, _CASES, 1, tmp_path, "test")
    for index, windows in enumerate(_CASES):
        for window, state in zip(windows, states[index], strict=True):
            hidden = torch.from_numpy(np.array(state)).float().unsqueeze(0)
            mask = torch.ones(1, len(window), dtype=torch.long)
            with torch.no_grad():
                whole = encoder(input_ids=torch.tensor([window]), attention_mask=mask)
                split = upper(inputs_embeds=hidden, attention_mask=mask)
            torch.testing.assert_close(
                split.last_hidden_state, whole.last_hidden_state, atol=5e-3, rtol=0
            )


def test_training_the_upper_layers_trains_the_encoder_they_came_from() -> None:
    encoder = _encoder()
    _, upper = split_encoder(encoder, 2)
    assert {id(p) for p in upper.parameters()} == {
        id(p) for p in encoder.parameters() if p.requires_grad and p.ndim
    } | {id(p) for name, p in encoder.named_parameters() if name.startswith("pooler")}


def test_states_are_computed_once_for_the_same_windows_and_weights(tmp_path: Path) -> None:
    encoder = _encoder()
    lower, _ = split_encoder(encoder, 2)
    hidden_states(lower, _CASES, 1, tmp_path, "test")
    (file,) = tmp_path.iterdir()
    written = file.stat().st_mtime_ns
    hidden_states(lower, _CASES, 1, tmp_path, "test")
    assert file.stat().st_mtime_ns == written
    hidden_states(lower, _CASES[:2], 1, tmp_path, "test")
    with torch.no_grad():
        next(lower.parameters()).add_(1.0)
    hidden_states(lower, _CASES, 1, tmp_path, "test")
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_of_other_cases_is_refused(tmp_path: Path) -> None:
    lower, _ = split_encoder(_encoder(), 2)
    hidden_states(lower, _CASES, 1, tmp_path, "test")
    (file,) = tmp_path.iterdir()
    with pytest.raises(ValueError, match="tokens"):
        HiddenStates(file, _CASES[:1], 16)
