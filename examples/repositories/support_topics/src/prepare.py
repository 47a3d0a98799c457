import os
import sys

import numpy as np
import pandas as pd
import yaml

if len(sys.argv) != 3:
    sys.exit("usage: python prepare.py tickets.csv out-dir")

source, out = sys.argv[1:]
with open("params.yaml") as fd:
    params = yaml.safe_load(fd)["prepare"]


def without_repeats(df):
    # A ticket which is opened again is exported again; its last line counts.
    return df.drop_duplicates("ticket", keep="last")


df = pd.read_csv(source)
n = len(df)
df = without_repeats(df)
df = df[df["topic"].notna() & df["text"].notna()]
print(f"{n} lines, {len(df)} tickets with a topic")

rng = np.random.RandomState(params["seed"])
is_test = pd.Series(False, index=df.index)
for topic in sorted(df["topic"].unique()):
    rows = df.index[df["topic"] == topic].to_numpy()
    k = int(round(len(rows) * params["test_share"]))
    is_test[rng.permutation(rows)[:k]] = True

os.makedirs(out, exist_ok=True)
df[~is_test].to_csv(os.path.join(out, "train.csv"), index=False)
df[is_test].to_csv(os.path.join(out, "test.csv"), index=False)
