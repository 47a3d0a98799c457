"""A small pipeline under guard, and everything that mlguard observes of it, in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlguard.configuration import Configuration
from mlguard.core.dataset import Dataset
from mlguard.core.guard import Guard
from mlguard.core.question import IN_FEW_CALLS, WHOLE
from mlguard.core.record import Record
from mlguard.core.run_name import MAIN
from mlguard.observe import contracts, degenerate, describe, levels, probes, secondary, stages
from mlguard.observe.changes.column import Known
from mlguard.observe.files import Files
from mlguard.observe.keys import changed_keys
from mlguard.observe.run import Run, Subject, copied, scratch
from mlguard.seeding import seed_all

CONFIG = {"alpha": 0.5, "threshold": 0.5, "columns": ("age", "visits")}
KNOWN = Known(gaps=frozenset({"age"}), thresholds={})


def make(seed: int = 0, rows: int = 32) -> pd.DataFrame:
    """Ages with a gap among the rows that train, a city, counts, and whether somebody bought."""
    rng = np.random.RandomState(seed)
    age = rng.uniform(20, 80, rows).round(3)
    visits = rng.randint(1, 9, rows)
    bought = (age / 80 + visits / 9 + rng.uniform(0, 0.4, rows) > 1.3).astype(int)
    age[3] = np.nan
    return pd.DataFrame({"age": age, "city": rng.choice(["Rom", "Köln"], rows), "visits": visits, "bought": bought})


class Shop(Guard):
    """Ridge regression on three columns by hand, with a threshold on its score."""

    dataset = "shop"
    target = "bought"

    def split(self, data: Dataset) -> Any:
        return data.rows.iloc[:20], data.rows.iloc[20:]

    def train(self, train: pd.DataFrame) -> Any:
        model = {"mean": train["age"].mean(), "cities": train.groupby("city")["bought"].mean().to_dict()}
        x = matrix(model, train)
        gram = x.T @ x + self.config["alpha"] * np.eye(x.shape[1])
        return {**model, "weights": np.linalg.solve(gram, x.T @ train["bought"].to_numpy())}

    def score(self, model: Any, rows: pd.DataFrame) -> np.ndarray:
        return matrix(model, rows) @ model["weights"]

    def predict(self, model: Any, rows: pd.DataFrame) -> Any:
        score = self.score(model, rows)
        return pd.DataFrame({"score": score, "label": score >= self.config["threshold"]})

    def evaluate(self, test: pd.DataFrame, predictions: pd.DataFrame) -> Any:
        return {"accuracy": float((predictions["label"].to_numpy() == test["bought"].to_numpy()).mean())}


def matrix(model: Any, rows: pd.DataFrame) -> np.ndarray:
    city = rows["city"].map(lambda name: model["cities"].get(name, 0.5))
    age = rows["age"].astype(float).fillna(model["mean"]) / 80
    return np.column_stack([age, city.astype(float), rows["visits"].astype(float) / 9, np.ones(len(rows))])


def observed(
    guard: type[Guard],
    folder: Path,
    *,
    table: pd.DataFrame | None = None,
    seeds: tuple[int, ...] = (),
    config: Any = CONFIG,
    configurations: bool = False,
    refit: bool = False,
    fewer_levels: bool = False,
    files: Files | None = None,
    in_few_calls: bool = True,
) -> Record:
    """One run of a guard, as a worker drives it; the secondary runs where they are asked for."""
    subject = Subject("Shop", guard, Configuration(None, None, config), folder, guard.target)
    data = Dataset(make() if table is None else table)
    place = scratch(folder, "run")
    main = Run(subject, MAIN, data, scratch(place, "run"), config=config, watch=True, files=files)
    main.forms = WHOLE if in_few_calls else WHOLE - {IN_FEW_CALLS}
    pristine = copied(data)
    describe.describe_dataset(main)
    seed_all(main.state)
    early = {"split": describe.describe_split, "train": describe.describe_model}
    path = stages.walk_path(main, seen=lambda stage, so_far: early[stage](main, so_far))
    describe.describe_answers(main, path)
    main.watch = main.listen = False
    contracts.keep_contracts(main, path)
    probes.keep_probes(main, path, KNOWN)
    degenerate.keep_degenerate(main, path)
    main.data = pristine
    for seed in seeds:
        main.observations += secondary.other_seed(main, seed, Dataset(make(seed)))[0]
    if refit:
        main.observations += secondary.first_model(main, path)
    for changed in changed_keys(config) if configurations else ():
        main.observations += secondary.config_probe(main, path, changed)
    if fewer_levels:
        main.observations += levels.without_levels(main, path)
    if refit:
        main.observations += secondary.refit(main, path)
    return Record.of("Shop", main.observations)
