"""Dogs: sizes count, weights are solved for at once, and scores are cut to what lies between never and always."""

import numpy as np
import pandas as pd

from zoo.base import Model, Trainer

SIZES = [8.0, 20.0]


class DogModel(Model):
    def groups(self, rows):
        size = np.digitize(rows["weight_kg"].fillna(0), SIZES)
        return size[:, None] == np.arange(1, len(SIZES) + 1)


class DogTrainer(Trainer):
    def solve(self, x, y):
        ridge = self.settings.penalty * len(y) * np.eye(x.shape[1])
        return np.linalg.solve(x.T @ x + ridge, x.T @ y)


class DogPredictor:
    def answer(self, model, rows, threshold):
        sure = np.clip(model.score(rows), 0, 1)
        return pd.DataFrame({"adopted": (sure >= threshold).astype(int), "sure": sure})
