import pandera.pandas as pa
from sklearn.ensemble import RandomForestRegressor

from prices.schemas import RENOVATED, CleanTable, FlatsTable, PricedTable, PricesTable

FEATURES = ["area", "rooms", "per_room", "floor", "central"]


@pa.check_types
def clean(flats: FlatsTable) -> CleanTable:
    RENOVATED.validate(flats.assign(per_meter=flats["price"] / flats["area"]).dropna())
    usual = flats.groupby("rooms")["area"].transform("median")
    flats["area"] = flats["area"].fillna(usual).round(1)
    flats["per_room"] = (flats["area"] / flats["rooms"]).round(2)
    flats["central"] = flats["district"].isin(["Altstadt", "Hafen"]).astype(int)
    return flats


def split(rows, share):
    """The last rows are the newest."""
    edge = len(rows) - round(len(rows) * share)
    return rows.iloc[:edge].reset_index(drop=True), rows.iloc[edge:].reset_index(drop=True)


def error(model, rows):
    return (model.predict(rows[FEATURES]) - rows["price"]).abs().mean()


def fit(rows, valid, trees, depths):
    """The forest whose depth is best for rows that it has not seen. gokart sets the seed."""
    models = [RandomForestRegressor(trees, max_depth=depth).fit(rows[FEATURES], rows["price"]) for depth in depths]
    return min(models, key=lambda model: error(model, valid))


@pa.check_types
def predict(model, flats: PricedTable) -> PricesTable:
    prices = flats[["flat"]].copy()
    prices["price"] = model.predict(flats[FEATURES]).round(2)
    return prices


def accuracy(prices, flats):
    """The share of the spread of prices that is explained, and how far off a price is."""
    both = flats.merge(prices, on="flat", suffixes=("", "_told"))
    off = both["price_told"] - both["price"]
    return {
        "accuracy": float(1 - (off**2).sum() / ((both["price"] - both["price"].mean()) ** 2).sum()),
        "off": float(off.abs().mean()),
    }
