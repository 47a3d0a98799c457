"""The first commit that shifted behaviour, found by git's own bisect in a git directory that is ours alone."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlguard.core.error import UsageError
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.discovery import Declared
from mlguard.runner.repository import Commit, Repository
from mlguard.runner.run import Runner
from mlguard.runner.sides import Side, revision
from mlguard.tools.diff.judge import Judge, Judged, Proving

_FOUND = re.compile(r"^# (?:possible )?first bad commit: \[([0-9a-f]+)\]", re.MULTILINE)
_ONLY_SKIPPED = 2
"""What git answers with where only commits are left that could not be judged."""


@dataclass(frozen=True)
class Bisected:
    """What a search through the history came to."""

    before: Commit
    """The earlier side of what was judged: the found commit's parent, else the good end."""
    after: Commit
    """The later side: the found commit, else the bad end."""
    judged: tuple[Judged, ...]
    """One per guard that moved there; at the ends, one per guard."""
    commits: tuple[Commit, ...] = ()
    """The first commit that shifted; several where those between cannot run; none where the ends match."""
    tried: int = 0
    """Commits between the ends that were run."""
    skipped: int = 0
    """Those of them that could not be run to the end."""


class Bisection:
    """A search between two commits of one repository."""

    def __init__(
        self,
        runner: Runner,
        repository: Repository,
        declared: Sequence[Declared],
        progress: Callable[[str], None],
        *,
        exact: bool = False,
        prove: bool = True,
    ) -> None:
        """`declared`: every guard of the project; `progress` is told each commit with what came of it."""
        self.runner, self.repository, self.declared = runner, repository, declared
        self.progress, self.exact, self.prove = progress, exact, prove

    def search(self, guards: Sequence[Declared], good: Commit, bad: Commit) -> Bisected:
        """The first commit after `good`, up to `bad`, at which one of the guards differs from `good`.

        A commit that cannot run is skipped. Raises UsageError where `good` comes after `bad`.
        """
        self._refuse_order(good, bad)
        with self._side(good) as reference:
            ends = self._judged(guards, reference, bad)
            moved = [(g, end.before) for g, end in zip(guards, ends, strict=True) if end.before and _moved(end)]
            at_ends = Bisected(good, bad, tuple(ends))
            if not moved:
                return at_ends
            words = self._walk(moved, reference, good, bad)
        commits = tuple(self.repository.commit(sha) for sha in words.found)
        result = self._at(commits[0], [g for g, _ in moved]) if len(commits) == 1 else None
        if result is not None:
            failed = tuple(end for end in ends if end.verdict.outcome is Outcome.ERROR)
            result = replace(result, judged=(*result.judged, *failed))
        return replace(result or at_ends, commits=commits, tried=len(words.said), skipped=words.said.count("skip"))

    def _walk(self, moved: Sequence[tuple[Declared, Record]], reference: Side, good: Commit, bad: Commit) -> _Words:
        """Let git choose commits until it has found one."""
        with self.repository.workers.scratch() as folder:
            search = _Search(self.repository, folder / "bisect.git")
            search.start(good, bad)
            said: list[str] = []
            while not (found := search.found()):
                commit = self.repository.commit(search.next())
                word = self._word(moved, reference, commit)
                self.progress(f"{commit.short} {word}: {commit.subject}")
                said.append(word)
                search.say(word, commit)
        return _Words(tuple(found), tuple(said))

    def _word(self, moved: Sequence[tuple[Declared, Record]], reference: Side, commit: Commit) -> str:
        """`bad` as soon as one guard moved, `skip` where none did and one could not say."""
        words = set()
        with self._side(commit) as side:
            judge = Judge(self.runner, reference, side, exact=self.exact)
            for guard, before in moved:
                judged = judge.judge(guard, before)
                if _moved(judged):
                    return "bad"
                words.add("skip" if judged.verdict.outcome is Outcome.ERROR else "good")
        return "skip" if "skip" in words else "good"

    def _at(self, commit: Commit, guards: Sequence[Declared]) -> Bisected | None:
        """What the commit itself moved, against its parent; None where the parent cannot say."""
        before = self.repository.commit(f"{commit.sha}^")
        with self._side(before) as parent, self._side(commit) as itself:
            judge = Judge(self.runner, parent, itself, exact=self.exact)
            proving = Proving(self.repository, self.progress, self.prove)
            judged = [judge.explained(guard, proving) for guard in guards]
        moved = tuple(one for one in judged if _moved(one))
        return Bisected(before, commit, moved) if moved else None

    def _judged(self, guards: Sequence[Declared], before: Side, commit: Commit) -> list[Judged]:
        with self._side(commit) as after:
            judge = Judge(self.runner, before, after, exact=self.exact)
            return [judge.judge(guard) for guard in guards]

    def _side(self, commit: Commit) -> contextlib.AbstractContextManager[Side]:
        return revision(self.repository, self.runner.settings, self.declared, commit)

    def _refuse_order(self, good: Commit, bad: Commit) -> None:
        bases = self.repository.git("merge-base", good.sha, bad.sha, fine=(0, 1)).splitlines()
        if bad.sha in bases:
            raise UsageError(
                f"{good.short} comes after {bad.short}; name the earlier revision first: "
                "mlguard diff --bisect GOOD BAD",
                slug="bisect-order",
            )


@dataclass(frozen=True)
class _Words:
    found: tuple[str, ...]
    said: tuple[str, ...]


class _Search:
    """git's bisect in a bare git directory of its own, which borrows the repository's objects."""

    def __init__(self, repository: Repository, folder: Path) -> None:
        self.repository, self.folder = repository, folder

    def start(self, good: Commit, bad: Commit) -> None:
        """Make the git directory; neither the user's refs nor a bisection of their own are touched."""
        kind = self.repository.git("rev-parse", "--show-object-format")
        made = ["init", "--bare", "--quiet", "--template=", f"--object-format={kind}"]
        self.folder.mkdir()
        self._git(*made)
        (self.folder / "objects/info").mkdir(parents=True, exist_ok=True)
        (self.folder / "objects/info/alternates").write_text(
            f"{self.repository.common / 'objects'}\n", encoding="utf-8"
        )
        if self.repository.is_shallow:
            (self.folder / "shallow").write_bytes((self.repository.common / "shallow").read_bytes())
        self._git("update-ref", "--no-deref", "HEAD", bad.sha)
        self._git("bisect", "start", "--no-checkout", bad.sha, good.sha)

    def found(self) -> list[str]:
        """The commits that git has come to; none while it searches."""
        log = self._git("bisect", "log")
        return _FOUND.findall(log)

    def next(self) -> str:
        """The commit that git wants judged."""
        return self._git("rev-parse", "--verify", "BISECT_HEAD")

    def say(self, word: str, commit: Commit) -> None:
        """Tell git what came of a commit."""
        self._git("bisect", word, commit.sha)

    def _git(self, *arguments: str) -> str:
        return self.repository.git(*arguments, git_dir=self.folder, fine=(0, _ONLY_SKIPPED))


def _moved(judged: Judged) -> bool:
    return judged.verdict.outcome not in (Outcome.MATCH, Outcome.ERROR)
