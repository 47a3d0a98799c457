"""python main.py configs/model_cat.yaml train.csv test.csv out"""

import json
import os
import sys

import joblib
import pandas as pd

from zoo import pipeline

if __name__ == "__main__":
    config_path, train_csv, test_csv, out = sys.argv[1:]
    model, test = pipeline.train(config_path, pd.read_csv(train_csv)), pd.read_csv(test_csv)
    answers = pipeline.predict(model, test)
    os.makedirs(out, exist_ok=True)
    joblib.dump(model, os.path.join(out, "model.joblib"))
    answers.to_csv(os.path.join(out, "answers.csv"), index=False)
    with open(os.path.join(out, "scores.json"), "w") as f:
        json.dump(pipeline.evaluate(test, answers), f, sort_keys=True)
