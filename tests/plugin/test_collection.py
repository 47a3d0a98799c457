"""Which guards pytest collects, and what their items are called."""

from __future__ import annotations

import pytest

CHURN = "tests/guards/test_shop.py::Churn"
STAGES = ["dataset", "split", "train", "predict", "evaluate", "contracts"]


def collected(small, *args):
    """The node ids of our items, in order."""
    tried = small.run("--collect-only", "-q", *args)
    return [line for line in tried.text.splitlines() if "::" in line and " " not in line]


def test_every_stage_of_every_variant_is_an_item(small):
    variants = [f"tests/guards/test_shop.py::Demand[{number}]" for number in (1, 2)]
    without_metrics = [stage for stage in STAGES if stage != "evaluate"]
    found = collected(small)
    assert found[: len(STAGES)] == [f"{CHURN}::{stage}" for stage in STAGES]
    rest = found[len(STAGES) :]
    assert [item.rpartition("::")[2] for item in rest] == without_metrics * 2, variants
    assert len({item.rpartition("::")[0] for item in rest}) == 2


def test_a_guard_belongs_to_the_module_that_defines_it(small):
    small.write(
        "tests/guards/test_other.py",
        "from tests.guards.test_shop import Churn\nfrom mlguard import Guard\nBack = Churn",
    )
    assert collected(small, "tests/guards/test_other.py") == []


def test_an_alias_makes_no_second_guard(small):
    with (small.root / "tests/guards/test_shop.py").open("a") as file:
        file.write("\nTestAlias = Churn\n")
    assert collected(small).count(f"{CHURN}::predict") == 1
    assert not [item for item in collected(small) if "TestAlias" in item]


def test_bases_are_not_collected(small):
    small.write(
        "tests/guards/test_bases.py",
        """
from mlguard import Guard
class TestBase(Guard):
    def train(self, train): return {}
    def test_like(self): pass
class TestAbstract(Guard):
    abstract = True
    dataset = "churn"
""",
    )
    assert collected(small, "tests/guards/test_bases.py") == []


def test_ordinary_classes_are_none_of_ours(small):
    small.write("tests/guards/test_more.py", "import mlguard\nclass TestMore:\n    def test_it(self): mlguard.Guard\n")
    assert collected(small, "tests/guards/test_more.py") == ["tests/guards/test_more.py::TestMore::test_it"]


def test_a_guard_that_observes_by_itself_has_one_item_until_it_has_a_golden(small):
    small.write(
        "tests/guards/test_own.py",
        'from mlguard import Guard\nclass Own(Guard):\n    def observe(self, data, notes): notes.note("x", 1)\n',
    )
    assert collected(small, "tests/guards/test_own.py") == ["tests/guards/test_own.py::Own::dataset"]


def test_what_is_wrong_with_the_settings_is_said_where_a_guard_is(small):
    small.write("pyproject.toml", "[tool.mlguard]\ngaurds = []\n")
    tried = small.run("tests")
    assert tried.code == 2
    assert "did you mean `guards`?" in tried.text


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("[project]\nname = 'shop'\n", "no [tool.mlguard] in a pyproject.toml"),
        ("[tool.mlguard]\nguards = ['checks']\n", "where `mlguard check` does not look (checks)"),
    ],
    ids=["no project", "elsewhere"],
)
def test_a_guard_that_check_would_not_run_fails(small, made, settings, told):
    small.write("pyproject.toml", settings)
    tried = small.run("tests")
    assert set(tried.outcomes.values()) == {"failed"}
    assert told in tried.section("Churn: dataset")
    assert made.runs == []


def test_two_guards_that_would_share_a_golden_are_refused_and_the_others_run(small, made):
    twin = 'from mlguard import Guard\nclass churn(Guard):\n    dataset = "churn"\n'
    small.write("tests/guards/test_twin.py", twin)
    tried = small.run("tests")
    refused = {item for item, outcome in tried.outcomes.items() if outcome == "failed"}
    assert refused == {item for item in tried.outcomes if "churn::" in item.lower()}
    told = tried.section("Churn: dataset")
    assert "would share a golden" in told
    assert "test_shop.py:4" in told
    assert "test_twin.py:2" in told
    assert not {name.lower() for name in made.runs} & {"churn"}
    assert len(made.runs) == 2
