"""When pumps will fail: Cox's proportional hazards by Newton's method, written in plain NumPy."""

from __future__ import annotations

import argparse
import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

NUMERIC = ["load", "heat", "log_age"]


@dataclass
class HazardModel:
    """Everything that a forecast of failures needs."""

    config: dict[str, Any]
    """The settings that the model was fitted with."""
    heat_fills: dict[str, float]
    """Median heat of each site, and of all under the empty name."""
    levels: dict[str, list[str]]
    """Known sites and vendors; the first of each is the baseline."""
    center: np.ndarray
    """Mean of each numeric feature in training."""
    scale: np.ndarray
    """Standard deviation of each numeric feature in training."""
    coefficients: np.ndarray
    """Log hazard ratio of each feature."""
    event_days: np.ndarray
    """Days on which pumps failed, in order."""
    baseline: np.ndarray
    """Cumulative baseline hazard after each of those days (Breslow's estimate)."""


def load_pumps(path: Path) -> pd.DataFrame:
    """Read the observed pumps, one row each."""
    return pd.read_csv(path)


def split_data(config: dict[str, Any], pumps: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per pump, split at random with the same share of failures on both sides."""
    unique = pumps.drop_duplicates("pump").reset_index(drop=True)
    train, test = train_test_split(
        unique, test_size=config["test_share"], random_state=config["seed"], stratify=unique["failed"]
    )
    return train.sort_index().reset_index(drop=True), test.sort_index().reset_index(drop=True)


def raw_features(
    config: dict[str, Any], heat_fills: dict[str, float], levels: dict[str, list[str]], pumps: pd.DataFrame
) -> pd.DataFrame:
    """Numbers with heat filled by site, the overload flag, and a column per known level but the first."""
    out = pd.DataFrame(index=pumps.index)
    out["load"] = pumps["load"].clip(upper=1.5)
    out["heat"] = pumps["heat"].fillna(pumps["site"].map(heat_fills).fillna(heat_fills[""]))
    out["log_age"] = np.log1p(pumps["age"].clip(lower=0.0))
    out["overload"] = (pumps["load"] >= config["overload_from"]).astype(float)
    out["heat_unknown"] = pumps["heat"].isna().astype(float)
    for column, names in levels.items():
        for name in names[1:]:
            out[f"{column}_{name}"] = (pumps[column] == name).astype(float)
    return out


def newton_step(
    design: np.ndarray, days: np.ndarray, failed: np.ndarray, beta: np.ndarray, ties: str
) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and negative Hessian of the log partial likelihood, with Efron's or Breslow's rule for ties."""
    risk = np.exp(design @ beta)
    gradient, information = np.zeros(len(beta)), np.zeros((len(beta), len(beta)))
    for day in np.unique(days[failed == 1]):
        at_risk, died = days >= day, (days == day) & (failed == 1)
        count = int(died.sum())
        gradient += design[died].sum(axis=0)
        for place in range(count):
            share = place / count if ties == "efron" else 0.0
            weight = risk * at_risk - share * risk * died
            total = weight.sum()
            mean = (weight @ design) / total
            gradient -= mean
            information += (design.T * weight) @ design / total - np.outer(mean, mean)
    return gradient, information


def fit_coefficients(config: dict[str, Any], design: np.ndarray, days: np.ndarray, failed: np.ndarray) -> np.ndarray:
    """Newton's method with a quadratic penalty, from zero until the step no longer matters."""
    beta = np.zeros(design.shape[1])
    for _ in range(config["max_steps"]):
        gradient, information = newton_step(design, days, failed, beta, config["ties"])
        curvature = information + config["penalty"] * np.eye(len(beta))
        step = np.linalg.solve(curvature, gradient - config["penalty"] * beta)
        beta = beta + step
        if np.abs(step).max() < config["tol"]:
            break
    return beta


def baseline_hazard(design: np.ndarray, days: np.ndarray, failed: np.ndarray, beta: np.ndarray) -> Any:
    """Days of failure, and the cumulative hazard of a pump with all features zero after each of them."""
    risk = np.exp(design @ beta)
    event_days = np.unique(days[failed == 1])
    jumps = [((days == day) & (failed == 1)).sum() / risk[days >= day].sum() for day in event_days]
    return event_days, np.cumsum(jumps)


def train_from_data(config: dict[str, Any], pumps: pd.DataFrame) -> HazardModel:
    """Fit fills, levels, scaling, coefficients and baseline on the observed pumps."""
    heat_fills = {str(site): float(value) for site, value in pumps.groupby("site")["heat"].median().items()}
    heat_fills[""] = float(pumps["heat"].median())
    levels = {column: [str(name) for name in sorted(pumps[column].unique())] for column in ("site", "vendor")}
    features = raw_features(config, heat_fills, levels, pumps)
    center, scale = features[NUMERIC].mean().to_numpy(), features[NUMERIC].std(ddof=0).to_numpy()
    features[NUMERIC] = (features[NUMERIC] - center) / scale
    design, days, failed = features.to_numpy(), pumps["days"].to_numpy(), pumps["failed"].to_numpy()
    beta = fit_coefficients(config, design, days, failed)
    event_days, baseline = baseline_hazard(design, days, failed, beta)
    return HazardModel(dict(config), heat_fills, levels, center, scale, beta, event_days, baseline)


def features_from_data(model: HazardModel, pumps: pd.DataFrame) -> pd.DataFrame:
    """The scaled design of the pumps, one row each."""
    features = raw_features(model.config, model.heat_fills, model.levels, pumps)
    features[NUMERIC] = (features[NUMERIC] - model.center) / model.scale
    return features


def predict_from_data(model: HazardModel, pumps: pd.DataFrame) -> pd.DataFrame:
    """Hazard ratio, chance to survive each horizon, half life in days and whether to replace the pump now."""
    ratio = np.exp(features_from_data(model, pumps).to_numpy() @ model.coefficients)
    steps = np.concatenate([[0.0], model.baseline])
    out = pd.DataFrame({"hazard_ratio": ratio})
    for horizon in model.config["horizons"]:
        reached = np.searchsorted(model.event_days, horizon, side="right")
        out[f"survives_{horizon}"] = np.exp(-steps[reached] * ratio)
    alive = np.round(np.exp(-np.outer(ratio, model.baseline)), 9) > 0.5
    ends = np.append(model.event_days, model.config["study_end"])
    out["half_life"] = ends[alive.sum(axis=1)]
    out["replace"] = out[f"survives_{model.config['horizons'][1]}"] < model.config["high_risk"]
    return out


def concordance(days: np.ndarray, failed: np.ndarray, ratio: np.ndarray) -> float:
    """Harrell's index: of the pairs whose order is known, the share where the riskier pump failed first."""
    known = (failed[:, None] == 1) & (days[:, None] < days[None, :])
    higher, equal = ratio[:, None] > ratio[None, :], ratio[:, None] == ratio[None, :]
    return float((known & higher).sum() + 0.5 * (known & equal).sum()) / float(known.sum())


def evaluate_from_data(pumps: pd.DataFrame, predictions: pd.DataFrame) -> dict[str, float]:
    """Order of the failures, and the squared error of the survival chance where the outcome is known."""
    days, failed = pumps["days"].to_numpy(), pumps["failed"].to_numpy()
    metrics = {"concordance": concordance(days, failed, predictions["hazard_ratio"].round(9).to_numpy())}
    for name in [column for column in predictions.columns if column.startswith("survives_")]:
        horizon = int(name.removeprefix("survives_"))
        known = (failed == 1) | (days >= horizon)
        alive = (days > horizon).astype(float)
        metrics[f"brier_{horizon}"] = float(((predictions[name].to_numpy() - alive)[known] ** 2).mean())
    return {**metrics, "replace_share": float(predictions["replace"].mean())}


def save_model(model: HazardModel, folder: Path) -> None:
    """Write numbers and names as one readable file."""
    fields = asdict(model).items()
    content = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in fields}
    (folder / "hazard.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def load_model(folder: Path) -> HazardModel:
    """Read what `save_model` wrote."""
    content = json.loads((folder / "hazard.json").read_text(encoding="utf-8"))
    plain = ("config", "heat_fills", "levels")
    return HazardModel(**{name: value if name in plain else np.array(value) for name, value in content.items()})


def main() -> None:
    """Train on a file of pumps, or forecast failures with a saved model."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("action", choices=["train", "predict", "evaluate"])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out-dir", type=Path, required=True)
    options = parser.parse_args()
    config = tomllib.loads(options.config.read_text(encoding="utf-8"))
    train, test = split_data(config, load_pumps(options.data))
    options.out_dir.mkdir(parents=True, exist_ok=True)
    if options.action == "train":
        save_model(train_from_data(config, train), options.out_dir)
        return
    predictions = predict_from_data(load_model(options.out_dir), test)
    if options.action == "predict":
        predictions.to_csv(options.out_dir / "predictions.csv", index=False)
    else:
        print(json.dumps(evaluate_from_data(test, predictions), indent=1))


if __name__ == "__main__":
    main()
