"""A notebook as Jupyter keeps it."""

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.edit import Edit, Subject

BOOK = "rents.ipynb"

NOTEBOOKS = Subject(
    2,
    "Notebooks",
    "notebooks",
    "Rents",
    (
        Edit(
            "areas are bounded by a maximum",
            BOOK,
            'flats[\\"area\\"].clip(lower=15)',
            'flats[\\"area\\"].where(~(flats[\\"area\\"] < 15), 15.0)',
        ),
        Edit(
            "rates are looked up in a list",
            BOOK,
            'seen[\\"ground\\"].map(rates)',
            '[rates[bool(ground)] for ground in seen[\\"ground\\"]]',
        ),
        Edit(
            "the ground floor is the first one",
            BOOK,
            'flats[\\"floor\\"] == 0',
            'flats[\\"floor\\"] == 1',
            stage="features",
            names="features test.ground",
            edited="rents.ipynb, cell 3",
        ),
        Edit(
            "the rate of the middle, and not of the sums",
            BOOK,
            '.groupby(known[\\"ground\\"]).sum() / known[\\"area\\"].groupby(known[\\"ground\\"]).sum()',
            '.div(known[\\"area\\"]).groupby(known[\\"ground\\"]).median()',
            stage="train",
            names="inside: train rates",
            edited="rents.ipynb, cell 4",
        ),
        Edit(
            "tiny flats cost next to nothing",
            BOOK,
            "clip(lower=15)",
            "clip(lower=0)",
            stage="predict",
            names="zero area",
            only=PROBES,
        ),
        Edit(
            "the area is the first column",
            BOOK,
            'flats[\\"area\\"].clip',
            "flats.iloc[:, 0].clip",
            stage="contracts",
            names="column order",
            only=CONTRACTS,
        ),
    ),
)
