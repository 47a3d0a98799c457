"""Which tests run in one process under xdist: those that share what is made once."""

from __future__ import annotations

import re

from xdist.scheduler.loadscope import LoadScopeScheduling

_GUARD = re.compile(r"tests/power/.*\[([A-Za-z]+)")


def shared(nodeid: str) -> str:
    """What a test shares with others: a guard of this repository with its variants, else the fixtures of its module."""
    guard = _GUARD.match(nodeid)
    return f"power {guard[1]}" if guard else nodeid.partition("::")[0]


class Sharing(LoadScopeScheduling):
    """Gives a process all tests that share something, and the next ones when it has done with them.

    The marker `xdist_group` would say the same, but that of xdist 3.8 has no effect under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        return shared(nodeid)
