import numpy as np

NUMBERS = ["age_months", "weight_kg", "days_here", "photos"]


class Model:
    """Linear in its weights, over columns that each kind of model makes in its own way."""

    def __init__(self, settings):
        self.settings = settings.public()
        self.curved = settings.model.curved
        self.centres = self.widths = self.weights = None
        self.trained_by = ""

    def scaled(self, rows):
        """The numbers as in training; what is missing is as in the middle."""
        values = rows[NUMBERS].to_numpy(dtype=float)
        if self.centres is None:
            self.centres = np.nanmedian(values, axis=0)
            self.widths = np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
        return (np.where(np.isnan(values), self.centres, values) - self.centres) / self.widths

    def columns(self, rows):
        numbers = self.scaled(rows)
        parts = [np.ones((len(rows), 1)), numbers, self.groups(rows).astype(float)]
        return np.hstack([*parts, numbers**2] if self.curved else parts)

    def score(self, rows):
        return self.columns(rows) @ self.weights


class Trainer:
    def __init__(self, settings):
        self.settings = settings.trainer

    def fit(self, model, rows, target):
        model.weights = self.solve(model.columns(rows), target.to_numpy(dtype=float))
        model.trained_by = type(self).__name__
        return model
