"""Cats: colours count, a logistic model is trained step by step, and answers say how sure they are."""

import numpy as np
import pandas as pd

from zoo.base import Model, Trainer

COLOURS = ["black", "tabby", "white"]


def logistic(x):
    return 1 / (1 + np.exp(-x))


class CatModel(Model):
    def groups(self, rows):
        return np.column_stack([rows["colour"] == colour for colour in COLOURS])


class CatTrainer(Trainer):
    def solve(self, x, y):
        weights = np.zeros(x.shape[1])
        for _ in range(self.settings.steps):
            off = logistic(x @ weights) - y
            weights = weights - self.settings.speed * (x.T @ off / len(y) + self.settings.penalty * weights)
        return weights


class CatPredictor:
    def answer(self, model, rows, threshold):
        sure = logistic(model.score(rows))
        return pd.DataFrame({"adopted": (sure >= threshold).astype(int), "sure": sure})
