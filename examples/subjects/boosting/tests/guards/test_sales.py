import sales

from mlguard import Guard


class Sales(Guard):
    dataset = "sales"
    target = "sold"

    def train(self, train):
        return sales.fit(train)

    def predict(self, model, rows):
        return sales.answer(model, rows)

    def evaluate(self, test, predictions):
        return {"mae": float((test["sold"] - predictions).abs().mean())}

    def save(self, model, folder):
        sales.save(model, folder)

    def load(self, folder):
        return sales.load(folder)
