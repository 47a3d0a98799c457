"""What a script keeps of the real table: shares, what goes together, gaps, keys, dates, how a target is predicted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlguard.tables.generate import make
from mlguard.tools.like.profile import profile
from mlguard.tools.like.script import script_text
from tests.tools.like.real import orders

ROWS = 600


@pytest.fixture(scope="module")
def real():
    return orders(ROWS)


@pytest.fixture(scope="module")
def like(real, tmp_path_factory):
    return likeness(real, "returned", tmp_path_factory.mktemp("like"))


def likeness(frame, target, folder, seed=0):
    script = folder / "real.py"
    script.write_text(script_text(profile(frame, target), "real.csv"), encoding="utf-8")
    data = make(script, seed, min(len(frame), ROWS))
    assert data.target == target
    return data.rows


def test_numbers_keep_their_quantiles_and_their_step(real, like):
    for column in ("items", "weight", "price"):
        spread = real[column].std()
        for share in (0.1, 0.25, 0.5, 0.75, 0.9):
            assert abs(like[column].quantile(share) - real[column].quantile(share)) < 0.25 * spread, column
    assert set(like["price"] % 500) == {0}
    assert like["weight"].dropna().round(1).equals(like["weight"].dropna())


def test_shares_of_values_stay(real, like):
    for column in ("channel", "discount", "gift", "returned"):
        wanted, found = (frame[column].value_counts(normalize=True) for frame in (real, like))
        assert (wanted - found).abs().max() < 0.03, column
    assert set(like["currency"]) == {"CHF"}


def test_what_goes_together_still_does(real, like):
    found = like["items"].corr(like["weight"], method="spearman")
    assert found == pytest.approx(real["items"].corr(real["weight"], method="spearman"), abs=0.1)
    for frame in (real, like):
        wholesale = frame["channel"] == "wholesale"
        assert frame.loc[wholesale, "items"].mean() > frame.loc[~wholesale, "items"].mean() + 1.5


def test_what_is_missing_together_still_is(real, like):
    for column in ("weight", "discount"):
        assert like[column].isna().mean() == pytest.approx(real[column].isna().mean(), abs=0.02)
    assert (like["weight"].isna() == like["remark"].isna()).all()
    assert not (like["weight"].isna() & like["discount"].isna()).any()
    assert like["empty"].isna().all()


def test_what_being_missing_goes_with_survives_the_sorting(tmp_path):
    rng = np.random.RandomState(0)
    frame = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=500).date, "x": rng.normal(size=500)})
    frame["y"] = np.where(frame["x"] + rng.normal(0, 0.3, 500) > 1.0, np.nan, rng.normal(size=500))
    made = likeness(frame, None, tmp_path)
    gone = made["y"].isna()
    assert made.loc[gone, "x"].mean() > made.loc[~gone, "x"].mean() + 1.0


def test_keys_come_again_as_often(real, like):
    assert like["order"].is_unique
    assert like["order"].min() > real["order"].max()
    wanted, found = (frame["customer"].value_counts() for frame in (real, like))
    assert len(found) == pytest.approx(len(wanted), rel=0.1)
    assert found.iloc[:10].sum() == pytest.approx(wanted.iloc[:10].sum(), rel=0.35)
    assert all(key.startswith("K-") for key in found.index)


def test_dates_keep_range_order_weekdays_and_granularity(real, like):
    days = pd.to_datetime(like["day"])
    assert days.is_monotonic_increasing
    assert set(days.dt.day_of_week) == set(pd.to_datetime(real["day"]).dt.day_of_week) == {0, 1, 2, 3, 4}
    assert days.min() >= pd.Timestamp("1970-01-01")
    assert days.max() <= pd.Timestamp(max(real["day"])) + pd.Timedelta(days=7)
    assert set(like["at"].dt.minute) == {0, 15, 30, 45}


def test_texts_keep_length_and_alphabet_and_lose_their_words(real, like):
    words = like["remark"].dropna().str.split()
    assert set(words.str.len()) == {5}
    assert set("".join(words.sum())) <= set("".join(real["remark"].dropna())) - {" "}
    assert not {"bitte", "schnell", "grüße", "danke"} & {word.lower() for word in words.sum()}


def test_lists_keep_their_lengths_and_frequent_elements(real, like):
    assert like["tags"].str.len().mean() == pytest.approx(real["tags"].str.len().mean(), abs=0.2)
    assert set(like["tags"].sum()) == {"new", "red", "big"}


def test_seeds_differ(real, like, tmp_path):
    other = likeness(real, "returned", tmp_path, seed=1)
    assert not np.array_equal(other["price"], like["price"])


CLASSIFIER = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=500))
REGRESSOR = make_pipeline(StandardScaler(), Ridge(3.0))


@pytest.mark.parametrize(
    ("name", "model", "metric", "reach"),
    [
        ("iris", CLASSIFIER, "accuracy", 0.08),
        ("wine", CLASSIFIER, "accuracy", 0.06),
        ("breast_cancer", CLASSIFIER, "roc_auc", 0.03),
        ("diabetes", REGRESSOR, "r2", 0.15),
    ],
)
def test_a_real_target_is_predicted_about_as_well(tmp_path, name, model, metric, reach):
    frame = getattr(datasets, f"load_{name}")(as_frame=True).frame.sample(frac=1.0, random_state=0, ignore_index=True)
    made = likeness(frame, "target", tmp_path)
    wanted, found = (
        cross_val_score(model, table.drop(columns="target"), table["target"], cv=4, scoring=metric).mean()
        for table in (frame, made)
    )
    assert abs(wanted - found) < reach


def test_a_target_that_nothing_predicts_stays_so(tmp_path):
    rng = np.random.RandomState(0)
    frame = pd.DataFrame(rng.normal(size=(500, 6)), columns=list("abcdef"))
    frame["target"] = rng.randint(0, 2, 500)
    made = likeness(frame, "target", tmp_path)
    score = cross_val_score(CLASSIFIER, made.drop(columns="target"), made["target"], cv=4, scoring="roc_auc").mean()
    assert abs(score - 0.5) < 0.1


def test_a_label_that_tells_the_target_still_does(tmp_path):
    rng = np.random.RandomState(1)
    frame = pd.DataFrame({"shop": rng.choice(list("pqrstu"), 800), "x": rng.normal(size=800)})
    chance = frame["shop"].map({"p": 0.1, "q": 0.8, "r": 0.3, "s": 0.9, "t": 0.2, "u": 0.5})
    frame["target"] = (rng.uniform(size=800) < chance).astype(int)
    made = likeness(frame, "target", tmp_path)
    wanted, found = (table.groupby("shop")["target"].mean() for table in (frame, made))
    assert (wanted - found).abs().max() < 0.15
