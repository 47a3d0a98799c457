"""Go back to the release before: the bundle that is served, and the goldens of this checkout, are its own again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlguard.checker.history import is_in_head
from mlguard.core.bundle import BundleCheck
from mlguard.core.error import UsageError
from mlguard.golden.copies import copies, goldens_of, put_back, version_of
from mlguard.golden.naming import folder_of
from mlguard.golden.stores import open_store
from mlguard.release.place import Place, Release
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


def go_back(place: Place, settings: Settings | None) -> WentBack:
    """Restore the goldens of the release before, then let it be current; without `settings` the bundle alone.

    The goldens come first: whoever is killed in between finds the old release current, and going back again ends it.
    Raises UsageError where nothing was released before, or a golden here would be lost, and GoldenError where the
    release before is not whole.
    """
    with place.writing():
        history = place.history()
        if len(history) < 2:
            told = f"{place.folder} has no release before the current one" if history else f"{place.folder} has none"
            raise UsageError(told, advice="nothing was changed", slug="release-none-before")
        left, now, *_ = history
        release, check = place.whole(now), place.kept(now).check
        back = WentBack(left, now, check)
        if settings is not None:
            going = {guard.name: guard.golden for guard in place.kept(left).check.guards}
            back.goldens.update(_restored(settings, release, check, going))
        place.switch(history[1:])
    return back


def _restored(
    settings: Settings, release: Release, check: BundleCheck, going: Mapping[str, str | None]
) -> dict[str, tuple[str, ...]]:
    store = goldens_of(settings)
    files = {guard.name: copies(release.goldens, guard.name) for guard in check.guards if guard.golden is not None}
    lost = [name for name in files if _would_be_lost(settings, name, {version_of(files[name], name), going.get(name)})]
    if lost:
        told = f"the golden of {', '.join(lost)} is neither committed nor that of a release, and would be lost"
        advice = "commit or restore it first, or pass --bundle-only, which leaves goldens alone; nothing was changed"
        raise UsageError(told, advice=advice, slug="release-golden-lost")
    return {name: put_back(store, own, name) for name, own in files.items()}


def _would_be_lost(settings: Settings, name: str, kept: set[str | None]) -> bool:
    """Whether no release and no commit has the golden that lies here."""
    version = open_store(settings).held(name).version
    if version is None or version in kept:
        return False
    return not is_in_head(settings.base, settings.golden / folder_of(name))
