"""The model that answers, and its replacement while requests go on."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from pathlib import Path

from liangxing.case import Case
from liangxing.errors import LiangxingError
from liangxing.model.bundle import BUNDLED
from liangxing.model.registry import SCHEME, registered_version
from liangxing.predictor import SentencePredictor
from liangxing.service import logs
from liangxing.service.metrics import Metrics
from liangxing.service.problems import ProblemError
from liangxing.service.settings import Settings
from liangxing.similar.index import SimilarCases

# What a new model must answer before it takes over.
_TRIAL = Case(fact="2022年5月6日，被告人赵某甲窃得手机一部，价值人民币4200元。", charges=("盗窃",))
_log = logs.logger()


@dataclass(frozen=True)
class Loaded:
    """A model ready to answer; a request keeps the one it began with."""

    predictor: SentencePredictor
    similar: SimilarCases | None


class Models:
    """Loads the model and looks, now and then, whether there is a newer one.

    A newer one that cannot be loaded is refused, and the former goes on answering.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._loaded: Loaded | None = None
        self._seen: object = None
        self._loading = threading.Lock()
        self._blind = False
        self.refused = False

    @property
    def current(self) -> Loaded:
        """The model for a new request; ProblemError when there is none."""
        if self._loaded is None:
            raise ProblemError("not-ready", "no model is loaded", retry_after=5)
        return self._loaded

    def look(self) -> None:
        """Takes over a newer model if there is one. Blocks; called outside the event loop.

        Nothing is raised: what is wrong with a model is logged, and `refused` says so.
        """
        with self._loading:
            marks = self._marks_or_none()
            if marks is None or marks == self._seen:
                return
            try:
                # Remembered first, so that a broken model is tried again only when it changes.
                self._seen = marks
                fresh = load(self._settings)
            except (LiangxingError, OSError) as error:
                self.refused = True
                self._metrics.swaps.labels("refused").inc()
                _log.error("model refused", error=str(error), answering=self._loaded is not None)
                return
            self._loaded = fresh
            self.refused = False
            self._metrics.swaps.labels("taken").inc()
            _log.info("model loaded", sha256=fresh.predictor.bundle.sha256)

    async def watch(self) -> None:
        """Looks for ever, every `poll_seconds`."""
        while True:
            await asyncio.sleep(self._settings.poll_seconds)
            await asyncio.to_thread(self.look)

    def _marks_or_none(self) -> object:
        """Null where nobody can say whether there is a newer model; that is logged once."""
        try:
            marks = self._marks()
        except (LiangxingError, OSError) as error:
            if not self._blind:
                _log.error("no look at the model", error=str(error))
            self._blind = True
            return None
        self._blind = False
        return marks

    def _marks(self) -> object:
        """What changes when the model does: an alias' version, or the files of the folder."""
        model = self._settings.model
        if model is not None and model.startswith(SCHEME):
            return registered_version(model)
        folder = BUNDLED if model is None else Path(model)
        return sorted((f.name, f.stat().st_mtime_ns, f.stat().st_size) for f in folder.glob("*"))


def load(settings: Settings) -> Loaded:
    """A model that has answered a trial case, and the index where one is given.

    Raises LiangxingError naming the file at fault.
    """
    predictor = SentencePredictor.load(
        settings.model, threads=settings.threads, local_thresholds=settings.local_thresholds
    )
    predictor.predict(_TRIAL)
    index = settings.index
    return Loaded(predictor, None if index is None else SimilarCases.load(index, predictor))
