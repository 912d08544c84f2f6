"""The trainable model: encoder with attention pooling over windows, and the law-informed head.

Both parts export to ONNX as they stand: `EncoderPart` becomes encoder.onnx, `HeadPart` head.onnx.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

FINE_QUANTILES = (0.1, 0.5, 0.9)


class EncoderPart(nn.Module):
    """`input_ids, attention_mask [windows, tokens]`, `window_case [windows]` -> `embedding
    [cases, 2 * hidden]`, `charge_logits`, `article_logits`.

    One softmax runs over all tokens of a case, computed window by window; the embedding is the
    attention-pooled vector beside the mean one. `hidden_states [windows, tokens, hidden]` replace
    `input_ids` where `encoder` is only the upper layers (hidden_cache.py).
    """

    def __init__(self, encoder: nn.Module, hidden: int, charges: int, articles: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.attention = nn.Linear(hidden, 1)
        self.norm = nn.LayerNorm(2 * hidden)
        self.charges = nn.Linear(2 * hidden, charges)
        self.articles = nn.Linear(2 * hidden, articles)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        window_case: Tensor,
        hidden_states: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        start = (
            {"input_ids": input_ids}
            if hidden_states is None
            else {"inputs_embeds": hidden_states.float()}
        )
        tokens = self.encoder(**start, attention_mask=attention_mask)
        hidden = tokens.last_hidden_state.float()
        keep = attention_mask.bool()
        scores = self.attention(hidden).squeeze(-1).masked_fill(~keep, -1e4)
        window_pooled = torch.einsum("wt,wth->wh", scores.softmax(-1), hidden)
        window_score = scores.logsumexp(-1)
        counts = keep.float().sum(-1)
        window_mean = (hidden * keep.unsqueeze(-1)).sum(1)

        # A tensor, not a number, so that the exported graph counts the cases itself.
        count: Any = window_case.max() + 1
        cases = torch.arange(count, device=window_case.device)
        member = window_case.unsqueeze(0) == cases.unsqueeze(1)
        share = window_score.unsqueeze(0).masked_fill(~member, -1e4).softmax(-1)
        pooled = (share * member) @ window_pooled
        weight = member.float()
        mean = (weight @ window_mean) / (weight @ counts.unsqueeze(-1))
        embedding = self.norm(torch.cat([pooled, mean], dim=-1))
        return embedding, self.charges(embedding), self.articles(embedding)


class HeadPart(nn.Module):
    """`embedding`, `features`, `features_present [cases, k]` -> `outcome_logits`,
    `suspension_logit [cases]`, `fine_quantiles [cases, 3]` (log1p yuan).

    Features are standardised inside, so the constants travel with the graph.
    """

    feature_mean: Tensor
    feature_scale: Tensor

    def __init__(
        self, embedding: int, features: int, outcomes: int, width: int, dropout: float
    ) -> None:
        super().__init__()
        self.register_buffer("feature_mean", torch.zeros(features))
        self.register_buffer("feature_scale", torch.ones(features))
        self.body = nn.Sequential(
            nn.Linear(embedding + 2 * features, width), nn.GELU(), nn.Dropout(dropout)
        )
        self.outcomes = nn.Linear(width, outcomes)
        self.suspension = nn.Linear(width, 1)
        self.fine = nn.Linear(width, len(FINE_QUANTILES))

    def forward(
        self, embedding: Tensor, features: Tensor, features_present: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        known = (features - self.feature_mean) / self.feature_scale * features_present
        state = self.body(torch.cat([embedding, known, features_present], dim=-1))
        return self.outcomes(state), self.suspension(state).squeeze(-1), self.fine(state)


@dataclass(frozen=True)
class LossWeights:
    """Weight of each task beside the outcome's weight of 1."""

    charges: float = 0.5
    articles: float = 0.25
    suspension: float = 0.2
    fine: float = 0.1


class SentencingModel(nn.Module):
    """Encoder and head with masked multi-task losses; the Trainer calls it with labels."""

    def __init__(self, encoder: EncoderPart, head: HeadPart, weights: LossWeights) -> None:
        super().__init__()
        self.encoder_part = encoder
        self.head_part = head
        self.weights = weights

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        window_case: Tensor,
        features: Tensor,
        features_present: Tensor,
        hidden_states: Tensor | None = None,
        **labels: Tensor,
    ) -> dict[str, Tensor]:
        embedding, charge_logits, article_logits = self.encoder_part(
            input_ids, attention_mask, window_case, hidden_states
        )
        outcome, suspension, fine = self.head_part(embedding, features, features_present)
        outputs = {
            "outcome_logits": outcome,
            "charge_logits": charge_logits,
            "article_logits": article_logits,
            "suspension_logit": suspension,
            "fine_quantiles": fine,
        }
        if labels:
            outputs = {"loss": multi_task_loss(outputs, labels, self.weights), **outputs}
        return outputs


def multi_task_loss(outputs: dict[str, Any], labels: dict[str, Tensor], weights: LossWeights):
    """Sum of the tasks' mean losses; a row whose label is missing counts in none of them.

    Labels: `outcome_labels [cases, outcomes]` (all zero if unknown), `charge_labels`,
    `article_labels` (multi-hot), `suspension_labels` (NaN if unknown), `fine_labels` (log1p
    yuan, NaN if unknown).
    """
    outcome, charge = labels["outcome_labels"], labels["charge_labels"]
    loss = _soft_cross_entropy(outputs["outcome_logits"], outcome)
    loss = loss + weights.charges * _soft_cross_entropy(
        outputs["charge_logits"], charge / charge.sum(-1, keepdim=True).clamp(min=1)
    )
    article = labels["article_labels"]
    per_row = functional.binary_cross_entropy_with_logits(
        outputs["article_logits"], article, reduction="none"
    ).mean(-1)
    loss = loss + weights.articles * _masked_mean(per_row, article.sum(-1) > 0)
    suspension = labels["suspension_labels"]
    per_row = functional.binary_cross_entropy_with_logits(
        outputs["suspension_logit"], suspension.nan_to_num(), reduction="none"
    )
    loss = loss + weights.suspension * _masked_mean(per_row, ~suspension.isnan())
    fine = labels["fine_labels"]
    error = fine.nan_to_num().unsqueeze(-1) - outputs["fine_quantiles"]
    levels = torch.tensor(FINE_QUANTILES, device=error.device)
    pinball = torch.maximum(levels * error, (levels - 1) * error).mean(-1)
    return loss + weights.fine * _masked_mean(pinball, ~fine.isnan())


def _soft_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    per_row = -(target * logits.float().log_softmax(-1)).sum(-1)
    return _masked_mean(per_row, target.sum(-1) > 0)


def _masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    weight = mask.float()
    return (values * weight).sum() / weight.sum().clamp(min=1)
