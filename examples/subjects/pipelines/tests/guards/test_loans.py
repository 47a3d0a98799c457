import scoring

from mlguard import Guard


class Loans(Guard):
    dataset = "loans"
    target = "lost"

    def train(self, train):
        return scoring.fit(train)

    def predict(self, model, rows):
        return scoring.answer(model, rows)

    def evaluate(self, test, predictions):
        return scoring.measure(test, predictions)
