"""A Verdict that crosses to another process comes back with every fact."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.cause import Cause, CauseKind, Change
from mlguard.core.contract import Judgement
from mlguard.core.difference import Difference, Moved
from mlguard.core.finding import (
    Added,
    Carried,
    Finding,
    InCommon,
    Judged,
    Kind,
    Missed,
    NotCarried,
    Question,
    SameValue,
    Symmetry,
)
from mlguard.core.outcome import Outcome
from mlguard.core.record import Role
from mlguard.core.requirement import Requirement
from mlguard.core.run_name import LATER, MAIN, REFIT, Config, Seed
from mlguard.core.structure import Altered, NotAnswered, OtherRows, Reordered, Repeated, Unnamed
from mlguard.core.verdict import Verdict
from mlguard.report.carried import from_json, to_json
from tests.properties import examples
from tests.report.verdicts import VERDICTS

TEXT = st.text(max_size=4)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
MAYBE = st.one_of(st.none(), TEXT)
SIZES = st.one_of(st.none(), st.floats(allow_nan=False))
CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT)
RUNS = st.one_of(
    st.sampled_from([MAIN, LATER, REFIT]), st.builds(Seed, st.integers(0)), st.builds(Config, st.text(min_size=1))
)
CHANGES = st.one_of(
    st.builds(Altered, TEXT, TEXT, TEXT), st.builds(OtherRows, TEXTS, TEXTS), st.builds(Unnamed, st.booleans()),
    st.builds(Reordered, st.integers(), TEXT, TEXT), st.builds(Repeated, st.integers(), st.integers()),
    st.builds(NotAnswered, TEXT),
)  # fmt: skip
DIFFERENCES = st.builds(
    Difference, st.lists(CHANGES, max_size=2).map(tuple), exact=st.booleans(), max_abs=SIZES, max_scaled=SIZES,
    limit=SIZES, signed=SIZES, moved=st.integers(0), total=st.integers(0), beyond_noise=st.booleans(), rows=TEXTS,
    worst=st.lists(st.builds(Moved, TEXT, CELLS, CELLS), max_size=2).map(tuple),
)  # fmt: skip
JUDGEMENTS = st.builds(
    Judgement, st.sampled_from([True, False, None]), TEXT, TEXT, st.one_of(st.none(), DIFFERENCES), TEXTS
)
DETAILS = st.one_of(
    st.none(), st.builds(Judged, JUDGEMENTS, JUDGEMENTS), st.builds(Symmetry, TEXT), st.builds(Question, TEXT),
    st.builds(Missed, st.builds(Requirement, TEXT, TEXT, st.floats(allow_nan=False)), SIZES, SIZES),
    st.builds(Added, CELLS),
)  # fmt: skip
HINTS = st.one_of(
    st.builds(Carried, TEXTS, st.integers()), st.just(NotCarried()), st.builds(SameValue, TEXT),
    st.builds(InCommon, TEXT, TEXT, CELLS, st.integers(), st.integers()),
)  # fmt: skip
FINDINGS = st.builds(
    Finding, RUNS, TEXT, TEXT, st.sampled_from(Role), st.sampled_from(Kind), st.sampled_from(Outcome), st.booleans(),
    DIFFERENCES, DETAILS, TEXT, st.lists(HINTS, max_size=2).map(tuple),
)  # fmt: skip
CAUSES = st.builds(
    Cause, st.sampled_from(CauseKind), st.lists(st.builds(Change, TEXT, MAYBE, MAYBE), max_size=2).map(tuple), TEXTS,
    MAYBE, MAYBE, TEXT,
)  # fmt: skip
VERDICT = st.builds(
    Verdict, TEXT, st.sampled_from(Outcome), st.lists(FINDINGS, max_size=2).map(tuple), first_run=RUNS,
    causes=st.lists(CAUSES, max_size=2).map(tuple),
    usage=st.booleans(), seconds=st.floats(0, 1e6), costs=st.dictionaries(TEXT.filter(lambda t: t != "$"), SIZES),
)  # fmt: skip


def through(verdict: Verdict) -> Verdict:
    back = from_json(json.loads(json.dumps(to_json(verdict), allow_nan=False)))
    assert isinstance(back, Verdict)
    return back


@examples(60)
@given(VERDICT)
def test_every_fact_comes_back_as_what_it_was(verdict: Verdict) -> None:
    back = through(verdict)
    assert repr(back) == repr(verdict)
    assert back == verdict


@pytest.mark.parametrize("name", VERDICTS)
def test_every_real_verdict_does(name: str) -> None:
    assert through(VERDICTS[name]) == VERDICTS[name]


def test_an_element_that_json_has_no_form_for_becomes_its_text() -> None:
    moved = Difference(worst=(Moved("0", float("nan"), 1 + 2j),))
    (worst,) = from_json(to_json(moved)).worst
    assert (repr(worst.golden), worst.new) == ("nan", "(1+2j)")
