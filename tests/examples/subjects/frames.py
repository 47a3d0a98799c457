"""Code whose tables are of polars, in every method."""

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.edit import Edit, Subject

FARES = "fares.py"

FRAMES = Subject(
    4,
    "Tables of any library",
    "frames",
    "Trips",
    (
        Edit(
            "answers are a table of pyarrow",
            FARES,
            'return seen.select(fare=pl.col("km") * pl.col("rate"))',
            'return seen.select(fare=pl.col("km") * pl.col("rate")).to_arrow()',
        ),
        Edit(
            "the night is looked up in a list, lazily",
            FARES,
            'night=(pl.col("hour") >= 22) | (pl.col("hour") < 6),\n    )',
            'night=pl.col("hour").is_between(6, 21).not_(),\n    ).lazy().collect()',
        ),
        Edit(
            "the test begins a trip early",
            FARES,
            "cut = len(trips) * 3 // 4",
            "cut = len(trips) * 3 // 4 - 1",
            stage="split",
            names="split train.rows",
        ),
        Edit(
            "the night ends at seven",
            FARES,
            'pl.col("hour") < 6',
            'pl.col("hour") < 7',
            stage="features",
            names="features train.night",
            edited="fares.see",
        ),
        Edit(
            "a gap stays a gap",
            FARES,
            'pl.col("km").fill_null(usual)',
            'pl.col("km")',
            stage="predict",
            names="missing km",
            only=PROBES,
        ),
        Edit(
            "the hour is the second column",
            FARES,
            'night=(pl.col("hour") >= 22) | (pl.col("hour") < 6)',
            "night=(pl.nth(1) >= 22) | (pl.nth(1) < 6)",
            stage="contracts",
            names="column order",
            only=CONTRACTS,
        ),
    ),
)
