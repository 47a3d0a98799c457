"""How often members of a gym booked its courses."""

import pandas as pd

from mlguard import Dataset

COURSES = ["boxing", "cycling", "pilates", "rowing", "swimming", "yoga", "zumba", "weights"]


def make(rng, members=24):
    """Planted: a course that is not in the list, a member who booked nothing, one course that all booked equally."""
    fond = rng.randint(0, 3, members)
    rows = [(m, i, max(0, 3 * (i % 3 == fond[m]) + rng.randint(-2, 3))) for m in range(members) for i in range(8)]
    bookings = pd.DataFrame(rows, columns=["member", "course", "bookings"])
    bookings["course"] = bookings["course"].map(dict(enumerate(COURSES)))
    bookings.loc[bookings["member"] == 5, "bookings"] = 0
    bookings.loc[bookings["course"] == "yoga", "bookings"] = 2
    bookings.loc[11, "course"] = "curling"
    test = bookings.sample(frac=0.25, random_state=rng)
    train = bookings.drop(test.index).reset_index(drop=True)
    return Dataset({"train": train, "test": test.reset_index(drop=True)}, target="bookings")
