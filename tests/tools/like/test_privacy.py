"""What is planted as a secret stands neither in the script nor in what it makes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from mlguard.tables.generate import make
from mlguard.tools.like.privacy import EXTREMES, knots, told_labels
from mlguard.tools.like.write import write_like
from tests.tables.columns import encode_table

ROWS = 400
SECRETS = (
    "Ottilie Wagenbrett",
    "Wagenbrett",
    "Ottilie",
    "o.wagenbrett@kranich-und-soehne.de",
    "kranich",
    "987654321.17",
    "987654321",
    "C-40417",
    "Fibrodysplasia",
    "1903-02-17",
    "Annegret",
    "+49 171 5550199",
    "Tulpenweg",
    "-77123.5",
    "gyroskopisch",
)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A table of people, some of whom could be told by what stands in single rows."""
    rng = np.random.RandomState(0)
    frame = pd.DataFrame(
        {
            "customer": [f"C-{40000 + row}" for row in rng.permutation(ROWS)],
            "full_name": [f"{a} {b}" for a, b in zip(rng.choice(FIRST, ROWS), rng.choice(LAST, ROWS), strict=True)],
            "mail": [f"{rng.choice(FIRST).lower()}{row}@firm.com" for row in range(ROWS)],
            "adviser": rng.choice(["Annegret", "Bertram"], ROWS),
            "salary": np.round(rng.lognormal(8, 0.4, ROWS), 2),
            "balance": np.round(rng.normal(100, 30, ROWS), 1),
            "diagnosis": rng.choice(["cold", "flu", "measles"], ROWS),
            "born": [dt.date(1950, 1, 1) + dt.timedelta(days=int(day)) for day in rng.randint(0, 18000, ROWS)],
            "note": [" ".join(rng.choice(WORDS, 8)) + "." for _ in range(ROWS)],
            "left": rng.randint(0, 2, ROWS),
        }
    )
    frame["adviser"] = frame["adviser"].astype(object)
    for column, value in SINGLE.items():
        frame.loc[17, column] = value
    frame = frame.rename(columns={"adviser": "contact"})
    file = tmp_path_factory.mktemp("real") / "people.csv"
    frame.to_csv(file, index=False)
    return file, frame


FIRST = ("Ottilie", "Hans", "Grete", "Mira", "Paul")
LAST = ("Wagenbrett", "Ohnesorg", "Kübler")
WORDS = ("paid", "late", "called", "asked", "for", "a", "new", "card", "Wagenbrett", "was", "friendly", "Hans")
SINGLE = {
    "customer": "C-40417",
    "full_name": "Ottilie Wagenbrett",
    "mail": "o.wagenbrett@kranich-und-soehne.de",
    "salary": 987654321.17,
    "balance": -77123.5,
    "diagnosis": "Fibrodysplasia",
    "born": dt.date(1903, 2, 17),
    "note": "call Ottilie at +49 171 5550199, Tulpenweg 4, about the gyroskopisch thing",
}


@pytest.mark.parametrize("target", [None, "left", "salary", "diagnosis"])
def test_no_secret_is_told(real, tmp_path, target):
    file, frame = real
    likeness = write_like(file, tmp_path, target=target)
    script = likeness.script.read_text(encoding="utf-8")
    told = [script, *(encode_table(make(likeness.script, seed).rows).decode() for seed in (0, 1))]
    for secret in SECRETS:
        assert file.read_text(encoding="utf-8").count(secret) > 0
        assert [secret.casefold() in text.casefold() for text in told] == [False] * 3, secret
    assert secret_keys(frame, told) == []
    assert "flu" in script


def secret_keys(frame, told):
    """Keys, addresses and whole names of the real table that are told."""
    real = [*frame["customer"], *frame["mail"], *frame["full_name"]]
    return [value for value in real if any(value in text for text in told)]


def test_no_row_is_told(real, tmp_path):
    file, frame = real
    made = make(write_like(file, tmp_path).script, 0).rows
    for columns in (["salary", "balance"], ["salary", "born"]):
        rows = set(frame[columns].astype(str).itertuples(index=False, name=None))
        assert rows.isdisjoint(made[columns].astype(str).itertuples(index=False, name=None))


def test_rare_labels_are_merged_and_uncommon_ones_renamed():
    labels = ["often"] * 150 + ["at times"] * 12 + ["hardly"] * 9 + ["region_1"] * 150
    assert told_labels("region", labels) == {
        "often": "often",
        "region_1": "region_1",
        "at times": "region_2",
        "hardly": None,
    }
    assert told_labels("region", labels, every=True)["at times"] == "at times"


@pytest.mark.parametrize("label", ["Ottilie Wagenbrett", "Wagenbrett, Ottilie", "Dr. Kübler", "a@b.de", "4471 1234"])
def test_what_looks_like_a_person_is_renamed_however_frequent(label):
    assert told_labels("shop", [label] * 60 + ["web"] * 50) == {label: "shop_1", "web": "web"}


@pytest.mark.parametrize("column", ["name", "lastName", "customer_name", "email", "Doctor", "phone"])
def test_a_column_of_persons_is_renamed_whatever_its_labels(column):
    assert set(told_labels(column, ["mira"] * 50 + ["hans"] * 50).values()) == {f"{column}_1", f"{column}_2"}


def test_extremes_move_no_quantile():
    values = np.random.RandomState(0).normal(size=500)
    ends = values.copy()
    ends[np.argsort(ends)[-EXTREMES:]] = 1e9
    ends[np.argsort(ends)[:EXTREMES]] = -1e9
    assert knots(ends, 0.001) == knots(values, 0.001)


def test_a_quantile_is_no_single_row():
    values = np.array([float(f"{10 * row}.{row:03d}") for row in range(200)])
    assert set(knots(values, 0.001)).isdisjoint(values.tolist())


def test_a_sparse_column_is_not_told(tmp_path):
    frame = pd.DataFrame({"x": range(100), "y": [1234.5] * 3 + [None] * 97, "z": ["odd one"] * 15 + [None] * 85})
    frame.to_csv(tmp_path / "sparse.csv", index=False)
    likeness = write_like(tmp_path / "sparse.csv", tmp_path)
    script = likeness.script.read_text()
    assert "1234" not in script
    assert "odd one" not in script
    assert likeness.notes[1:] == tuple(
        f"{name}: fewer than 20 elements; all of it is missing in the script" for name in "yz"
    )
