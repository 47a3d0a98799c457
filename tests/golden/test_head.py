"""Heads are written one way, and what no mlguard wrote is named before anything is done with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlguard.files.tree import LARGEST
from mlguard.golden.head import Head, decode, is_own, newest, place

SHA = "ab" * 32
HEAD = Head.of("Churn", 3, {"record.json": b"{}\n", "arrays/x.npy": b"\x93"})


def test_a_head_comes_back() -> None:
    assert decode(HEAD.encode(), 3) == HEAD
    assert Head.of("Churn", 3, {"arrays/x.npy": b"\x93", "record.json": b"{}\n"}).encode() == HEAD.encode()
    assert decode(Head.of("Churn", 4, {}).encode(), 4).files == {}


def document(**changes: Any) -> bytes:
    return json.dumps(json.loads(HEAD.encode()) | changes).encode()


def listing(name: str, size: object = 1, sha256: object = SHA) -> bytes:
    return document(files={name: {"sha256": sha256, "size": size}})


DAMAGED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "Expecting value"),
    "a list": (b"[]", "none of format 1"),
    "newer": (document(format=2), "none of format 1"),
    "another number": (document(number=4), "says that it is number 4"),
    "number as text": (document(number="3"), "says that it is number '3'"),
    "no name": (document(name=None), "name"),
    "files as a list": (document(files=[]), "files"),
    "more keys": (document(files={"a.csv": {"sha256": SHA, "size": 1, "mode": 7}}), "files"),
    "negative": (listing("a.csv", -1), "no digest and size of 'a.csv'"),
    "too large": (listing("a.csv", LARGEST + 1), "no digest and size of 'a.csv'"),
    "a share": (listing("a.csv", 0.5), "files"),
    "true": (listing("a.csv", True), "files"),
    "no digest": (listing("a.csv", 1, "../../x"), "no digest and size of 'a.csv'"),
    "upper case": (listing("a.csv", 1, SHA.upper()), "no digest and size of 'a.csv'"),
    "above": (listing("../a.csv"), "which lies outside"),
    "another folder": (listing("model_cat/record.json"), "which lies outside"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_no_mlguard_wrote_is_named(name: str) -> None:
    content, told = DAMAGED[name]
    with pytest.raises(ValueError, match=told.replace("(", r"\(")):
        decode(content, 3)


def test_own_files_lie_in_the_folder_or_in_one_of_two() -> None:
    assert all(map(is_own, ("record.json", "arrays/a.npy", "internals/b.npy", "predictions.csv")))
    assert not any(
        map(
            is_own,
            ("", "/", "a/b.csv", "arrays/", "arrays/../x", "..", "arrays/x/y", "a\\b", "C:x", ".saving-1", "arrays/.x"),
        )
    )


def test_the_highest_number_counts_and_nothing_else_is_a_head() -> None:
    names = ("A/00000002.json", "A/00000010.json", "A/b/00000001.json", "00000001.json", "A/11.json", "A/00000099.txt")
    odd = (
        "../A/00000099.json",
        "A//b/00000099.json",
        "A/../00000099.json",
        "A/./00000099.json",
        "A/00000099.json.tmp",
        "A/.saving-1/00000099.json",
    )
    assert newest([*names, *odd]) == {"A": 10, "A/b": 1}
    assert place("A/b", 12) == "A/b/00000012.json"
