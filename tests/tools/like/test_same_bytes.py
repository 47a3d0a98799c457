"""A script gives the same bytes for the same seed on emulated machines, as every generator must."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from mlguard.tools.like.profile import profile
from mlguard.tools.like.script import script_text
from mlguard.worker.environment import Environment
from tests.house.conftest import ROOT
from tests.tools.like.real import orders

WITNESS = """
import json, sys
from pathlib import Path
from tests.generators.witness import facts
from mlguard.tables.generate import make
from mlguard.tables.manifest import encode_dataset
files = {}
for path in map(Path, sys.argv[1:]):
    for seed in (0, 7):
        for name, data in encode_dataset(make(path, seed), name=path.stem, seed=seed).items():
            files[f"{path.stem} {seed} {name}"] = data.hex()
print(json.dumps({"facts": facts(), "files": files}))
"""


@pytest.fixture(scope="module")
def witness(tmp_path_factory):
    """What an interpreter in some environment makes of three scripts: for groups, for a number, and for no target."""
    folder = tmp_path_factory.mktemp("scripts")
    scripts = {"groups": "returned", "number": "weight", "none": None}
    for name, target in scripts.items():
        (folder / f"{name}.py").write_text(script_text(profile(orders(), target), "orders.csv"), encoding="utf-8")

    def call(environment):
        variables = {**environment.applied_to(os.environ), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", WITNESS, *(str(folder / f"{name}.py") for name in scripts)]
        done = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


def test_another_machine_changes_no_byte(witness):
    plain = witness(Environment())
    other = witness(Environment(threads=3, hash_seed=7, blas_kernel="Prescott", simd="none", libm="no-fma"))
    assert other["facts"]["hash"] != plain["facts"]["hash"]
    assert other["facts"]["canary"] != plain["facts"]["canary"] or not plain["facts"]["fma"]
    assert len(plain["files"]) == 12
    assert [name for name, data in plain["files"].items() if other["files"][name] != data] == []


def test_learning_twice_writes_the_same_script():
    texts = {script_text(profile(orders(), target), "orders.csv") for target in ("returned", "returned")}
    assert len(texts) == 1
