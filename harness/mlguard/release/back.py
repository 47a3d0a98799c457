"""Go back to the release before: the bundle that is served, and the goldens of this checkout, are its own again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from mlguard.checker.history import blob
from mlguard.checker.merge import whole
from mlguard.core.bundle import BundleCheck
from mlguard.core.error import GoldenError, UsageError
from mlguard.golden.codec import RECORD
from mlguard.golden.copies import copies, put_back, version_of
from mlguard.golden.damage import digest
from mlguard.golden.interface import Store
from mlguard.golden.naming import folder_of
from mlguard.golden.stores import open_store
from mlguard.release.place import Release, Releases
from mlguard.settings import Settings


@dataclass(frozen=True)
class WentBack:
    """What going back came to."""

    left: str
    """The digest of the release that was current."""
    now: str
    """The digest of the one that is."""
    check: BundleCheck
    """What was found when that one was checked."""
    goldens: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The files that changed below the folder of goldens, by guard."""
    others: tuple[str, ...] = ()
    """Guards that have a golden here and were not checked with that release; nothing was done about them."""


def go_back(place: Releases, settings: Settings | None) -> WentBack:
    """Restore the goldens of the release before, then let it be current; without `settings` the bundle alone.

    The goldens come first: whoever is killed in between finds the old release current, and going back again ends it.
    Raises UsageError where nothing was released before, or a golden here would be lost, and GoldenError where the
    release before is not whole.
    """
    history = place.history()
    if len(history) < 2:
        told = f"{place.folder} holds {'one release' if history else 'no release'}, and none to go back to"
        raise UsageError(told, advice="nothing was changed", slug="release-none-before")
    with place.writing():
        place.expect(history)
        left, now, *_ = history
        release, check = place.whole(now), place.kept(now).check
        back = WentBack(left, now, check)
        if settings is not None:
            store = open_store(settings)
            goldens = _restored(settings, store, release, check, _versions(place, left))
            others = [name for name in store.names(of_tests=False) if name not in goldens]
            back = replace(back, goldens=goldens, others=tuple(others))
        place.switch(history[1:])
    return back


def _versions(place: Releases, digest: str) -> Mapping[str, str]:
    """The versions of the goldens that lie whole beside a release; none where it is damaged, as it may have to go."""
    found: dict[str, str] = {}
    with suppress(GoldenError):
        release, check = place.release(digest), place.kept(digest).check
        for guard in check.guards:
            with suppress(GoldenError):
                found[guard.name] = version_of(copies(release.goldens, guard.name), guard.name)
    return found


def _restored(
    settings: Settings, store: Store, release: Release, check: BundleCheck, going: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    coming = {guard.name: guard.golden for guard in check.guards if guard.golden is not None}
    files = {name: copies(release.goldens, name) for name in coming}
    odd = [name for name, version in coming.items() if version_of(files[name], name) != version]
    if odd:
        told = f"the golden of {', '.join(odd)} in release {release.digest} is not as it was released"
        raise GoldenError(told, advice="pass --bundle-only, which leaves goldens alone", slug="release-damaged")
    here = {name: store.held(name).version for name in files}
    kept = {name: {None, coming[name], going.get(name)} for name in files}
    lost = [name for name in files if here[name] not in kept[name] and not _stays(settings, store, name, here[name])]
    if lost:
        told = f"the golden of {', '.join(lost)} is neither committed nor that of a release, and would be lost"
        advice = "commit or restore it first, or pass --bundle-only, which leaves goldens alone; nothing was changed"
        raise UsageError(told, advice=advice, slug="release-golden-lost")
    return {name: put_back(store, own, name, over=here[name]) for name, own in files.items()}


def _stays(settings: Settings, store: Store, name: str, version: str | None) -> bool:
    """Whether the commit that is checked out has a golden of this version; at a URL each one of before stays."""
    if settings.golden_url is not None:
        return True
    folder = settings.golden / folder_of(name)
    # Git's own status says nothing of files that it ignores, or was told to assume unchanged.
    record = blob(settings.base, "HEAD", folder / RECORD)
    is_same = record is not None and digest(RECORD, record) == version
    return is_same and whole(settings.base, folder, name, ("HEAD",), store.read) is not None
