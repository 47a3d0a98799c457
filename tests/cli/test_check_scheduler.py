"""`--scheduler` without a cluster: what is refused before anybody is asked."""

from __future__ import annotations

import sys

import pytest

from tests.project import Project


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("check", "--changed"),
            "--changed is about this machine, and --scheduler runs elsewhere: leave one of them out",
        ),
        (("check", "--in-process"), "--in-process is about this machine"),
        (("check", "--try"), "leave the other options"),
    ],
)
def test_what_is_about_this_machine_goes_with_no_cluster(fresh: Project, options: tuple[str, ...], told: str) -> None:
    said = fresh.command(*options, "--scheduler", "tcp://127.0.0.1:8786")
    assert (said.code, said.out, told in said.err) == (2, "", True), said.err


@pytest.mark.parametrize("command", ["check", "audit", "regen-golden"])
def test_an_address_of_no_cluster_is_refused(fresh: Project, command: str) -> None:
    how = ("--yes", "--reason", "none") if command == "regen-golden" else ()
    said = fresh.command(command, *how, "--scheduler", "http://127.0.0.1:8786", "--json")
    assert (said.code, said.json["error"]["slug"], said.changed) == (2, "cluster-address", ())
    assert "tcp://HOST:PORT" in said.json["error"]["message"]


@pytest.mark.parametrize(("address", "extra"), [("tcp://127.0.0.1:8786", "dask"), ("ray://127.0.0.1:10001", "ray")])
def test_a_library_that_is_not_installed_is_named(
    fresh: Project, monkeypatch: pytest.MonkeyPatch, address: str, extra: str
) -> None:
    for library in ("distributed", "ray"):
        monkeypatch.setitem(sys.modules, library, None)
    said = fresh.command("check", "--scheduler", address)
    assert (said.code, said.out) == (2, "")
    assert said.err.rstrip().endswith(f"pip install 'pytest-mlguard[{extra}]' [cluster-missing]")
