"""The model card of a bundle, rendered from its manifest, calibration and recorded figures."""

from __future__ import annotations

import math
import shutil
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from string import Template

from liangxing.atomic import atomic_folder
from liangxing.model import bundle as bundles
from liangxing.model.calibration import POOLED, Calibration

_SHOWN = (
    "cail_score",
    "lawbench_score",
    "term_bin_accuracy",
    "within_25pct",
    "mae_months",
    "coverage",
    "mean_width",
    "outside_bounds",
)
_UNCALIBRATED = "no probability of suspension is shown, and the range of a fine is the head's own"
# By head: figures and their names in the card.
_HEADS = {
    "suspension": {
        "cases": "eligible verdicts",
        "brier": "Brier score",
        "brier_constant": "of the constant rate",
        "ece": "ECE",
        "auc": "AUC",
    },
    "fine": {
        "cases": "verdicts",
        "coverage": "coverage (80 % range)",
        "width_log": "width (log)",
        "log_error": "log error",
        "log_error_median": "of the charge's median",
        "mean_log_error": "mean log error",
        "mean_log_error_median": "mean, of that median",
    },
}
_SPLITS = ("validation", "test")


def model_card(manifest: bundles.Manifest, calibration: Calibration | None) -> str:
    """Markdown card of a bundle; what was not measured says so."""
    template = files("liangxing_training") / "templates" / "model_card.md"
    parity = manifest.metrics.get("parity_max_difference")
    return Template(template.read_text(encoding="utf-8")).substitute(
        name=manifest.name,
        version=manifest.version,
        synthetic="**Trained on synthetic cases only: its figures say nothing of real ones.**"
        if manifest.synthetic
        else "Trained on real judgments.",
        encoder=manifest.encoder,
        data=manifest.data.get("name", "not recorded"),
        fingerprint=manifest.data.get("fingerprint", "not recorded"),
        charges=len(manifest.charges),
        articles=len(manifest.articles),
        labels=", ".join(manifest.labels_seen) or "none",
        features=len(manifest.feature_names),
        grid=len(manifest.outcome_grid),
        shortest=f"{manifest.outcome_grid[0]:g}",
        longest=f"{manifest.outcome_grid[-1]:g}",
        window=manifest.windows.window,
        windows=manifest.windows.max_windows,
        law=manifest.law_sha256[:12],
        reading=manifest.reading_version,
        revision=manifest.git_revision or "not recorded",
        parity="not recorded" if parity is None else f"{parity:.2g}",
        parts=_parts(manifest),
        calibration=_calibration(calibration),
        measured=_measured(manifest.metrics),
    )


def finish_bundle(
    folder: Path, manifest: bundles.Manifest, calibration: Calibration | None
) -> None:
    """Writes the card and then the manifest, which holds its hash, into a bundle being made."""
    card = model_card(manifest, calibration)
    (folder / bundles.CARD).write_text(card, encoding="utf-8")
    bundles.write_manifest(folder, manifest)


@contextmanager
def revised_bundle(folder: Path, *, without: Collection[str] = ()) -> Iterator[Path]:
    """A copy of the bundle, less the files named, that takes its place when the block ends well;
    the block calls `finish_bundle` on it."""
    with atomic_folder(folder) as staging:
        for file in folder.iterdir():
            if file.name not in without:
                shutil.copy2(file, staging / file.name)
        yield staging


def record_figures(folder: Path, figures: Mapping[str, float]) -> None:
    """Adds measured figures to the bundle's manifest and renders its card again, in one step.

    Names are split/system/metric, ends of intervals with `_low` and `_high`. The bundle is left
    alone when it records the same figures already.
    """
    found = bundles.load_bundle(folder)
    kept = {name: value for name, value in figures.items() if _is_shown(name)}
    metrics = {**found.manifest.metrics, **kept}
    if metrics == found.manifest.metrics:
        return
    manifest = found.manifest.model_copy(update={"metrics": metrics})
    with revised_bundle(folder) as staging:
        finish_bundle(staging, manifest, found.calibration)


def _is_shown(name: str) -> bool:
    metric = name.rpartition("/")[2].removesuffix("_low").removesuffix("_high")
    return metric in _SHOWN or any(
        metric == f"{head}_{figure}" for head, figures in _HEADS.items() for figure in figures
    )


def _parts(manifest: bundles.Manifest) -> str:
    """Quantisation and trees, where the bundle has them."""
    metrics, lines = manifest.metrics, list[str]()
    lines += [_lowered(precision, metrics) for precision in ("int8", "fp16")]
    if "charge_share_grams" in metrics:
        lines.append(
            "The charge is told by the encoder and by a linear model on n-grams; their logits are "
            f"multiplied by {metrics['charge_share_encoder']:.2f} and "
            f"{metrics['charge_share_grams']:.2f} and added."
        )
    if "trees_weight" in metrics:
        lines.append(_trees(metrics))
    if manifest.data.get("learnt_validation"):
        lines.append(
            "Encoder, head and all parts learnt from train and validation. Every choice (epochs, "
            "shares, settings) was made before, by runs that learnt from train alone."
        )
    return (
        "\n\n".join(filter(None, lines)) or "No quantisation and no trees: one encoder, one head."
    )


def _lowered(precision: str, metrics: Mapping[str, float]) -> str:
    if f"{precision}_lowest_cosine" not in metrics:
        return ""
    text = (
        f"The encoder is {precision}; its embeddings have a cosine with those of fp32 of "
        f"{metrics[f'{precision}_mean_cosine']:.3f} on average and "
        f"{metrics[f'{precision}_lowest_cosine']:.3f} at worst on a sample of training texts. "
    )
    # Bundles made before the precision was checked on validation lack these.
    if f"{precision}_cail_loss" in metrics:
        text += (
            "On validation, with the head alone, it loses "
            f"{metrics[f'{precision}_cail_loss']:.2f} points of cail_score and "
            f"{metrics[f'{precision}_coverage_loss']:.2f} points of coverage against fp32 "
            f"({metrics[f'{precision}_cases']:.0f} cases; "
            f"operators left in fp32: {metrics[f'{precision}_kept_operators']:.0f}). "
        )
    return text + "Intervals were calibrated with it."


def _trees(metrics: Mapping[str, float]) -> str:
    share = f"Boosted trees make up {metrics['trees_weight']:g} of the mixture with the head."
    if "verdict_groups" in metrics:
        share += (
            f" They see what courts gave in {metrics['verdict_groups']:.0f} groups of training "
            "verdicts on a charge with like facts; a group is held as the means of its facts of "
            "law and the numbers of its terms, without text, names or dates."
        )
    if "fine_trees_verdicts" in metrics:
        share += (
            f" Trees over fines learnt from {metrics['fine_trees_verdicts']:.0f} verdicts; their "
            "estimate takes the place of the head's median fine."
        )
    if "loss_mixture" not in metrics:
        return share
    losses = ", ".join(
        f"{metrics[name]:.3f} for the {part}"
        for name, part in (
            ("loss_head", "head"),
            ("loss_trees", "trees"),
            ("loss_mixture", "mixture"),
        )
        if name in metrics
    )
    return (
        f"{share} On validation, fitted on train alone, the cross-entropy in nats was {losses}; "
        "the trees were then fitted again on train and validation, the head on train alone."
    )


def _calibration(calibration: Calibration | None) -> str:
    if calibration is None:
        return "Not calibrated: every interval is the whole range of the bounds."
    lines = [
        f"Split-conformal intervals; mass outside the chosen tier is discounted by "
        f"{calibration.discount:g}.",
        "",
        "| mode | cases | of them outside the bounds | charges with intervals of their own |",
        "|---|---|---|---|",
    ]
    for mode, groups in calibration.scores.items():
        scores = groups[POOLED]
        outside = sum(map(math.isinf, scores))
        lines.append(
            f"| {mode.replace('_', ' ')} | {len(scores)} | {outside} | {len(groups) - 1} |"
        )
    if not calibration.suspension and not calibration.fine:
        lines += ["", "Suspension and fine are not calibrated; " + _UNCALIBRATED + "."]
    if calibration.suspension:
        lines += ["", _suspension(calibration)]
    if calibration.fine:
        lines += ["", _fine(calibration)]
    return "\n".join(lines)


def _suspension(calibration: Calibration) -> str:
    parts = [
        f"{mode.replace('_', ' ')}: {fitted.cases} eligible verdicts, {fitted.suspended} of them "
        "suspended, " + ("too few to fit" if fitted.slope is None else f"slope {fitted.slope:.2f}")
        for mode, fitted in calibration.suspension.items()
    ]
    if all(fitted.slope is None for fitted in calibration.suspension.values()):
        parts.append("no probability of suspension is shown")
    return _wrapped("Suspension (Platt scaling): " + "; ".join(parts) + ".")


def _fine(calibration: Calibration) -> str:
    parts = [
        f"{mode.replace('_', ' ')}: {fitted.cases} fines, "
        + (f"{fitted.share:g} of the estimate kept" if fitted.groups else "too few to fit")
        for mode, fitted in calibration.fine.items()
    ]
    if not any(fitted.groups for fitted in calibration.fine.values()):
        parts.append("the range of a fine is the head's own")
    return _wrapped("Fine (split-conformal point and 80 % range): " + "; ".join(parts) + ".")


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 99, break_on_hyphens=False))


def _measured(metrics: Mapping[str, float]) -> str:
    parts: list[str] = []
    for split in _SPLITS:
        systems = list(
            dict.fromkeys(name.split("/")[1] for name in metrics if name.startswith(f"{split}/"))
        )
        shown = [m for m in _SHOWN if any(f"{split}/{s}/{m}" in metrics for s in systems)]
        if not shown:
            continue
        rows = [
            [s.replace("_", " "), *(_cell(metrics, f"{split}/{s}/{m}") for m in shown)]
            for s in systems
        ]
        table = [["system", *shown], ["---"] * (len(shown) + 1), *rows]
        parts.append(f"On the {split} split:\n\n" + _lines(table))
        parts += [_lines(found) for head in _HEADS if (found := _head_table(metrics, split, head))]
    return "\n\n".join(parts) or "Nothing yet; run liangxing-train evaluate."


def _head_table(metrics: Mapping[str, float], split: str, head: str) -> list[list[str]] | None:
    """The figures of suspension or fine, a row per system that has any."""
    figures = _HEADS[head]
    first = next(iter(figures))
    systems = [
        name.split("/")[1]
        for name in metrics
        if name.startswith(f"{split}/") and name.endswith(f"/{head}_{first}")
    ]
    rows = [
        [
            s.replace("_", " "),
            *(_cell(metrics, f"{split}/{s}/{head}_{figure}") for figure in figures),
        ]
        for s in systems
    ]
    head_row = [head, *figures.values()]
    return [head_row, ["---"] * len(head_row), *rows] if rows else None


def _lines(table: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in table)


def _cell(metrics: Mapping[str, float], name: str) -> str:
    value = metrics.get(name)
    if value is None:
        return "—"
    ends = (metrics.get(f"{name}_low"), metrics.get(f"{name}_high"))
    if None in ends:
        return f"{value:.4g}"
    return f"{value:.4g} [{ends[0]:.4g}, {ends[1]:.4g}]"
