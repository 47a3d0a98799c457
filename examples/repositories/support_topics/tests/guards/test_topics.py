from mlguard import ScriptGuard


class Prepare(ScriptGuard):
    dataset = "tickets"
    script = "src/prepare.py data/tickets.csv data/prepared"
    config = "params.yaml"
    inputs = {"rows": "data/tickets.csv"}
    outputs = {"train": "data/prepared/train.csv", "test": "data/prepared/test.csv"}


class Topics(ScriptGuard):
    dataset = "tickets"
    target = "topic"
    seeds = (0,)
    script = ("src/featurize.py data/prepared data/features", "src/train.py data/features models/model.pkl",
              "src/evaluate.py models/model.pkl data/features reports")  # fmt: skip
    config = "params.yaml"
    config_probes = ["featurize.*", "train.C"]
    inputs = {"train": "data/prepared/train.csv", "test": "data/prepared/test.csv"}
    outputs = {"answers": "reports/answers.csv", "metrics": "reports/metrics.json"}
