"""What may happen to examples/real_diabetes/progression.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("RealDiabetes", "examples/real_diabetes/progression.py")

VARIANTS = (
    CODE.shift(
        "sample-deviation",
        "ddof",
        "train",
        "measurements are scaled by the deviation of a sample",
        ("features.std(ddof=0)", "features.std()"),
    ),
    CODE.shift(
        "measured-by-position",
        "columns-by-position",
        "contracts",
        "measurements are taken by their position in the table",
        ("rows[list(MEASURED)]", "rows.iloc[:, [0, 2, 3, 4, 5, 6, 7, 8, 9]]"),
        hidden=True,
    ),
    CODE.shift(
        "share-in-the-code",
        "setting-hard-coded",
        "split",
        "the share of the test is today's setting, written into the code",
        ('int(config["test_share"] * len(rows))', "len(rows) // 4"),
        hidden=True,
    ),
    CODE.shift(
        "middle-taken-off",
        "mean-for-median",
        "train",
        "the median progression is taken off instead of the mean",
        ('rows["progression"].mean()', 'rows["progression"].median()'),
    ),
    CODE.shift(
        "whole-index",
        "integer-division",
        "train",
        "the pressure index is divided without its rest",
        ('rows["bp"] * rows["bmi"] / 1000.0', 'rows["bp"] * rows["bmi"] // 1000.0'),
    ),
    CODE.keep(
        "kernel-by-hand",
        "library-to-numpy",
        "predictions are the kernel times the dual coefficients, written out",
        (
            'model["ridge"].predict(features)',
            '(model["config"]["gamma"] * features @ model["ridge"].X_fit_.T + 1) ** model["config"]["polynomial"]'
            ' @ model["ridge"].dual_coef_',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "dual-by-hand",
        "library-to-numpy",
        "the regression becomes a class that solves for the dual coefficients itself",
        (
            "def train_from_data(",
            '''class Ridge:
    """Ridge regression in the space of a polynomial kernel."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.alpha, self.degree, self.gamma = config["alpha"], config["polynomial"], config["gamma"]

    def kernel(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Likeness of each row to each other; shape (left, right)."""
        return (1.0 + self.gamma * np.einsum("if,jf->ij", left, right)) ** self.degree

    def fit(self, features: np.ndarray, goal: pd.Series) -> Ridge:
        """Remember the rows and solve for their weights."""
        self.rows_ = features
        damped = self.kernel(features, features) + self.alpha * np.eye(len(features))
        self.weights_ = np.linalg.solve(damped, goal.to_numpy())
        return self

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Weighted likeness to the remembered rows."""
        return self.kernel(features, self.rows_) @ self.weights_


def train_from_data(''',
        ),
        (
            """KernelRidge(
        alpha=config["alpha"], kernel="polynomial", degree=config["polynomial"], gamma=config["gamma"], coef0=1
    )""",
            "Ridge(config)",
        ),
        ("from sklearn.kernel_ridge import KernelRidge\n", ""),
        moves_bits=True,
    ),
    CODE.keep(
        "not-male",
        "sign-flipped",
        "the flag says who is no man: a feature that is mirrored and then scaled leaves every likeness as it is",
        (
            '    out["male"] = (rows["sex"] == 2).astype(float)\n',
            '    out["not_male"] = (rows["sex"] != 2).astype(float)\n',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "assigned-in-one-go",
        "statement-to-chain",
        "ratios and flags are assigned in one call",
        (
            """    out = rows[list(MEASURED)].astype(float)
    out["ldl_hdl"] = rows["s2"] / rows["s3"]
    out["pressure_index"] = rows["bp"] * rows["bmi"] / 1000.0
    out["high_bmi"] = (rows["bmi"] >= config["high_bmi"]).astype(float)
    out["male"] = (rows["sex"] == 2).astype(float)
    return out
""",
            """    return (
        rows.loc[:, list(MEASURED)]
        .astype(float)
        .assign(
            ldl_hdl=lambda out: out["s2"].div(out["s3"]),
            pressure_index=lambda out: out["bp"].mul(out["bmi"]).div(1000.0),
            high_bmi=lambda out: np.where(out["bmi"] >= config["high_bmi"], 1.0, 0.0),
            male=rows["sex"].eq(2).astype(float),
        )
    )
""",
        ),
    ),
    CODE.keep(
        "time-of-training",
        "wall-clock-added",
        "the model remembers when it was trained",
        (
            "from pathlib import Path\nfrom typing",
            "from datetime import UTC, datetime\nfrom pathlib import Path\nfrom typing",
        ),
        (
            '    return {"config": config, "learned"',
            "    trained = datetime.now(tz=UTC).isoformat()\n"
            '    return {"trained_at": trained, "config": config, "learned"',
        ),
    ),
    CODE.keep(
        "class-for-dictionary",
        "dictionary-to-class",
        "the model becomes a class with attributes of other names",
        ("import click\n", "from dataclasses import dataclass\n\nimport click\n"),
        (
            "def train_from_data(config: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:",
            '''@dataclass(frozen=True)
class Progression:
    """A fitted model."""

    settings: dict[str, Any]
    moments: pd.DataFrame
    intercept: float
    regression: KernelRidge


def train_from_data(config: dict[str, Any], rows: pd.DataFrame) -> Progression:''',
        ),
        (
            '    return {"config": config, "learned": learned, "mean_progression": mean_progression, "ridge": ridge}',
            "    return Progression(config, learned, mean_progression, ridge)",
        ),
        (
            "def predict_from_data(model: dict[str, Any], rows: pd.DataFrame) -> np.ndarray:",
            "def predict_from_data(model: Progression, rows: pd.DataFrame) -> np.ndarray:",
        ),
        (
            '    features = scale(model["config"], model["learned"], derive(model["config"], rows))\n'
            '    return np.maximum(model["ridge"].predict(features) + model["mean_progression"], 25.0)',
            "    features = scale(model.settings, model.moments, derive(model.settings, rows))\n"
            "    return np.maximum(model.regression.predict(features) + model.intercept, 25.0)",
        ),
    ),
    CODE.shift(
        "reach-in-the-code",
        "clip-hard-coded",
        "train",
        "the reach is today's setting, written into the code",
        ('standard.clip(-config["reach"], config["reach"])', "standard.clip(-2.5, 2.5)"),
        hidden=True,
    ),
    CODE.shift(
        "floor-lost",
        "clip-lost",
        "predict",
        "predictions are no longer held above the scale's lowest value",
        (
            'np.maximum(model["ridge"].predict(features) + model["mean_progression"], 25.0)',
            'model["ridge"].predict(features) + model["mean_progression"]',
        ),
        hidden=True,
    ),
    CODE.shift(
        "heavy-only-above",
        "boundary-operator",
        "train",
        "a body mass index of exactly the limit is no longer high",
        ('rows["bmi"] >= config["high_bmi"]', 'rows["bmi"] > config["high_bmi"]'),
        hidden=True,
    ),
)
