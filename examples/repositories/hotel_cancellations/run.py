# LightGBM on everything in cache/, 4 folds, out-of-fold AUC
import json
import pickle

import lightgbm as lgb
import numpy as np
import pandas as pd
from features.base import REGISTRY, load
from folds import split
from paths import ID, OUT, TARGET, TEST, TRAIN
from sklearn.metrics import log_loss, roc_auc_score
from timer import timer

import features  # noqa: F401

FEATURES = list(REGISTRY)
ROUNDS = 60
EARLY_STOPPING = 15

with open("params.json") as f:
    params = json.load(f)

train = pd.read_csv(TRAIN)
test = pd.read_csv(TEST)
y = train[TARGET]
X, X_test = load(FEATURES)
print("features:", list(X.columns))

oof = np.zeros(len(X))
pred = np.zeros(len(X_test))
models = []
scores = {}

for fold, (trn, val) in enumerate(split(y)):
    with timer(f"fold {fold}"):
        dtrain = lgb.Dataset(X.iloc[trn], label=y.iloc[trn])
        dvalid = lgb.Dataset(X.iloc[val], label=y.iloc[val], reference=dtrain)
        model = lgb.train(
            params,
            dtrain,
            num_boost_round=ROUNDS,
            valid_sets=[dvalid],
            callbacks=[lgb.early_stopping(EARLY_STOPPING, verbose=False)],
        )
    oof[val] = model.predict(X.iloc[val], num_iteration=model.best_iteration)
    pred += model.predict(X_test, num_iteration=model.best_iteration) / len(split(y))
    scores[f"auc_fold{fold}"] = roc_auc_score(y.iloc[val], oof[val])
    scores[f"rounds_fold{fold}"] = model.best_iteration
    models.append(model)

scores["auc"] = roc_auc_score(y, oof)
scores["logloss"] = log_loss(y, oof)
print("CV:", scores["auc"])

with open(f"{OUT}/models.pkl", "wb") as f:
    pickle.dump(models, f)
with open(f"{OUT}/scores.json", "w") as f:
    json.dump(scores, f, indent=2)

X_test.to_feather(f"{OUT}/test_features.feather")
pd.DataFrame({ID: train[ID], TARGET: y, "oof": oof}).to_csv(f"{OUT}/oof.csv", index=False)

submission = pd.DataFrame({ID: test[ID], TARGET: pred})
submission.to_csv(f"{OUT}/submission.csv", index=False)
print(submission.describe())
