"""Analyses with statsmodels, lifelines and implicit."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

import pytest

from mlguard.core.outcome import Outcome
from mlguard.report.wording import explanation
from tests.examples.edit import CONTRACTS, PROBES, told
from tests.examples.repositories.conftest import Repository
from tests.examples.repositories.edit import Edit

pytestmark = pytest.mark.repositories
REPOSITORY = "gym_members"
CLEAN, ODDS, STAYING, COURSES = "gym/clean.py", "gym/odds.py", "gym/staying.py", "gym/courses.py"

STOPPED = Edit(
    "training stops early",
    "Odds",
    ODDS,
    "fit(df, maxiter=50)",
    "fit(df, maxiter=2)",
    stage="train",
)

EDITS = (
    Edit(
        "contracts are compared at once",
        "Odds",
        CLEAN,
        "        out[name] = (contract == name).astype(float)\n",
        "        out[name] = contract.eq(name) * 1.0\n",
    ),
    Edit(
        "the columns of a member are joined",
        "Staying",
        STAYING,
        '    rows["months"] = df["months"].clip(lower=0.5)\n    rows["left"] = df["left"].astype(bool)\n',
        '    rows = rows.assign(months=df["months"].clip(lower=0.5), left=df["left"].astype(bool))\n',
    ),
    Edit(
        "products are summed by einsum",
        "Courses",
        COURSES,
        "(users * items).sum(axis=1)",
        'np.einsum("ij,ij->i", users, items)',
    ),
    STOPPED,
    Edit(
        "the penalty is ten times smaller",
        "Staying",
        STAYING,
        "penalizer=0.05",
        "penalizer=0.005",
        stage="train",
    ),
    Edit(
        "one factor less",
        "Courses",
        COURSES,
        "factors=3",
        "factors=2",
        stage="train",
    ),
    Edit(
        "risk is no longer relative to months",
        "Staying",
        STAYING,
        'concordance_index(df["months"], -np.asarray(risks), df["left"])',
        'concordance_index(df["months"], -np.asarray(risks))',
        stage="evaluate",
    ),
    Edit(
        "a member without a place takes the last one's",
        "Courses",
        COURSES,
        'df["member"].between(0, len(model.user_factors) - 1)).to_numpy()',
        '(df["member"] < len(model.user_factors))).to_numpy()',
        stage="predict",
        only=PROBES,
    ),
    Edit(
        "contracts are found by their place",
        "Odds",
        CLEAN,
        '    contract = df["contract"].str',
        "    contract = df.iloc[:, 2].str",
        stage="contracts",
        only=CONTRACTS,
    ),
)


@pytest.mark.parametrize("guard", ["Odds", "Staying", "Courses"])
def test_the_golden_is_that_of_the_code(guard: str, repository: Repository) -> None:
    verdict = repository.check(guard)
    assert verdict.outcome is Outcome.MATCH, told(verdict)


@pytest.mark.parametrize("edit", EDITS, ids=attrgetter("id"))
def test_an_edit(edit: Edit, repository: Repository) -> None:
    repository.expect(edit)


def test_what_a_solver_says_of_itself_is_named(repository: Repository) -> None:
    lines = explanation(repository.check("Odds", replace(STOPPED, id="converged")))
    assert any("converged" in line and "True -> False" in line for line in lines), "\n".join(lines)
