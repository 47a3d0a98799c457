"""Command lines in two languages, each from the files that the one before left."""

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.edit import Edit, Subject

TRAIN, PREDICT, EVALUATE = "bin/train.py", "bin/predict.py", "bin/evaluate.sh"

SCRIPTS = Subject(
    1,
    "Scripts and command lines",
    "scripts",
    "Parcels",
    (
        Edit(
            "sums are taken zone by zone",
            TRAIN,
            'sums = rows.groupby("zone")[["price", "kg"]].sum()\nrates = sums["price"] / sums["kg"]\n',
            "parts = dict(list(rows.groupby('zone')))\n"
            'rates = pd.Series({zone: part["price"].sum() / part["kg"].sum() for zone, part in parts.items()})\n',
        ),
        Edit(
            "the shell script reads one file after the other",
            EVALUATE,
            """\
paste -d , "$1" "$2" | awk -F , '
    NR > 1 { off = $4 - $5; sum += off < 0 ? -off : off; n += 1 }
    END { printf "{\\"mae\\": %.9f}\\n", sum / n }
'
""",
            """\
awk -F , '
    FNR == 1 { next }
    NR == FNR { price[FNR] = $4; next }
    { off = price[FNR] - $1; sum += off < 0 ? -off : off; n += 1 }
    END { printf "{\\"mae\\": %.9f}\\n", sum / n }
' "$1" "$2"
""",
        ),
        Edit(
            "a mean of rates, and not the rate of sums",
            TRAIN,
            'rates = sums["price"] / sums["kg"]',
            'rates = (rows["price"] / rows["kg"]).groupby(rows["zone"]).mean()',
            stage="train",
            names="inside: train rates.json",
            edited="bin.train.rates",
        ),
        Edit(
            "distances are squared",
            EVALUATE,
            "off < 0 ? -off : off",
            "off * off",
            stage="evaluate",
            names="mae",
            edited="bin/evaluate.sh",
        ),
        Edit(
            "an unknown zone has no usual rate",
            PREDICT,
            '.fillna(model["usual"])',
            "",
            stage="predict",
            names="unseen zone",
            only=PROBES,
        ),
        Edit(
            "columns are named by their places",
            PREDICT,
            "rows = pd.read_csv(source)",
            'rows = pd.read_csv(source, header=0, names=["parcel", "zone", "kg", "price"])',
            stage="contracts",
            names="column order",
            only=CONTRACTS,
            edited="bin.predict.rows",
        ),
    ),
)
