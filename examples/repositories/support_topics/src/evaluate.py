import json
import os
import pickle
import sys

import numpy as np
import pandas as pd
import yaml
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

if len(sys.argv) != 4:
    sys.exit("usage: python evaluate.py model-file features-dir reports-dir")

model_file, source, out = sys.argv[1:]
params = yaml.safe_load(open("params.yaml"))["evaluate"]

with open(model_file, "rb") as fd:
    clf = pickle.load(fd)
with open(os.path.join(source, "test.pkl"), "rb") as fd:
    data = pickle.load(fd)

proba = clf.predict_proba(data["X"])
best = proba.argmax(axis=1)
labels = clf.classes_[best]
confidence = proba.max(axis=1)
routed = np.where(confidence < params["unsure_below"], "desk", labels)

os.makedirs(out, exist_ok=True)
answers = pd.DataFrame(proba, columns=[f"p_{c}" for c in clf.classes_])
answers.insert(0, "ticket", data["ticket"])
answers["topic"] = routed
answers.to_csv(os.path.join(out, "answers.csv"), index=False)

y = data["y"]
sure = routed != "desk"
metrics = {
    "accuracy": accuracy_score(y, labels),
    "f1_macro": f1_score(y, labels, average="macro"),
    "sure": float(sure.mean()),
    "accuracy_sure": accuracy_score(y[sure], labels[sure]) if sure.any() else 0.0,
}
with open(os.path.join(out, "metrics.json"), "w") as fd:
    json.dump(metrics, fd, indent=4)
print(metrics)

table = pd.DataFrame(confusion_matrix(y, labels, labels=clf.classes_), index=clf.classes_, columns=clf.classes_)
table.to_csv(os.path.join(out, "confusion.csv"))
