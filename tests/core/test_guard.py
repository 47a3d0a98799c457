from __future__ import annotations

import pickle
from dataclasses import MISSING, fields
from typing import Any

import pytest
from sklearn.linear_model import LogisticRegression

from mlguard.core.guard import Guard, is_base, problems, requirements
from mlguard.core.options import Options, Pipeline
from mlguard.core.requirement import parse_requirements


def guard(bases: tuple[type, ...] = (Guard,), **entries: Any) -> type[Guard]:
    methods = {"train": lambda self, train: None, "predict": lambda self, model, rows: None}
    return type("Churn", bases, {"dataset": "churn", **methods, **entries})


SOUND: list[dict[str, Any]] = [
    {},
    {"train": None, "predict": None, "estimator": LogisticRegression(), "target": "y", "metrics": ["f1", len]},
    {"dataset": None, "train": None, "predict": None, "observe": lambda self, data, notes: None},
    {"config_probes": ("model.*", "rows")},
    {
        "seeds": range(3),
        "config_probes": False,
        "single_rows": 3,
        "timeout": 0.5,
        "internals": "gate",
        "floor": "noise",
        "require_contracts": True,
    },
    {"key": ("user", "rank"), "threshold": {"pay": 3}, "config": [{"a": 1}]},
    {"require": {"auc": ">= .5", "loss": "<1e-3", "mape": " < 12. "}, "waive": {"x": "because"}},
    {"_key": 1, "ROWS": 2, "TARGET": "y", "Helper": type("Helper", (), {}), "tolerance": len, "rate": property(len)},
    {"pytestmark": [pytest.mark.filterwarnings("ignore")], "share": staticmethod(len), "made": classmethod(len)},
]


@pytest.mark.parametrize("entries", SOUND)
def test_a_sound_declaration_has_no_problems(entries: dict[str, Any]) -> None:
    assert problems(guard(**entries)) == []


KEYS = '`config_probes` must be True, False or the keys to change in turn, such as ("model.C", "split.*"), not '
OWN = "an attribute of your own is written in capitals or begins with an underscore"
SEEDS = "`seeds` must be a tuple of whole numbers from 0 to 2**32 - 1, such as (0, 1, 2), not "

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"single_rows": 0}, "`single_rows` must be a whole number from 1 on, not 0"),
    ({"single_rows": True}, "`single_rows` must be a whole number from 1 on, not True"),
    ({"tresholds": 0.5}, "`tresholds` is no option or method of a guard; did you mean `threshold`?"),
    ({"seed": 3}, "`seed` is no option or method of a guard; did you mean `seeds`?"),
    ({"predictt": len}, "`predictt` is no option or method of a guard; did you mean `predict`?"),
    ({"tolerance": 1e-6}, "`tolerance` is no option or method of a guard; did you mean `floor`?"),
    ({"rtol": 1e-6}, "`rtol` is no option or method of a guard; did you mean `floor`?"),
    ({"gate": ["auc"]}, "`gate` is no option or method of a guard; did you mean `require`?"),
    ({"Seeds": (1,)}, "`Seeds` is no option or method of a guard; did you mean `seeds`?"),
    ({"columns": ["a"]}, f"`columns` is no option or method of a guard; {OWN}"),
    ({"evalute": property(len)}, "`evalute` is no option or method of a guard; did you mean `evaluate`?"),
    ({"folder": "data"}, "`folder` is set by mlguard for every call; name yours otherwise"),
    ({"train": None}, "it has no `train`; declare `train` and `predict`, or an `estimator`, or your own `observe`"),
    ({"predict": None}, "it has no `predict`; declare `train` and `predict`, or an `estimator`, or your own `observe`"),
    (
        {"dataset": None, "estimator": LogisticRegression()},
        'it names no dataset; set `dataset = "name"` to a script in the generators folder',
    ),
    ({"split": 0.25}, "`split` must be a method, not float"),
    ({"save": len}, "it declares `save` without `load`; the bundle needs both, or neither for joblib"),
    ({"load": len}, "it declares `load` without `save`; the bundle needs both, or neither for joblib"),
    ({"dataset": 3}, "`dataset` must be the name of a generator, not int"),
    ({"seeds": ()}, SEEDS + "()"),
    ({"config_probes": 3}, KEYS + "3"),
    ({"config_probes": ()}, KEYS + "()"),
    ({"seeds": (0, -1)}, SEEDS + "(0, -1)"),
    ({"seeds": (2**32,)}, SEEDS + f"({2**32},)"),
    ({"seeds": (True,)}, SEEDS + "(True,)"),
    ({"seeds": "012"}, SEEDS + "'012'"),
    ({"seeds": 3}, SEEDS + "3"),
    ({"seeds": (1, 1)}, "`seeds` names a seed twice: (1, 1)"),
    ({"internals": "gates"}, "`internals` must be one of 'explain', 'gate', not 'gates'"),
    ({"floor": 1e-6}, "`floor` must be one of 'solver', 'noise', not 1e-06"),
    ({"timeout": 0}, "`timeout` must be a positive number of seconds, not 0"),
    ({"timeout": float("nan")}, "`timeout` must be a positive number of seconds, not nan"),
    ({"timeout": True}, "`timeout` must be a positive number of seconds, not True"),
    ({"timeout": "1h"}, "`timeout` must be a positive number of seconds, not '1h'"),
    ({"require_contracts": "yes"}, "`require_contracts` must be True or False, not 'yes'"),
    ({"metrics": "f1"}, "`metrics` must be a tuple of names, such as ('f1',), not one text"),
    ({"metrics": (1,)}, "`metrics` must be a tuple of scorer names or callables, not (1,)"),
    ({"target": 2.5}, "`target` must be the name of a column, not 2.5"),
    ({"key": ()}, '`key` must be a column or several, such as ("user", "rank"), not ()'),
    ({"key": 5}, '`key` must be a column or several, such as ("user", "rank"), not 5'),
    ({"threshold": "0.5"}, "`threshold` must be a number, or a mapping of columns to numbers, not '0.5'"),
    ({"threshold": {"a": None}}, "`threshold` must be a number, or a mapping of columns to numbers, not {'a': None}"),
    (
        {"estimator": LogisticRegression},
        "`estimator` must be an estimator, not its class; write `estimator = LogisticRegression()`",
    ),
    ({"require": ">= 0.8"}, '`require` must be a mapping, such as {"accuracy": ">= 0.8"}'),
    ({"require": {"auc": "== 1"}}, '`require` for \'auc\' must read like ">= 0.8", not \'== 1\''),
    ({"require": {"auc": ">= 1.2.3"}}, '`require` for \'auc\' must read like ">= 0.8", not \'>= 1.2.3\''),
    ({"require": {"auc": ">= ."}}, '`require` for \'auc\' must read like ">= 0.8", not \'>= .\''),
    ({"require": {"auc": 0.8}}, '`require` for \'auc\' must read like ">= 0.8", not 0.8'),
    ({"waive": ["x"]}, "`waive` must map a name to the reason, not list"),
    ({"waive": {"x": " "}}, "`waive` for 'x' has no reason; write one down"),
    ({"allow": {"x": None}}, "`allow` for 'x' has no reason; write one down"),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "sentence"), WRONG, ids=[f"{n}-{next(iter(w[0]))}" for n, w in enumerate(WRONG)])
def test_each_mistake_has_its_own_sentence(entries: dict[str, Any], sentence: str) -> None:
    assert problems(guard(**entries)) == [f"guard Churn: {sentence}"]


def test_all_mistakes_are_told_at_once() -> None:
    entries = {"seed": 1, "timeout": -1, "train": None, "predict": None, "require": {"a": "b"}, "waive": {"x": ""}}
    assert len(problems(guard(**entries))) == 6


def test_the_mistakes_of_a_mixin_count() -> None:
    mixin = type("Tuned", (), {"tolerances": 1e-6})
    assert problems(guard((mixin, Guard))) == [f"guard Churn: `tolerances` is no option or method of a guard; {OWN}"]


def test_a_base_of_ours_may_add_options() -> None:
    ours = type("ScriptGuard", (Guard,), {"__module__": "mlguard.adapters.script", "script": None, "folder_of": 1})
    assert problems(guard((ours,), script="train.py")) == []
    assert problems(guard((ours,), scrpt="train.py")) != []


def test_the_options_of_a_guard_are_its_own_and_plain() -> None:
    seeds, waive = [4, 5], {"x": "because"}
    options = Options.of(guard(seeds=seeds, waive=waive, threshold={"pay": 3}, estimator=object()))
    seeds.clear()
    waive.clear()
    assert (options.seeds, options.waive, options.thresholds) == ((4, 5), {"x": "because"}, {"pay": 3.0})
    assert pickle.loads(pickle.dumps(options)) == options


@pytest.mark.parametrize("declared", [Pipeline, Options])
def test_every_option_is_a_class_attribute_of_the_same_default(declared: type[Any]) -> None:
    for option in fields(declared):
        default = {} if option.default is MISSING else option.default
        assert getattr(Guard, option.name) == default


def test_the_mistakes_of_a_base_count() -> None:
    base = type("Base", (Guard,), {"abstract": True, "require_contract": True})
    assert problems(guard((base,))) == [
        "guard Churn: `require_contract` is no option or method of a guard; did you mean `require_contracts`?"
    ]


@pytest.mark.parametrize(
    ("entries", "base"),
    [
        ({}, False),
        ({"abstract": True}, True),
        ({"dataset": None}, True),
        ({"dataset": None, "estimator": LogisticRegression()}, False),
        ({"dataset": None, "observe": len}, False),
    ],
)
def test_what_only_serves_others_is_a_base(entries: dict[str, Any], base: bool) -> None:
    assert is_base(guard(**entries)) is base


def test_abstract_is_not_inherited() -> None:
    assert not is_base(guard((guard(abstract=True),)))


def test_requirements_are_read_as_they_are_written() -> None:
    one, two = requirements(guard(require={"auc": ">=0.8", "loss": " < 1e-3 "}))
    assert (str(one), str(two)) == ("auc >= 0.8", "loss < 0.001")
    assert not one.holds(float("nan"))
    assert parse_requirements({}) == ()
