import os

TRAIN = "input/train.csv"
TEST = "input/test.csv"
CACHE = "cache"
OUT = "output"

TARGET = "is_canceled"
ID = "booking_id"

for folder in [CACHE, OUT]:
    os.makedirs(folder, exist_ok=True)


def feather(name, part):
    return os.path.join(CACHE, f"{name}_{part}.feather")
