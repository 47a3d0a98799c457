import json
import os
import sys

import pandas as pd

source, target = sys.argv[1:]
rows = pd.read_csv(source)
sums = rows.groupby("zone")[["price", "kg"]].sum()
rates = sums["price"] / sums["kg"]
with open(os.path.join(target, "rates.json"), "w") as file:
    json.dump({"rates": rates.to_dict(), "usual": rows["price"].sum() / rows["kg"].sum()}, file)
