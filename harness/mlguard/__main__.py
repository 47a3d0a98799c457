"""`python -m mlguard`: the same as the command `mlguard`."""

from mlguard.cli.main import main

if __name__ == "__main__":
    main()
