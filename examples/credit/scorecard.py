"""Who gets a loan: risk bins, boosting that may only rise or only fall with them, and whole points for the clerk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import joblib
import numpy as np
import pandas as pd
import yaml
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score

FEATURES = ("age", "late", "years_employed", "debt_share", "income", "tenant", "amount_share")


def load_applications(path: Path) -> pd.DataFrame:
    """Read applications in the order in which they came."""
    return pd.read_csv(path)


def split_data(config: dict[str, Any], rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The latest applications are the test; of one handed in twice the first counts."""
    unique = rows.drop_duplicates(subset="application").reset_index(drop=True)
    cut = len(unique) - int(len(unique) * config["test_share"])
    return unique.iloc[:cut].copy(), unique.iloc[cut:].reset_index(drop=True)


def income_edges(incomes: pd.Series, bins: int) -> list[float]:
    """Edges that put about the same number of applicants in each income bin."""
    shares = np.arange(1, bins) / bins
    return sorted({round(float(edge), 2) for edge in np.nanquantile(incomes.to_numpy(dtype=float), shares)})


def to_bin(values: pd.Series, edges: list[float]) -> np.ndarray:
    """Number of the bin, from 0; a value on an edge belongs to the bin above it, a missing one has none."""
    ordered = np.sort(np.asarray(edges, dtype=float))
    codes = np.searchsorted(ordered, values.to_numpy(dtype=float), side="right").astype(float)
    codes[values.isna().to_numpy()] = np.nan
    return codes


def debt_share(rows: pd.DataFrame, typical_income: float) -> pd.Series:
    """Share of the income that existing debt takes; settled, since its edges are round numbers."""
    return (rows["debt_service"] / rows["income"].fillna(typical_income)).round(6).clip(upper=1.5)


def bin_features(config: dict[str, Any], reference: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """All features as bin numbers, in the order of FEATURES."""
    bins = config["bins"]
    income = rows["income"].fillna(reference["typical_income"])
    return pd.DataFrame(
        {
            "age": to_bin(rows["age"], bins["age"]),
            "late": to_bin(rows["late"], bins["late"]),
            "years_employed": to_bin(rows["years_employed"], bins["years_employed"]),
            "debt_share": to_bin(debt_share(rows, reference["typical_income"]), bins["debt_share"]),
            "income": to_bin(rows["income"], reference["income_edges"]),
            "tenant": (rows["home"] == "tenant").to_numpy().astype(float),
            "amount_share": np.floor((rows["amount"] / income).round(6).to_numpy() * 2.0).clip(max=20.0),
        },
        columns=list(FEATURES),
    )


def fit_reference(config: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:
    """Typical income and income bins of the training applications."""
    return {
        "typical_income": float(rows["income"].median()),
        "income_edges": income_edges(rows["income"], config["income_bins"]),
    }


def train_from_data(config: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:
    """Fit bins and boosting; each feature may push the risk in its configured direction only."""
    reference = fit_reference(config, rows)
    boosting = HistGradientBoostingClassifier(
        **config["boosting"],
        monotonic_cst=[config["directions"][name] for name in FEATURES],
        max_bins=64,
        early_stopping=False,
        random_state=config["seed"],
    )
    boosting.fit(bin_features(config, reference, rows).to_numpy(), rows["default"].to_numpy())
    return {"config": config, "reference": reference, "boosting": boosting}


def features_from_data(model: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """The bin numbers that the fitted model sees."""
    return bin_features(model["config"], model["reference"], rows)


def to_points(config: dict[str, Any], risk: np.ndarray) -> np.ndarray:
    """Whole points: `base` at the odds of repaying `odds` to one, and `double` more where the odds double."""
    scale = config["points"]
    log_odds = np.log1p(-risk) - np.log(risk)
    exact = scale["base"] + scale["double"] * (log_odds - np.log(scale["odds"])) / np.log(2.0)
    return np.floor(exact).astype(int)


def predict_from_data(model: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """Risk of default, points, and the decision, one row per application."""
    risk = model["boosting"].predict_proba(features_from_data(model, rows).to_numpy())[:, 1]
    points = to_points(model["config"], risk)
    return pd.DataFrame(
        {
            "application": rows["application"].to_numpy(),
            "risk": risk,
            "points": points,
            "granted": points >= model["config"]["cutoff"],
        }
    )


def evaluate_from_data(rows: pd.DataFrame, predictions: pd.DataFrame) -> dict[str, float]:
    """Ranking and calibration of the risk, and what granting by points would have cost."""
    default = rows["default"].to_numpy()
    granted = predictions["granted"].to_numpy()
    both = 0 < default.sum() < len(default)  # One class alone has no ranking.
    return {
        "roc_auc": float(roc_auc_score(default, predictions["risk"])) if both else float("nan"),
        "brier": float(brier_score_loss(default, predictions["risk"])),
        "granted_share": float(granted.mean()),
        "default_among_granted": float(default[granted].mean()) if granted.any() else 0.0,
        "lent_euro": float(rows["amount"].to_numpy()[granted].sum()),
    }


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--config", "config_path", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, config_path: Path, data: Path, out_dir: Path) -> None:
    """Train on the applications in DATA, or decide with the model in OUT_DIR."""
    config = yaml.safe_load(config_path.read_text(encoding="utf-8"))
    train, test = split_data(config, load_applications(data))
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        joblib.dump(train_from_data(config, train), out_dir / "scorecard.joblib")
        return
    predictions = predict_from_data(joblib.load(out_dir / "scorecard.joblib"), test)
    if action == "predict":
        predictions.to_csv(out_dir / "decisions.csv", index=False)
    else:
        click.echo(evaluate_from_data(test, predictions))


if __name__ == "__main__":
    main()
