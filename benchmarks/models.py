"""Which model the race is run on: torch weights and a bundle of the same training."""

from __future__ import annotations

from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from liangxing.model.bundle import BUNDLED
from liangxing_training.config import load_config
from liangxing_training.finetune import load_trained
from liangxing_training.pipeline import Pipeline
from transformers import PreTrainedTokenizerFast

ROOT = Path(__file__).parent.parent
# What `make bundle` leaves; the package itself carries no torch weights.
MADE = ROOT / "runs" / "bundle"


@dataclass(frozen=True)
class Model:
    """`trained` holds the torch weights, `bundle` their export; `words` say which model it is."""

    trained: Path
    bundle: Path
    words: str


def choose(trained: Path | None, bundle: Path | None, scratch: Path, *, peers: bool) -> Model:
    """The folders given, else what `make bundle` left, else a tiny model trained on the spot.

    Without `peers` no torch weights are needed: the bundle given, else the one in the package.
    Raises ValueError when only one folder is given or one does not exist.
    """
    if not peers:
        folder = bundle or BUNDLED
        return Model(trained or folder, folder, f"bundle {folder.parent.name}")
    if (trained is None) != (bundle is None):
        raise ValueError("give --trained and --bundle together: they must be of one training")
    if trained is not None and bundle is not None:
        for folder in (trained, bundle):
            if not folder.is_dir():
                raise ValueError(f"{folder} does not exist; give the folders of a training run")
        return Model(trained, bundle, f"bundle {bundle.parent.name}")
    if (MADE / "model").is_dir() and (MADE / "bundle").is_dir():
        return Model(MADE / "model", MADE / "bundle", "the model of make bundle")
    return _tiny(scratch)


def hugging_face_folder(model: Model, target: Path) -> Path:
    """The encoder and tokenizer as a transformers user has them."""
    trained, _ = load_trained(model.trained)
    trained.encoder_part.encoder.save_pretrained(target)  # type: ignore[operator]
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(model.bundle / "tokenizer.json"), pad_token="<pad>"
    )
    tokenizer.save_pretrained(target)
    return target


def _tiny(scratch: Path) -> Model:
    pipeline = Pipeline(
        load_config(
            ROOT / "configs" / "quickstart.yaml",
            [
                f"output={scratch}/run",
                f"tracking.uri=sqlite:///{scratch}/mlflow.db",
                "tracking.system_metrics=false",
                "finetune.epochs=1",
                "data.sources=[{format: synthetic, limit: 1200}]",
                "export.int8=true",
                # An untrained encoder says nothing of what int8 costs.
                "export.max_cail_loss=100",
                "export.max_coverage_loss=100",
            ],
        )
    )
    with redirect_stdout(StringIO()):
        pipeline.run()
    return Model(
        pipeline.model_folder,
        pipeline.bundle_folder,
        "a TINY SYNTHETIC model (2 layers, 96 wide): its ratios are not those of the real one; "
        "run make bundle, or give --trained and --bundle",
    )
