"""A guard that raises since its golden was accepted can be compared with the commit that brought the golden."""

from __future__ import annotations

import pytest

from tests.project import CODE
from tests.repository import Repository


@pytest.mark.parametrize("with_golden", [True, False])
def test_the_comparison_is_offered_where_there_is_a_golden(
    at_once: None, tmp_path_factory: pytest.TempPathFactory, *, with_golden: bool
):
    repository = Repository(tmp_path_factory.mktemp("raising"))
    golden = repository.first
    if with_golden:
        assert repository.project.command("regen-golden", "--reason", "first", "--yes").code == 0
        golden = repository.commit("Accept")
    repository.project.edit(CODE, 'model["slope"] *', 'model["slop"] *')
    ran = repository.project.command("check")
    assert ran.code == 5
    offered = f"which edit? compare with the golden's commit: mlguard diff {golden}"
    assert (offered in ran.out) == with_golden
