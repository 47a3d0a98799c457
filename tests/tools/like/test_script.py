"""The text of a script: what stands in it, how it is laid out, and what it leaves out."""

from __future__ import annotations

import ast

import numpy as np
import pandas as pd
import pytest

from mlguard.tools.like.literal import literal, packed
from mlguard.tools.like.profile import profile
from mlguard.tools.like.script import script_text
from mlguard.tools.like.write import dataset_name
from tests.tools.like.real import orders


def methods(text):
    (columns,) = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef))
    return {node.name for node in columns.body if isinstance(node, ast.FunctionDef)}


def calls(text):
    called = (node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return [call.attr for call in called if isinstance(call, ast.Attribute) and ast.unparse(call.value) == "table"]


def test_a_script_holds_one_statement_for_each_column_and_no_method_more():
    text = script_text(profile(orders(), "returned"), "orders.csv")
    assert len(calls(text)) == 15 + len(["sort", "gaps", "frame"])
    assert methods(text) - {"__init__", "_share"} == set(calls(text)) | {"levels"}
    assert max(map(len, text.splitlines())) <= 120


def test_a_small_table_gives_a_small_script():
    frame = pd.DataFrame({"age": np.arange(200) % 61, "left": np.arange(200) % 2})
    text = script_text(profile(frame, "left"), "small.csv")
    assert methods(text) == {"__init__", "frame", "_share", "levels", "groups", "whole"}
    assert "Decimal" not in text
    assert 'table.groups("left", {0: 0.5, 1: 0.5})' in text
    assert 'return Dataset(table.frame(order), target="left")' in text


@pytest.mark.parametrize("value", ["a'b", 'a"b', "a\\", "\n\t", "\u2028", "é", "😀", "\ud800", "'\"", "\\'", "{}"])
def test_a_text_is_spelled_so_that_it_reads_back(value):
    assert ast.literal_eval(literal(value)) == value
    assert literal(value)[0] == '"'


def test_long_values_are_packed_into_lines():
    value = {f"label {number}": (number / 100, "x") for number in range(40)}
    text = packed("shares=", value, indent=8)
    assert max(map(len, text.splitlines())) <= 120
    assert ast.literal_eval(text.strip().removeprefix("shares=").rstrip(",")) == value


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("real.csv", "real"),
        ("My Sales (2024).csv", "My_Sales_2024"),
        ("2024-sales.csv", "table_2024_sales"),
        ("_private.csv", "private"),
        ("größe.csv", "große"),
        ("日本.csv", "table"),
        ("NUL.csv", "table_NUL"),
        ("a.b.parquet", "a_b"),
    ],
)
def test_a_dataset_is_named_after_its_file(tmp_path, file, name):
    assert dataset_name(tmp_path / file) == name.replace("ß", "")
