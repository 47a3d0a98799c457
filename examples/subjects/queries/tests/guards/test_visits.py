from mlguard import SqlGuard


class Visits(SqlGuard):
    dataset = "visits"
    target = "spent"
    key = "visit"
    train = "sql/train.sql"
    predict = "sql/predict.sql"
    evaluate = "sql/evaluate.sql"
    made = {"data/days.csv": "sql/days.sql"}
    sources = {"visits": "data/visits.csv"}
