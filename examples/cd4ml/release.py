"""The release pipeline: make a bundle current, if the guards that matter have checked it; or go back to the one before.

python release.py [BUNDLE] [PLACE]
python release.py --back [PLACE]
"""

import subprocess
import sys

GUARDS = ("Api", "Late", "Served")


def main():
    """Exits as `mlguard release` does."""
    words = [word for word in sys.argv[1:] if word != "--back"]
    if "--back" in sys.argv:
        command = ["rollback", *(words or ["place"])]
    else:
        wanted = [part for guard in GUARDS for part in ("--guard", guard)]
        command = ["release", *(words or ["build/late", "place"]), "--declared", *wanted]
    return subprocess.run([sys.executable, "-m", "mlguard", *command]).returncode


if __name__ == "__main__":
    sys.exit(main())
