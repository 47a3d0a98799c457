"""Boosted trees of LightGBM; `tox -e boosting` checks it."""

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.edit import Edit, Subject

SALES = "sales.py"

BOOSTING = Subject(
    8,
    "Boosting",
    "boosting",
    "Sales",
    (
        Edit(
            "trained in LightGBM's own way",
            SALES,
            """\
    model = lightgbm.LGBMRegressor(
        n_estimators=30, learning_rate=0.1, min_child_samples=3, random_state=3, n_jobs=1, verbosity=-1
    )
    return model.fit(table(days), days["sold"])
""",
            """\
    settings = {"objective": "regression", "learning_rate": 0.1, "min_data_in_leaf": 3, "seed": 3, "num_threads": 1}
    data = lightgbm.Dataset(table(days), days["sold"])
    model = lightgbm.train({**settings, "verbosity": -1}, data, 30)
    model.booster_ = model
    return model
""",
        ),
        Edit("as many threads as there are", SALES, "n_jobs=1", "n_jobs=2"),
        Edit(
            "four times as many rounds",
            SALES,
            "n_estimators=30",
            "n_estimators=120",
            stage="train",
            names="inside: train rounds: 30 -> 120 (+90)",
            edited="sales.fit",
        ),
        Edit(
            "features in another order",
            SALES,
            '["price", "warm", "shop"]',
            '["warm", "price", "shop"]',
            stage="train",
            names="inside: train features: 'price, warm, shop' -> 'warm, price, shop'",
        ),
        Edit(
            "a shop that nobody knows is missing",
            SALES,
            'known = days["shop"].where(days["shop"].isin(SHOPS), SHOPS[0])',
            'known = days["shop"].where(days["shop"].isin(SHOPS))',
            stage="predict",
            names="unseen shop",
            only=PROBES,
        ),
        Edit(
            "the last trees are left out of the file",
            SALES,
            'save_model(folder / "trees.txt")',
            'save_model(folder / "trees.txt", num_iteration=20)',
            stage="contracts",
            names="saved bundle",
            only=CONTRACTS,
        ),
    ),
)
