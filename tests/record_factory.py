"""One fictional record; tests vary it with dataclasses.replace."""

from liangxing_training.records import Record

RECORD = Record(
    id="a",
    source="made up",
    licence="Apache-2.0",
    fact="被告人赵某窃得手机一部。",
    text_kind="fact",
    defendant="赵某",
    defendants_count=1,
    charges=("盗窃",),
    articles=("264",),
    kind="fixed_term",
    months=7.5,
    life=False,
    death=False,
    suspension=None,
    suspension_months=None,
    fine=2000.0,
    offence_date=None,
    judgment_date=None,
    year=2016,
    recommendation=None,
    synthetic=False,
    term_known=True,
)
