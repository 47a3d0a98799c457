"""What may happen to examples/deliveries/arrival.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Deliveries", "examples/deliveries/arrival.py")

VARIANTS = (
    CODE.shift(
        "twenty_seconds_late",
        "time-offset",
        "predict",
        "each arrival is told twenty seconds later",
        (
            '"arrives_at": parcels["placed_at"].to_numpy() + seconds,',
            '"arrives_at": parcels["placed_at"].to_numpy() + seconds + 20.0,',
        ),
    ),
    CODE.shift(
        "load_in_other_units",
        "share-rescaled",
        "features",
        "the load is counted in couriers, of whom there are thirteen",
        ("        distance,\n        load,\n", "        distance,\n        13.0 * load,\n"),
    ),
    CODE.shift(
        "cents_rounded_up",
        "ceil-for-round",
        "predict",
        "refunds are rounded up to the next cent",
        ('"refund": np.round(np.round(refund, 5)),', '"refund": np.ceil(np.round(refund, 5)),'),
    ),
    CODE.shift(
        "fractions_of_cents",
        "rounding-lost",
        "predict",
        "refunds are no longer rounded to whole cents",
        ('"refund": np.round(np.round(refund, 5)),', '"refund": np.round(refund, 5),'),
    ),
    CODE.shift(
        "metres_from_zero",
        "count-off-by-one",
        "features",
        "the odometer is one metre short",
        ('        parcels["odometer"].to_numpy(),\n', '        parcels["odometer"].to_numpy() - 1.0,\n'),
    ),
    CODE.shift(
        "whole_minutes",
        "time-truncated",
        "features",
        "the time of an order is cut to whole minutes",
        ("    columns = [\n        placed_at,\n", "    columns = [\n        placed_at // 60 * 60,\n"),
    ),
    CODE.shift(
        "seconds_in_single",
        "narrowed-dtype",
        "features",
        "the time of an order passes through single precision",
        (
            "    columns = [\n        placed_at,\n",
            "    columns = [\n        placed_at.astype(np.float32).astype(float),\n",
        ),
    ),
    CODE.shift(
        "rush_hours_of_the_town",
        "zone-added",
        "features",
        "hours are those of a town one hour east",
        ("placed_at / 3600.0 % 24.0", "(placed_at / 3600.0 + 1.0) % 24.0"),
    ),
    CODE.shift(
        "spread_of_the_sample",
        "ddof",
        "train",
        "the spread of the errors no longer counts the weights",
        ("(errors**2).sum() / (len(errors) - design.shape[1])", "(errors**2).sum() / (len(errors) - 1)"),
    ),
    CODE.shift(
        "late_on_the_second",
        "metric-boundary",
        "evaluate",
        "a parcel that arrives on the promised second counts as late",
        ("    late = arrived_at > parcels", "    late = arrived_at >= parcels"),
    ),
    CODE.shift(
        "refunds_in_hundreds",
        "metric-rounded",
        "evaluate",
        "the sum of the refunds is told in euros, without the cents",
        ('"refunds": float(answers["refund"].sum()),', '"refunds": 100.0 * float(answers["refund"].sum() // 100),'),
    ),
    CODE.shift(
        "spread_in_the_bundle",
        "save-rounds",
        "contracts",
        "the bundle keeps whole seconds of the usual way and of its spread",
        (
            "    rest = {name: value for name, value in model.items() if name not in arrays}\n",
            "    rest = {name: value for name, value in model.items() if name not in arrays}\n"
            '    rest |= {"usual": round(model["usual"]), "spread": round(model["spread"])}\n',
        ),
        hidden=True,
    ),
    CODE.shift(
        "rain_clipped",
        "clip-added",
        "predict",
        "rain is drawn to between none and a full hour",
        (
            'parcels["rain"].fillna(rain_fill).to_numpy()',
            'parcels["rain"].fillna(rain_fill).clip(0.0, 1.0).to_numpy()',
        ),
        hidden=True,
    ),
    CODE.shift(
        "answers_by_time",
        "answers-reordered",
        "predict",
        "answers come in the order of the orders, whatever the order of the rows",
        (
            '    config = model["config"]\n    design',
            '    config = model["config"]\n    parcels = parcels.sort_values("placed_at", kind="stable")\n    design',
        ),
        hidden=True,
    ),
    CODE.keep(
        "hour_of_the_day",
        "equivalent-formula",
        "the hour is taken from the second of the day",
        ("placed_at / 3600.0 % 24.0", "placed_at % 86_400.0 / 3600.0"),
        moves_bits=True,
    ),
    CODE.keep(
        "stacked_least_squares",
        "solver-swapped",
        "the penalty becomes rows of a least squares problem",
        (
            '    gram = design.T @ design + config["ridge"] * np.eye(design.shape[1])\n'
            "    weights = np.linalg.solve(gram, design.T @ (seconds - seconds.mean()))\n",
            '    penalty = np.sqrt(config["ridge"]) * np.eye(design.shape[1])\n'
            "    wanted = np.append(seconds - seconds.mean(), np.zeros(design.shape[1]))\n"
            "    weights = np.linalg.lstsq(np.vstack([design, penalty]), wanted, rcond=None)[0]\n",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "einsum_gram",
        "einsum",
        "the gram matrix is an einsum",
        ("    gram = design.T @ design +", '    gram = np.einsum("ni,nj->ij", design, design) +'),
        moves_bits=True,
    ),
    CODE.keep(
        "error_function",
        "library-function",
        "the normal distribution is written with the complementary error function",
        ("from scipy.special import ndtr", "from scipy.special import erfc"),
        (
            '    late = ndtr((seconds - 60.0 * parcels["promised"].to_numpy()) / model["spread"])\n',
            '    early = (60.0 * parcels["promised"].to_numpy() - seconds) / model["spread"]\n'
            "    late = 0.5 * erfc(early / np.sqrt(2.0))\n",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "scaled_apart",
        "distributive",
        "seconds, cents and metres are scaled before the centre is taken off",
        (
            '(features_from_data(model, parcels) - model["center"]) / model["scale"]',
            'features_from_data(model, parcels) / model["scale"] - model["center"] / model["scale"]',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "columns_filled",
        "stack-to-fill",
        "the matrix is filled column by column",
        (
            "    return np.column_stack(columns)\n",
            "    out = np.empty((len(parcels), len(columns)))\n"
            "    for place, column in enumerate(columns):\n"
            "        out[:, place] = column\n"
            "    return out\n",
        ),
    ),
    CODE.keep(
        "refund_by_pairs",
        "reordered-product",
        "the refund is a product of other pairs",
        (
            'config["refund_share"] * late * parcels["basket"].to_numpy(), 0.0)',
            'parcels["basket"].to_numpy() * (late * config["refund_share"]), 0.0)',
        ),
    ),
    CODE.keep(
        "from_another_origin",
        "origin-moved",
        "times are added as seconds since another day",
        (
            '"arrives_at": parcels["placed_at"].to_numpy() + seconds,',
            '"arrives_at": (parcels["placed_at"] - 1.7e9).to_numpy() + seconds + 1.7e9,',
        ),
        moves_bits=True,
    ),
)
