"""The code of the MLflow model: rows of cases in, predictions out.

MLflow copies this file into every model logged and runs it when one is loaded, so no pickle ties a
model to the Python that logged it. It imports `liangxing` and nothing of the training package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel  # type: ignore[attr-defined]


class BundleModel(PythonModel):
    """Loads the bundle among its artifacts and predicts rows of cases.

    Parameters: `level` of the intervals; `as_json` gives a text per row, as Spark wants it.
    """

    def load_context(self, context: Any) -> None:
        from liangxing.predictor import SentencePredictor

        self._predictor = SentencePredictor.load(context.artifacts["bundle"])

    # Hints here would have mlflow check the rows against them.
    def predict(self, context, model_input, params=None):
        """A prediction per row: plain data, or JSON with `as_json`. CaseError at a bad row."""
        settings = params or {}
        found = self._predictor.predict_many(
            map(given, rows_of(model_input)), level=settings.get("level", 0.9)
        )
        if settings.get("as_json"):
            return [prediction.to_json() for prediction in found]
        return [prediction.to_dict() for prediction in found]


def rows_of(model_input: Any) -> Sequence[Mapping[str, Any]]:
    """The rows of a data frame, or of a list of mappings."""
    return model_input.to_dict("records") if hasattr(model_input, "to_dict") else model_input


def given(row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells a data frame really holds: NaN is no value, an array a list.

    >>> given({"fact": "某事", "id": float("nan"), "charges": np.array(["盗窃"], object)})
    {'fact': '某事', 'charges': ['盗窃']}
    """
    plain = {
        name: value.tolist() if isinstance(value, np.ndarray | np.generic) else value
        for name, value in row.items()
    }
    # Only NaN differs from itself.
    return {name: value for name, value in plain.items() if value is not None and value == value}


set_model(BundleModel())
