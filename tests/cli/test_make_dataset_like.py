"""`mlguard make-dataset --like`: what it reads, writes, prints and refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.project import Project

SCRIPT = "datasets/generators/real.py"


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path)
    rng = np.random.RandomState(0)
    age = rng.randint(18, 80, 200)
    frame = pd.DataFrame(
        {
            "age": age,
            "plan": rng.choice(["monthly", "yearly"], 200),
            "mail": [f"person{row}@firm{row % 7}.com" for row in range(200)],
            "left": (age + rng.normal(0, 15, 200) < 45).astype(int),
        }
    )
    frame.to_csv(tmp_path / "real.csv", index=False)
    return made


def test_the_script_is_written_and_runs_at_once(project):
    written = project.command("make-dataset", "--like", "real.csv", "--target", "left")
    assert (written.code, written.err, written.changed) == (0, "", (SCRIPT,))
    assert written.out == (
        f"{SCRIPT}: 4 columns, learned from 200 rows\n"
        "  mail: keys, replaced by invented ones\n"
        "Read it, edit it, and run: mlguard make-dataset real\n"
    )
    made = project.command("make-dataset", "real", "--json")
    assert (made.code, made.err) == (0, "")
    assert [(t["rows"], t["columns"]) for t in made.json["datasets"][0]["tables"]] == [(200, 4)]
    assert project.command("make-dataset", "real", "--verify").out == "real: equal\n"


def test_json_tells_the_script_and_its_columns(project):
    done = project.command("make-dataset", "--like", "real.csv", "--json")
    (told,) = done.json["scripts"]
    assert (told["name"], told["path"], told["rows"]) == ("real", str(project.root / SCRIPT), 200)
    assert [(one["name"], one["type"], one["drawn"]) for one in told["columns"]] == [
        ("age", "int64", "whole"),
        ("plan", "text", "levels"),
        ("mail", "text", "keys"),
        ("left", "int64", "levels"),
    ]
    assert told["notes"] == ["mail: keys, replaced by invented ones"]


def test_a_script_that_is_there_is_never_overwritten(project):
    project.write(SCRIPT, "mine\n")
    done = project.command("make-dataset", "--like", "real.csv")
    assert (done.code, done.out, done.changed) == (2, "", ())
    assert "[like-exists]" in done.err


def test_it_works_from_a_folder_below(project):
    done = project.command("make-dataset", "--like", "../real.csv", below="notebooks")
    assert (done.code, done.changed) == (0, (SCRIPT,))


def test_outside_a_project_the_script_goes_where_make_dataset_looks(tmp_path):
    elsewhere = Project(tmp_path, {"t 1.csv": "a,b\n" + "1,x\n2,y\n" * 20})
    done = elsewhere.command("make-dataset", "--like", "t 1.csv")
    assert (done.code, done.changed) == (0, ("datasets/generators/t_1.py",))
    assert elsewhere.command("make-dataset", "t_1").code == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--target", "left"), "--target says what --like is to learn"),
        (("--like", "real.csv", "--rows", "5"), "run it without --rows"),
        (("--like", "real.csv", "tiny", "--verify"), "run it without NAME, --verify"),
    ],
)
def test_options_that_do_not_go_together(project, options, told):
    done = project.command("make-dataset", *options)
    assert (done.code, done.changed) == (2, ())
    assert told in done.err
