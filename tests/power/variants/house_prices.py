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
        hidden=True,
    ),
    CODE.shift(
        "unseen_district",
        "unseen-default",
        "predict",
        "a district without sales gets the level zero and not the city's",
        ('.map(levels).fillna(levels[""])', ".map(levels).fillna(0.0)"),
        hidden=True,
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
    CODE.shift(
        "split_seed_hard_coded",
        "setting-hard-coded",
        "split",
        "the split is drawn with the seed that the configuration has today",
        ('random_state=config["seed"]', "random_state=11"),
        hidden=True,
    ),
    CODE.shift(
        "ascii_bundle",
        "encoding-lost",
        "contracts",
        "the bundle is written as plain ASCII, which drops the umlauts from the names of districts",
        ('indent=1), encoding="utf-8")', 'indent=1), encoding="ascii", errors="ignore")'),
        hidden=True,
    ),
    CODE.shift(
        "normal_smearing",
        "estimator-formula",
        "train",
        "the smearing factor is that of normal residuals and no longer the mean over those at hand",
        ('"smearing": float(np.exp(residuals).mean())', '"smearing": float(np.exp(residuals.var() / 2.0))'),
    ),
    CODE.shift(
        "no_least_area",
        "clip-dropped",
        "predict",
        "homes without any area, which were never sold, are no longer counted as one square metre",
        ('np.log(sales["area"].clip(lower=1.0))', 'np.log(sales["area"])'),
        hidden=True,
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
    CODE.keep(
        "normal_equations",
        "library-by-hand",
        "the ridge is solved from its own normal equations, after both sides were centred",
        (
            """    ridge = Ridge(alpha=config["alpha"], solver="cholesky").fit(features.to_numpy(), target)
    residuals = target - ridge.predict(features.to_numpy())
""",
            """    design = features.to_numpy()
    centred = design - design.mean(axis=0)
    gram = centred.T @ centred + config["alpha"] * np.eye(design.shape[1])
    coefficients = np.linalg.solve(gram, centred.T @ (target - target.mean()))
    intercept = float(target.mean() - design.mean(axis=0) @ coefficients)
    residuals = target - design @ coefficients - intercept
""",
        ),
        ('"coefficients": ridge.coef_,', '"coefficients": coefficients,'),
        ('"intercept": float(ridge.intercept_),', '"intercept": intercept,'),
        ("from sklearn.linear_model import Ridge\n", ""),
        moves_bits=True,
    ),
    CODE.keep(
        "scaler_object",
        "by-hand-for-library",
        "numbers are scaled by scikit-learn's scaler, whose mean and deviation the model keeps",
        (
            """    center, scale = features[NUMERIC].mean(), features[NUMERIC].std(ddof=0)
    features[NUMERIC] = (features[NUMERIC] - center) / scale
""",
            """    scaler = StandardScaler().fit(features[NUMERIC].to_numpy())
    features[NUMERIC] = scaler.transform(features[NUMERIC].to_numpy())
""",
        ),
        ('"center": center.to_numpy(),', '"center": scaler.mean_,'),
        ('"scale": scale.to_numpy(),', '"scale": scaler.scale_,'),
        (
            "from sklearn.model_selection import train_test_split",
            "from sklearn.model_selection import train_test_split\nfrom sklearn.preprocessing import StandardScaler",
        ),
    ),
    CODE.keep(
        "levels_by_bincount",
        "numpy-for-pandas",
        "district levels are sums by code, in another order of adding",
        (
            """    grouped = level.groupby(sales["district"]).agg(["sum", "count"])
    smoothed = (grouped["sum"] + smoothing * city) / (grouped["count"] + smoothing)
    return {**{str(name): float(value) for name, value in smoothed.items()}, "": city}
""",
            """    names, codes = np.unique(sales["district"].to_numpy(dtype=str), return_inverse=True)
    excess = np.bincount(codes, weights=level.to_numpy() - city)
    smoothed = city + excess / (np.bincount(codes) + smoothing)
    return {**dict(zip(names.tolist(), smoothed.tolist(), strict=True)), "": city}
""",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "bands_by_cut",
        "library-function",
        "bands of the area come from `pd.cut` with closed left edges",
        (
            'band = np.digitize(sales["area"], config["area_edges"])',
            'edges = [-np.inf, *config["area_edges"], np.inf]\n'
            '    band = pd.cut(sales["area"], edges, right=False, labels=False)',
        ),
    ),
    CODE.keep(
        "sums_of_products",
        "sum-order",
        "each home's log price is the sum of its own products, added up from the last feature to the first",
        (
            'features_from_data(model, sales).to_numpy() @ model["coefficients"] + model["intercept"]',
            '(features_from_data(model, sales).to_numpy() * model["coefficients"])[:, ::-1].sum(axis=1)\n'
            '    log_price += model["intercept"]',
        ),
        moves_bits=True,
    ),
)
