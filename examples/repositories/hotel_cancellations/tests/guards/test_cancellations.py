from mlguard import ScriptGuard


class Cancellations(ScriptGuard):
    dataset = "bookings"
    target = "is_canceled"
    seeds = (0,)
    script = ("make_features.py --force", "run.py")
    config = "params.json"
    config_probes = ["learning_rate", "lambda_l2"]
    inputs = {"train": "input/train.csv", "test": "input/test.csv"}
    outputs = {"answers": "output/submission.csv", "metrics": "output/scores.json",
               "features": "output/test_features.feather"}  # fmt: skip
    test_without = ("is_canceled",)
