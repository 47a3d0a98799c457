# python make_features.py [--force] [NAME ...]
import argparse

import pandas as pd
from features.base import REGISTRY
from paths import TEST, TRAIN

import features  # noqa: F401

parser = argparse.ArgumentParser()
parser.add_argument("names", nargs="*")
parser.add_argument("--force", "-f", action="store_true", help="overwrite what is cached")
args = parser.parse_args()

train = pd.read_csv(TRAIN)
test = pd.read_csv(TEST)
print("train", train.shape, "test", test.shape)

for name, cls in REGISTRY.items():
    if args.names and name not in args.names:
        continue
    f = cls()
    if f.is_cached() and not args.force:
        print(name, "was skipped")
    else:
        f.run(train, test)
