"""What a schema refuses in the data, told from what pandera raises; it is not imported for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SHOWN = 5
"""Cases that are told; the others are counted."""


def refused(error: BaseException) -> str | None:
    """The cases that a schema refuses, and where that was; None for any other exception."""
    if type(error).__module__.partition(".")[0] != "pandera" or not hasattr(error, "failure_cases"):
        return None
    cases = _cases(error.failure_cases)
    told = [_told(case) for case in cases[:_SHOWN]] if cases and "check" in cases[0] else [_with_rows(error, cases)]
    rest = [f"{len(cases) - _SHOWN} more"] if len(cases) > _SHOWN else []
    places = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    return "; ".join([*told, *rest]) + places


def _cases(found: Any) -> list[Mapping[str, Any]]:
    """The rows of a table of pandas or polars; none where something else says it all."""
    if hasattr(found, "to_dicts"):
        return list(found.to_dicts())
    return list(found.to_dict("records")) if hasattr(found, "to_dict") else []


def _told(case: Mapping[str, Any]) -> str:
    """One of several cases that were collected."""
    column = f"{case['column']}: " if isinstance(case.get("column"), str) else ""
    failing = case.get("failure_case")
    value = "" if isinstance(failing, bool) or failing is None else f" fails for {failing}"
    return f"{column}{case['check']}{value}{_row(case)}"


def _with_rows(error: BaseException, cases: list[Mapping[str, Any]]) -> str:
    """The first case alone, which the exception tells in words of its own."""
    rows = [str(case["index"]) for case in cases[:_SHOWN] if case.get("index") is not None]
    first = (str(error).strip().splitlines() or [""])[0].rstrip(":")
    return f"{first} ({'row' if len(rows) == 1 else 'rows'} {', '.join(rows)})" if rows else first


def _row(case: Mapping[str, Any]) -> str:
    index = case.get("index")
    if index is None or index != index:  # A check of a whole column has none.
        return ""
    return f" (row {index:g})" if isinstance(index, float) else f" (row {index})"
