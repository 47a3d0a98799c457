"""What the items of a guard say, whichever of them are selected."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from tests.plugin.verdicts import failed, missing, shifted

CHURN = "tests/guards/test_shop.py::Churn"


def stages(tried, outcome, guard="Churn"):
    """The stages of a guard whose items had this outcome."""
    own = {item: found for item, found in tried.outcomes.items() if item.split("::")[1] == guard}
    return [item.rpartition("::")[2] for item, found in own.items() if found == outcome]


def test_a_match_passes_every_item_and_is_told_in_a_line(small, made):
    tried = small.run()
    assert tried.code == 0
    assert set(tried.outcomes.values()) == {"passed"}
    assert len(tried.outcomes) == 16
    assert sorted(made.runs) == ["Churn", *sorted(name for name in made.runs if name.startswith("Demand"))]
    assert "3 guards: 3 match; 18 observations compared" in tried.text
    assert "mlguard 0.1.0: 3 guards" in tried.text


def test_the_first_moved_stage_explains_and_later_ones_point_to_it(small, made):
    made.verdicts["Churn"] = shifted("Churn", "predict")
    tried = small.run()
    assert tried.code == 1
    assert stages(tried, "passed") == ["dataset", "split", "train"]
    assert stages(tried, "failed") == ["predict", "evaluate", "contracts"]
    told = tried.section("Churn: predict")
    assert "predict value: 3 of 40 moved, at most 0.5" in told
    assert "row row-000: 0.25 -> 0.75" in told
    assert "intended? accept it: mlguard regen-golden Churn" in told
    assert tried.section("Churn: evaluate") == "Churn: shifted, first moved in stage predict; explained at predict"
    assert "FAILED tests/guards/test_shop.py::Churn::evaluate - Churn: shifted" in tried.text


@pytest.mark.parametrize(
    ("args", "ran", "explains"),
    [
        ((f"{CHURN}::evaluate",), ["evaluate"], "evaluate"),
        (("-k", "evaluate or contracts"), ["evaluate", "contracts"], "evaluate"),
        ((f"{CHURN}::evaluate", f"{CHURN}::contracts"), ["evaluate", "contracts"], "evaluate"),
        (("-k", "Churn and predict"), ["predict"], "predict"),
    ],
    ids=["node id", "keyword", "two node ids", "the first moved"],
)
def test_the_first_selected_item_explains_where_the_first_moved_is_not_selected(small, made, args, ran, explains):
    made.verdicts["Churn"] = shifted("Churn", "predict")
    tried = small.run(*args)
    assert stages(tried, "failed") == ran
    assert "at most 0.5" in tried.section(f"Churn: {explains}")


def test_stages_before_the_first_moved_pass_alone(small, made):
    made.verdicts["Churn"] = shifted("Churn", "predict")
    assert small.run(f"{CHURN}::split").code == 0


@pytest.mark.parametrize("verdict", [missing("Churn"), failed("Churn"), failed("Churn", "train")])
def test_where_nothing_was_compared_no_item_passes(small, made, verdict):
    made.verdicts["Churn"] = verdict
    tried = small.run()
    assert stages(tried, "passed") == []
    assert len(stages(tried, "failed")) == 6
    assert verdict.problem in tried.section(f"Churn: {verdict.stage or 'dataset'}")


def test_the_users_frames_are_shown_and_ours_are_not(small, made):
    made.verdicts["Churn"] = failed("Churn", "train")
    tried = small.run("-k", "Churn")
    assert 'File "shop.py", line 3, in train' in tried.section("Churn: train")
    assert "mlguard/plugin" not in tried.text


def test_a_usage_error_fails_every_item(small):
    with (small.root / "tests/guards/test_shop.py").open("a") as file:
        file.write('\nclass Late(Guard):\n    dataset = "churn"\n    timeout = -1\n')
    tried = small.run("-k", "Late")
    assert set(tried.outcomes.values()) == {"failed"}
    assert "guard Late: it has no `train`" in tried.section("Late: dataset")
    assert "guard Late: `timeout` must be a positive number" in tried.section("Late: dataset")


def test_long_explanations_are_never_cut(small, made):
    long = "x" * 3000
    made.verdicts["Churn"] = failed("Churn")
    object.__setattr__(made.verdicts["Churn"], "problem", "\n".join([*(f"line {n}" for n in range(300)), long]))
    told = small.run("-k", "Churn").section("Churn: dataset")
    assert "line 299" in told
    assert long in told


@pytest.mark.parametrize(("setting", "found", "code"), [("one", "failed", 1), ("any", "xfailed", 0)])
def test_libraries_fail_or_are_expected_to(small, made, setting, found, code):
    settings = small.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("[tool.mlguard]", f'[tool.mlguard]\nenvironments = "{setting}"'))
    made.verdicts["Churn"] = shifted("Churn", "predict", Outcome.ENVIRONMENT_CHANGED)
    tried = small.run("-rx", "-k", "Churn")
    assert tried.code == code
    assert stages(tried, found) == ["predict", "evaluate", "contracts"]
    assert "environment-changed" in tried.text


@pytest.mark.parametrize("setting", ["one", "any"])
@pytest.mark.parametrize("outcome", [Outcome.SHIFTED, Outcome.VIOLATED, Outcome.DATASET_CHANGED])
def test_other_outcomes_are_red_in_both(small, made, setting, outcome):
    settings = small.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("[tool.mlguard]", f'[tool.mlguard]\nenvironments = "{setting}"'))
    made.verdicts["Churn"] = shifted("Churn", "predict", outcome)
    assert small.run().code == 1


def test_the_first_failure_stops_the_run_and_the_last_failures_run_again(small, made):
    made.verdicts["Churn"] = shifted("Churn", "predict")
    first = small.run("-x")
    assert stages(first, "failed") == ["predict"]
    again = small.run("--lf")
    assert list(again.outcomes) == [f"{CHURN}::predict"]
    assert "at most 0.5" in again.section("Churn: predict")
    assert made.runs == ["Churn", "Churn"], "once per session"


def test_a_variant_is_selected_by_the_node_id_that_is_printed(small, made):
    every = [item for item in small.run().outcomes if "Demand" in item]
    assert len(every) == 10
    for item in (every[3], every[8]):
        assert list(small.run(item).outcomes) == [item]
    variant = every[0].rpartition("::")[0]
    assert list(small.run(variant).outcomes) == every[:5]
    both = small.run(every[1], variant)
    assert sorted(both.outcomes) == sorted(every[:5])
    assert "5 passed" in both.text


def test_reruns_change_nothing(small, made):
    made.verdicts["Churn"] = missing("Churn")
    tried = small.run("-p", "pytest_rerunfailures", "--reruns", "2", "-k", "Churn")
    assert tried.code == 1
    assert "6 failed" in tried.text
    assert "12 rerun" in tried.text
    assert made.runs == ["Churn"]


def test_a_junit_report_says_what_moved(small, made):
    made.verdicts["Churn"] = shifted("Churn", "predict")
    small.run("--junitxml=report.xml")
    cases = ElementTree.parse(small.root / "report.xml").iter("testcase")
    case = next(case for case in cases if case.get("name") == "predict" and "Churn" in str(case.get("classname")))
    found = {entry.get("name"): entry.get("value") for entry in case.iter("property")}
    assert found == {"guard": "Churn", "outcome": "shifted", "first_moved": "predict", "max_scaled": "0.125"}
    assert "3 of 40 moved" in str(case.find("failure").text)


def test_a_defect_of_ours_is_told_once(small, monkeypatch):
    from mlguard.plugin.project import Project

    runs = []
    monkeypatch.setattr(Project, "_make", lambda project, guard, many: runs.append(1) or 1 / 0)
    tried = small.run("-k", "Churn")
    assert set(tried.outcomes.values()) == {"failed"}
    assert "ZeroDivisionError" in tried.section("Churn: dataset")
    assert tried.section("Churn: split") == "Churn: error; explained at dataset"
    assert len(runs) == 1


def test_fixtures_do_not_reach_guards(small, made):
    small.write("tests/conftest.py", "import pytest\n@pytest.fixture(autouse=True)\ndef broken():\n    raise OSError\n")
    assert small.run("-k", "Churn").code == 0


def test_a_session_leaves_one_folder_however_many_there_were(small, made):
    for _ in range(3):
        assert small.run().code == 0
    assert len(list((small.root / ".mlguard/run").iterdir())) == 1


HOSTILE = "x\x1b]0;pwn\x07\x9b31m\u202e\u2028y"


def test_nothing_of_a_verdict_acts_on_the_terminal(small, made):
    made.verdicts["Churn"] = Verdict(
        "Churn", Outcome.ERROR, problem=f"raised {HOSTILE}", traceback=f"File {HOSTILE}", stage="predict"
    )
    tried = small.run("-k", "Churn", "-rA")
    assert "pwn" in tried.text
    assert not [line for line in tried.text.split("\n") if not line.isprintable()]


def test_nor_does_a_note_of_a_test(small):
    noting = f"def test_it(guard): guard.note({HOSTILE!r}, ['golden' + {HOSTILE!r}])\n"
    small.write("tests/test_noting.py", noting)
    texts = [small.run("tests/test_noting.py", "--regen-golden", f"--golden-reason={HOSTILE}").text]
    small.write("tests/test_noting.py", noting.replace("golden", "new"))
    texts += [small.run("tests/test_noting.py", "-rA").text]
    texts += [small.run("tests/test_noting.py", "--regen-golden", f"--golden-reason={HOSTILE}").text]
    assert all("x\\x1b]0;pwn" in text for text in texts[1:])
    assert not [line for text in texts for line in text.split("\n") if not line.isprintable()]
