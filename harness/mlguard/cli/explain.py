"""`mlguard explain`: what a message means and which commands mend it, from the page that the documentation has."""

from __future__ import annotations

import re
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

import click

import mlguard
from mlguard.core.error import UsageError
from mlguard.printing import say, say_json

WIDTH = 100
"""Characters of a line of the explanation."""

_SECTION = re.compile(r"^## `([^`]+)`\n+(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@click.command("explain")
@click.argument("slug", required=False)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(slug: str | None, *, as_json: bool) -> None:
    """Say what the word in brackets at the end of a message means, and what to do; without one, list all of them."""
    known = sections()
    if slug is None:
        say_json({"slugs": list(known)}) if as_json else say("\n".join(known))
        return
    wanted = slug.strip("[]` ").casefold()
    if wanted not in known:
        raise _unknown(slug, list(known))
    if as_json:
        say_json({"slug": wanted, "text": known[wanted]})
    else:
        say(f"{wanted}\n\n{click.wrap_text(known[wanted], WIDTH, preserve_paragraphs=True)}")


def sections() -> dict[str, str]:
    """The explanation of each slug, in the order of the page."""
    found = _SECTION.findall(_page().replace("\r\n", "\n"))
    return {slug: text.strip() for slug, text in found}


def _page() -> str:
    """The page as the wheel ships it; in a checkout it lies where the documentation is."""
    shipped = files("mlguard") / "docs" / "messages.md"
    if shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    return (Path(str(mlguard.__file__)).parents[2] / "docs" / "messages.md").read_text(encoding="utf-8")


def _unknown(slug: str, known: list[str]) -> UsageError:
    """The nearest slugs: by their letters, or those that share a word."""
    words = set(re.split(r"[^a-z0-9]+", slug.casefold())) - {""}
    near = get_close_matches(slug.casefold(), known, n=3, cutoff=0.6)
    near += [name for name in known if name not in near and words & set(name.split("-"))]
    hint = f"nearest: {', '.join(near[:5])}" if near else "`mlguard explain` lists all"
    return UsageError(f"no message ends with [{slug}]; {hint}", slug="slug-unknown")
