"""Registered sales of homes."""

from __future__ import annotations

from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression

from mlguard import Dataset
from tests.generators.case import Case, common, late_only, score


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    twins = frame.drop(columns=["parcel", "sold", "price"]).duplicated()
    return {
        **common(frame, "parcel", "currency", ["parcel"]),
        "edges": bool((frame["area"] == 120.0).any() and (frame["station"] == 1.0).any()),
        "missing": bool(frame["station"].isna().any()),
        "late district": late_only(frame, "district", "Neuland"),
        "ties": bool(twins.any()),
        "skewed": float(frame["price"].skew()) > 1.0,
    }


def plain(data: Dataset) -> tuple[float, float]:
    """R2 of a straight line in size, age and place, against the mean."""
    frame, without = data["rows"], ("parcel", "sold", "currency")
    return score(LinearRegression(), frame, "price", without), score(DummyRegressor(), frame, "price", without)


CASE = Case(
    "house_prices",
    "parcel:i district:t kind:t area:f rooms:f built:i sold:d station:f lift:b currency:t price:f",
    planted,
    plain,
    margin=0.5,
    target="price",
)
