from __future__ import annotations

from mlguard.adapters.libraries import learned
from tests.adapters.boosters import Booster, LGBMModel


def test_a_booster_is_read_from_its_text() -> None:
    found = learned(Booster(best=1))
    assert (found.features, found.rounds, found.objective) == (["x", "shop"], 2, "binary sigmoid:1")
    assert (found.categories, found.best_iteration, found.learning_rate) == ({"shop": ["a", "b"]}, 1, 0.1)
    arrays = {name: array.tolist() for name, array in found.arrays.items() if array.size}
    assert arrays["leaf_value"] == [0.5, -0.25, 0.5, 0.125]
    assert (arrays["feature"], arrays["threshold"], arrays["category_bits"]) == ([0, 1], [2.5, 0.0], [1])
    assert (arrays["left_child"], arrays["right_child"], arrays["shrinkage"]) == ([1, -1], [-2, -3], [1.0, 0.1])


def test_settings_that_training_only_obeyed_are_not_learned() -> None:
    one, other = (dict(learned(Booster(threads=threads)).parts()) for threads in (1, 4))
    assert str(one) == str(other)
    assert str(one) != str(dict(learned(Booster(rate=0.2)).parts()))


def test_categories_whose_columns_cannot_be_told_are_numbered() -> None:
    booster = Booster()
    booster.pandas_categorical = [["a"], ["b"]]
    assert learned(booster).categories == {"0": ["a"], "1": ["b"]}
    booster.pandas_categorical = []
    assert learned(booster).categories == {}


def test_an_estimator_is_its_booster_and_the_labels_of_a_classifier() -> None:
    assert list(learned(LGBMModel(Booster(), ["no", "yes"])).classes) == ["no", "yes"]
    assert list(learned(LGBMModel(Booster())).classes) == []
    assert learned(LGBMModel(Booster())).best_iteration is None
