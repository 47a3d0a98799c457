"""What to play next: alternating least squares for implicit feedback (Hu, Koren and Volinsky 2008) in plain NumPy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import yaml


def load_tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the listening events and the catalogue."""
    return pd.read_csv(folder / "interactions.csv", parse_dates=["day"]), pd.read_csv(folder / "items.csv")


def merge_repeats(events: pd.DataFrame) -> pd.DataFrame:
    """One row per user and item: all plays together, dated by the last of them."""
    unique = events.drop_duplicates("event").sort_values(["day", "event"], kind="stable")
    merged = unique.groupby(["user", "item"], sort=False).agg(
        plays=("plays", "sum"), day=("day", "last"), event=("event", "last")
    )
    return merged.reset_index().sort_values(["day", "event"], kind="stable").reset_index(drop=True)


def split_data(events: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold back each user's last item; users with a single item are newcomers in the test."""
    merged = merge_repeats(events)
    last = ~merged.duplicated("user", keep="last")
    return merged[~last].reset_index(drop=True), merged[last].reset_index(drop=True)


def solve_side(confidence: np.ndarray, other: np.ndarray, regularisation: float) -> np.ndarray:
    """Factors of one side that fit the preferences best, given those of the other side."""
    gram = other.T @ other + regularisation * np.eye(other.shape[1])
    solved = np.zeros((len(confidence), other.shape[1]))
    for row, weights in enumerate(confidence):
        seen = np.flatnonzero(weights)
        if len(seen) == 0:
            continue
        known = other[seen]
        left = gram + known.T @ (weights[seen][:, None] * known)
        solved[row] = np.linalg.solve(left, known.T @ (1.0 + weights[seen]))
    return solved


def genre_shares(events: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Share of each genre in what a user played: one row per user, one column per genre of the catalogue."""
    joined = events.merge(items[["item", "genre"]], on="item", how="left")
    plays = joined.pivot_table(index="user", columns="genre", values="plays", aggfunc="sum", fill_value=0)
    plays = plays.reindex(columns=sorted(items["genre"].unique()), fill_value=0)
    return plays.div(plays.sum(axis=1), axis=0)


def train_from_data(config: dict[str, Any], events: pd.DataFrame, items: pd.DataFrame) -> dict[str, Any]:
    """Fit both sides in turn, and keep what ranking needs: who played what, popularity, genres and lengths."""
    users = np.sort(events["user"].unique())
    catalogue = items.sort_values("item").reset_index(drop=True)
    plays = np.zeros((len(users), len(catalogue)))
    rows = np.searchsorted(users, events["user"])
    columns = np.searchsorted(catalogue["item"], events["item"])
    np.add.at(plays, (rows, columns), events["plays"].to_numpy(dtype=float))
    confidence = config["alpha"] * np.log1p(plays)
    item_factors = np.random.RandomState(config["seed"]).normal(0.0, 0.3, (len(catalogue), config["factors"]))
    for _ in range(config["iterations"]):
        user_factors = solve_side(confidence, item_factors, config["regularisation"])
        item_factors = solve_side(confidence.T, user_factors, config["regularisation"])
    codes = pd.Categorical(catalogue["genre"], categories=sorted(catalogue["genre"].unique()))
    return {
        "config": dict(config),
        "users": users,
        "items": catalogue["item"].to_numpy(),
        "user_factors": user_factors,
        "item_factors": item_factors,
        "seen": plays > 0,
        "popularity": (plays > 0).sum(axis=0),
        "genre_codes": np.asarray(codes.codes, dtype=np.int64),
        "genre_shares": genre_shares(events, items).to_numpy(),
        "too_long": (catalogue["minutes"] >= config["long_minutes"]).to_numpy(),
    }


def user_position(model: dict[str, Any], user: int) -> int | None:
    """Where a user stands among the known ones, None for a newcomer."""
    place = int(np.searchsorted(model["users"], user))
    return place if place < len(model["users"]) and model["users"][place] == user else None


def features_from_data(model: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """What is known of the rows' users: how many items they played and their shares of the genres."""
    known = [user_position(model, user) for user in rows["user"]]
    width = model["genre_shares"].shape[1]
    shares = [np.zeros(width) if place is None else model["genre_shares"][place] for place in known]
    out = pd.DataFrame(np.array(shares).reshape(-1, width), columns=[f"genre_{n}" for n in range(width)])
    out.insert(0, "items_played", [0 if place is None else int(model["seen"][place].sum()) for place in known])
    return out


def item_scores(model: dict[str, Any], user: int) -> np.ndarray:
    """Score of every item for a user; newcomers get the popular ones; what was played already never returns."""
    config, place = model["config"], user_position(model, user)
    if place is None:
        scores = model["popularity"] / model["popularity"].max()
    else:
        liked = model["genre_shares"][place][model["genre_codes"]]
        scores = model["item_factors"] @ model["user_factors"][place] + config["genre_weight"] * liked
        scores = np.where(model["seen"][place], -np.inf, scores)
    return scores - config["long_penalty"] * model["too_long"]


def predict_from_data(model: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """The best items of each user among the rows, best first; equal scores go by item number."""
    answers = []
    for user in rows["user"].unique():
        scores = item_scores(model, int(user))
        best = np.argsort(-np.round(scores, 6), kind="stable")[: model["config"]["top_k"]]
        for rank, place in enumerate(best, start=1):
            answers.append((int(user), rank, int(model["items"][place]), float(scores[place])))
    return pd.DataFrame(answers, columns=["user", "rank", "item", "score"])


def evaluate_from_data(test: pd.DataFrame, predictions: pd.DataFrame) -> dict[str, float]:
    """Whether the held-back item was recommended, how early, and how much of the catalogue is ever shown."""
    joined = predictions.merge(test[["user", "item"]], on=["user", "item"])
    gain = 1.0 / np.log2(joined["rank"].to_numpy() + 1.0)
    return {
        "hit_rate": len(joined) / len(test),
        "mrr": float((1.0 / joined["rank"].to_numpy()).sum() / len(test)),
        "ndcg": float(gain.sum() / len(test)),
        "items_shown": float(predictions["item"].nunique()),
    }


def save_model(model: dict[str, Any], folder: Path) -> None:
    """Write arrays and settings side by side."""
    np.savez(folder / "factors.npz", **{name: value for name, value in model.items() if name != "config"})
    (folder / "config.json").write_text(json.dumps(model["config"]), encoding="utf-8")


def load_model(folder: Path) -> dict[str, Any]:
    """Read what `save_model` wrote."""
    with np.load(folder / "factors.npz") as arrays:
        return {"config": json.loads((folder / "config.json").read_text(encoding="utf-8")), **arrays}


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--config", "config_path", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, config_path: Path, data: Path, out_dir: Path) -> None:
    """Train on the tables in the folder DATA, or recommend with the model in OUT_DIR."""
    events, items = load_tables(data)
    train, test = split_data(events)
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        config = yaml.safe_load(config_path.read_text(encoding="utf-8"))
        save_model(train_from_data(config, train, items), out_dir)
        return
    predictions = predict_from_data(load_model(out_dir), test)
    if action == "predict":
        predictions.to_csv(out_dir / "recommendations.csv", index=False)
    else:
        click.echo(evaluate_from_data(test, predictions))


if __name__ == "__main__":
    main()
