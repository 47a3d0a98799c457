import os
import pickle
import sys

import yaml
from sklearn.linear_model import LogisticRegression

if len(sys.argv) != 3:
    sys.exit("usage: python train.py features-dir model-file")

source, model_file = sys.argv[1:]
params = yaml.safe_load(open("params.yaml"))["train"]

with open(os.path.join(source, "train.pkl"), "rb") as fd:
    data = pickle.load(fd)

print("X", data["X"].shape, "classes", sorted(set(data["y"])))

clf = LogisticRegression(
    C=params["C"],
    class_weight=params["class_weight"] or None,
    max_iter=params["max_iter"],
    random_state=params["seed"],
)
clf.fit(data["X"], data["y"])

os.makedirs(os.path.dirname(model_file), exist_ok=True)
with open(model_file, "wb") as fd:
    pickle.dump(clf, fd)
