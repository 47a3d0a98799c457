"""Iris, real data and a bare estimator: nothing to declare but target and metrics."""

from examples.real_iris.neighbours import build_classifier
from mlguard import Guard


class RealIris(Guard):
    dataset = "real_iris"
    target = "species"
    estimator = build_classifier()
    metrics = ("accuracy", "neg_log_loss")
    require = {"accuracy": ">= 0.85"}
