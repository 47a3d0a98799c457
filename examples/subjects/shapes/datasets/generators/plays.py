"""Who played which song how often."""

import pandas as pd


def make(rng, rows=90):
    """One row is a listener and a song: how often it was played."""
    pairs = [(user, song) for user in range(12) for song in range(9)]
    chosen = [pairs[i] for i in sorted(rng.permutation(len(pairs))[:rows])]
    plays = pd.DataFrame(chosen, columns=["user", "song"]).assign(plays=rng.randint(1, 20, rows))
    return {"train": plays, "test": pd.DataFrame({"user": range(12), "age": rng.randint(15, 70, 12) / 1.0})}
