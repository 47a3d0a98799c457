"""What comes in and what goes out. Everything between relies on it."""

import pandera.pandas as pa

KEYS = ["shop", "item", "date"]

_KNOWN_BEFORE = {
    "date": pa.Column("datetime64[ns]"),
    "shop": pa.Column(str),
    "item": pa.Column(str),
    "price": pa.Column(float, pa.Check.ge(0), nullable=True),
    "promo": pa.Column(int, pa.Check.isin([0, 1])),
}

FUTURE = pa.DataFrameSchema(_KNOWN_BEFORE, coerce=True, strict="filter")

HISTORY = pa.DataFrameSchema(
    {**_KNOWN_BEFORE, "sold": pa.Column(int, pa.Check.ge(0))},
    coerce=True,
    strict="filter",
    unique=KEYS,
)

FORECAST = pa.DataFrameSchema(
    {
        "date": pa.Column("datetime64[ns]"),
        "shop": pa.Column(str),
        "item": pa.Column(str),
        "forecast": pa.Column(float, pa.Check.ge(0)),
    },
    strict=True,
)
