"""What is kept of where a run is made: the operating system, the image of its container, the project's lock files.

The caller looks at these, and no worker, whose looks at the disk say when a guard has to run again.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from mlguard.core.surroundings import IMAGE, LOCKS, OS
from mlguard.runner.sources import digest

IMAGES: Final = (("MLGUARD_IMAGE",), ("CI_JOB_IMAGE",), ("CODEBUILD_BUILD_IMAGE",), ("ImageOS", "ImageVersion"))
"""Variables that say which image it is, the first that is set: the user's own, those of GitLab, AWS CodeBuild, and the
virtual machines of GitHub and Azure."""

LOCK_FILES: Final = (
    *("poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "pixi.lock", "conda-lock.yml"),
    *("pylock.toml", "pylock.*.toml", "requirements*.txt"),
)
"""Names of files, in the project's root, to which tools write the versions of libraries."""

# A name with a colon and an at sign before it may hold a password.
_NAME: Final = re.compile(r"(?=.{1,255}$)[A-Za-z0-9][A-Za-z0-9._:/+-]*(@[a-z0-9]+:[0-9a-f]{32,})?")


def surroundings(project: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """These facts by their keys in an environment; of image and lock files nothing where there are none."""
    found = {IMAGE: image_of(environ), LOCKS: lock_files(project)}
    return {OS: system(), **{name: fact for name, fact in found.items() if fact}}


def system() -> str:
    """The name and version of the operating system."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:  # As on macOS and Windows.
        return f"{platform.system()} {platform.mac_ver()[0] or platform.version()}"


def image_of(environ: Mapping[str, str]) -> str:
    """The image that the environment names; empty where it names none, or what cannot be an image's name."""
    told = ([environ.get(name, "") for name in names] for names in IMAGES)
    image = next(("/".join(values) for values in told if all(values)), "").strip()
    return image if _NAME.fullmatch(image) and "://" not in image else ""


def lock_files(project: Path) -> dict[str, str]:
    """Digests of the lock files in a project's root, by name; a file that cannot be read is none."""
    found = {}
    for file in sorted(project.iterdir()):
        if any(fnmatchcase(file.name, pattern) for pattern in LOCK_FILES) and os.path.isfile(file):
            try:
                found[file.name] = digest(file)
            except OSError:
                continue
    return found
