import os
import pickle
import sys

import numpy as np
import pandas as pd
import scipy.sparse as sparse
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer

from text import STOP_WORDS, clean

if len(sys.argv) != 3:
    sys.exit("usage: python featurize.py prepared-dir features-dir")

source, out = sys.argv[1:]
params = yaml.safe_load(open("params.yaml"))["featurize"]

CHANNELS = ["mail", "phone", "web"]


def get_df(name):
    df = pd.read_csv(os.path.join(source, name))
    df["text"] = df["text"].fillna("").map(clean)
    print(f"{name}: {df.shape}")
    return df


def extra(df, typical_wait):
    # What is not text: the channel, how long somebody waited, an exclamation mark.
    wait = df["wait_minutes"].fillna(typical_wait)
    cols = [(df["channel"] == c).astype(float) for c in CHANNELS]
    cols.append(np.log1p(wait.clip(lower=0)) / 5)
    cols.append(df["text"].str.contains("!", regex=False).astype(float))
    return np.column_stack(cols)


def save(df, words, name, typical_wait):
    matrix = sparse.hstack([words, sparse.csr_matrix(extra(df, typical_wait))]).tocsr()
    with open(os.path.join(out, name), "wb") as fd:
        pickle.dump({"X": matrix, "y": df["topic"].to_numpy(), "ticket": df["ticket"].to_numpy()}, fd)
    print(f"{name}: {matrix.shape}, {matrix.nnz} values")


os.makedirs(out, exist_ok=True)
train = get_df("train.csv")
test = get_df("test.csv")

vectorizer = TfidfVectorizer(
    stop_words=STOP_WORDS,
    max_features=params["max_features"],
    ngram_range=(1, params["ngrams"]),
    min_df=params["min_df"],
    sublinear_tf=True,
)
train_words = vectorizer.fit_transform(train["text"])
typical_wait = train["wait_minutes"].median()

save(train, train_words, "train.pkl", typical_wait)
save(test, vectorizer.transform(test["text"]), "test.pkl", typical_wait)
with open(os.path.join(out, "vocabulary.txt"), "w", encoding="utf-8") as fd:
    fd.write("\n".join(vectorizer.get_feature_names_out()))
