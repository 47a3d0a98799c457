"""What goes over the edges between tasks."""

import pandera.pandas as pa
from pandera.typing import DataFrame, Series

DISTRICTS = ["Altstadt", "Hafen", "Köpenick", "West"]


class Flats(pa.DataFrameModel):
    """What the office sends."""

    flat: Series[int] = pa.Field(unique=True)
    district: Series[str] = pa.Field(isin=DISTRICTS)
    area: Series[float] = pa.Field(gt=0, nullable=True)
    rooms: Series[int] = pa.Field(ge=1)
    floor: Series[int]
    renovated: Series[str] = pa.Field(isin=["yes", "no"])
    price: Series[float] = pa.Field(gt=0)

    class Config:
        coerce = True
        strict = "filter"


class Clean(Flats):
    """What can be learned from."""

    area: Series[float] = pa.Field(gt=0)
    per_room: Series[float] = pa.Field(gt=0)
    central: Series[int] = pa.Field(isin=[0, 1])


class Priced(pa.DataFrameModel):
    """What a price is made of."""

    flat: Series[int]
    area: Series[float] = pa.Field(gt=0)
    rooms: Series[int] = pa.Field(ge=1)
    per_room: Series[float] = pa.Field(gt=0)
    floor: Series[int] = pa.Field(ge=-2)
    central: Series[int] = pa.Field(isin=[0, 1])

    class Config:
        coerce = True


# Who renovates asks for more per m²; if not, somebody mixed up the two.
RENOVATED = pa.DataFrameSchema(
    {
        "per_meter": pa.Column(
            float,
            pa.Hypothesis.two_sample_ttest(
                sample1="yes", sample2="no", groupby="renovated", relationship="greater_than", alpha=0.05
            ),
        ),
        "renovated": pa.Column(str),
    }
)


class Prices(pa.DataFrameModel):
    """What goes to the portal."""

    flat: Series[int]
    price: Series[float] = pa.Field(gt=0)

    class Config:
        strict = True


FlatsTable = DataFrame[Flats]
CleanTable = DataFrame[Clean]
PricedTable = DataFrame[Priced]
PricesTable = DataFrame[Prices]
