from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlguard.configuration import configurations, flatten
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
        ("a.ini", "guard Churn: configuration a.ini is none of .yaml, .yml, .json, .toml"),
        ("none.yaml", "guard Churn: there is no configuration none.yaml below "),
        ("bad.yaml", "guard Churn: configuration bad.yaml cannot be read: "),
        ("bad.json", "guard Churn: configuration bad.json cannot be read: "),
        ("bad.toml", "guard Churn: configuration bad.toml cannot be read: "),
        ("folder.yaml", "guard Churn: configuration folder.yaml cannot be read: "),
        ("latin.yaml", "guard Churn: configuration latin.yaml cannot be read: "),
        (["a/c.yaml", "b/C.yaml"], "would both be Churn[C] and share a golden; rename one of the files"),
    ],
)
def test_what_cannot_be_read_is_named(config: Any, words: str, tmp_path: Path) -> None:
    for name, text in {"bad.yaml": b"a: [", "bad.json": b"{", "bad.toml": b"=", "latin.yaml": b"a: \xff"}.items():
        (tmp_path / name).write_bytes(text)
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
