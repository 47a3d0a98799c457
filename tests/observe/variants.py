"""The shop's code as refactors leave it: one true refactor, and changes that a guard must notice.

They stand in no test module, so that pytest takes none of them for a guard of this project.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import polars as pl

from tests.adapters.boosters import Booster
from tests.observe.pipeline import Shop, make, matrix


class Rounded(Shop):
    """The same in other words: another order of additions, another container, a reset index."""

    def split(self, data: Any) -> Any:
        train, test = super().split(data)
        return train.reset_index(drop=True), test.reset_index(drop=True)

    def train(self, train: Any) -> Any:
        model = super().train(train)
        return {**model, "w": model["weights"].tolist(), "weights": model["weights"].copy()}

    def score(self, model: Any, rows: Any) -> Any:
        return sum(matrix(model, rows)[:, i] * model["weights"][i] for i in (3, 2, 1, 0))


class ScalesByBatch(Shop):
    def score(self, model: Any, rows: Any) -> Any:
        return super().score(model, rows.assign(age=rows["age"] - rows["age"].mean() + model["mean"]))


class KnowsBatchSize(Shop):
    def score(self, model: Any, rows: Any) -> Any:
        return super().score(model, rows) + (0.01 if len(rows) == 5 else 0.0)


class WritesIntoRows(Shop):
    def score(self, model: Any, rows: Any) -> Any:
        rows["age"] = rows["age"].fillna(model["mean"]).round(1)
        return super().score(model, rows)

    def split(self, data: Any) -> Any:
        return tuple(part.copy() for part in super().split(data))


class AddsColumn(Shop):
    def predict(self, model: Any, rows: Any) -> Any:
        answers = super().predict(model, rows)
        rows["scored"] = True
        return answers

    def split(self, data: Any) -> Any:
        return tuple(part.copy() for part in super().split(data))


class MarksData(Shop):
    def predict(self, model: Any, rows: Any) -> Any:
        answers = super().predict(model, rows)
        self.data.rows["scored"] = True
        return answers


class WritesIntoConfig(Shop):
    def train(self, train: Any) -> Any:
        model = super().train(train)
        self.config["alpha"] = 1
        return model


class WritesIntoModel(Shop):
    def score(self, model: Any, rows: Any) -> Any:
        model["calls"] = model.get("calls", 0) + 1
        return super().score(model, rows) + (0.01 if model["calls"] > 2 else 0.0)


class ReadsTarget(Shop):
    def score(self, model: Any, rows: Any) -> Any:
        seen = rows["bought"].iloc[0] if "bought" in rows else 0
        return super().score(model, rows) + 0.001 * (int(seen) - int(make()["bought"].iloc[20]))


class TakesFirstColumn(Shop):
    def score(self, model: Any, rows: Any) -> Any:
        return super().score(model, rows.assign(age=pd.to_numeric(rows.iloc[:, 0])))


class AlignsByIndex(Shop):
    def predict(self, model: Any, rows: Any) -> Any:
        answers = super().predict(model, rows)
        return answers.set_axis(rows.index).loc[range(rows.index[0], rows.index[0] + len(rows))]


class KnowsCitiesOnly(Shop):
    def score(self, model: Any, rows: Any) -> Any:
        unknown = [city for city in rows["city"] if city not in model["cities"]]
        return super().score(model, rows) if not unknown else [][0]


class RefusesGaps(Shop):
    def score(self, model: Any, rows: Any) -> Any:
        if rows["age"].isna().any() and len(rows) != 20:
            raise ValueError("gaps")
        return super().score(model, rows)


class IgnoresAlpha(Shop):
    def train(self, train: Any) -> Any:
        self.config = {**self.config, "alpha": 0.5}
        return super().train(train)


class FailsOnOtherData(Shop):
    def train(self, train: Any) -> Any:
        if train["age"].iloc[0] != make()["age"].iloc[0]:
            raise ValueError("never seen")
        return super().train(train)


class SplitsAfterSorting(Shop):
    def split(self, data: Any) -> Any:
        rows = data.rows.sort_values("visits", kind="stable")
        return rows.iloc[:20], rows.iloc[20:]


class AnswersLess(Shop):
    def predict(self, model: Any, rows: Any) -> Any:
        return super().predict(model, rows)[["label"]]


class AnswersShorter(Shop):
    def predict(self, model: Any, rows: Any) -> Any:
        return super().predict(model, rows).astype({"score": np.float32})


class RoundsMetric(Shop):
    def evaluate(self, test: Any, predictions: Any) -> Any:
        return {name: round(value, 2) for name, value in super().evaluate(test, predictions).items()}


def cached() -> type[Shop]:
    class Cached(Shop):
        """What was learned is kept by the number of rows, which is too coarse."""

        models: ClassVar[dict[int, Any]] = {}

        def train(self, train: Any) -> Any:
            if len(train) not in self.models:
                self.models[len(train)] = super().train(train)
            return self.models[len(train)]

    return Cached


def warm() -> type[Shop]:
    class Warm(Shop):
        """Each fit starts from where the last one ended."""

        last: ClassVar[list[Any]] = []

        def train(self, train: Any) -> Any:
            model = super().train(train)
            if self.last:
                model["weights"] = (model["weights"] + self.last[-1] * 1.01) / 2
            self.last.append(model["weights"])
            return model

    return Warm


def once() -> type[Shop]:
    class Once(Shop):
        """A resource that only the first fit finds."""

        gone: ClassVar[list[bool]] = []

        def train(self, train: Any) -> Any:
            if self.gone:
                raise OSError("the file is gone")
            self.gone.append(True)
            return super().train(train)

    return Once


class Labels(Shop):
    """Answers labels and no scores."""

    move = 0.0

    def predict(self, model: Any, rows: Any) -> Any:
        return (self.score(model, rows) >= self.config["threshold"] + self.move).astype(int)

    def evaluate(self, test: Any, predictions: Any) -> Any:
        return float((predictions == test["bought"]).mean())


class LabelsMoved(Labels):
    move = 0.003


class Writer(Shop):
    def train(self, train: Any) -> Any:
        Path(self.config["place"]).write_text("cache")
        (self.folder / "fine.txt").write_text("mine")
        return super().train(train)


class Ranked(Shop):
    """Two answers per row, known by who is answered and at which place."""

    key = ("user", "rank")

    def predict(self, model: Any, rows: Any) -> Any:
        users = [f"u{name}" for name in rows["age"].round(2).astype(str)]
        score = self.score(model, rows)
        found = pd.DataFrame({"user": users * 2, "rank": [1] * len(rows) + [2] * len(rows), "score": [*score, *-score]})
        return found.sort_values("score", kind="stable")

    def evaluate(self, test: Any, predictions: Any) -> Any:
        return {"best": float(predictions["score"].max())}


class RankedElsewhere(Ranked):
    def predict(self, model: Any, rows: Any) -> Any:
        return super().predict(model, rows).sample(frac=1, random_state=0)


class OnArrays(Shop):
    def split(self, data: Any) -> Any:
        table = data.rows[["age", "visits", "bought"]].fillna(50.0).to_numpy(float)
        return (table[:20, :2], table[:20, 2]), (table[20:, :2], table[20:, 2])

    def train(self, train: Any) -> Any:
        return np.linalg.lstsq(train[0], train[1], rcond=None)[0]

    def predict(self, model: Any, rows: Any) -> Any:
        return rows[0] @ model

    def evaluate(self, test: Any, predictions: Any) -> Any:
        return float(((predictions - test[1]) ** 2).mean())


class Labelled(Shop):
    """Answers under the labels of the rows that it was given."""

    def predict(self, model: Any, rows: Any) -> Any:
        return super().predict(model, rows).set_axis(rows.index)


class ByCity(Shop):
    """Answers under labels of their own."""

    def predict(self, model: Any, rows: Any) -> Any:
        return super().predict(model, rows).set_axis(pd.Index(rows["city"], name="city"))


class Renames(Shop):
    def split(self, data: Any) -> Any:
        rows = data.rows.assign(rows=1.0, columns="x")
        return rows.iloc[:20], rows.iloc[20:]


def shared() -> type[Shop]:
    class Shared(Shop):
        """Every training writes into one model, so that the next one changes what the last one answers."""

        model: ClassVar[dict[str, Any]] = {}

        def train(self, train: Any) -> Any:
            self.model.update(super().train(train))
            return self.model

    return Shared


class KeepsSettings(Shop):
    """The model holds the whole configuration."""

    def train(self, train: Any) -> Any:
        numbers = {name: self.config[name] for name in ("alpha", "threshold")}
        return {**super().train(train), "settings": self.config, "array": np.array([*numbers.values(), 7.0])}


class KeepsOneSetting(Shop):
    """The model holds what prediction needs of the configuration."""

    def train(self, train: Any) -> Any:
        return {**super().train(train), "settings": {"threshold": self.config["threshold"]}}


class FillsByWord(Shop):
    """Gaps are filled as a word of the configuration says; any other word means the median."""

    def train(self, train: Any) -> Any:
        model = super().train(train)
        return {**model, "mean": train["age"].mean() if self.word() == "mean" else train["age"].median()}

    def word(self) -> str:
        return str(self.config["fill"])


class FillsByMean(FillsByWord):
    def word(self) -> str:
        return "mean"


class RefusesWords(FillsByWord):
    def word(self) -> str:
        return {"mean": "mean", "median": "median"}[self.config["fill"]]


class HasFloor(Shop):
    """Scores are held above what any real row, or any row changed in one column, comes to."""

    def score(self, model: Any, rows: Any) -> Any:
        return np.maximum(super().score(model, rows), self.floor(model))

    def floor(self, model: Any) -> float:
        lowest = pd.DataFrame({"age": [20.0], "city": ["Rom"], "visits": [1]})
        return float(Shop.score(self, model, lowest)[0]) + 0.01


class RaisesAtPrediction(Shop):
    def predict(self, model: Any, rows: Any) -> Any:
        if self.config["threshold"] != 0.5:
            raise ValueError("another threshold")
        return super().predict(model, rows)


class LearnsMore(Shop):
    """One thing that was learned has another shape, and scores are those of another mean."""

    def train(self, train: Any) -> Any:
        return {**super().train(train), "mean": np.zeros(2)}

    def score(self, model: Any, rows: Any) -> Any:
        return super().score({**model, "mean": 50.0}, rows)


class Lists(Shop):
    """Answers of several lengths, equally long in some batches and in none of the others."""

    def predict(self, model: Any, rows: Any) -> Any:
        return [[float(p)] * (1 + int(n) % 3) for p, n in zip(self.score(model, rows), rows["visits"], strict=True)]

    def evaluate(self, test: Any, predictions: Any) -> Any:
        return len(predictions)


class ListsInFrame(Lists):
    """The same answers as a column of a frame."""

    def predict(self, model: Any, rows: Any) -> Any:
        return pd.DataFrame({"top": super().predict(model, rows)})


class OnPolars(Shop):
    """The same pipeline, whose rows and answers are tables of polars."""

    def split(self, data: Any) -> Any:
        table = pl.from_pandas(data.rows)
        return table[:20], table[20:]

    def train(self, train: Any) -> Any:
        return super().train(pandas(train))

    def predict(self, model: Any, rows: Any) -> Any:
        return pl.from_pandas(super().predict(model, pandas(rows)))

    def evaluate(self, test: Any, predictions: Any) -> Any:
        return super().evaluate(pandas(test), pandas(predictions))


def pandas(table: Any) -> Any:
    assert isinstance(table, pl.DataFrame)
    return pd.DataFrame({name: table[name].to_list() for name in table.columns})


class Boosted(Shop):
    def train(self, train: Any) -> Any:
        return {**super().train(train), "booster": Booster(rate=self.config["rate"], threads=self.config["threads"])}


class IgnoresThreads(Boosted):
    def train(self, train: Any) -> Any:
        self.config = {**self.config, "threads": 1}
        return super().train(train)


class IgnoresRate(Boosted):
    def train(self, train: Any) -> Any:
        self.config = {**self.config, "rate": 0.1}
        return super().train(train)
