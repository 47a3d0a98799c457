"""Which pump readings look wrong: an isolation forest on deviations from each pump's own habits, and a heat alarm."""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score

CHANNELS = ("temperature", "vibration", "pressure", "current")


@dataclass
class Watch:
    """A fitted detector: the habits of each pump, the forest, and the score from which a reading is reported."""

    config: dict[str, Any]
    habits: dict[str, dict[str, tuple[float, float]]]
    forest: IsolationForest
    limit: float


def load_readings(path: Path) -> pd.DataFrame:
    """Read readings of all pumps; times without a zone."""
    return pd.read_csv(path, parse_dates=["taken_at"])


def split_data(config: dict[str, Any], rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Learn from the earlier readings and test on the later ones; what was sent twice counts once."""
    readings = rows.drop_duplicates(["taken_at", "pump"]).sort_values("taken_at", kind="stable")
    cut = len(readings) - int(np.ceil(config["test_share"] * len(readings)))
    return readings.iloc[:cut].reset_index(drop=True), readings.iloc[cut:].reset_index(drop=True)


def compensate(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the effect of the speed out of the channels that follow it."""
    above = rows["speed"] - 1500
    return pd.DataFrame(
        {
            "temperature": rows["temperature"] - 0.02 * above,
            "vibration": np.log(rows["vibration"].clip(lower=0.01)),
            "pressure": rows["pressure"] - 0.002 * above,
            "current": rows["current"] - 0.01 * above,
        }
    )


def spread(values: pd.Series) -> float:
    """Median absolute deviation, scaled to the standard deviation of a normal sample."""
    return max(1.4826 * float((values - values.median()).abs().median()), 1e-3)


def learn_habits(rows: pd.DataFrame) -> dict[str, dict[str, tuple[float, float]]]:
    """Median and spread per pump and channel; the entry "" holds them over all pumps."""
    channels = compensate(rows)
    groups = {str(name): part for name, part in channels.groupby(rows["pump"])} | {"": channels}
    return {
        name: {channel: (float(part[channel].median()), spread(part[channel])) for channel in CHANNELS}
        for name, part in groups.items()
    }


def deviations(config: dict[str, Any], habits: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """How far each reading is from its pump's habit, in spreads; an unknown pump is held against all pumps."""
    channels = compensate(rows)
    known = [habits.get(name, habits[""]) for name in rows["pump"]]
    features = pd.DataFrame(index=rows.index)
    for channel in CHANNELS:
        middle = np.array([habit[channel][0] for habit in known])
        width = np.array([habit[channel][1] for habit in known])
        score = ((channels[channel] - middle) / width).clip(-config["clip"], config["clip"])
        features[channel] = score.fillna(0.0)
    features["farthest"] = features[list(CHANNELS)].abs().max(axis=1)
    late, early = config["night"]
    hour = rows["taken_at"].dt.hour
    features["night"] = ((hour >= late) | (hour < early)).astype(float)
    return features


def train_from_data(config: dict[str, Any], rows: pd.DataFrame) -> Watch:
    """Learn habits and forest from readings, and the score that the expected share of them exceeds."""
    habits = learn_habits(rows)
    forest = IsolationForest(**config["forest"], contamination="auto", bootstrap=False)
    features = deviations(config, habits, rows).to_numpy()
    forest.fit(features)
    limit = np.quantile(-forest.score_samples(features), 1 - config["contamination"], method="linear")
    return Watch(config=config, habits=habits, forest=forest, limit=float(limit))


def features_from_data(watch: Watch, rows: pd.DataFrame) -> pd.DataFrame:
    """The deviations that the fitted detector sees."""
    return deviations(watch.config, watch.habits, rows)


def predict_from_data(watch: Watch, rows: pd.DataFrame) -> pd.DataFrame:
    """Strangeness of each reading (higher is stranger), and whether it is reported and why."""
    score = -watch.forest.score_samples(features_from_data(watch, rows).to_numpy())
    hot = (rows["temperature"] >= watch.config["hot"]).to_numpy()
    alarm = np.where(hot, "hot", np.where(score > watch.limit, "strange", "none"))
    return pd.DataFrame({"score": score, "alarm": alarm})


def evaluate_from_data(failing: pd.Series, predictions: pd.DataFrame) -> dict[str, float]:
    """How well the scores rank failing readings, and what the alarms catch."""
    truth = failing.to_numpy()
    reported = (predictions["alarm"] != "none").to_numpy()
    both = 0 < truth.sum() < len(truth)  # One kind alone has no ranking.
    return {
        "roc_auc": float(roc_auc_score(truth, predictions["score"])) if both else float("nan"),
        "average_precision": float(average_precision_score(truth, predictions["score"])),
        "caught": float(reported[truth == 1].mean()),
        "reported_share": float(reported.mean()),
    }


def train_from_path(config_path: Path, data_path: Path, out_dir: Path) -> None:
    """Train on a file of readings and keep the detector."""
    config = tomllib.loads(config_path.read_text(encoding="utf-8"))
    train, _ = split_data(config, load_readings(data_path))
    out_dir.mkdir(parents=True, exist_ok=True)
    joblib.dump(train_from_data(config, train), out_dir / "watch.joblib")


def answer_from_path(config_path: Path, data_path: Path, out_dir: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The later readings of a file, and what the kept detector says to them."""
    config = tomllib.loads(config_path.read_text(encoding="utf-8"))
    _, test = split_data(config, load_readings(data_path))
    return test, predict_from_data(joblib.load(out_dir / "watch.joblib"), test)


def main() -> None:
    """Command line: train, raise alarms, or say how well they do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["train", "predict", "evaluate"])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out-dir", type=Path, required=True)
    given = parser.parse_args()
    if given.action == "train":
        train_from_path(given.config, given.data, given.out_dir)
        return
    test, predictions = answer_from_path(given.config, given.data, given.out_dir)
    if given.action == "predict":
        predictions.to_csv(given.out_dir / "alarms.csv", index=False)
    else:
        print(evaluate_from_data(test["failing"], predictions))


if __name__ == "__main__":
    main()
