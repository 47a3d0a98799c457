"""A file with a hyphen that reads settings while it is imported, keeps two models in a global, and serves requests."""

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.edit import Edit, Subject

SERVICE = "2019-rents/rent-service.py"

LEGACY = Subject(
    5,
    "Legacy shapes",
    "legacy",
    "Rents",
    (
        Edit(
            "models are trained group by group",
            SERVICE,
            """\
    for name, part in {"ground": let[let["floor"] == 0], "upper": let[let["floor"] > 0]}.items():
        MODEL[name] = float((part["rent"] / part["area"]).median())
""",
            """\
    rates = (let["rent"] / let["area"]).groupby((let["floor"] == 0).map({True: "ground", False: "upper"})).median()
    MODEL.update(rates.to_dict())
""",
        ),
        Edit(
            "a request is answered in one expression",
            SERVICE,
            """\
    rent = rate * area
    if floor is not None and floor > SETTINGS["stairs"]:
        rent = rent - SETTINGS["discount"]
""",
            """\
    climbs = floor is not None and not floor <= SETTINGS["stairs"]
    rent = rate * area - (SETTINGS["discount"] if climbs else 0)
""",
        ),
        Edit(
            "flats without an agent are let, too",
            SERVICE,
            'let = df[df["agent"].notnull()]',
            "let = df",
            stage="train",
            names="inside: train ground",
            edited="2019-rents.rent-service.run_training",
        ),
        Edit(
            "the third floor has no discount either",
            SERVICE,
            'floor > SETTINGS["stairs"]',
            'floor > SETTINGS["stairs"] + 1',
            stage="predict",
            names="predict test.rent",
        ),
        Edit(
            "no area is no flat",
            SERVICE,
            'area = MODEL["area"]',
            "area = 0",
            stage="predict",
            names="missing area",
            only=PROBES,
        ),
        Edit(
            "requests are counted in the settings",
            SERVICE,
            'floor = request.get("area"), request.get("floor")',
            'floor = request.get("area"), request.get("floor")\n    SETTINGS["served"] = SETTINGS.get("served", 0) + 1',
            stage="contracts",
            names="configuration unchanged",
            only=CONTRACTS,
        ),
    ),
)
