"""A support vector machine on real tumours under guard: nothing but an estimator."""

from examples.real_breast_cancer.classifier import build_classifier
from mlguard import Guard


class RealBreastCancer(Guard):
    dataset = "real_breast_cancer"
    target = "benign"
    estimator = build_classifier()
    metrics = ("accuracy", "average_precision")
    require = {"accuracy": ">= 0.9"}
