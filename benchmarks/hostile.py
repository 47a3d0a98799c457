"""Try what a pull request can do that changes data alone: goldens, written tables and what lies below `.mlguard`.

Each attack plants something into a project; then the ordinary commands run on it. None may reach a file outside,
use more than a gigabyte or ten seconds, show a traceback, or end with a code that the documentation does not know.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from benchmarks.attacks.attempt import Attack, attempt
from benchmarks.attacks.claims import claims, members, texts
from benchmarks.attacks.closing import closing
from benchmarks.attacks.leftovers import leftovers
from benchmarks.attacks.links import asked, existing
from benchmarks.attacks.listed import listed
from benchmarks.attacks.project import Attacked
from benchmarks.attacks.warm import Warm
from benchmarks.trial import sampled

FAMILIES: Mapping[str, Callable[[Attacked], Iterator[Attack]]] = {
    "existing": existing,
    "asked": asked,
    "listed": listed,
    "leftovers": leftovers,
    "claims": claims,
    "texts": texts,
    "members": members,
}
"""Attacks by what they plant."""

Results = dict[str, dict[str, list[str]]]
"""What each attack of each family did."""


def tried(attacked: Attacked, families: Sequence[str], sample: int | None, match: str = "") -> Results:
    """Try attacks of these families, at most so many of each, and tell on standard error of those with an effect."""
    results: Results = {}
    for family in families:
        attacks = sampled([attack for attack in FAMILIES[family](attacked) if match in attack.name], sample)
        results[family] = {}
        for number, attack in enumerate(attacks, 1):
            problems = results[family][attack.name] = attempt(attacked, attack)
            if problems:
                print(f"[{number}/{len(attacks)}] {attack.name}: {'; '.join(problems)}", file=sys.stderr, flush=True)
    return results


@click.command()
@click.option("--sample", type=click.IntRange(1), default=None, help="Only so many attacks of each family.")
@click.option("--family", "families", multiple=True, type=click.Choice(list(FAMILIES)), help="Only these; repeatable.")
@click.option("--match", default="", help="Only attacks whose name holds this.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(sample: int | None, families: Sequence[str], match: str, *, as_json: bool) -> None:
    """Try hostile pull requests; exits 1 where one did anything."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mlguard-hostile-") as name:
        results = tried(Attacked(Warm(), Path(name)), families or list(FAMILIES), sample, match)
    click.echo(json.dumps(results, indent=1) if as_json else _table(results))
    every = [problems for attacks in results.values() for problems in attacks.values()]
    figures = {"attacks": len(every), "families": len(results), "with_an_effect": sum(map(bool, every))}
    click.echo(closing(started, **figures), err=as_json)
    sys.exit(any(every))


def _table(results: Results) -> str:
    lines = [f"{'family':12}  attacks  with an effect"]
    for family, attacks in results.items():
        lines.append(f"{family:12}  {len(attacks):7}  {sum(map(bool, attacks.values())):14}")
    kinds = Counter(problem for attacks in results.values() for problems in attacks.values() for problem in problems)
    return "\n".join([*lines, "", *(f"{count:5}  {problem}" for problem, count in kinds.most_common(60))])


if __name__ == "__main__":
    command()
