from gym import courses, odds, staying
from mlguard import Guard


class Odds(Guard):
    dataset = "members"

    def train(self, train):
        return odds.fit(train)

    def predict(self, model, rows):
        return odds.chances(model, rows)

    def evaluate(self, test, predictions):
        return odds.accuracy(test, predictions)


class Staying(Guard):
    dataset = "members"
    target = "left"

    def train(self, train):
        return staying.fit(train)

    def predict(self, model, rows):
        return staying.risk(model, rows)

    def evaluate(self, test, predictions):
        return staying.score(test, predictions)


class Courses(Guard):
    dataset = "bookings"

    def train(self, train):
        return courses.fit(train)

    def predict(self, model, rows):
        return courses.interest(model, rows)

    def evaluate(self, test, predictions):
        return courses.error(test, predictions)
