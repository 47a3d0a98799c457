from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.configuration import configurations, flatten, written
from mlguard.core.error import UsageError


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.yaml", "C: 2.0\n"), ("a.yml", "C: 2.0\n"), ("a.JSON", '{"C": 2.0}'), ("a.toml", "C = 2.0\n")],
)
def test_a_file_is_read_by_its_kind(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    (found,) = configurations(name, tmp_path, "Churn")
    assert (found.label, found.path, found.values) == (None, tmp_path / name, {"C": 2.0})


def test_a_mapping_stands_for_itself_and_none_for_nothing(tmp_path: Path) -> None:
    (found,) = configurations({"C": 1}, tmp_path, "Churn")
    assert (found.label, found.path, found.values) == (None, None, {"C": 1})
    (none,) = configurations(None, tmp_path, "Churn")
    assert (none.label, none.path, none.values) == (None, None, None)


def test_a_list_makes_one_variant_each(tmp_path: Path) -> None:
    (tmp_path / "model cat.yaml").write_text("a: 1\n")
    found = configurations(["model cat.yaml", {"a": 2}], tmp_path, "Churn")
    assert [(c.label, c.values) for c in found] == [("model_cat", {"a": 1}), ("1", {"a": 2})]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ([], "guard Churn: `config` is an empty list; name a configuration or drop it"),
        (3, "guard Churn: `config` must be a path, a mapping or a list of them, not int"),
        ([3], "guard Churn: `config` must be a path, a mapping or a list of them, not int"),
        ("a.txt", "guard Churn: configuration a.txt is none of .yaml, .yml, .json, .toml, .ini"),
        ("none.yaml", "guard Churn: there is no configuration none.yaml in the project"),
        ("bad.yaml", "guard Churn: configuration bad.yaml cannot be read: "),
        ("bad.json", "guard Churn: configuration bad.json cannot be read: "),
        ("bad.toml", "guard Churn: configuration bad.toml cannot be read: "),
        ("bad.ini", "guard Churn: configuration bad.ini cannot be read: File contains no section headers."),
        ("folder.yaml", "guard Churn: configuration folder.yaml cannot be read: "),
        ("latin.yaml", "guard Churn: configuration latin.yaml cannot be read: "),
        ("deep.yaml", "guard Churn: configuration deep.yaml cannot be read: maximum recursion depth exceeded"),
        ("deep.json", "guard Churn: configuration deep.json cannot be read: maximum recursion depth exceeded"),
        ("deep.toml", "guard Churn: configuration deep.toml cannot be read: maximum recursion depth exceeded"),
        (["a/c.yaml", "b/C.yaml"], "would both be Churn[C] and share a golden; rename one of the files"),
    ],
)
def test_what_cannot_be_read_is_named(config: Any, words: str, tmp_path: Path) -> None:
    for name, text in {
        "bad.yaml": b"a: [",
        "bad.json": b"{",
        "bad.toml": b"=",
        "bad.ini": b"a=1",
        "latin.yaml": b"a: \xff",
    }.items():
        (tmp_path / name).write_bytes(text)
    for kind, start in {"yaml": "", "json": "", "toml": "a = "}.items():
        (tmp_path / f"deep.{kind}").write_text(start + "[" * 20_000)
    for name in ("a/c.yaml", "b/C.yaml", "folder.yaml/x"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("a: 1\n")
    with pytest.raises(UsageError) as caught:
        configurations(config, tmp_path, "Churn")
    assert words in caught.value.message


def test_entries_have_dotted_keys() -> None:
    values = {"a": {"b": [1, {"c": "x"}]}, 2: None, "t": (3,)}
    assert list(flatten(values)) == [("a.b.0", 1), ("a.b.1.c", "x"), ("2", None), ("t.0", 3)]
    assert list(flatten({"raw": b"ab", "name": "ab"})) == [("raw", b"ab"), ("name", "ab")]


PLAIN = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(values=st.dictionaries(st.text(max_size=4), PLAIN, max_size=4))
def test_changed_values_are_read_back_from_a_file_of_the_same_kind(values: dict[str, Any]) -> None:
    for name in ("a.yaml", "a.yml", "a.json", "a.toml"):
        with tempfile.TemporaryDirectory() as folder:
            place = written(values, Path("configs") / name, Path(folder))
            assert place == Path(folder) / name
            assert configurations(place, Path(folder), "Churn")[0].values == values


def test_what_toml_cannot_say_is_left_out_and_dates_stay_dates(tmp_path: Path) -> None:
    day = datetime.date(2024, 5, 1)
    place = written({"day": day, "C": None, "inner": {"penalty": None, "k": 2}}, Path("a.toml"), tmp_path)
    assert configurations(place, tmp_path, "Churn")[0].values == {"day": day, "inner": {"k": 2}}


def test_values_without_a_file_are_not_written(tmp_path: Path) -> None:
    assert written({"C": 1}, None, tmp_path) is None
    assert list(tmp_path.iterdir()) == []


INI = """\
[TrainModel]
Trees=12
share=0.25
depths=[2, 4]
log=True
version=1.10
name="a"
gone=
where=${HOME}/%(name)s

[DEFAULT]
x=1
"""


def test_sections_of_an_ini_file_have_numbers_flags_and_text_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "param.ini").write_text(INI)
    (found,) = configurations("param.ini", tmp_path, "Churn")
    train = {
        "Trees": 12, "share": 0.25, "depths": [2, 4], "log": True, "version": "1.10", "name": '"a"', "gone": "",
        "where": "${HOME}/%(name)s",
    }  # fmt: skip
    assert found.values == {"TrainModel": train, "DEFAULT": {"x": 1}}
    (tmp_path / "run").mkdir()
    again = written(found.values, tmp_path / "param.ini", tmp_path / "run")
    assert again is not None
    assert again.read_text() == INI.replace("True", "true") + "\n"
