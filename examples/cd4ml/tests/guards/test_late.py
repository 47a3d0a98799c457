"""What must hold of every release: the API, whatever answers behind it, and the answers."""

from late import api, bundle, metrics

from mlguard import Guard


class Api(Guard):
    """Fields, types and shapes of answers, to one order, many and none; the rule and the model share its golden."""

    dataset = "orders"
    seeds = (0,)
    config = "config.yaml"
    config_probes = False

    def observe(self, data, notes):
        fitted = api.fit(self.config, data.rows)
        for name, rows in {"many": data.rows, "one": data.rows[5:6], "none": data.rows[:0]}.items():
            answers = api.answer(fitted, rows.drop(columns="late"))
            facts = {
                "fields": {column: str(answers[column].dtype) for column in answers},
                "shape": list(answers.shape),
                "is in order": answers["order"].tolist() == rows["order"].tolist(),
                "is probability": bool(answers["probability"].between(0, 1).all()),
            }
            for fact, value in facts.items():
                notes.note(f"{name}.{fact}", value, stage="predict")
        notes.note("request", sorted(api.REQUEST), stage="predict")


class Late(Guard):
    """The answers themselves."""

    dataset = "orders"
    target = "late"
    config = "config.yaml"
    seeds = (0,)
    config_probes = ("far_km", "c")

    def train(self, train):
        return api.fit(self.config, train)

    def predict(self, model, rows):
        return api.answer(model, rows)

    def evaluate(self, test, predictions):
        return metrics.evaluate(test["late"], predictions)

    def save(self, model, folder):
        bundle.save(model, folder)

    def load(self, folder):
        return bundle.load(folder)
