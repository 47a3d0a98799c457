"""Whose a file is, as CODEOWNERS of GitHub and of GitLab say it; the two read patterns and sections differently."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlguard.core.error import UsageError

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where the file may lie; the first that is there counts. Each service finds its own first: GitHub looks at the first
three in this order, and GitLab at the last three."""

_HEADING = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?:\s+(?P<owners>.*))?")
"""The head of a section of GitLab: optional, named, with a number of approvals, with the owners of its lines."""


@dataclass(frozen=True)
class _Rule:
    """One line of the file."""

    section: str
    """The section that it stands in; the same one may come again. Empty in a file of GitHub."""
    pattern: str
    """Which files it is about."""
    owners: tuple[str, ...]
    """Whose they are."""
    excludes: bool = False
    """Whether these files are nobody's in this section, whatever other lines say."""


def owners_of(base: Path, *files: Path) -> tuple[str, ...]:
    """Whom CODEOWNERS of the repository around a project names for a file: by the last line that fits, in each section.

    `files` are the paths by which it is reached, several where links lead to it. Where git has it counts first, since
    that is what the services ask; then the others. Raises UsageError where the file of owners cannot be read.
    """
    top = next((folder for folder in (base, *base.parents) if (folder / ".git").exists()), base)
    listed = next((top / place for place in PLACES if (top / place).is_file()), None)
    if listed is None:
        return ()
    lines = _text(listed).splitlines()
    of_gitlab = listed.parent.name == ".gitlab" or any(map(_HEADING.fullmatch, map(str.strip, lines)))
    rules = list(_rules(lines, of_gitlab=of_gitlab))
    fits = _fits_in_gitlab if of_gitlab else _fits_in_github
    paths = dict.fromkeys(path for file in files for path in (file.resolve(), file))
    below = (path.relative_to(top).as_posix() for path in paths if path.is_relative_to(top))
    return next(filter(None, (_named(rules, fits, path) for path in below)), ())


def _named(rules: Sequence[_Rule], fits: Callable[[str, str], bool], path: str) -> tuple[str, ...]:
    """Whom the lines name for a path from the top of the repository."""
    found: dict[str, tuple[str, ...]] = {}
    for rule in (rule for rule in rules if fits(rule.pattern, path)):
        found[rule.section] = rule.owners
    excluded = {rule.section for rule in rules if rule.excludes and fits(rule.pattern, path)}
    return tuple(dict.fromkeys(owner for name, owners in found.items() if name not in excluded for owner in owners))


def _text(listed: Path) -> str:
    try:
        return listed.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise UsageError(
            f"{listed} cannot be read: {error.strerror}, so that nobody knows whose the guard is",
            advice="make it readable, or name the owners on the guard",
            slug="codeowners-unreadable",
        ) from error


def _rules(lines: Sequence[str], *, of_gitlab: bool) -> Iterator[_Rule]:
    section, usual = "", ()
    for line in lines:
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        heading = _HEADING.fullmatch(text) if of_gitlab else None
        if heading is not None:
            section, usual = heading["name"].casefold(), tuple((heading["owners"] or "").split())
        elif text:
            pattern, *owners = re.split(r"(?<!\\)\s+", text)
            excludes = of_gitlab and pattern.startswith("!")
            plain = re.sub(r"\\([ #])", r"\1", pattern.removeprefix("!") if excludes else pattern)
            yield _Rule(section, plain, tuple(owners) or usual, excludes)


def _fits_in_github(pattern: str, file: str) -> bool:
    """As in `.gitignore`: a path begins at the top, a name lies anywhere, and a folder stands for all below it."""
    anchored = "/" in pattern.rstrip("/")
    return _fits(pattern, file, anchored=anchored, all_below=not pattern.endswith("/*"))


def _fits_in_gitlab(pattern: str, file: str) -> bool:
    """Only a leading slash begins at the top, and only a closing one stands for all below."""
    return _fits(pattern, file, anchored=pattern.startswith("/"), all_below=False)


def _fits(pattern: str, file: str, *, anchored: bool, all_below: bool) -> bool:
    own = [*([] if anchored else ["**"]), *(part for part in pattern.split("/") if part)]
    if pattern.endswith("/"):
        own += ["*", "**"]
    elif all_below:
        own.append("**")
    return _is_like(own, file.split("/"), any_number="**", is_one=_is_name)


def _is_name(pattern: str, name: str) -> bool:
    return _is_like(list(pattern), list(name), any_number="*", is_one=lambda one, other: one in ("?", other))


def _is_like(
    patterns: Sequence[str], names: Sequence[str], *, any_number: str, is_one: Callable[[str, str], bool]
) -> bool:
    """Whether one fits the other part by part, in time that grows with the product of both and no faster."""
    fitting = {0}
    for pattern in patterns:
        if pattern == any_number:
            fitting = set(range(min(fitting, default=len(names) + 1), len(names) + 1))
        else:
            fitting = {i + 1 for i in fitting if i < len(names) and is_one(pattern, names[i])}
    return len(names) in fitting
