"""One shop's prices, learned by each of the three libraries in each of their ways, under the same guard."""

from __future__ import annotations

from collections.abc import Mapping

GENERATOR = """\
import pandas as pd


def make(rng, rows=80):
    x, z, shop = rng.randint(0, 60, rows) / 10, rng.randint(0, 9, rows), rng.choice(["a", "b", "c"], rows)
    y = 2 * x + z + 5 * (shop == "b") + rng.randint(-5, 6, rows) / 10
    return pd.DataFrame({"x": x, "z": z, "shop": shop, "y": y})
"""

CONFIG = "rounds: 20\nrate: 0.1\nseed: 3\nthreads: 1\n"

GUARDED = """\
import prices
from mlguard import Guard


class Prices(Guard):
    dataset = "tiny"
    config = "prices.yaml"
    seeds = (0, 1)

    def train(self, train):
        return prices.fit(self.config, train)

    def predict(self, model, rows):
        return prices.answer(model, rows)

    def evaluate(self, test, predictions):
        return {"mae": float(abs(test["y"].to_numpy() - predictions).mean())}
"""

TABLE = """\
import pandas as pd

FEATURES = ["x", "z", "shop"]
SHOPS = ["a", "b", "c"]


def table(rows):
    return rows[FEATURES].assign(shop=pd.Categorical(rows["shop"], categories=SHOPS))


def answer(model, rows):
    return model.predict(table(rows))


"""

LIGHTGBM = f"""\
import lightgbm
{TABLE}
def fit(c, rows):
    model = lightgbm.LGBMRegressor(n_estimators=c["rounds"], learning_rate=c["rate"], random_state=c["seed"],
                                   n_jobs=c["threads"], verbosity=-1, min_child_samples=3)
    return model.fit(table(rows), rows["y"])
"""

LIGHTGBM_NATIVE = f"""\
import lightgbm
{TABLE}
def fit(c, rows):
    settings = {{"objective": "regression", "learning_rate": c["rate"], "seed": c["seed"],
                "num_threads": c["threads"], "verbosity": -1, "min_data_in_leaf": 3}}
    return lightgbm.train(settings, lightgbm.Dataset(table(rows), rows["y"]), c["rounds"])
"""

XGBOOST = f"""\
import xgboost
{TABLE}
def fit(c, rows):
    model = xgboost.XGBRegressor(n_estimators=c["rounds"], learning_rate=c["rate"], random_state=c["seed"],
                                 n_jobs=c["threads"], enable_categorical=True)
    return model.fit(table(rows), rows["y"])
"""

XGBOOST_NATIVE = f"""\
import xgboost
{TABLE.replace("model.predict(table(rows))", "model.predict(matrix(rows))")}
def matrix(rows, label=None):
    return xgboost.DMatrix(table(rows), label, enable_categorical=True)


def fit(c, rows):
    settings = {{"learning_rate": c["rate"], "seed": c["seed"], "nthread": c["threads"]}}
    return xgboost.train(settings, matrix(rows, rows["y"]), c["rounds"])
"""

CATBOOST = f"""\
import catboost
{TABLE}
def fit(c, rows):
    model = catboost.CatBoostRegressor(iterations=c["rounds"], learning_rate=c["rate"], random_seed=c["seed"],
                                       thread_count=c["threads"], cat_features=["shop"], depth=4,
                                       logging_level="Silent", allow_writing_files=False)
    return model.fit(table(rows), rows["y"])
"""

CODE: Mapping[str, str] = {
    "lightgbm": LIGHTGBM,
    "lightgbm native": LIGHTGBM_NATIVE,
    "xgboost": XGBOOST,
    "xgboost native": XGBOOST_NATIVE,
    "catboost": CATBOOST,
}
"""What is guarded, by library and way."""
