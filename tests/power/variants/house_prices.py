"""What may happen to examples/house_prices/pricing.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("HousePrices", "examples/house_prices/pricing.py")

VARIANTS = (
    CODE.shift(
        "sample_deviation",
        "ddof",
        "features",
        "scaling by pandas' default deviation, which divides by n - 1",
        ("features[NUMERIC].std(ddof=0)", "features[NUMERIC].std()"),
    ),
    CODE.shift(
        "mean_station",
        "mean-for-median",
        "features",
        "unknown distances are filled with the district's mean",
        ('["station"].median().items()', '["station"].mean().items()'),
    ),
    CODE.shift(
        "band_edge",
        "bin-edge-side",
        "features",
        "a home of exactly 120 square metres falls into the smaller band",
        (
            'np.digitize(sales["area"], config["area_edges"])',
            'np.digitize(sales["area"], config["area_edges"], right=True)',
        ),
    ),
    CODE.shift(
        "no_smearing",
        "back-transform",
        "predict",
        "the step from the log scale back to francs forgets the smearing factor",
        ('np.exp(log_price) * model["smearing"]', "np.exp(log_price)"),
    ),
    CODE.shift(
        "save_forgets_smearing",
        "save-forgets-field",
        "contracts",
        "the bundle leaves out the smearing factor, and loading puts a neutral one in its place",
        ("if name not in arrays}", 'if name not in arrays and name != "smearing"}'),
        ("        return {**json.loads(", '        return {"smearing": 1.0, **json.loads('),
    ),
    CODE.shift(
        "unseen_district",
        "unseen-default",
        "predict",
        "a district without sales gets the level zero and not the city's",
        ('.map(levels).fillna(levels[""])', ".map(levels).fillna(0.0)"),
    ),
    CODE.shift(
        "whole_quantiles",
        "quantile-method",
        "train",
        "the band is read off the sorted residuals without interpolation",
        (
            "np.quantile(residuals, [tail, 1.0 - tail])",
            'np.quantile(residuals, [tail, 1.0 - tail], method="lower")',
        ),
    ),
    CODE.keep(
        "einsum_for_matmul",
        "einsum",
        "the dot product written as einsum",
        (
            'features_from_data(model, sales).to_numpy() @ model["coefficients"] + model["intercept"]',
            'np.einsum("rf,f->r", features_from_data(model, sales), model["coefficients"]) + model["intercept"]',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "difference_of_logs",
        "algebra",
        "the logarithm of a ratio as a difference of logarithms",
        (
            'level = np.log(sales["price"] / sales["area"])',
            'level = np.log(sales["price"]) - np.log(sales["area"])',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "extracted_band",
        "extract-function",
        "the residual band moves into a function of its own",
        (
            "def train_from_data(",
            "def residual_band(residuals: np.ndarray, interval: float) -> np.ndarray:\n"
            '    """The residuals between which most sales fall."""\n'
            "    tail = (1.0 - interval) / 2.0\n"
            "    return np.quantile(residuals, [tail, 1.0 - tail])\n\n\ndef train_from_data(",
        ),
        ('    tail = (1.0 - config["interval"]) / 2.0\n', ""),
        (
            '"band": np.quantile(residuals, [tail, 1.0 - tail]),',
            '"band": residual_band(residuals, config["interval"]),',
        ),
        moves_bits=False,
    ),
)
