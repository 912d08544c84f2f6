"""Three fictional cases, predicted and shown as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from liangxing.explain import range_text
from liangxing.predictor import SentencePredictor
from rich.table import Table

FICTIONAL_CASES: tuple[Mapping[str, Any], ...] = (
    {
        "id": "fictional-1",
        "charges": ["盗窃"],
        "defendant": "赵某甲",
        "fact": "2022年5月6日下午，被告人赵某甲在东河市某商场趁无人之机窃得孙某乙的手机一部，"
        "经鉴定价值人民币4200元。被告人赵某甲到案后如实供述自己的罪行。",
    },
    {
        "id": "fictional-2",
        "charges": ["故意伤害"],
        "defendant": "钱某乙",
        "fact": "2021年9月12日晚上，被告人钱某乙因停车问题与郑某丙发生争执，持木棍将对方打伤，"
        "经鉴定，郑某丙的损伤程度为重伤二级。被告人钱某乙已赔偿被害人损失并取得谅解。",
    },
    {
        "id": "fictional-3",
        "charges": [],
        "defendant": "孙某丁",
        "fact": "2020年3月15日深夜，被告人孙某丁饮酒后驾驶小型轿车行驶至白沙镇某停车场附近被查获，"
        "血液中酒精含量为165mg/100ml。被告人孙某丁自愿认罪认罚。",
    },
)


def prediction_table(bundle: Path | None, cases: Sequence[Mapping[str, Any]], title: str) -> Table:
    """Predicts the cases with a bundle, or the bundled model, and lays them out for reading."""
    predictor = SentencePredictor.load(bundle)
    table = Table(title=title)
    for column in ("case", "charge", "penalty", "interval 0.9", "statutory bounds"):
        table.add_column(column)
    for prediction in predictor.predict_many(cases):
        statutory = prediction.bounds.statutory
        table.add_row(
            prediction.id,
            prediction.charges[0].name,
            prediction.penalty.text,
            range_text(prediction.interval),
            range_text(statutory),
        )
    return table
