import wave_net

from mlguard import Guard


class Wave(Guard):
    dataset = "waves"
    target = "y"

    def train(self, train):
        return wave_net.train(train)

    def predict(self, model, rows):
        return wave_net.answer(model, rows)

    def evaluate(self, test, predictions):
        return {"mse": float(((predictions - wave_net.column(test, "y")) ** 2).mean())}

    def save(self, model, folder):
        wave_net.save(model, folder)

    def load(self, folder):
        return wave_net.load(folder)
